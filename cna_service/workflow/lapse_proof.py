"""What the effect of a lapse rests on: the clock's start, the election, the channels looked at (desk-rules 5.4).

"No answer received" is true only of the channels that the desk can see. All of it is copied into the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cna_service.agreements.model import Silence
from cna_service.cases.answer_states import counts
from cna_service.cases.clocks import is_final
from cna_service.cases.record import Clock, Exchange
from cna_service.kit.errors import Conflict, Refused
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.ledger.entry import Entry
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

DEEMED = ("deemed_grant", "deemed_waiver")
COPIED = (
    "provision",
    "effect",
    "scope",
    "items",
    "starts_at",
    "due_at",
    "start",
    "election",
    "adoption",
    "neither",
    "channels",
)
"""What the second officer's entry repeats of the first one's."""

PROOFS = (
    "exchange.opened",
    "exchange.acknowledged",
    "submission.received",
    "communication.logged",
    "clock.started",
    "conveyance.confirmed",
)


class LapseWithoutLaw(Refused):
    code = "lapse-without-law"
    title = "No effect of this lapse can be recorded: the law it needs is not adopted"


class AnsweredMeanwhile(Conflict):
    code = "answered-meanwhile"
    title = "Every measure that the provision names has an answer by now"


def effect_of(clock: Clock) -> str:
    """``none``, or what the adopted provision says follows. Raises LapseWithoutLaw where it would say so and is not
    adopted, or its election is not: then nobody can record an effect, and the reason is said."""
    silence = clock.terms.get("silence", {})
    if clock.kind == "legal":
        return str(silence.get("effect", "none"))
    if silence.get("code") in (Silence.DEEMED_GRANT.value, Silence.DEEMED_WAIVER.value):
        why = clock.terms.get("why") or "the provision is not adopted by this authority"
        raise LapseWithoutLaw(
            f"{clock.terms.get('provision')}: {why}. The legal adviser reads and adopts it first."
        )
    return "none"


def proved(
    service: Service,
    work: Work,
    exchange: Exchange,
    clock: Clock,
    asked: Asked,
    start: Asked,
    parts: Sequence[Asked],
) -> dict[str, Any]:
    """Everything a deemed grant or waiver rests on; what is wrong is left in ``asked``. Raises LapseWithoutLaw,
    AnsweredMeanwhile."""
    assert clock.due_at is not None
    law = _law(service, work, clock)
    scope = list(clock.terms.get("silence", {}).get("scope", ()))
    items = [{"vessel": i.vessel, "measure": i.measure} for i in clock.items if i.measure in scope]
    refuse_if_answered(exchange, clock, items)
    return {
        "scope": scope,
        "items": [i for i in items if not _is_answered(exchange, clock, i)],
        "starts_at": None if clock.starts_at is None else to_text(clock.starts_at),
        "due_at": to_text(clock.due_at),
        "start": _start(work, exchange, start),
        **law,
        "neither": _neither(exchange, clock),
        "channels": read_channels(
            parts, asked=asked, wanted=service.desk.channels_to_check, since=clock.due_at, now=work.now
        ),
    }


def _law(service: Service, work: Work, clock: Clock) -> dict[str, Any]:
    """The adoption and the election in force when the limit ran out, copied with their notice."""
    book, at, terms = work.of(LAW, DESK), clock.due_at, clock.terms
    assert at is not None
    adoption = next((a for a in book.adoptions if a.entry == terms.get("adopted")), None)
    if adoption is None or not adoption.stands_at(at):
        raise LapseWithoutLaw(
            f"{terms.get('provision')} was not adopted by this authority when the limit ran out."
        )
    told: dict[str, Any] = {"adoption": {"entry": adoption.entry, "at": to_text(adoption.at)}}
    entry = terms.get("election")
    if entry is None and service.policies.catalogue.election_of(str(terms.get("provision"))) is None:
        return told
    found = next((e for e in book.elections if e.entry == entry), None)
    if found is None or not found.adopted or found.corrected_at is not None or not _covers(found, at):
        why = "no election that the legal adviser has adopted was in force when the limit ran out"
        raise LapseWithoutLaw(f"{terms.get('provision')}: {why}.")
    fields = ("state", "election", "option", "notice", "source", "entry")
    election = {f: getattr(found, f) for f in fields} | {"valid_from": _text(found.valid_from)}
    election |= {"valid_to": _text(found.valid_to)}
    return told | {"election": {k: v for k, v in election.items() if v is not None}}


def _covers(fact: Any, at: datetime) -> bool:
    begun = fact.valid_from is None or fact.valid_from <= at
    return begun and (fact.valid_to is None or at < fact.valid_to)


def _text(at: datetime | None) -> str | None:
    return None if at is None else to_text(at)


def _start(work: Work, exchange: Exchange, asked: Asked) -> dict[str, Any] | None:
    """The entry that proves when the clock began."""
    seq = asked.number("seq", required=True, least=1)
    if seq is None:
        return None
    entry = _entry(work, seq)
    if entry is None or entry.type not in PROOFS or entry.body.get("exchange", exchange.n) != exchange.n:
        why = "proves no start of this exchange's clocks"
        asked.wrong("seq", seq, why, f"name an entry of: {', '.join(PROOFS)}")
        return None
    if entry.body.get("is_automatic"):
        asked.wrong("seq", seq, "is a machine's word (desk-rules 5.3)", "name what a person said or did")
    return {"seq": seq, "type": entry.type, "leaf": entry.leaf, "recorded_at": to_text(entry.recorded_at)}


def _entry(work: Work, seq: int) -> Entry | None:
    read = store.read_entries(work.connection, work.stamp.log, work.stream, after=store.Head(seq - 1, None))
    return next((e for e in read.entries if e.seq == seq), None)


def _neither(exchange: Exchange, clock: Clock) -> dict[str, Any] | None:
    """The answer "neither" that the provision takes for silence (San José 16(3))."""
    if clock.terms.get("neither", {}).get("code") != "as_silence":
        return None
    told = [
        (a, i) for a in exchange.answers for i in a.items if i.value == "neither" and a.withdrawal is None
    ]
    return {"answer": told[-1][0].n, "seq": told[-1][0].seq} if told else None


def refuse_if_answered(exchange: Exchange, clock: Clock, items: Iterable[Mapping[str, Any]]) -> None:
    """Raises AnsweredMeanwhile where nothing is left that silence could have granted."""
    wanted = list(items)
    if all(_is_answered(exchange, clock, i) for i in wanted):
        raise AnsweredMeanwhile("An answer stands; record what follows from it, not from silence.")


def _is_answered(exchange: Exchange, clock: Clock, item: Mapping[str, Any]) -> bool:
    return any(
        (g.vessel, g.measure) == (item["vessel"], item["measure"])
        and is_final(g, clock.terms)
        and counts(a, g)
        for a in exchange.answers
        if a.withdrawal is None
        for g in a.items
    )


def read_channels(
    parts: Sequence[Asked],
    *,
    asked: Asked | None = None,
    wanted: Sequence[str] = (),
    since: datetime | None = None,
    now: datetime | None = None,
) -> list[dict[str, Any]]:
    """The channels looked at. With ``wanted`` all of these, each by name and after ``since``; what is wrong is left in
    the parts, what is missing in ``asked``."""
    channels = []
    for each in parts:
        told = {
            "channel": _code(each.needed("channel", longest=80))
            if wanted
            else each.needed("channel", longest=80)
        }
        told["by"] = each.text("by", longest=200, required=bool(wanted)) or ""
        told["words"] = each.text("words") or ""
        checked = each.instant("checked_at", required=bool(wanted))
        if each.yes("found"):
            each.wrong("found", True, "says that an answer came in there", "log that answer; nothing lapsed")
        if checked is not None and wanted and not _is_within(checked, since, now):
            why = "lies ahead, or before the limit ran out"
            each.wrong("checked_at", to_text(checked), why, "look again now, and say when")
        each.check_unknown()
        kept = {k: v for k, v in told.items() if v}
        channels.append(kept | ({"checked_at": to_text(checked)} if checked else {}))
    lacking = [c for c in wanted if c not in {k.get("channel") for k in channels}]
    if lacking and asked is not None:
        names = ", ".join(c.replace("_", " ") for c in lacking)
        asked.wrong("channels", None, f"nobody looked at: {names}", "look there, and say who did and when")
    return channels


def _is_within(checked: datetime, since: datetime | None, now: datetime | None) -> bool:
    return (since is None or since <= checked) and (now is None or checked <= now)


def _code(told: str) -> str:
    return told.strip().casefold().replace(" ", "_").replace("-", "_")
