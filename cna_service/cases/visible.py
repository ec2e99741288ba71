"""What of a case a reader may see (record.md, "Handling"): one function for API, console, documents and exports.

Our own readers see all of it. A partner sees its own messages, its own exchanges with the answers that reached it, and
their legal and claimed clocks. Our notes, searches, decisions, doubts about it, alerts, and everything of other
authorities are never its business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cna_service.cases.record import (
    Acknowledgement,
    Answer,
    CaseRecord,
    Clock,
    Conveyance,
    Exchange,
    Vessel,
)
from cna_service.cases.record_transcripts import Transcripts

# Of our own people a partner learns the office, not the person's account, session or delegation.
_OUTWARD_ACTOR = ("kind", "post", "office", "state")
# Who answered stands in the answer itself; his number and address are the directory's business.
_OUTWARD_PARTY = ("name", "post", "office", "capacity", "delegation")
_THEIR_CLOCKS = ("legal", "claimed")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads: ``authority`` is a partner's id in the directory, None for one of ours."""

    authority: str | None = None


OURS = Viewer()


def has_part(record: CaseRecord, viewer: Viewer) -> bool:
    """Whether the case, as it then stood, concerned this reader at all."""
    if viewer.authority is None:
        return True
    mine = any(_is_sender(s, viewer.authority) for s in record.submissions)
    return mine or any(e.authority == viewer.authority for e in record.exchanges)


def visible(record: CaseRecord, viewer: Viewer) -> CaseRecord:
    """The record with what this reader may see; ``seq`` and ``leaf`` still name the entry it was folded up to."""
    authority = viewer.authority
    if authority is None:
        return record
    submissions = tuple(s for s in record.submissions if _is_sender(s, authority))
    exchanges = tuple(_exchange(e) for e in record.exchanges if e.authority == authority)
    numbers = {e.n for e in exchanges}
    clocks = tuple(_clock(c) for c in record.clocks if c.exchange in numbers and c.kind in _THEIR_CLOCKS)
    shown = CaseRecord(
        ref=record.ref,
        seq=record.seq,
        leaf=record.leaf,
        is_exercise=record.is_exercise,
        as_exercise=record.as_exercise,
        is_closed=record.is_closed,
        is_to_be_read=record.is_to_be_read and not all(s.get("is_readable", True) for s in submissions),
        vessels=_vessels(record, submissions, exchanges),
        exchanges=exchanges,
        clocks=clocks,
        submissions=submissions,
        documents=tuple(_documents(record, exchanges)),
        # Which of what they see was typed in from paper; the periods themselves are ours.
        transcripts=Transcripts(transcribed=record.transcripts.transcribed),
    )
    instants = sorted(_instants(shown))
    return replace(
        shown, opened_at=instants[0] if instants else None, changed_at=instants[-1] if instants else None
    )


def _is_sender(submission: Mapping[str, Any], authority: str) -> bool:
    return bool((submission.get("sender") or {}).get("authority") == authority)


def _exchange(exchange: Exchange) -> Exchange:
    return replace(
        exchange,
        acknowledgement=_acknowledgement(exchange.acknowledgement),
        standing="",
        standings=(),
        answers=tuple(_answer(a) for a in exchange.answers if not a.ours or a.conveyed_at is not None),
        decisions=(),
        questions=tuple(_outward(q) for q in exchange.questions),
        extensions=tuple(_outward(x) for x in exchange.extensions),
        chosen=None,
        machine_words=(),
        distribution=(),
    )


def _acknowledgement(mark: Acknowledgement | None) -> Acknowledgement | None:
    if mark is None:
        return None
    theirs = None if mark.theirs is None else _only(mark.theirs, _OUTWARD_PARTY)
    return replace(mark, by=_only(mark.by, _OUTWARD_ACTOR), theirs=theirs)


def _answer(answer: Answer) -> Answer:
    conveyances = tuple(_conveyance(c) for c in answer.conveyances if c.complete)
    return replace(
        answer,
        by=_only(answer.by, _OUTWARD_PARTY),
        actor=_only(answer.actor, _OUTWARD_ACTOR),
        decision=None,
        conveyances=conveyances,
        # What we make of its answer, and of the office that gave it, is ours.
        checked=None,
        not_counted=(),
        rests_on=(),
        override_reason=None,
        listed_by=(),
        readings=(),
        differs=(),
        withdrawal=_withdrawal(answer),
        notices=(),
    )


def _withdrawal(answer: Answer) -> Mapping[str, Any] | None:
    """Theirs as they know it; ours once they were told."""
    told = answer.withdrawal is not None and (not answer.ours or any(n["received"] for n in answer.notices))
    return _outward(answer.withdrawal) if told and answer.withdrawal is not None else None


def _conveyance(conveyance: Conveyance) -> Conveyance:
    return replace(
        conveyance,
        sending=None,
        to={},
        confirmed_by=_only(conveyance.confirmed_by, _OUTWARD_PARTY),
    )


def _outward(told: Mapping[str, Any]) -> Mapping[str, Any]:
    by = told.get("by")
    return {
        **told,
        "actor": _only(told.get("actor") or {}, _OUTWARD_ACTOR),
        **({"by": _only(by, _OUTWARD_PARTY)} if isinstance(by, Mapping) else {}),
    }


def _clock(clock: Clock) -> Clock:
    """Its terms and its course; not whom it warned here, nor what our officer made of its lapse."""
    return replace(clock, warnings=(), warned=frozenset(), lapse=None, lapse_proposed=None, disturbed_by=None)


def _vessels(
    record: CaseRecord, submissions: Iterable[Mapping[str, Any]], exchanges: Iterable[Exchange]
) -> tuple[Vessel, ...]:
    """Vessels keep their numbers; of each only what this partner told itself."""
    told = {s["seq"] for s in submissions}
    asked = {i.vessel for e in exchanges for i in e.items}
    shown = (replace(v, facts=tuple(f for f in v.facts if f.seq in told)) for v in record.vessels)
    return tuple(v for v in shown if v.facts or v.n in asked)


def _documents(record: CaseRecord, exchanges: Iterable[Exchange]) -> Iterator[Mapping[str, Any]]:
    """The documents of answers that reached it."""
    reached = {(e.n, a.n) for e in exchanges for a in e.answers if a.ours}
    for document in record.documents:
        if (document.get("exchange"), document.get("answer")) in reached:
            yield {k: v for k, v in document.items() if k != "actor"}


def _instants(shown: CaseRecord) -> Iterator[datetime]:
    yield from (s["recorded_at"] for s in shown.submissions)
    for exchange in shown.exchanges:
        yield exchange.at
        if exchange.acknowledgement is not None:
            yield exchange.acknowledgement.at
        yield from (told["recorded_at"] for told in (*exchange.questions, *exchange.extensions))
        for answer in exchange.answers:
            yield answer.conveyed_at or answer.recorded_at
    for clock in shown.clocks:
        yield from (at for at in (clock.stopped_at, clock.lapsed_at) if at is not None)


def _only(told: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: told[name] for name in names if told.get(name)}
