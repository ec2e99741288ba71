"""Small forms of an officer: who decides, second officers, our own agencies and chain."""

from __future__ import annotations

from cna_service.agreements.measures import MEASURES
from cna_service.console.pages.case_act import Act, on_case, on_number
from cna_service.console.pages.case_fields import HAPPENED, WORDS, Field, Options, exchanges
from cna_service.documents.measures import measure_words
from cna_service.identity.permissions import Action
from cna_service.workflow import consult
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.decide import call_decider
from cna_service.workflow.read_back import confirm_decision
from cna_service.workflow.second_person import give_approval

_WAYS = (
    ("phone", "Telephone"),
    ("mail", "Mail"),
    ("in_person", "In person"),
    ("radio", "Radio"),
    ("chat", "Chat"),
    ("fax", "Fax"),
    ("letter", "Letter"),
    ("note", "Other"),
)
_VALUES = (
    ("no_objection", "No objection"),
    ("objection", "Objection"),
    ("information", "Information only"),
    ("none", "Nothing to say"),
)
_CLEARED = (
    ("no_objection", "No objection"),
    ("no_objection_with_conditions", "No objection, with conditions"),
    ("objection", "Objection"),
)
_MEASURES = tuple((m, measure_words(m).label) for m in MEASURES)
_WHO = (
    Field("by/name", "Who: name"),
    Field("by/post", "Post or rank"),
    Field("by/office", "Office"),
)


def _open_approvals(view: CaseView) -> Options:
    return [(str(a.n), f"{a.n} – {a.act}") for a in view.record.deciding.approvals if a.is_open]


def _consultations(view: CaseView) -> Options:
    asked = view.record.deciding.consultations
    return [(str(c.n), f"{c.n} – {c.agency}{'' if c.is_open else ' (answered)'}") for c in asked]


CASE_ACTS: tuple[Act, ...] = (
    Act(
        "approve",
        "Answer as second officer",
        "Read what is asked, on the page of the case. The second officer is another person than the one who acted.",
        "Record my answer",
        Action.APPROVAL_GIVE,
        (
            Field("approval", "Approval", "choice", _open_approvals, is_required=True),
            Field("approve", "Do you approve?", "one_of", (("yes", "Yes"), ("no", "No")), is_required=True),
            Field("words", "Words", "area", hint="Needed for a no: why", rows=2),
        ),
        on_number("approval", give_approval),
        "Deciding",
        decides=True,
    ),
    Act(
        "consult",
        "Ask one of our own agencies",
        "Registry, coast guard, justice, legal adviser: each with its own time. Overdue, it summons who holds the "
        "case.",
        "Record the question",
        Action.CONSULTATION_ASK,
        (
            Field("agency", "Agency", is_required=True, hint="Such as: Ministry of Justice"),
            Field("contact/name", "Whom: name"),
            Field("contact/office", "Office"),
            Field("contact/phone", "Number", mode="tel"),
            Field("question", "Question, verbatim", "area", is_required=True),
            Field("due_at", "Answer wanted by", "instant", is_ahead=True),
            Field("channel", "Way", "choice", _WAYS, is_required=True, default="phone"),
            Field("exchange", "About exchange", "choice", exchanges),
        ),
        on_case(consult.ask_agency),
        "Deciding",
    ),
    Act(
        "agency-answered",
        "Record an agency's answer",
        "Its clock stops. It is advice to this desk: no State has granted anything by it.",
        "Record the answer",
        Action.CONSULTATION_ASK,
        (
            Field("consultation", "Answer to", "choice", _consultations, is_required=True),
            *_WHO,
            Field("value", "In a word", "choice", _VALUES, is_required=True, default="information"),
            Field("words", "Words, verbatim", "area", is_required=True),
            HAPPENED,
        ),
        on_number("consultation", consult.answer_agency),
        "Deciding",
    ),
    Act(
        "clearance",
        "Record our own chain's no objection",
        "A statement of our own chain of command. It is no State's consent, and no certificate can cite it as one.",
        "Record the statement",
        Action.CLEARANCE_RECORD,
        (
            *_WHO,
            Field("measures", "Measures", "several", _MEASURES, is_required=True),
            Field("value", "In a word", "choice", _CLEARED, is_required=True, default="no_objection"),
            Field("conditions", "Condition", hint="One; further ones through the interface"),
            Field("words", "Words, verbatim", "area", is_required=True),
            Field("exchange", "About exchange", "choice", exchanges),
            HAPPENED,
        ),
        on_case(consult.record_clearance),
        "Deciding",
    ),
)
EXCHANGE_ACTS: tuple[Act, ...] = (
    Act(
        "decision-call",
        "Call who may decide",
        "Rings who may decide by the delegations in force, then his deputies in their order, by SMS and call. Each "
        "try is logged. When the last did not answer, the supervisor is told that nobody could be reached.",
        "Call him now",
        Action.DECISION_CALL,
        (),
        call_decider,
    ),
    Act(
        "decision-confirmation",
        "Confirm or correct a decision",
        "By who took the decision, or by another officer than the one who wrote it down, who has it from himself.",
        "Record it",
        Action.DECISION_CONFIRM,
        (
            Field("decision", "Decision number", mode="numeric", hint="Empty: the newest"),
            Field(
                "right",
                "Is what was recorded what he decided?",
                "one_of",
                (("yes", "Yes"), ("no", "No, he said otherwise")),
                is_required=True,
            ),
            WORDS,
        ),
        confirm_decision,
    ),
)
