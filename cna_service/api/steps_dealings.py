"""Commands of the interface: dealings with other States beside ask and answer."""

from __future__ import annotations

from cna_service.agreements.measures import MEASURES
from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import INSTANT, SEEN, STATE, TOLD_INSTANT, VESSEL, one_of, text, thing, whole
from cna_service.api.shapes_arrivals import OUTSIDE
from cna_service.api.step import Step
from cna_service.cases.conflicts import ONE_EACH
from cna_service.cases.efforts import OUTCOMES
from cna_service.workflow.chase import record_try
from cna_service.workflow.outside_registers import look_outside
from cna_service.workflow.reconcile import pass_over, reconcile
from cna_service.workflow.statements import MADE_WHERE, keep_statement

_FILE = thing(
    {"name": text(), "media_type": text(), "base64": text(format="byte")}, required=("name", "base64")
)
_ANSWER = thing(
    {
        "exchange": whole(minimum=1),
        "answer": whole(minimum=1),
        "vessel": VESSEL,
        "measure": one_of(MEASURES),
    },
    required=("exchange", "answer", "measure"),
)

CASE_STEPS: tuple[Step[CaseVerb], ...] = (
    Step(
        "outside-lookups",
        look_outside,
        "Ask registers that others keep, or record what one showed",
        OUTSIDE,
        "By machine: `sources` (all that are set up), with what the case knows of the vessel; one that is slow or down "
        "is an answer of its own. By hand: `source` and `seen`, with the picture of the screen. A dated snapshot; it "
        "decides nothing.",
        tags=("register",),
    ),
    Step(
        "statements",
        keep_statement,
        "Keep a statement made elsewhere",
        thing(
            {
                "state": STATE,
                "made_by": text("who said it"),
                "made_where": one_of(MADE_WHERE),
                "source": text("paper, account, court, page"),
                "words": text("verbatim"),
                "capture": _FILE,
                "happened_at": TOLD_INSTANT,
                "contradicts": _ANSWER,
            },
            required=("made_by", "made_where", "source", "words"),
        ),
        "Never an answer. Where it contradicts one, the holder and the legal adviser are told.",
    ),
    Step(
        "reconciliations",
        reconcile,
        "Say what holds of reports that differ",
        thing(
            {
                "vessel": VESSEL,
                "field": one_of(tuple(sorted(ONE_EACH))),
                "value": text("one of the values told, or `cannot be told`"),
                "reason": text(),
                "seen": SEEN,
            },
            required=("field", "value", "reason"),
        ),
        "Every report stays; one that comes later and contradicts opens it again.",
        decides=True,
        tags=("facts",),
    ),
    Step(
        "unqueried",
        pass_over,
        "Say why a State that is pointed to is not asked",
        thing({"vessel": VESSEL, "state": STATE, "reason": text()}, required=("state", "reason")),
        "Claims and indicia point to States; the nationalities of a crew do not.",
        tags=("facts",),
    ),
)
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "tries",
        record_try,
        "Record a try to reach the authority that was asked",
        thing(
            {
                "authority": text("another office than the one asked"),
                "contact": text("of the directory, such as c1"),
                "number": text("one that the directory does not list"),
                "outcome": one_of(tuple(OUTCOMES)),
                "spoke_to": text(),
                "wait_until": INSTANT,
                "words": text("verbatim"),
                "happened_at": TOLD_INSTANT,
            },
            required=("outcome",),
        ),
        "A wrong number marks the directory. The answer names whom to try next, and when.",
    ),
)
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = ()
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
