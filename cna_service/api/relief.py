"""Relief of the watch: the sheet, signatures, notes; notice before a watch; checking in while nobody can be woken."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Command, Desk
from cna_service.api.duty_bodies import command
from cna_service.api.shapes import many, text, thing, whole
from cna_service.identity.permissions import Action, require
from cna_service.workflow.relief import add_relief_note, complete_relief, sign_relief
from cna_service.workflow.relief_sheet import relief_sheet, sheet_json
from cna_service.workflow.watch_check_in import check_in
from cna_service.workflow.watch_notice import set_notice

router = APIRouter(tags=["duty"])

_SHOWN = many(
    thing({"case": text("its reference"), "seq": whole("the seq it was shown at")}, required=("case", "seq"))
)
_SIGNATURE = thing(
    {"shown": _SHOWN, "words": text("to the other officer; private")}, required=("shown",), strict=False
)
_NOTE = thing({"words": text("from officer to officer; private")}, required=("words",), strict=False)
_COMPLETION = thing({"reason": text("why one of them cannot sign")}, required=("reason",), strict=False)
_NOTICE = thing({"minutes_before": many(whole("10 to 2880"))}, required=("minutes_before",), strict=False)
_NOTHING = thing({}, strict=False)


@router.get(
    "/duty/relief",
    summary="What the going watch hands to the coming one",
    responses=shapes.answers(200, 401, 403),
)
def read_relief(service: Desk, actor: Caller) -> JSONResponse:
    """Open cases with clocks, promises and alerts, and who relieves whom. `shown` is sent back with a signature."""
    require(actor, Action.WATCH_RELIEVE)
    return JSONResponse(sheet_json(relief_sheet(service, actor.id)))


@command(
    router, "/duty/relief/signatures", "Sign the relief, as the officer who goes or who comes", _SIGNATURE
)
def sign(call: Command) -> Response:
    """From two hours before the change on. What came since `shown` must be looked at first: 409 names it."""
    return call.run(sign_relief)


@command(router, "/duty/relief/notes", "A word to the next officer", _NOTE)
def note(call: Command) -> Response:
    return call.run(add_relief_note)


@command(router, "/duty/relief/completion", "End a relief that one of the two cannot sign", _COMPLETION)
def completion(call: Command) -> Response:
    return call.run(complete_relief)


@command(router, "/duty/notices", "How long before my watches I wish to be told", _NOTICE)
def notices(call: Command) -> Response:
    return call.run(set_notice)


@command(router, "/duty/check-ins", "I am at the console", _NOTHING)
def checking_in(call: Command) -> Response:
    """Asked for every half hour while the desk can wake nobody; 409 while it can."""
    return call.run(check_in)
