"""The sentences of a certificate, each with the entries it rests on. Pure: record and wording in, sentences out.

What is quoted stays between quotation marks and on one line; every value is made safe to print when it is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cna_service.cases.fold_papers import REGISTRY
from cna_service.cases.record import Answer, CaseRecord, Exchange, Fact
from cna_service.documents.measures import Family, measure_words, value_words
from cna_service.documents.times import utc_and_iso
from cna_service.documents.wording import Wording
from cna_service.kit.instants import from_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Entry, Erased
from cna_service.workflow.case_timeline import person_words
from cna_service.workflow.certificate_told import ToldItem

FORMS = {"oral": "by word of mouth", "written": "in writing", "silence": "by silence"}
_KNOWN = {
    "name": "name",
    "former_name": "former name",
    "imo": "IMO number",
    "mmsi": "MMSI",
    "call_sign": "call sign",
    "registration_number": "registration number",
    "hull_mark": "hull mark",
    "homeport": "home port",
    "claim": "nationality claimed",
    "type": "type",
}
_HOW = {"as_heard": "as heard", "spelt": "spelt", "read_back": "read back and agreed"}


@dataclass(slots=True)
class Sentences:
    """What has been said so far, in order. ``note`` makes a footnote of the newest sentence."""

    record: CaseRecord
    wording: Wording
    us: str
    desk: str
    entries: Mapping[int, Entry] = field(default_factory=dict)
    heading: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    footnotes: list[dict[str, Any]] = field(default_factory=list)

    def say(self, key: str, cites: Iterable[int | None], **facts: object) -> None:
        self.add(self.wording.say(key, **facts), cites)

    def add(self, text: str, cites: Iterable[int | None]) -> None:
        told = sorted({int(seq) for seq in cites if seq})
        self.said.append({"heading": self.heading, "text": text, "cites": told})

    def note(self, key: str, **facts: object) -> None:
        text = self.wording.say(key, **facts)
        if any(f["sentence"] == len(self.said) and f["text"] == text for f in self.footnotes):
            return
        self.footnotes.append({"sentence": len(self.said), "text": text})

    def actor(self, seq: int) -> Mapping[str, Any]:
        """Who caused entry ``seq``, as he was then."""
        found = self.entries.get(seq)
        return found.actor if found else {}

    def recorded(self, seq: int) -> str:
        found = self.entries.get(seq)
        return utc_and_iso(found.recorded_at) if found else "an instant not known"

    def state(self, exchange: Exchange, *, ours: bool) -> str:
        return self.us if ours else exchange.state or "a State not recorded"

    def other(self, exchange: Exchange) -> str:
        return exchange.authority_name or f"the competent authority of {exchange.state}"

    def vessel(self, n: int) -> str:
        known = self.record.vessel(n)
        names = known.values("name") if known else ()
        return f"{n} ({names[-1]})" if names else str(n)

    def vessels(self, numbers: Iterable[int]) -> str:
        return ", ".join(self.vessel(n) for n in dict.fromkeys(numbers))


def measures(codes: Iterable[str]) -> str:
    """``board the vessel; search …``, each as it was asked."""
    return "; ".join(_asked(code) for code in dict.fromkeys(codes))


def _asked(code: str) -> str:
    words = measure_words(code)
    if words.family is Family.REGISTRY:
        return "say whether she is on the register"
    return words.label[:1].lower() + words.label[1:] if words.family is Family.WAIVER else words.act


def who(told: Mapping[str, Any], otherwise: str = "somebody not named in the record") -> str:
    return person_words(told) or str(told.get("name") or "") or otherwise


def officer(actor: Mapping[str, Any]) -> str:
    """Our officer, and in which capacity he then acted (desk-rules 8.3)."""
    role = str(actor.get("role") or "").replace("_", " ")
    words = person_words(actor) or str(actor.get("id") or "")
    return f"{words}, acting as {role}" if role else words


def when(told: ToldInstant | None, recorded_at: datetime) -> str:
    """When it happened, where that was told exactly; else what was told of it, and when it was recorded."""
    if told is None:
        return utc_and_iso(recorded_at)
    if told.exact is not None:
        return utc_and_iso(told.exact)
    zone = f" {told.zone}" if told.zone else ""
    return f"“{told.text}”{zone} (as told, not exact; recorded {utc_and_iso(recorded_at)})"


def instant(text: object) -> str:
    """An instant or a day of the record as printed."""
    if not isinstance(text, str):
        return str(text)
    return utc_and_iso(from_text(text)) if "T" in text else text


def words_of(value: object) -> str | None:
    """Verbatim words as far as they are still there; what was erased says so."""
    if isinstance(value, Erased):
        return str(value)
    return value if isinstance(value, str) and value else None


def listed(values: object) -> str:
    if isinstance(values, Erased):
        return str(values)
    if not isinstance(values, list | tuple):
        return ""
    return " ".join(f"({n}) “{v}”" for n, v in enumerate(values, start=1))


def tell_item(s: Sentences, told: ToldItem) -> None:
    """What was answered to one item: never more than its value says."""
    state, item = s.state(told.exchange, ours=told.answer.ours), told.item
    facts = {"state": state, "vessel": s.vessel(item.vessel), "measure": measure_words(item.measure).act}
    family, cites = measure_words(item.measure).family, [told.answer.seq]
    if family is Family.REGISTRY:
        _say_known(s, f"registry_{item.value}", cites, facts, item.value)
    elif family is Family.WAIVER:
        what = item.measure.removeprefix("waive_jurisdiction_")
        name = s.vessel(item.vessel)
        over = {"persons": f"the persons aboard vessel {name}", "cargo": f"the cargo of vessel {name}"}
        key = f"waiver_{item.value}"
        known = key if key in s.wording.sentences else f"measure_{item.value}"
        more = {**facts, "what": over.get(what, f"vessel {name}"), "conditions": listed(item.conditions)}
        _say_known(s, known, cites, more, item.value)
    else:
        more = {**facts, "conditions": listed(item.conditions)}
        _say_known(s, f"measure_{item.value}", cites, more, item.value)
    if item.valid_from or item.valid_to:
        window = " ".join(
            f"{word} {instant(end)}"
            for word, end in (("from", item.valid_from), ("until", item.valid_to))
            if end
        )
        s.say("validity", cites, window=window)
    if words := words_of(item.words):
        s.say("item_words", cites, words=words)


def _say_known(s: Sentences, key: str, cites: list[int], facts: Mapping[str, object], value: str) -> None:
    if key in s.wording.sentences:
        s.say(key, cites, **facts)
    else:
        s.say("item_other", cites, value=value, **facts)


def tell_known(s: Sentences, exchange: Exchange, only: int | None) -> None:
    """The identifiers that the record held of each vessel when it was asked about."""
    for n in _vessels(exchange, only):
        then = [f for f in _facts(s, n) if f.seq <= exchange.seq or _came_with(s.record, f, exchange)]
        if then:
            cites = [exchange.seq, *(f.seq for f in then)]
            s.say("known_then", cites, vessel=n, identifiers=identifiers(then))
        else:
            s.say("nothing_known_then", [exchange.seq], vessel=n)


def tell_learnt(s: Sentences, exchange: Exchange, after: int, answer: Answer, only: int | None) -> None:
    """What the record learnt between entry ``after``, the ask or the answer before, and this answer: two answers
    that differ may have been given on different knowledge (D2)."""
    for n in _vessels(exchange, only):
        learnt = [
            f for f in _facts(s, n) if after < f.seq <= answer.seq and not _came_with(s.record, f, exchange)
        ]
        if learnt:
            cites = [answer.seq, *(f.seq for f in learnt)]
            s.say("learnt_before_answer", cites, vessel=n, identifiers=identifiers(learnt))


def _vessels(exchange: Exchange, only: int | None) -> Iterable[int]:
    return dict.fromkeys(i.vessel for i in exchange.items if only in (None, i.vessel))


def _facts(s: Sentences, vessel: int) -> list[Fact]:
    known = s.record.vessel(vessel)
    return [f for f in (known.facts if known else ()) if f.field in _KNOWN]


def _came_with(record: CaseRecord, fact: Fact, exchange: Exchange) -> bool:
    """Told by the very message that asked: its facts belong to the ask, whichever entry came first."""
    return exchange.is_inbound and any(
        x["seq"] == fact.seq and x.get("exchange") == exchange.n for x in record.submissions
    )


def identifiers(facts: Iterable[Fact]) -> str:
    """``name BAR TEST (as heard); IMO number 9074729``, each value once."""
    told: dict[str, None] = {}
    for f in facts:
        how = f" ({_HOW[f.how]})" if f.how in _HOW else ""
        told[f"{_KNOWN[f.field]} {f.value}{how}"] = None
    return "; ".join(told)


def items_words(items: Iterable[ToldItem]) -> str:
    """Several items of one answer in few words, for the annex."""
    return "; ".join(
        f"{measure_words(t.item.measure).label}, vessel {t.item.vessel}: "
        f"{value_words(t.item.measure, t.item.value).label}"
        for t in items
    )


def asks_registry(exchange: Exchange) -> bool:
    return any(i.measure == REGISTRY for i in exchange.items)
