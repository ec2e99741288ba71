"""Commands of the interface: who decides."""

from __future__ import annotations

from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import SEEN, one_of, text, thing
from cna_service.api.step import Step
from cna_service.workflow.second_person import give_approval

_WORDS = text("verbatim")

CASE_STEPS: tuple[Step[CaseVerb], ...] = ()
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = ()
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "approvals/{n}",
        give_approval,
        "Answer as second officer",
        thing({"approve": one_of(("yes", "no")), "words": _WORDS, "seen": SEEN}, required=("approve",)),
        "Another officer than the maker, of a role that the two-person rule names.",
        decides=True,
        tags=("deciding",),
    ),
)
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
