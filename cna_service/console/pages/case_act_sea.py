"""Small forms of an officer: what happened at sea and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.judging import GROUNDS
from cna_service.console.pages.case_act import Act, Run, on_case, on_number
from cna_service.console.pages.case_fields import HAPPENED, VESSEL, WORDS, Field, Options, exchanges
from cna_service.documents.measures import MEASURES
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.workflow import (
    at_sea,
    compensation,
    conditions,
    custody,
    instruct,
    notifying,
    reports,
    results,
)
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.keys import Key, Reply
from cna_service.workflow.service import Service

GROUP = "At sea and after"
_MEASURE_OPTIONS = tuple(
    (code, words.label)
    for code, words in MEASURES.items()
    if code != "confirm_registry" and not code.startswith("waive_")
)
_FATES = tuple((f, f.replace("_", " ").capitalize()) for f in results.FATES)
_KINDS = tuple((k, k.replace("_", " ").capitalize()) for k in at_sea.KINDS)
_SIDE = Field(
    "side",
    "Whose",
    "choice",
    (("ours", "Ours"), ("theirs", "Theirs, as they report it")),
    hint="Left out: who asked in this case",
)
_TOLD = Field("happened_at", "When", "told", is_required=True, default="now")
_BY = (Field("by/name", "By whom: name"), Field("by/office", "Office"))


def _instructions(view: CaseView) -> Options:
    return [
        (str(i.instruction.n), f"{i.instruction.n} – to {i.instruction.unit}, {i.words}")
        for i in view.sea.instructions
    ]


def _reasons(view: CaseView) -> Options:
    return [(str(a.action["action"]), f"{a.action['action']} – {a.label}") for a in view.sea.actions]


def _conditions(view: CaseView) -> Options:
    return [
        (c.id, f"{label}, condition {c.n}, vessel {c.vessel}: {c.text}") for label, c in view.sea.conditions
    ]


def _owed(view: CaseView) -> Options:
    return [(str(o["report"]), f"{o['report']} – {o['what']}") for o in view.sea.reports if not o.get("made")]


def _claims(view: CaseView) -> Options:
    return [(str(c["claim"]), f"Claim {c['claim']}") for c in view.sea.compensation]


def _granted(view: CaseView) -> Options:
    labels = {m.line.measure: m.label for m in view.sea.lines if m.is_may}
    return list(labels.items())


def _by_line(verb: Run, *names: str) -> Run:
    """Fields of several lines become lists, a line each."""

    def run(
        service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None
    ) -> Reply:
        told = dict(body)
        for name in names:
            if isinstance(told.get(name), str):
                told[name] = [line.strip() for line in told[name].splitlines() if line.strip()]
        return verb(service, actor, ref, n, told, key)

    return run


def _check(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None
) -> Reply:
    """The condition chosen names its exchange, answer, vessel and measure."""
    told = {k: v for k, v in body.items() if k != "condition"}
    names = ("exchange", "answer", "vessel", "measure", "condition")
    told |= dict(zip(names, str(body.get("condition") or "").split("."), strict=False))
    return conditions.check_condition(service, actor, ref, told, key)


CASE_ACTS: tuple[Act, ...] = (
    Act(
        "instruct",
        "Pass an instruction to a unit",
        "The words are made from what is granted now. Read them out, then log that the unit read them back. What is "
        "not granted cannot be stated.",
        "Record what was passed on",
        Action.INSTRUCTION_GIVE,
        (
            Field("unit", "Unit", is_required=True),
            Field("circuit", "Circuit or line", is_required=True),
            Field("passed_to/name", "Taken down by: name"),
            Field("passed_to/post", "Taken down by: post"),
            Field(
                "measures",
                "Pass on only",
                "several",
                _granted,
                hint="None ticked: everything that is granted",
            ),
            Field("number", "Their own number for it"),
            Field("words", "Added words", "area", rows=2),
            Field(
                "override_reason",
                "Why without a delegation",
                "area",
                rows=2,
                hint="Only where no delegation in force lets you instruct units; it is kept with the entry",
            ),
        ),
        on_case(instruct.give_instruction),
        GROUP,
        decides=True,
    ),
    Act(
        "readback",
        "Log a read-back",
        "Of an instruction, or of its STOP where it no longer holds. Only a correct one ends the summons.",
        "Log the read-back",
        Action.INSTRUCTION_GIVE,
        (
            Field("instruction", "Instruction", "choice", _instructions, is_required=True),
            Field("by/name", "Read back by: name", is_required=True),
            Field("words", "Words read back", "area", is_required=True),
            Field(
                "is_correct",
                "Was it what was passed on?",
                "one_of",
                (("yes", "Yes, word for word in substance"), ("no", "No")),
                is_required=True,
            ),
            HAPPENED,
        ),
        on_number("instruction", instruct.read_back),
        GROUP,
    ),
    Act(
        "action",
        "Record what was done at sea",
        "It is held against what was granted and conveyed by then. It is recorded whatever comes of that.",
        "Record it",
        Action.ACTION_RECORD,
        (
            VESSEL,
            Field("measure", "Measure", "choice", _MEASURE_OPTIONS, hint="Or a kind of act below"),
            Field("kind", "Other kind of act", "choice", _KINDS),
            Field("by_unit", "By which unit", is_required=True),
            _TOLD,
            Field("position", "Position as told"),
            Field("basis/exchange", "Under the answer of exchange", "choice", exchanges),
            Field("basis/ground", "Or on a ground of its own", "choice", tuple(GROUNDS.items())),
            Field("basis/reason", "Why that ground", "area", rows=2),
            Field("reason", "Reason, where nothing had granted it", "area", rows=2),
            Field("force", "Force used, in words"),
            Field("shots", "Shots fired", mode="numeric"),
            Field("injuries", "Injured", mode="numeric"),
            Field("deaths", "Dead", mode="numeric"),
            WORDS,
            _SIDE,
        ),
        on_case(at_sea.record_action),
        GROUP,
    ),
    Act(
        "action_reason",
        "Say why it was done beyond every grant",
        "The reason stands beside the act; the act stays as it is.",
        "Record the reason",
        Action.ACTION_RECORD,
        (
            Field("of_action", "Act", "choice", _reasons, is_required=True),
            Field("reason", "Reason", "area", is_required=True),
            *_BY,
        ),
        on_number("of_action", at_sea.explain_action),
        GROUP,
    ),
    Act(
        "result",
        "Report what came of it",
        "Quantities stay in the unit they were told in. Nationals aboard: a consular notice is then owed.",
        "Record the result",
        Action.ACTION_RECORD,
        (
            VESSEL,
            Field(
                "boarded",
                "Boarded",
                "one_of",
                (("yes", "Yes"), ("not_boarded_because", "No: say why below")),
                default="yes",
            ),
            Field("because", "Why not"),
            Field("found/0/what", "Found: what"),
            Field("found/0/quantity", "How much", hint="As told, such as 5 nm or 400 kg"),
            Field("force", "Force used, in words"),
            Field("shots", "Shots fired", mode="numeric"),
            Field("injuries", "Injured", mode="numeric"),
            Field("deaths", "Dead", mode="numeric"),
            Field("nationals_aboard/0/state", "Nationals aboard, of", "state", hint="Name or two letters"),
            Field("nationals_aboard/0/count", "How many", mode="numeric"),
            Field("damage", "Damage"),
            Field("whereabouts", "Where the vessel is"),
            Field("fate", "What became of her", "choice", _FATES),
            Field("masters_objections", "The master's objections", "area", rows=2),
            WORDS,
            HAPPENED,
            _SIDE,
        ),
        on_case(results.report_result),
        GROUP,
    ),
    Act(
        "condition",
        "Check a condition",
        "One by one, with what shows it. Every check stays.",
        "Record the check",
        Action.ACTION_RECORD,
        (
            Field("condition", "Condition", "choice", _conditions, is_required=True),
            Field(
                "met",
                "Was it kept?",
                "one_of",
                (("yes", "Yes"), ("no", "No"), ("not_yet", "Not yet"), ("cannot_be_told", "Cannot be told")),
                is_required=True,
            ),
            Field("evidence", "What shows it", "area", rows=2),
            *_BY,
            HAPPENED,
        ),
        _check,
        GROUP,
    ),
    Act(
        "custody",
        "Record a step of custody",
        "From boarding to hand-over, day by day.",
        "Record it",
        Action.ACTION_RECORD,
        (
            VESSEL,
            Field("what", "What", "choice", tuple(custody.WHAT.items()), is_required=True, default="taken"),
            Field("persons", "Persons", "area", rows=2, hint="A line each"),
            Field("items", "Things", "area", rows=2, hint="A line each"),
            Field("vessel_itself", "The vessel itself", "tick"),
            Field("to/name", "To: name"),
            Field("to/office", "To: office"),
            Field("to/state", "To: State", "state"),
            Field("place", "Where"),
            Field("partly", "Something stays in custody", "tick"),
            HAPPENED,
            WORDS,
        ),
        _by_line(on_case(custody.record_custody), "persons", "items"),
        GROUP,
    ),
    Act(
        "report",
        "Log a report that was owed",
        "Made by us, or received where they owed it.",
        "Log it",
        Action.ACTION_RECORD,
        (
            Field("owes", "What was owed", "choice", _owed, is_required=True),
            Field("sent_to", "To whom"),
            Field("channel", "Way", is_required=True, default="mail"),
            Field("words", "Words", "area"),
            HAPPENED,
        ),
        on_case(reports.make_report),
        GROUP,
    ),
    Act(
        "compensation",
        "Record a claim for compensation",
        "As told; the amount in its own currency.",
        "Record the claim",
        Action.ACTION_RECORD,
        (
            Field("by", "Claimed by", is_required=True),
            Field("against", "Against", is_required=True),
            Field(
                "ground",
                "Ground",
                "choice",
                tuple((g, g.replace("_", " ").capitalize()) for g in compensation.GROUNDS),
                is_required=True,
            ),
            Field("amount", "Amount as told"),
            WORDS,
            HAPPENED,
        ),
        on_case(compensation.claim_compensation),
        GROUP,
    ),
    Act(
        "compensation_answer",
        "Record what was answered to a claim",
        "Settled, refused, or still open.",
        "Record it",
        Action.ACTION_RECORD,
        (
            Field("claim", "Claim", "choice", _claims, is_required=True),
            Field(
                "outcome",
                "Answer",
                "one_of",
                (("settled", "Settled"), ("refused", "Refused"), ("open", "Still open")),
                is_required=True,
            ),
            *_BY,
            WORDS,
        ),
        on_number("claim", compensation.answer_claim),
        GROUP,
    ),
)

_WHOSE = Field(
    "side",
    "Whose",
    "choice",
    (("ours", "We sent it"), ("theirs", "They sent it to us")),
    hint="Left out: who asked",
)
_RECEIVED = Field(
    "received_at", "Received by the other side", "instant", hint="Its clock begins here. Blank: not known yet"
)

EXCHANGE_ACTS: tuple[Act, ...] = (
    Act(
        "evidence_summary",
        "Log a summary of evidence",
        "Its receipt starts the time in which jurisdiction may be claimed. Log the receipt later under its number.",
        "Log it",
        Action.ACTION_RECORD,
        (
            Field("summary", "Number, to log its receipt alone", mode="numeric"),
            Field("words", "Summary", "area"),
            Field("sent_to", "To whom"),
            Field("channel", "Way"),
            _RECEIVED,
            _WHOSE,
        ),
        notifying.summarise_evidence,
    ),
    Act(
        "notification",
        "Log a notification",
        "Its receipt starts the clock of the provision, where that has one.",
        "Log it",
        Action.ACTION_RECORD,
        (
            Field("notification", "Number, to log its receipt alone", mode="numeric"),
            Field("words", "Words", "area"),
            Field("masters_objections", "The master's objections", "area", rows=2),
            Field("sent_to", "To whom"),
            Field("channel", "Way"),
            _RECEIVED,
            _WHOSE,
        ),
        notifying.notify,
    ),
)
