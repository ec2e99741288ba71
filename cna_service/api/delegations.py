"""Who may decide which measure, from when to when, by which written act; noted and ended by those who may."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from cna_service.agreements.measures import MEASURES
from cna_service.api import shapes
from cna_service.api.calls import Caller, Command, Desk
from cna_service.api.shapes import ATTACHMENTS, INSTANT, many, one_of, text, thing
from cna_service.cases.as_json import plain
from cna_service.identity.delegations import ACTS, ALL
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.workflow.asked import Asked
from cna_service.workflow.delegation_views import delegation_lines
from cna_service.workflow.delegations import end_delegation, give_delegation

router = APIRouter(tags=["deciding"])

_DELEGATION = thing(
    {
        "to": thing({f: text() for f in ("officer", "role", "post", "office")}),
        "measures": many(one_of((ALL, *MEASURES))),
        "acts": many(one_of(ACTS, "all of them where left out")),
        "conditions": many(text()),
        "from": INSTANT,
        "until": INSTANT,
        "deputies": many(text("officers in the order in which they are called")),
        "instrument": thing(
            {f: text() for f in ("title", "reference", "date", "words")}, required=("title",)
        ),
        "attachments": ATTACHMENTS,
        "reason": text(),
    },
    required=("to", "measures", "from", "instrument"),
)
_END = thing({"reason": text(), "at": INSTANT}, required=("reason",))
Name = Annotated[str, Path(description="its identifier, such as del-1", pattern="^del-[0-9]{1,6}$")]


@router.get("/delegations", summary="Who may decide", responses=shapes.answers(200, 401, 403, 422))
def read_delegations(
    service: Desk,
    actor: Caller,
    at: Annotated[str | None, Query(description="RFC 3339 with its zone; default now")] = None,
) -> JSONResponse:
    """Every delegation ever noted, with whether it is in force at that instant."""
    require(actor, Action.DELEGATION_READ)
    asked = Asked({"at": at}, "/query")
    instant = asked.instant("at")
    asked.done()
    when, lines = delegation_lines(service, instant)
    told: list[dict[str, Any]] = [plain(line) for line in lines]
    return JSONResponse({"at": to_text(when), "delegations": told})


@router.post(
    "/delegations",
    summary="Note who may decide, and by which written act",
    status_code=201,
    openapi_extra=shapes.body(_DELEGATION),
    responses=shapes.commands(),
)
def note(call: Command) -> Response:
    return call.run(give_delegation)


@router.post(
    "/delegations/{delegation}/end",
    summary="End a delegation before its time",
    status_code=201,
    openapi_extra=shapes.body(_END),
    responses=shapes.commands(),
)
def end(call: Command, delegation: Name) -> Response:
    return call.run(end_delegation, delegation)
