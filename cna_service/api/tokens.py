"""``POST /tokens``: a signed-in officer gets a token of fifteen minutes for the interface."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from cna_service.api import shapes
from cna_service.api.calls import Desk
from cna_service.identity.forms import same_origin
from cna_service.identity.rules import FormRefused, TokenRefused
from cna_service.identity.sessions import cookie_name
from cna_service.identity.tokens import LIFETIMES
from cna_service.workflow.callers import issue_officer_token
from cna_service.workflow.signing_in import session_of

router = APIRouter(tags=["tokens"])


@router.post(
    "/tokens",
    summary="A short token for a signed-in officer",
    status_code=201,
    responses=shapes.answers(201, 401, 403, 503),
)
def issue(request: Request, service: Desk) -> JSONResponse:
    """By the console's session cookie. An authority's token comes from ``cna authority token``.

    No answer of this call is kept, under any Idempotency-Key: a token is shown once.
    """
    cookie = request.cookies.get(cookie_name(is_exercise=service.desk.is_exercise))
    signed_in = session_of(service, cookie)
    if signed_in is None:
        raise TokenRefused("not-signed-in")
    if not same_origin(request.headers, service.desk.public_url, str(request.base_url)):
        raise FormRefused("Another site asked for this token; none was made.", reason="foreign-origin")
    issued = issue_officer_token(service, signed_in.officer)
    lifetime = int(LIFETIMES["officer"].total_seconds())
    told = {"access_token": issued.token, "token_type": "Bearer", "expires_in": lifetime}
    return JSONResponse(told, 201, {"Cache-Control": "no-store"})
