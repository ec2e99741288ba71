"""Calls to the desk as its pages show them: who is on the line, who was not taken, what is still to be fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.intake.desk_calls import Calls, DeskCall, Leg
from cna_service.kit.errors import NotFound
from cna_service.ledger.entry import Erased
from cna_service.workflow.projections import CALLS, DESK, OFFICERS, case_stream
from cna_service.workflow.service import Reader, Service

LATELY = timedelta(hours=72)
_MOST = 100
FORGED = "a number can be forged"
_WHY = {
    "no-answer": "no answer",
    "no_key": "picked up, no key (a machine?)",
    "caller_gone": "the caller hung up",
    "dropped": "the line broke",
}


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call. ``who``: what the number makes believe, always with the warning; ``state``: ringing, taken, recording,
    over; ``says``: the same in words. ``media``: (name, blob or None while it is owed)."""

    call: DeskCall
    number: str
    who: str
    state: str
    says: str
    tries: tuple[str, ...]
    case: str | None
    is_mine: bool
    owes_call_back: bool
    call_back_by: datetime | None
    media_owed: int


@dataclass(frozen=True, slots=True)
class CallsView:
    now: datetime
    live: tuple[CallLine, ...]
    recent: tuple[CallLine, ...]


def calls_view(service: Service, officer: str) -> CallsView:
    """Calls that go on, and those of the last three days, the newest first."""
    with service.read() as reader:
        desk = reader.stream(DESK).of(CALLS)
        lines = [_line(reader, desk, call, officer) for call in _lately(desk, reader.now)]
        live = tuple(line for line in lines if line.state != "over")
        return CallsView(reader.now, live, tuple(line for line in lines if line.state == "over"))


def live_calls(service: Service, officer: str) -> CallsView:
    """Only those that go on."""
    view = calls_view(service, officer)
    return CallsView(view.now, view.live, ())


def _lately(desk: Calls, now: datetime) -> list[DeskCall]:
    found = [c for c in reversed(tuple(desk.by_id.values())) if c.is_here or now - c.began_at < LATELY]
    return found[:_MOST]


def _line(reader: Reader, desk: Calls, call: DeskCall, officer: str) -> CallLine:
    there = None
    if call.case is not None:
        there = reader.stream(case_stream(call.case)).of(CALLS)
    here = there.by_id.get(call.id, call) if there is not None else call
    media = [*desk.media_of(call.id), *(there.media_of(call.id) if there is not None else ())]
    state = _state(call, here)
    return CallLine(
        call=call,
        number=number_words(call.number),
        who=who_words(reader, call),
        state=state,
        says=_says(reader, call, here, state),
        tries=tuple(_tried(reader, leg) for leg in call.legs),
        case=call.case,
        is_mine=call.taken_by == officer,
        owes_call_back=here.missed is not None and not here.is_called_back,
        call_back_by=here.call_back_by,
        media_owed=len({m.sid for m in media if m.is_owed} - {m.sid for m in media if not m.is_owed}),
    )


def number_words(number: object) -> str:
    if isinstance(number, Erased):
        return str(number)
    return number if isinstance(number, str) and number else "number withheld"


def who_words(reader: Reader, call: DeskCall) -> str:
    """What the number makes believe, and that it proves nothing."""
    if call.caller == "officer" and call.officer:
        return f"{_name(reader, call.officer)}, by the number: {FORGED}"
    if call.authorities:
        names = " or ".join(str(a["name"]) for a in call.authorities)
        return f"{names}, by the number in the directory: {FORGED}"
    return "withheld" if call.caller == "withheld" else f"not in the directory; {FORGED}"


def _state(call: DeskCall, here: DeskCall) -> str:
    if here.ended_at is not None or (here.how not in (None, "joined")):
        return "over"
    if call.taken_by is not None:
        return "taken"
    return "recording" if here.missed is not None else "ringing"


def _says(reader: Reader, call: DeskCall, here: DeskCall, state: str) -> str:
    if call.taken_by is not None:
        return f"taken by {_name(reader, call.taken_by)}{' and over' if state == 'over' else ''}"
    if state == "recording":
        return "nobody took it: the caller is leaving a message"
    if state == "ringing":
        leg = call.ringing
        return f"ringing {_name(reader, leg.officer)}" if leg is not None else "being greeted"
    hung_up = here.missed == "hung_up" or here.how == "hung_up"
    return "hung up before anybody took it" if hung_up else "nobody took it"


def _tried(reader: Reader, leg: Leg) -> str:
    why = "connected" if leg.taken_at is not None and leg.why is None else _WHY.get(leg.why or "", leg.why)
    return f"{_name(reader, leg.officer)}: {why or 'ringing'}"


def _name(reader: Reader, officer: str) -> str:
    known = reader.stream(DESK).of(OFFICERS).by_id.get(officer)
    return known.name if known is not None else officer


# --- what the call form begins with


class NoSuchCallHere(NotFound):
    code = "no-such-call-here"
    title = "The desk knows of no such call, or it is too long ago"


@dataclass(frozen=True, slots=True)
class CallFacts:
    """``authority``: the only one that the directory has under the number; two are one too many to assume."""

    id: str
    began_at: datetime
    number: str
    who: str
    authority: Mapping[str, Any] | None
    case: str | None


def call_facts(service: Service, call_id: str) -> CallFacts:
    """Raises NoSuchCallHere."""
    with service.read() as reader:
        call = reader.stream(DESK).of(CALLS).by_id.get(call_id)
        if call is None:
            raise NoSuchCallHere("Open an empty call form instead.")
        only = call.authorities[0] if len(call.authorities) == 1 else None
        number = call.number if isinstance(call.number, str) else ""
        return CallFacts(call.id, call.began_at, number, who_words(reader, call), only, call.case)


@dataclass(frozen=True, slots=True)
class CaseCall:
    """A call as the page of its case shows it; ``recordings``: (blob, name, size) of what is kept."""

    line: CallLine
    recordings: tuple[tuple[str, str, int], ...]


def calls_of_case(service: Service, ref: str, officer: str) -> tuple[CaseCall, ...]:
    with service.read() as reader:
        here = reader.stream(case_stream(ref)).of(CALLS)
        desk = reader.stream(DESK).of(CALLS)
        return tuple(_of_case(reader, here, desk, call, officer) for call in here.by_id.values())


def _of_case(reader: Reader, here: Calls, desk: Calls, call: DeskCall, officer: str) -> CaseCall:
    known = desk.by_id.get(call.id, call)
    return CaseCall(_line(reader, desk, known, officer), tuple(_kept(here, call.id)))


def _kept(here: Calls, of: str) -> Iterator[tuple[str, str, int]]:
    for media in here.media_of(of):
        if media.kept:
            yield str(media.kept["blob"]), str(media.kept.get("name") or "recording"), int(media.kept["size"])
