"""The board: open cases, what runs out first on top; polled as a fragment."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from cna_service.console.routing import pages
from cna_service.console.visits import SignedIn, Visit, frame_of, service_of
from cna_service.console.words import iso
from cna_service.identity.permissions import Action
from cna_service.workflow import views
from cna_service.workflow.call_views import live_calls

router = pages()


@router.get("/")
def board_page(request: Request, visit: SignedIn, closed: bool = False, after: str | None = None) -> Response:
    frame = frame_of(request)
    if not visit.may(Action.CASE_LIST):
        # An administrator reads no cases (desk-rules 9.2): he begins with the accounts.
        return frame.go("/console/officers")
    board = views.board(service_of(request), closed=closed, after=after)
    calls = live_calls(service_of(request), visit.officer.id)
    return frame.page(request, "board.html", visit, board=board, closed=closed, view=calls)


@router.get("/board/rows")
def board_rows(request: Request, visit: SignedIn) -> Response:
    """The rows alone. The same rows have the same tag, so that a poll costs a few bytes."""
    visit.require(Action.CASE_LIST)
    return polled(
        request, visit, "parts/board_rows.html", board=views.board(service_of(request)), closed=False
    )


def polled(request: Request, visit: Visit, template: str, **values: object) -> Response:
    """A fragment with an entity tag (RFC 9110 8.8.3): 304 where the browser has these rows already.

    Spans are written to the minute, so that most polls find nothing new; the browser ticks between them by the
    ``Desk-Now`` of the answer.
    """
    text = frame_of(request).fragment(template, visit=visit, **values)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    now = iso(service_of(request).clock.now())
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Desk-Now": now}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(text, headers=headers)
