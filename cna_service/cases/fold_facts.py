"""Folding what was told, seen, searched and reported. Nothing overwrites: each is one more fact."""

from __future__ import annotations

from collections.abc import Callable

from cna_service.cases.changing import replace
from cna_service.cases.fold_arrivals import noted
from cna_service.cases.fold_dealings import also
from cna_service.cases.record import CaseRecord, Fact, Vessel
from cna_service.ledger.entry import Entry


def add_fact(record: CaseRecord, n: int, fact: Fact) -> CaseRecord:
    if record.vessel(n) is None:
        record = replace(record, vessels=(*record.vessels, Vessel(n)))
    vessels = tuple(replace(v, facts=(*v.facts, fact)) if v.n == n else v for v in record.vessels)
    return replace(record, vessels=vessels)


def _fact(field: str, value: str, source: str) -> Callable[[CaseRecord, Entry], CaseRecord]:
    """A fold for an entry that tells one fact: body key ``value`` under the name ``field`` (or body's own field)."""

    def fold(record: CaseRecord, entry: Entry) -> CaseRecord:
        b = entry.body
        fact = Fact(
            field=b.get("field", field),
            value=b.get(value),
            seq=entry.seq,
            recorded_at=entry.recorded_at,
            source=b.get(source),
            how=b.get("how"),
            words=b.get("words"),
            happened_at=entry.happened_at,
            attachments=tuple(b.get("attachments", ())),
        )
        return add_fact(record, int(b.get("vessel", 1)), fact)

    return fold


def _vessel(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, vessels=(*record.vessels, Vessel(entry.body["vessel"])))


def _communication(record: CaseRecord, entry: Entry) -> CaseRecord:
    record = replace(record, communications=(*record.communications, noted(entry)))
    if entry.body.get("direction") == "out" and entry.body.get("channel") == "phone":
        record = replace(record, call_backs=())
    return replace(record, is_to_be_read=record.is_to_be_read and entry.actor.get("kind") != "officer")


def _search(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, searches=(*record.searches, noted(entry)))


def _judged(record: CaseRecord, entry: Entry) -> CaseRecord:
    told = {k: v for k, v in entry.body.items() if k in ("verdict", "rid", "words")}
    judged = {**told, "verdict_seq": entry.seq, "verdict_by": entry.actor, "verdict_at": entry.recorded_at}
    searches = tuple({**s, **judged} if s["search"] == entry.body["search"] else s for s in record.searches)
    return replace(record, searches=searches)


def _event(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, events=(*record.events, noted(entry)))


def _document(record: CaseRecord, entry: Entry) -> CaseRecord:
    return replace(record, documents=(*record.documents, noted(entry)))


APPLY = {
    "claim.made": also("claims", _fact("claim", "state", "by")),
    "indicium.seen": also("indicia", _fact("indicium", "value", "by")),
    "identifier.recorded": _fact("name", "value", "source"),
    "position.reported": also("positions", _fact("position", "position", "source")),
    "person.recorded": _fact("person", "name", "source"),
    "vessel.added": _vessel,
    "communication.logged": _communication,
    "search.made": _search,
    "search.judged": _judged,
    "event.reported": _event,
    "document.made": _document,
}
