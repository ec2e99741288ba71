"""A route of the console: refusals become pages, and every answer carries the headers of safety."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from cna_service.console.frame import HEADERS
from cna_service.console.visits import SignInNeeded, frame_of
from cna_service.kit.errors import Kind, NotFound, ServiceError

STATUS = {
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.REFUSED: 403,
    Kind.INVALID: 422,
    Kind.UNAVAILABLE: 503,
}
OUTAGE = "database-unavailable"
"""The code of ``DatabaseUnavailable``: then even the head of a page cannot be read."""

Answering = Callable[[Request], Coroutine[Any, Any, Response]]

log = structlog.get_logger(__name__)


class ConsoleRoute(APIRoute):
    def get_route_handler(self) -> Answering:
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                response = await answer(request)
            except SignInNeeded as needed:
                response = _to_sign_in(request, needed)
            except ServiceError as error:
                response = await run_in_threadpool(refusal, request, error)
            except RequestValidationError:
                unread = NotFound("The address of this page is not well formed.")
                response = await run_in_threadpool(refusal, request, unread)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return guarded


def pages() -> APIRouter:
    """A router for a module of pages."""
    return APIRouter(route_class=ConsoleRoute)


def _to_sign_in(request: Request, needed: SignInNeeded) -> Response:
    # A poll must not swap the sign-in page into a table: it gets no content, and the page says it is stale.
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401)
    return RedirectResponse(f"/console/sign-in?next={needed.to}", 303)


def refusal(request: Request, error: ServiceError) -> Response:
    """An error as a page: what happened, why, and where to go on."""
    # The route's own form: the address itself may hold the secret of a one-time link.
    route = getattr(request.scope.get("route"), "path", None)
    log.info("a page was refused", code=error.code, route=route)
    if error.code == OUTAGE:
        return frame_of(request).outage()
    visit = getattr(request.state, "visit", None)
    return frame_of(request).page(
        request, "refused.html", visit, status=STATUS[error.kind], error=error, facts=error.facts
    )
