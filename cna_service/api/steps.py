"""Commands on a case and on its exchanges. One line a call: path, verb, shape; the verbs say what each field means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from cna_service.api import (
    shapes,
    shapes_arrivals,
    steps_answers,
    steps_dealings,
    steps_deciding,
    steps_law,
    steps_papers,
    steps_sea,
    steps_transcripts,
)
from cna_service.api.calls import CaseVerb, Command, ExchangeVerb, Number, Ref
from cna_service.api.shapes import (
    ANSWER_ITEM,
    INSTANT,
    PARTY,
    SEEN,
    TOLD_INSTANT,
    many,
    one_of,
    text,
    thing,
    whole,
    yes_no,
)
from cna_service.api.step import Step
from cna_service.api.steps_deciding import DECIDED, DECISION
from cna_service.identity.actors import Actor
from cna_service.workflow import closing, convey, steps
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.decide import LINES, record_decision
from cna_service.workflow.facts import KINDS, record_fact
from cna_service.workflow.keys import Key, Reply
from cna_service.workflow.opening import FORMS, open_exchange
from cna_service.workflow.searching import search_for_case
from cna_service.workflow.service import Service
from cna_service.workflow.wait import state_waiting

router = APIRouter()


def _fact(kind: str) -> CaseVerb:
    def record(
        service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None, /
    ) -> Reply:
        return record_fact(service, actor, ref, kind, body, key)

    return record


_FACTS = {
    "claims": "Record what somebody said of her nationality",
    "indicia": "Record a flag, name or mark that was seen",
    "identifiers": "Record a name or number of the vessel",
    "positions": "Record where she was, as told",
    "persons": "Record somebody aboard",
    "events": "Record what happened at sea or elsewhere",
}
_WORDS = text("verbatim")

_WAIVER = thing(
    {
        "what": text("a code of the refusal, or all"),
        "by": text("who waives; else who closes"),
        "reason": text(),
    },
    required=("what", "reason"),
)
_WAIVED: shapes.Schema = {"anyOf": [many(_WAIVER), text("why nothing of it is owed any more")]}

CASE_STEPS: tuple[Step[CaseVerb], ...] = (
    Step(
        "communications",
        log_communication,
        "Log a call, a mail, a note",
        shapes_arrivals.COMMUNICATION,
        "A call needs who spoke and on which number.",
    ),
    *(
        Step(
            kind,
            _fact(kind),
            _FACTS[kind],
            shapes_arrivals.FACTS[kind],
            "Nothing overwrites.",
            tags=("facts",),
        )
        for kind in KINDS
    ),
    Step(
        "exchanges",
        open_exchange,
        "Open an exchange",
        shapes_arrivals.EXCHANGE,
        "They ask us, or we ask them. Clocks of the basis cited are set, each with what it waits for.",
        tags=("exchanges",),
    ),
    Step(
        "searches",
        search_for_case,
        "Search the register for this case",
        shapes_arrivals.SEARCH,
        "The evidence becomes an entry. Without any key the facts of the case are asked for.",
        decides=True,
        tags=("register",),
    ),
    Step(
        "links",
        closing.link_cases,
        "Link another case",
        thing({"case": text("its reference"), "reason": text()}, required=("case",)),
    ),
    Step(
        "waiting",
        state_waiting,
        "Say what the holder waits for",
        thing(
            {"for": text("what is waited for"), "until": INSTANT, "exchange": whole(minimum=1)},
            required=("for", "until"),
        ),
        "He is not asked again before that; at most half of the time left. Clocks run and warn on.",
        tags=("alerts",),
    ),
    Step("notes", closing.add_note, "Add a note of the desk", thing({"words": text()}, required=("words",))),
    Step(
        "closure",
        closing.close_case,
        "Close the case",
        thing({"words": text(), "waived": _WAIVED, "seen": SEEN}),
        "Refused while something is owed (`items` of the refusal), unless `waived` names it, by whom, and why.",
        decides=True,
    ),
    Step("reopening", closing.reopen_case, "Reopen the case", thing({"words": text()}, required=("words",))),
)

_CONVEYANCE = {
    "channel": one_of(convey.CHANNELS),
    "number": text("called; the directory's, else with number_reason"),
    **{f: text() for f in ("number_reason", "listener_name", "listener_office", "name", "office")},
    **{f: text() for f in ("reference_spoken", "code_read_back", "read_back", "outcome", "correction")},
    "started_at": INSTANT,
    "ended_at": INSTANT,
}
_ANSWERS = many(ANSWER_ITEM)

EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "acknowledgement",
        acknowledge_request,
        "Acknowledge the request",
        thing(
            {
                "words": _WORDS,
                "tell": yes_no("by mail, to the directory's address; of a request to us"),
                "by": PARTY,
                "happened_at": TOLD_INSTANT,
                "channel": text(),
                "is_automatic": yes_no("a read receipt, auto-reply or ticket number; it starts nothing"),
                "seen": SEEN,
            }
        ),
        "The instrument's own act, by a named officer; it may start a treaty clock. Of an ask of ours: that a person "
        "of theirs acknowledged it, with `by` (name or office) and `words`.",
        decides=True,
    ),
    Step(
        "standing",
        steps.record_standing,
        "Record how sure we are who asks",
        thing(
            {
                "standing": one_of(steps.STANDINGS),
                "number": text("called back: one that the directory lists for this authority"),
                "by": PARTY,
                "reason": text(),
                "words": _WORDS,
                "happened_at": TOLD_INSTANT,
            },
            required=("standing",),
        ),
        "A call-back counts on a number of the directory alone; its row stands in the entry.",
    ),
    Step(
        "questions",
        steps.ask_question,
        "Ask a question",
        thing(
            {
                "words": _WORDS,
                "direction": one_of(("in", "out")),
                "by": PARTY,
                "channel": text(),
                "happened_at": TOLD_INSTANT,
            },
            required=("words",),
        ),
        "No clock restarts by it.",
    ),
    Step(
        "extension",
        steps.extend,
        "Grant more time",
        thing(
            {
                "until": INSTANT,
                "by": PARTY,
                "words": _WORDS,
                "clocks": many(text()),
                "happened_at": TOLD_INSTANT,
            },
            required=("until",),
        ),
        "Time does not grant itself: somebody is named.",
    ),
    Step(
        "basis",
        steps.choose_basis,
        "Choose under which provision to act",
        thing(
            {"provisions": many(text()), "reason": text(), "zone": text(), "seen": SEEN},
            required=("provisions",),
        ),
        decides=True,
    ),
    Step(
        "decisions",
        record_decision,
        "Record what whoever may decide has decided",
        thing(
            {
                "answers": _ANSWERS,
                "by": PARTY,
                "line": one_of(LINES),
                "words": _WORDS,
                "reason_internal": text(),
                "reason_sent": text(),
                "happened_at": TOLD_INSTANT,
                **DECIDED,
                **DECISION,
                "seen": SEEN,
            },
            required=("answers",),
        ),
        "What was not mentioned is not granted.",
        decides=True,
    ),
    Step(
        "answers",
        give_answer,
        "Answer, measure by measure",
        thing(
            {
                "answers": _ANSWERS,
                "form": one_of(FORMS),
                "by": steps_answers.ANSWERER,
                "happened_at": TOLD_INSTANT,
                **steps_answers.ANSWER,
                "basis": thing({"provision": text()}, strict=False),
                "words": _WORDS,
                "reason_internal": text("never sent"),
                "reason_sent": text(),
                "register_reason": text("why a registry answer rests on no search"),
                "copies": many(text()),
                "decision": whole("that this answer carries out; it may not grant more", minimum=1),
                **DECIDED,
                "convey": many(thing(_CONVEYANCE, required=("channel",))),
                "seen": SEEN,
            },
            required=("answers", "form"),
        ),
        "Nothing replaces an earlier answer; what nobody answered stays `unanswered`.",
        decides=True,
        example={
            "seen": 6,
            "answers": [
                {
                    "vessel": 1,
                    "measure": "board",
                    "value": "granted_with_conditions",
                    "conditions": ["Report before boarding."],
                    "words": "You may board under the conditions read to you.",
                }
            ],
            "form": "oral",
            "by": {"name": "A. Officer", "office": "Competent Authority", "capacity": "duty officer"},
            "happened_at": "2026-11-21T15:20:00Z",
            "basis": {"provision": "coe-7"},
        },
    ),
    Step(
        "conveyance",
        convey.convey,
        "Convey an answer of ours",
        thing({"answer": whole(minimum=1), **_CONVEYANCE, "seen": SEEN}, required=("channel",)),
        "By mail to the directory's address, or spoken to whom the officer identified.",
        decides=True,
    ),
    Step(
        "confirmation",
        convey.confirm,
        "Confirm that an answer arrived",
        thing(
            {
                "answer": whole(minimum=1),
                "conveyance": whole(minimum=1),
                "by": PARTY,
                "words": _WORDS,
                "happened_at": TOLD_INSTANT,
            }
        ),
    ),
    Step(
        "withdrawal",
        steps.withdraw,
        "Take the ask back",
        thing({"by": PARTY, "words": _WORDS}),
    ),
)


def _on_case(step: Step[CaseVerb]) -> Callable[..., Response]:
    def act(ref: Ref, call: Command) -> Response:
        return call.on_case(step.verb, ref, decides=step.decides)

    return act


def _in_exchange(step: Step[ExchangeVerb]) -> Callable[..., Response]:
    def act(ref: Ref, n: Number, call: Command) -> Response:
        return call.in_exchange(step.verb, ref, n, decides=step.decides)

    return act


def _add(path: str, step: Step[Any], act: Callable[..., Response], tags: tuple[str, ...]) -> None:
    in_exchange = path.startswith("/cases/{ref}/exchanges/{n}/")
    last = step.path.replace("/{n}/", "_").replace("/{n}", "_n").replace("/", "_")
    name = f"exchange_{last}" if in_exchange else last
    router.add_api_route(
        path,
        act,
        methods=["POST"],
        name=name,
        operation_id=f"post_{name}",
        summary=step.summary,
        description=step.words,
        status_code=201,
        tags=[*tags],
        openapi_extra=shapes.body(
            step.schema, example=step.example, required=bool(step.schema.get("required"))
        ),
        responses=shapes.commands(),
    )


_PARTS = (
    steps_answers,
    steps_dealings,
    steps_deciding,
    steps_law,
    steps_sea,
    steps_papers,
    steps_transcripts,
)

for _step in (*CASE_STEPS, *(s for part in _PARTS for s in part.CASE_STEPS)):
    _add(f"/cases/{{ref}}/{_step.path}", _step, _on_case(_step), _step.tags)
for _each in (*EXCHANGE_STEPS, *(s for part in _PARTS for s in part.EXCHANGE_STEPS)):
    _add(f"/cases/{{ref}}/exchanges/{{n}}/{_each.path}", _each, _in_exchange(_each), ("exchanges",))
for _each in (s for part in _PARTS for s in part.NUMBERED_STEPS):
    # Steps on a numbered part of the case, such as instructions/{n}/readback.
    _add(f"/cases/{{ref}}/{_each.path}", _each, _in_exchange(_each), _each.tags)
