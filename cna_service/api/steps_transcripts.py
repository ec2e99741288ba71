"""Commands of the interface: exercise cases, paper periods."""

from __future__ import annotations

from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes_arrivals import CASE_OPENING
from cna_service.api.step import Step
from cna_service.workflow.opening import open_real_event

CASE_STEPS: tuple[Step[CaseVerb], ...] = (
    Step(
        "real-event",
        open_real_event,
        "Open a real case for what happened inside an exercise",
        CASE_OPENING,
        "One tap: a new case, linked to the exercise; nothing of the drill is copied into it.",
    ),
)
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = ()
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = ()
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
