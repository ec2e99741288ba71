"""Commands of the interface: what happened at sea and after."""

from __future__ import annotations

from cna_service.agreements.measures import MEASURES, OFFENCES
from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import (
    INSTANT,
    MEASURE,
    PARTY,
    SEEN,
    STATE,
    TOLD_INSTANT,
    VESSEL,
    Schema,
    many,
    one_of,
    text,
    thing,
    whole,
    yes_no,
)
from cna_service.api.step import Step
from cna_service.cases.judging import GROUNDS
from cna_service.workflow import (
    at_sea,
    compensation,
    conditions,
    custody,
    instruct,
    keep_waters,
    notifying,
    reports,
    results,
)

_WORDS = text("verbatim")
_TAGS = ("at sea",)
_SIDE = one_of(at_sea.SIDES, "whose: ours, or theirs as they report it")
_FILE = thing({"name": text(), "media_type": text(), "base64": text()}, required=("name", "base64"))
_WHOM: Schema = {"anyOf": [text(), thing({"name": text(), "office": text(), "state": STATE})]}
_TO: Schema = {"anyOf": [text(), thing({f: text() for f in ("name", "office", "state", "email", "phone")})]}
_AMOUNT: Schema = {"anyOf": [text("as told"), thing({"text": text(), "currency": text()})]}
_HURT = {f: whole(minimum=0) for f in ("shots", "injuries", "deaths")}

_INSTRUCTION = thing(
    {
        "unit": text("to whom"),
        "circuit": text("on which circuit or line"),
        "passed_to": thing({"name": text(), "post": text()}),
        "number": text("the unit's or the net's own number"),
        "words": text("what the officer adds"),
        "measures": many(
            {"anyOf": [MEASURE, thing({"vessel": VESSEL, "measure": MEASURE}, required=("measure",))]}
        ),
        "happened_at": TOLD_INSTANT,
        "delegation": text("by which units are instructed; else chosen among those in force"),
        "override_reason": text("why it is given without a delegation in force"),
        "seen": SEEN,
    },
    required=("unit", "circuit", "passed_to"),
)
_ACTION = thing(
    {
        "vessel": VESSEL,
        "measure": one_of(MEASURES),
        "kind": one_of(at_sea.KINDS, "where it is no measure"),
        "by_unit": text(),
        "told_by": text(),
        "happened_at": TOLD_INSTANT,
        "side": _SIDE,
        "position": text("as told"),
        "words": _WORDS,
        "basis": thing(
            {
                "exchange": whole(minimum=1),
                "answer": whole(minimum=1),
                "ground": one_of(tuple(GROUNDS)),
                "provision": text(),
                "reason": text(),
            }
        ),
        "reason": text("why, where nothing had granted it"),
        "force": _WORDS,
        **_HURT,
        "seen": SEEN,
    },
    required=("by_unit", "happened_at"),
)
_RESULT = thing(
    {
        "vessel": VESSEL,
        "boarded": one_of(results.BOARDED),
        "because": text("why not boarded"),
        "found": many(
            thing(
                {"what": text(), "quantity": {"description": "as told, in its own unit"}, "words": _WORDS},
                required=("what",),
            )
        ),
        "samples": text(),
        "force": {"anyOf": [yes_no(), text("words of it")]},
        **_HURT,
        "persons_detained": many(
            thing({f: text() for f in ("name", "nationality", "born", "papers", "place")})
        ),
        "other_offences": many(thing({"offence": one_of((*OFFENCES, "other")), "words": _WORDS})),
        "nationals_aboard": many(thing({"state": STATE, "count": whole(minimum=1)}, required=("state",))),
        **{f: text() for f in ("damage", "whereabouts", "masters_objections", "words", "told_by")},
        "fate": one_of(results.FATES),
        "side": _SIDE,
        "happened_at": TOLD_INSTANT,
        "seen": SEEN,
    }
)
_CUSTODY = thing(
    {
        "vessel": VESSEL,
        "what": one_of(tuple(custody.WHAT)),
        "of": whole("the custody that it goes on with", minimum=1),
        "persons": many(text()),
        "items": many(text()),
        "vessel_itself": yes_no(),
        "from": _WHOM,
        "to": _WHOM,
        "place": text(),
        "partly": yes_no("something stays in custody"),
        "words": _WORDS,
        "told_by": text(),
        "side": _SIDE,
        "happened_at": TOLD_INSTANT,
    },
    required=("what",),
)

CASE_STEPS: tuple[Step[CaseVerb], ...] = (
    Step(
        "waters",
        keep_waters.keep_waters,
        "Keep what the map says of a position",
        thing(
            {"vessel": VESSEL, "position": {"description": "as told; else her newest one"}, "words": text()}
        ),
        "Inside, possibly inside, outside or not known, with the maps' dates and digests. `GET /waters` only looks.",
        tags=("vessels",),
    ),
    Step(
        "instructions",
        instruct.give_instruction,
        "Tell a unit what it may and may not do",
        _INSTRUCTION,
        "The text is generated from the grants in force; a measure that is not granted is refused.",
        decides=True,
        tags=_TAGS,
        example={
            "unit": "cutter, hull 751",
            "circuit": "HF 5",
            "passed_to": {"name": "Lt. Moss", "post": "officer of the watch"},
            "seen": 14,
        },
    ),
    Step(
        "actions",
        at_sea.record_action,
        "Record what was done at sea",
        _ACTION,
        "Held against what was granted and conveyed at its instant; never refused for lack of a grant.",
        decides=True,
        tags=_TAGS,
        example={
            "measure": "board",
            "by_unit": "cutter, hull 751",
            "happened_at": "2026-11-21T16:40:00Z",
            "basis": {"exchange": 1},
            "words": "Boarding team aboard.",
        },
    ),
    Step(
        "results",
        results.report_result,
        "Report what came of it",
        _RESULT,
        "Quantities stay in the unit they were told in. Nationals aboard: a consular notice is owed.",
        decides=True,
        tags=_TAGS,
    ),
    Step(
        "conditions",
        conditions.check_condition,
        "Check one condition of a grant",
        thing(
            {
                "exchange": whole(minimum=1),
                "answer": whole(minimum=1),
                "vessel": VESSEL,
                "measure": MEASURE,
                "condition": whole("its number in the answer", minimum=1),
                "met": one_of(conditions.MET),
                "evidence": text(),
                "by": PARTY,
                "words": _WORDS,
                "happened_at": TOLD_INSTANT,
            },
            required=("exchange", "answer", "measure", "condition", "met"),
        ),
        "Every check stays; the newest counts.",
        tags=_TAGS,
    ),
    Step(
        "custody",
        custody.record_custody,
        "Record a step of custody",
        _CUSTODY,
        "From boarding to hand-over, day by day.",
        tags=_TAGS,
    ),
    Step(
        "reports",
        reports.make_report,
        "Log that what was owed was reported",
        thing(
            {
                "owes": text("the id of what is owed"),
                "sent_to": _TO,
                "channel": text(),
                "words": _WORDS,
                "attachments": many(_FILE),
                "happened_at": TOLD_INSTANT,
            },
            required=("owes", "channel"),
        ),
        "By us, or to us where they owe it.",
        tags=_TAGS,
    ),
    Step(
        "compensation",
        compensation.claim_compensation,
        "Record a claim for compensation",
        thing(
            {
                "by": _WHOM,
                "against": _WHOM,
                "ground": one_of(compensation.GROUNDS),
                "amount": _AMOUNT,
                "provision": text(),
                "words": _WORDS,
                "happened_at": TOLD_INSTANT,
            },
            required=("by", "against", "ground"),
        ),
        tags=_TAGS,
    ),
)

_RECEIVED = {"received_at": INSTANT, "by": PARTY, "words": _WORDS}
_SENT = {
    **_RECEIVED,
    "side": _SIDE,
    "channel": text(),
    "sent_to": _TO,
    "attachments": many(_FILE),
    "basis": many(text("an id of the rule card")),
    "happened_at": TOLD_INSTANT,
}

EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "evidence-summary",
        notifying.summarise_evidence,
        "Log a summary of evidence, or its receipt",
        thing({"summary": whole("given: only its receipt is logged", minimum=1), **_SENT}),
        "Its receipt starts the clock of the provision; what silence means a named officer records.",
    ),
    Step(
        "notifications",
        notifying.notify,
        "Log a notification, or its receipt",
        thing(
            {
                "notification": whole("given: only its receipt is logged", minimum=1),
                **_SENT,
                "masters_objections": _WORDS,
            }
        ),
        "Its receipt starts the clock of the provision.",
    ),
)

NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "instructions/{n}/readback",
        instruct.read_back,
        "Log that a unit read it back",
        thing(
            {
                "by": PARTY,
                "words": _WORDS,
                "is_correct": yes_no(),
                "of": one_of(("instruction", "stop"), "left out: the STOP of one that no longer holds"),
                "happened_at": TOLD_INSTANT,
            },
            required=("by", "words", "is_correct"),
        ),
        "Only a correct one ends the summons about an instruction that no longer holds.",
        tags=_TAGS,
    ),
    Step(
        "actions/{n}/reason",
        at_sea.explain_action,
        "Say why it was done beyond every grant",
        thing({"reason": text(), "by": PARTY}, required=("reason",)),
        tags=_TAGS,
    ),
    Step(
        "compensation/{n}/answer",
        compensation.answer_claim,
        "Record what was answered to a claim",
        thing(
            {
                "outcome": one_of(compensation.OUTCOMES),
                "by": PARTY,
                "amount": _AMOUNT,
                "words": _WORDS,
                "happened_at": TOLD_INSTANT,
            },
            required=("outcome",),
        ),
        tags=_TAGS,
    ),
)
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
