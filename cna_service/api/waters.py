"""Whose waters a position lies in. Nothing is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from cna_service.api import shapes
from cna_service.api.calls import Caller, Desk
from cna_service.identity.permissions import Action, require
from cna_service.workflow import waters

router = APIRouter(tags=["vessels"])


@router.get(
    "/waters", summary="Whose waters a position lies in", responses=shapes.answers(200, 401, 403, 422, 503)
)
def read_waters(
    request: Request,
    service: Desk,
    actor: Caller,
    position: Annotated[
        str | None, Query(max_length=500, description="as typed: 14°03.5'N 074°22.1'W")
    ] = None,
    radius_m: Annotated[str | None, Query(max_length=20, description="how far it may be off, metres")] = None,
) -> JSONResponse:
    """Inside, possibly inside, outside or not known, the distance to the nearest limit and coast, and by which map.
    Near a limit the answer is "possibly"; zones further out are estimates unless a map of their own was imported."""
    require(actor, Action.RULES_READ)
    told: dict[str, object] = dict(request.query_params)
    if radius_m is not None and radius_m.isascii() and radius_m.isdigit():
        told["radius_m"] = int(radius_m)
    return JSONResponse(waters.look(service, told))
