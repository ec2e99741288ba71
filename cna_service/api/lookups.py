"""Looking things up: the register, identifier checks. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from cna_service.api import shapes
from cna_service.api.calls import Caller, Desk
from cna_service.identity.permissions import Action, require
from cna_service.vessels.identifiers import check_identifiers
from cna_service.workflow.searching import search_register

router = APIRouter()

Text = Annotated[str | None, Query(max_length=500)]
Texts = Annotated[list[str] | None, Query(max_length=50)]

_READING = shapes.answers(200, 401, 403, 422)


@router.get(
    "/registry/search",
    summary="Look into the register",
    tags=["register"],
    responses={**_READING, **shapes.answers(404)},
)
def search(
    request: Request,
    service: Desk,
    actor: Caller,
    name: Texts = None,
    former_names: Texts = None,
    registration_number: Text = None,
    imo: Text = None,
    mmsi: Text = None,
    call_sign: Text = None,
    hull_mark: Text = None,
    homeport: Text = None,
    flag: Text = None,
    length: Text = None,
    vessel_type: Text = None,
    remarks: Text = None,
    register: Text = None,
    at: Text = None,
) -> JSONResponse:
    """Candidates with explained scores; leaves no entry. For a case, post a search to it. `register`: which one (the
    national one); `at`: as it was then."""
    told: dict[str, Any] = {}
    for field, value in request.query_params.multi_items():
        told.setdefault(field, []).append(value)
    lists = ("name", "names", "former_names")
    query: Mapping[str, Any] = {f: v if f in lists else v[-1] for f, v in told.items()}
    return JSONResponse(search_register(service, actor, query))


@router.get(
    "/vessels/check", summary="Check identifiers against each other", tags=["vessels"], responses=_READING
)
def check(
    service: Desk,
    actor: Caller,
    imo: Text = None,
    mmsi: Text = None,
    call_sign: Text = None,
    flag: Text = None,
) -> JSONResponse:
    """What does not fit, gravest first. An empty list means that nothing contradicts, never that it is true."""
    require(actor, Action.RULES_READ)
    found = check_identifiers(imo=imo, mmsi=mmsi, call_sign=call_sign, flag=flag)
    return JSONResponse({"findings": [f.as_json() for f in found], "is_contradicted": bool(found)})
