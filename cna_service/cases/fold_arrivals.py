"""Folding what begins a case and its exchanges: submissions, openings, acknowledgements, extensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cna_service.cases.changing import replace
from cna_service.cases.clocks import ACKNOWLEDGED, after_event
from cna_service.cases.record import Acknowledgement, CaseRecord, Exchange, Fact, Item, Vessel
from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry

# Fields of a submission's vessel that say what she is, in the clear, one fact each; lists give one fact an element.
_PLAIN = (
    "registration_number",
    "imo",
    "mmsi",
    "call_sign",
    "hull_mark",
    "homeport",
    "type",
    "length",
    "description",
    "persons_on_board",
    "last_port",
    "next_port",
)
_LISTS = {"names": "name", "former_names": "former_name", "positions": "position", "persons": "person"}


def _case_opened(record: CaseRecord, entry: Entry) -> CaseRecord:
    record = _opened(record, entry)
    vessels = tuple(Vessel(n) for n in range(1, int(entry.body.get("vessels", 1)) + 1))
    return replace(record, vessels=record.vessels or vessels)


def _opened(record: CaseRecord, entry: Entry) -> CaseRecord:
    if record.opened_at is not None:
        return record
    as_exercise = bool(entry.body.get("as_exercise", False))
    is_exercise = as_exercise or bool(entry.body.get("exercise", False))
    return replace(
        record,
        opened_at=entry.recorded_at,
        opened_by=entry.actor,
        is_exercise=is_exercise,
        as_exercise=as_exercise,
    )


def _submission(record: CaseRecord, entry: Entry) -> CaseRecord:
    record = _opened(record, entry)
    told = entry.body
    submission = {**told, "seq": entry.seq, "recorded_at": entry.recorded_at}
    record = replace(record, submissions=(*record.submissions, submission))
    if not told.get("is_readable", True):
        return replace(record, is_to_be_read=True)
    vessels = list(record.vessels)
    for n, vessel in enumerate(told.get("draft", {}).get("vessels", []), start=1):
        facts = tuple(_facts_of(vessel, entry, told.get("sender", {})))
        if n <= len(vessels):
            vessels[n - 1] = replace(vessels[n - 1], facts=(*vessels[n - 1].facts, *facts))
        else:
            vessels.append(Vessel(n, facts))
    return replace(record, vessels=tuple(vessels))


def _facts_of(vessel: Mapping[str, Any], entry: Entry, sender: Mapping[str, Any]) -> Iterator[Fact]:
    source = sender.get("name") or sender.get("authority")

    def fact(name: str, value: object, **more: Any) -> Fact:
        return Fact(name, value, entry.seq, entry.recorded_at, source, happened_at=entry.happened_at, **more)

    for plural, singular in _LISTS.items():
        for value in vessel.get(plural) or ():
            yield fact(singular, value)
    for name in _PLAIN:
        if vessel.get(name) is not None:
            yield fact(name, vessel[name])
    if vessel.get("flag_claimed"):
        yield fact("claim", vessel["flag_claimed"], words=vessel.get("claimed_how"))


def _exchange_opened(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    other = b.get("authority") or {}
    exchange = Exchange(
        n=b["exchange"],
        seq=entry.seq,
        direction=b["direction"],
        kind=b.get("kind", "request"),
        state=b.get("state"),
        authority=other.get("id"),
        authority_name=other.get("name", ""),
        items=tuple(Item(i["vessel"], i["measure"]) for i in b["items"]),
        form=b["form"],
        channel=b["channel"],
        at=from_text(b["at"]),
        offences=tuple(b.get("offences", ())),
        bases=tuple(b.get("provisions", ())),
        basis_told=tuple(b.get("basis_told", ())),
        their_reference=b.get("their_reference"),
        text=b.get("text"),
        standing=b.get("standing", "unverified"),
        distribution=tuple(b.get("distribution", ())),
    )
    return replace(record, exchanges=(*record.exchanges, exchange))


def change(record: CaseRecord, n: int, how: Callable[[Exchange], Exchange]) -> CaseRecord:
    """The record with exchange ``n`` changed."""
    return replace(record, exchanges=tuple(how(e) if e.n == n else e for e in record.exchanges))


def _acknowledged(record: CaseRecord, entry: Entry) -> CaseRecord:
    automatic = bool(entry.body.get("automatic", False))
    b = entry.body
    theirs = None if b.get("ours", True) else b.get("by") or {}
    mark = Acknowledgement(entry.seq, entry.recorded_at, entry.actor, automatic, theirs, b.get("words"))
    record = replace(record, clocks=after_event(record.clocks, entry.body["exchange"], ACKNOWLEDGED, entry))
    return change(
        record, entry.body["exchange"], lambda e: replace(e, acknowledgement=e.acknowledgement or mark)
    )


def _machine_word(record: CaseRecord, entry: Entry) -> CaseRecord:
    return change(
        record,
        entry.body["exchange"],
        lambda e: replace(e, machine_words=(*e.machine_words, noted(entry))),
    )


def noted(entry: Entry) -> Mapping[str, Any]:
    return {**entry.body, "seq": entry.seq, "recorded_at": entry.recorded_at, "actor": entry.actor}


def extended(record: CaseRecord, entry: Entry) -> CaseRecord:
    return change(
        record, entry.body["exchange"], lambda e: replace(e, extensions=(*e.extensions, noted(entry)))
    )


def _question(record: CaseRecord, entry: Entry) -> CaseRecord:
    return change(
        record, entry.body["exchange"], lambda e: replace(e, questions=(*e.questions, noted(entry)))
    )


def _withdrawn(record: CaseRecord, entry: Entry) -> CaseRecord:
    n, at = entry.body["exchange"], entry.recorded_at
    record = change(record, n, lambda e: replace(e, withdrawn_seq=entry.seq))
    clocks = tuple(
        replace(c, stopped_at=at, stopped_seq=entry.seq) if c.exchange == n and c.stopped_at is None else c
        for c in record.clocks
    )
    return replace(record, clocks=clocks)


def _standing(record: CaseRecord, entry: Entry) -> CaseRecord:
    told = noted(entry)
    return change(
        record,
        entry.body["exchange"],
        lambda e: replace(e, standing=entry.body["standing"], standings=(*e.standings, told)),
    )


def _basis(record: CaseRecord, entry: Entry) -> CaseRecord:
    return change(record, entry.body["exchange"], lambda e: replace(e, chosen=noted(entry)))


def _read(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, notes=(*record.notes, noted(entry)), is_to_be_read=False, call_backs=())


def _closed(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, is_closed=True)


def _reopened(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, is_closed=False)


def _call_joined(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, calls=(*record.calls, noted(entry)))


def _call_missed(record: CaseRecord, entry: Entry) -> CaseRecord:
    # Nobody has heard the caller yet: the case wants to be read like what no program could read.
    return replace(record, is_to_be_read=True, call_backs=(*record.call_backs, noted(entry)))


def _media_kept(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, media=(*record.media, noted(entry)))


def _linked(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, links=(*record.links, noted(entry)))


APPLY = {
    "case.opened": _case_opened,
    "submission.received": _submission,
    "exchange.opened": _exchange_opened,
    "exchange.acknowledged": _acknowledged,
    "machine_word.kept": _machine_word,
    "exchange.withdrawn": _withdrawn,
    "question.asked": _question,
    "standing.recorded": _standing,
    "basis.chosen": _basis,
    "note.added": _read,
    "case.closed": _closed,
    "case.reopened": _reopened,
    "case.linked": _linked,
    "call.joined": _call_joined,
    "call.missed": _call_missed,
    "media.kept": _media_kept,
}
