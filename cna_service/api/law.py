"""The law over the interface: the rule card, the instruments, adopting a provision, noting what States did."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from cna_service.agreements.measures import ZONES
from cna_service.agreements.provisions import PARTICIPATION
from cna_service.api import shapes
from cna_service.api.calls import Call, Caller, Command, Desk
from cna_service.api.shapes import many, one_of, text, thing, yes_no
from cna_service.identity.permissions import Action, require
from cna_service.workflow import law, notices
from cna_service.workflow.asked import Asked
from cna_service.workflow.card_views import IN_QUERY, answer_of, rule_cards
from cna_service.workflow.law_views import agreements_json, changes_json, provision_json, provisions_json

router = APIRouter(tags=["rules"])

Texts = Annotated[list[str] | None, Query(max_length=50)]
_READING = shapes.answers(200, 401, 403, 422)
_DAY = text("a day such as 2026-11-21, which begins at 00:00Z, or an instant")
_DATED = {
    "from": _DAY,
    "to": _DAY,
    "notice": text("of the depositary"),
    "source": text("where it was read"),
    "adopted": yes_no("the legal adviser read the notice and adopts the fact"),
    "change": one_of(notices.CHANGES),
    "corrects": text("the entry that had it wrong; for a correction"),
    "remarks": text(),
}
_STATE = text("ISO 3166 alpha-2")


def asked_of(request: Request) -> Asked:
    """The query as a verb reads a body, so that every wrong parameter is named at once."""
    told: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        told.setdefault(name, []).append(value)
    return Asked({name: v[0] if len(v) == 1 else v for name, v in told.items()}, "/query")


@router.get("/rules", summary="The rule card between two States", responses=_READING)
def read_rules(
    request: Request,
    service: Desk,
    actor: Caller,
    requesting: Annotated[str, Query(description="ISO 3166 alpha-2", max_length=40)],
    requested: Annotated[list[str], Query(description="ISO 3166 alpha-2; several claimed: XC,XV")],
    offence: Texts = None,
    zone: Annotated[str | None, Query(description="territorial_sea:XQ names the coastal State")] = None,
    function: Texts = None,
    measure: Texts = None,
    form: Annotated[str | None, Query(description="of the request: oral, written, either")] = None,
    at: Annotated[str | None, Query(description="the law of this instant; default now")] = None,
    known_at: Annotated[str | None, Query(description="as the desk knew it then")] = None,
) -> JSONResponse:
    """Provisions and elections that apply then, who takes part, their clocks, what silence means, their sources and
    whether adopted, and what each basis allows without an answer. No rule is picked: an officer chooses. Where several
    States are claimed, `cards` holds one for each."""
    require(actor, Action.RULES_READ)
    return JSONResponse(answer_of(rule_cards(service, asked_of(request), IN_QUERY)))


@router.get("/agreements", summary="The instruments and who takes part", responses=_READING)
def list_agreements(service: Desk, actor: Caller) -> JSONResponse:
    require(actor, Action.RULES_READ)
    return JSONResponse({"agreements": agreements_json(service)})


@router.get("/provisions", summary="The provisions, and what is to be read of each", responses=_READING)
def list_provisions(service: Desk, actor: Caller) -> JSONResponse:
    """What the legal adviser adopts, with the hashes that an adoption is bound to."""
    require(actor, Action.RULES_READ)
    return JSONResponse(provisions_json(service))


@router.get(
    "/provisions/{provision}",
    summary="One provision with its terms and text",
    responses={**_READING, **shapes.answers(404)},
)
def read_provision(service: Desk, actor: Caller, provision: str) -> JSONResponse:
    require(actor, Action.RULES_READ)
    return JSONResponse(provision_json(service, provision))


@router.post(
    "/provisions/{provision}/adoption",
    summary="Adopt a provision",
    status_code=201,
    openapi_extra=shapes.body(
        thing(
            {
                "terms_sha256": text("of the terms that were read"),
                "text_sha256": text("of the text that was read"),
                "has_read": yes_no("the depositary's text was read"),
                "remarks": text(),
            },
            required=("terms_sha256", "text_sha256", "has_read"),
        )
    ),
    responses=shapes.commands(),
)
def adopt(provision: str, call: Command) -> Response:
    """An act of a named legal adviser, bound to the hashes of terms and text: any edit of either ends it."""
    return _of(call, law.adopt_provision, provision)


@router.post(
    "/provisions/{provision}/adoption/end",
    summary="End the adoption of a provision",
    status_code=201,
    openapi_extra=shapes.body(thing({"remarks": text()}, required=("remarks",))),
    responses=shapes.commands(),
)
def end_adoption(provision: str, call: Command) -> Response:
    """Clocks that run keep the terms they were armed with."""
    return _of(call, law.end_adoption, provision)


def _of(call: Call, verb: Any, provision: str) -> Response:
    body = {**call.body, "provision": provision}
    return call.answer(lambda: verb(call.service, call.actor, body, call.key))


_NOTES: dict[str, tuple[str, Any, dict[str, Any], tuple[str, ...]]] = {
    "participations": (
        "Note that a State takes part in an instrument, or does not",
        notices.note_participation,
        {"instrument": text(), "status": one_of(PARTICIPATION)},
        ("state", "instrument", "source"),
    ),
    "elections": (
        "Note what a State chose under an instrument",
        notices.note_election,
        {
            "election": text(),
            "option": text("the provision chosen"),
            "known": yes_no("false: it filed a declaration that was not read"),
            "answer_form": one_of(("oral", "written", "either")),
        },
        ("state", "election", "source"),
    ),
    "declarations": (
        "Note what a State declared of an instrument",
        notices.note_declaration,
        {"instrument": text(), "provisions": many(text()), "words": text()},
        ("state", "instrument", "words", "source"),
    ),
    "suspensions": (
        "Note that a State suspended an instrument in an area",
        notices.note_suspension,
        {"instrument": text(), "area": text(), "zones": many(text(f"one of {', '.join(ZONES)}"))},
        ("state", "instrument", "area", "source"),
    ),
}


def _noting(verb: Any) -> Any:
    def note(call: Command) -> Response:
        return call.run(verb)

    return note


for _path, (_summary, _verb, _fields, _required) in _NOTES.items():
    router.add_api_route(
        f"/{_path}",
        _noting(_verb),
        methods=["POST"],
        name=f"note_{_path}",
        operation_id=f"post_{_path}",
        summary=_summary,
        description="An amendment, a late notice or a correction; the answer lists every open exchange it touches.",
        status_code=201,
        openapi_extra=shapes.body(thing({"state": _STATE, **_fields, **_DATED}, required=_required)),
        responses=shapes.commands(),
    )


@router.get("/law/changes", summary="What changes of the law touched", responses=_READING)
def list_changes(service: Desk, actor: Caller) -> JSONResponse:
    """The newest first: the open exchanges that each touched when it was published, and the closed cases."""
    require(actor, Action.RULES_READ)
    return JSONResponse({"changes": changes_json(service)})
