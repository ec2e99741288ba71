"""The officer who took a call opens its case from the call form: the call goes there, once."""

from __future__ import annotations

from cna_service.intake.desk_calls import DeskCall
from cna_service.workflow.asked import Asked
from cna_service.workflow.calls_missed import join
from cna_service.workflow.projections import CALLS, DESK
from cna_service.workflow.work import Work


def call_of(asked: Asked, work: Work, call_id: str) -> DeskCall | None:
    """The call that the form was opened for; one that has a case already is named in ``asked``. The command holds
    ``desk``."""
    call = work.of(CALLS, DESK).by_id.get(call_id)
    if call is None:
        asked.wrong("call", call_id, "is no call of this desk", "leave it out")
    elif call.case is not None:
        asked.wrong("call", call_id, f"belongs to case {call.case} already", f"add to case {call.case}")
        return None
    return call


def join_opened(work: Work, call: DeskCall) -> None:
    join(work, work.of(CALLS, DESK).by_id[call.id], work.stream)
