"""The end of a call to the desk: who was not taken is owed a call back, in a case, and somebody is summoned.

One call, one case at most; and who calls again within two hours and is missed again does so in the same case, so that
a flood is one case with a count and not a hundred.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cna_service.escalation.state import Subject
from cna_service.intake.desk_calls import Calls, DeskCall
from cna_service.kit.ids import new_reference
from cna_service.kit.instants import to_text
from cna_service.kit.told import exactly
from cna_service.ledger.entry import Draft
from cna_service.workflow import media
from cna_service.workflow.projections import ALERTS, CALLS, CASE, DESK, case_stream
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

SAME_CALLER_WITHIN = timedelta(hours=2)
MISSED = "missed_call"


def subject_of(stream: str) -> Subject:
    return Subject(stream.removeprefix("case:")) if stream.startswith("case:") else Subject()


def earlier_case(calls: Calls, call: DeskCall, now: datetime) -> str | None:
    """The case of a call of the same number that was missed lately. Withheld numbers are nobody's: only a flood of them
    is put together."""
    number = call.number if isinstance(call.number, str) else None
    if number is None and call.rings:
        return None
    mine = (
        c
        for c in reversed(tuple(calls.by_id.values()))
        if c.id != call.id
        and c.case is not None
        and c.taken_by is None
        and (c.number == number if number is not None else c.caller == "withheld")
    )
    return next((c.case for c in mine if now - c.began_at < SAME_CALLER_WITHIN), None)


def miss(service: Service, work: Work, call: DeskCall, why: str) -> str:
    """Nobody took it: the call gets a case, a promise and an alert. The command holds ``desk``, and the stream of an
    earlier missed call of the same number if it shall go there. Returns the case's stream."""
    known = earlier_case(work.of(CALLS, DESK), call, work.now)
    stream = case_stream(known) if known is not None else ""
    if not stream or stream not in work.held or work.of(CASE, stream).is_closed:
        stream = _open(service, work, call)
    join(work, call, stream)
    by = work.now + service.policies.calls.call_back
    missed = {"call": call.id, "why": why, "call_back_by": to_text(by)}
    work.append(Draft("call.missed", missed), stream)
    if not any(a.kind == MISSED and a.is_climbing for a in work.of(ALERTS, stream).open):
        raise_alert(service, work, MISSED, stream=stream, subject=subject_of(stream), due_at=by)
    return stream


def _open(service: Service, work: Work, call: DeskCall) -> str:
    own = work.stream
    work.begin_case(lambda: new_reference(prefix=service.desk.reference_prefix))
    stream, work.stream = work.stream, own or work.stream
    opened = {
        "exercise": service.desk.is_exercise,
        "channel": "phone",
        "vessels": 1,
        "caller": _caller(call),
        "call_began_at": to_text(call.began_at),
    }
    told = exactly(call.began_at, source="the telephone company")
    work.append(Draft("case.opened", {k: v for k, v in opened.items() if v}, happened_at=told), stream)
    return stream


def _caller(call: DeskCall) -> dict[str, str]:
    """What is believed of him, with the warning beside it: a number can be forged."""
    told = {"phone": call.number} if isinstance(call.number, str) else {"name": "number withheld"}
    if call.authorities:
        told |= {"office": " or ".join(str(a["name"]) for a in call.authorities) + " (by the number alone)"}
    return {k: str(v) for k, v in told.items()}


def join(work: Work, call: DeskCall, stream: str) -> None:
    """The call belongs to this case from now on: an entry in both, and what was recorded of it is the case's too."""
    case = stream.removeprefix("case:")
    told: dict[str, Any] = {
        "call": call.id,
        "sid": call.sid,
        "case": case,
        "began_at": to_text(call.began_at),
        "number": call.number if isinstance(call.number, str) else None,
        "caller": caller_json(call),
        "taken_by": call.taken_by,
        "taken_at": None if call.taken_at is None else to_text(call.taken_at),
        "ended_at": None if call.ended_at is None else to_text(call.ended_at),
    }
    work.append(Draft("call.joined", {k: v for k, v in told.items() if v is not None}), stream)
    work.append(Draft("call.joined", {"call": call.id, "case": case}), DESK)
    for each in work.of(CALLS, DESK).media_of(call.id):
        if not each.is_owed:
            media.copy(work, stream, each.kept)


def caller_json(call: DeskCall) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": call.caller, "officer": call.officer}
    told["authorities"] = [dict(a) for a in call.authorities] or None
    return {k: v for k, v in told.items() if v is not None}


def end(service: Service, work: Work, stream: str, call: DeskCall, *, how: str, **more: Any) -> None:
    """The call is over, in the stream that it lives in; who was not taken is owed a call back."""
    told = {"call": call.id, "how": how, **{k: v for k, v in more.items() if v is not None}}
    work.append(Draft("call.ended", told), stream)
    # One of ours who looked after his alerts and asked for nobody was not missed by anybody.
    asked_for_nobody = call.caller == "officer" and not call.legs
    if call.taken_by is None and call.missed is None and call.case is None and not asked_for_nobody:
        miss(service, work, work.of(CALLS, stream).by_id[call.id], how)
