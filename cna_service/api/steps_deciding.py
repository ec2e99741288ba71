"""Commands of the interface: who decides, second officers, our own agencies and chain."""

from __future__ import annotations

from cna_service.agreements.measures import MEASURES
from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import (
    ATTACHMENTS,
    INSTANT,
    PARTY,
    SEEN,
    TOLD_INSTANT,
    many,
    one_of,
    text,
    thing,
    whole,
)
from cna_service.api.step import Step
from cna_service.workflow import consult
from cna_service.workflow.decide import ANSWERS_TO_QUESTIONS, call_decider
from cna_service.workflow.read_back import CHANNELS, QUESTIONS, confirm_decision
from cna_service.workflow.second_person import give_approval

_WORDS = text("verbatim")
DECIDED = {
    "decider": text("the officer who decided: id or name; else `by`, else who sends this"),
    "delegation": text("the delegation to rest on, such as del-1; else chosen among those in force"),
    "override_reason": text("why it is done without a delegation in force; printed"),
}
DECISION = {
    "asked": thing({q: one_of(ANSWERS_TO_QUESTIONS) for q in QUESTIONS}),
    "read_back": one_of(CHANNELS, "how what was recorded is sent to who decided by voice"),
}
_MEASURES = many(one_of(MEASURES))

CASE_STEPS: tuple[Step[CaseVerb], ...] = (
    Step(
        "consultations",
        consult.ask_agency,
        "Ask one of our own agencies",
        thing(
            {
                "agency": text("registry, coast guard, justice, legal adviser …"),
                "contact": thing({f: text() for f in ("name", "office", "phone", "email")}),
                "question": _WORDS,
                "due_at": INSTANT,
                "channel": one_of(consult.CHANNELS),
                "exchange": whole(minimum=1),
                "happened_at": TOLD_INSTANT,
                "attachments": ATTACHMENTS,
            },
            required=("agency", "contact", "question", "channel"),
        ),
        "With a due time of its own; overdue, it summons who holds the case.",
        tags=("deciding",),
    ),
    Step(
        "clearances",
        consult.record_clearance,
        "Record a statement of no objection by our own chain",
        thing(
            {
                "chain": one_of(("own",)),
                "by": PARTY,
                "measures": _MEASURES,
                "value": one_of(consult.CLEARED),
                "conditions": many(text()),
                "words": _WORDS,
                "exchange": whole(minimum=1),
                "happened_at": TOLD_INSTANT,
                "attachments": ATTACHMENTS,
            },
            required=("by", "measures", "words"),
        ),
        "Never a grant of any State, and no document can cite it as one.",
        tags=("deciding",),
    ),
)
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "decision-call",
        call_decider,
        "Summon who may decide, then his deputies",
        thing({"measures": _MEASURES}),
        "By the delegations in force; every try is logged. When the last did not answer, the supervisor is told.",
    ),
    Step(
        "decision-confirmation",
        confirm_decision,
        "Confirm or correct what was recorded of a decision",
        thing(
            {"decision": whole(minimum=1), "right": one_of(("yes", "no")), "words": _WORDS, "seen": SEEN},
            required=("right",),
        ),
        "By who decided, or by another officer than the one who recorded it.",
        decides=True,
    ),
)
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
    Step(
        "consultations/{n}/answer",
        consult.answer_agency,
        "Record what one of our own agencies answered",
        thing(
            {
                "by": PARTY,
                "words": _WORDS,
                "value": one_of(consult.VALUES),
                "conditions": many(text()),
                "happened_at": TOLD_INSTANT,
                "attachments": ATTACHMENTS,
            },
            required=("by", "words"),
        ),
        "Its clock stops; a later answer stands beside it.",
        tags=("deciding",),
    ),
)
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
