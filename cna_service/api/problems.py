"""What a caller is told when something does not work: ``application/problem+json`` (RFC 9457), made in one place.

``type`` is ``/problems/<code>`` and stable; ``detail`` names what to do. Nothing is echoed but what the caller sent in
the very field that is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cna_service.identity.rules import TokenRefused
from cna_service.kit.canonical import NotCanonical
from cna_service.kit.errors import Invalid, Kind, NotFound, Problem, Refused, ServiceError, Unavailable
from cna_service.ledger.store import StreamNotFound
from cna_service.workflow.keys import Replayed, Reply

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5
"""Seconds after which a call that could not be decided may be repeated."""

STATUS: Mapping[Kind, int] = {
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.REFUSED: 403,
    Kind.INVALID: 422,
    Kind.UNAVAILABLE: 503,
}

# What cannot be read as a whole names no field.
_STATUS_OF_CODE = {"unreadable": 400, "too-large": 413}

_TITLES = {
    400: "This could not be read",
    404: NotFound.title,
    405: "This address does not take that method",
    406: "That cannot be given in the form asked for",
    413: "That is larger than the desk takes",
}
_CODES = {400: "unreadable", 404: NotFound.code, 405: "method-not-allowed", 413: "too-large"}


def document(status: int, code: str, title: str, detail: str, **facts: Any) -> dict[str, Any]:
    """The members of RFC 9457; a fact never replaces one of them."""
    return {**facts, "type": f"/problems/{code}", "title": title, "status": status, "detail": detail}


def response(
    status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None, **facts: Any
) -> Response:
    body = json.dumps(document(status, code, title, detail, **facts), ensure_ascii=False, default=str)
    return Response(body.encode("utf-8", "replace"), status, dict(headers or {}), MEDIA_TYPE)


def not_seen() -> Response:
    """The one answer for what does not exist and for what the caller may not see: same bytes."""
    return response(404, NotFound.code, NotFound.title, NotFound.title)


def of(error: ServiceError, telephone: str) -> Response:
    """An error of the service as a problem document."""
    if isinstance(error, StreamNotFound):
        return not_seen()
    if isinstance(error, TokenRefused):
        return token_refused(error, telephone)
    facts = dict(error.facts)
    if isinstance(error, Invalid):
        facts["problems"] = [p.as_json() for p in error.problems]
    headers = {}
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(RETRY_AFTER)
        facts["telephone"] = telephone or None
    retry_after = getattr(error, "retry_after", None)
    if isinstance(error, Refused) and isinstance(retry_after, int):
        headers["Retry-After"] = str(retry_after)
    status = _STATUS_OF_CODE.get(error.code, STATUS[error.kind])
    return response(status, error.code, error.title, error.detail, headers, **facts)


def token_refused(error: TokenRefused, telephone: str) -> Response:
    """401: never says more of the token than a code, and always whom to telephone."""
    call = f" Urgent: telephone {telephone}." if telephone else ""
    return response(
        401,
        error.code,
        error.title,
        f"{error.detail} Send Authorization: Bearer with a token of this desk.{call}",
        {"WWW-Authenticate": "Bearer"},
        reason=error.reason,
        telephone=telephone or None,
    )


def of_reply(reply: Reply, headers: Mapping[str, str] | None = None) -> Response:
    media_type = MEDIA_TYPE if reply.status >= 400 else "application/json"
    return Response(reply.body, reply.status, dict(headers or {}), media_type)


def install(app: FastAPI, telephone: str) -> None:
    """Every error of the application becomes a problem document, the framework's own included."""

    async def service_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, ServiceError)
        return of(error, telephone)

    async def replayed(_: Request, error: Exception) -> Response:
        assert isinstance(error, Replayed)
        return of_reply(error.reply, {"Idempotent-Replayed": "true"})

    async def not_canonical(_: Request, error: Exception) -> Response:
        assert isinstance(error, NotCanonical)
        where = error.path.removeprefix("/body") or "/"
        wrong = Problem(where, None, error.why, "send text, whole numbers, true, false, lists and objects")
        return of(Invalid("", wrong), telephone)

    async def framework(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _of_http(error)

    async def parameters(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return of(Invalid("", *(_parameter(e) for e in error.errors())), telephone)

    app.add_exception_handler(ServiceError, service_error)
    app.add_exception_handler(Replayed, replayed)
    app.add_exception_handler(NotCanonical, not_canonical)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, parameters)


def _of_http(error: HTTPException) -> Response:
    status = error.status_code
    if status == 404:
        return not_seen()
    title = _TITLES.get(status, "The request could not be answered")
    return response(status, _CODES.get(status, f"http-{status}"), title, title, error.headers)


def _parameter(error: Mapping[str, Any]) -> Problem:
    """A parameter of path or query that the framework could not read: ``/query/limit``."""
    where = "/".join(str(step) for step in error["loc"])
    told = error.get("input")
    shown = str(told)[:80] if isinstance(told, str | int | float) else None
    return Problem(f"/{where}", shown, str(error["msg"]), "see the interface's description of this call")
