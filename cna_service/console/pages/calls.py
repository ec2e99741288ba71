"""Calls to the desk's number: who is on the line now, who was not taken, and the way into the call form."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.pages.board import polled
from cna_service.console.routing import pages
from cna_service.console.visits import SignedIn, frame_of, service_of
from cna_service.identity.permissions import Action
from cna_service.workflow.call_views import calls_view, live_calls

router = pages()


@router.get("/calls")
def calls_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.CASE_LIST)
    view = calls_view(service_of(request), visit.officer.id)
    return frame_of(request).page(request, "calls.html", visit, view=view)


@router.get("/calls/rows")
def calls_rows(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.CASE_LIST)
    view = calls_view(service_of(request), visit.officer.id)
    return polled(request, visit, "parts/call_rows.html", view=view)


@router.get("/calls/now")
def calls_now(request: Request, visit: SignedIn) -> Response:
    """The line above the board while somebody is on the telephone."""
    visit.require(Action.CASE_LIST)
    view = live_calls(service_of(request), visit.officer.id)
    return polled(request, visit, "parts/calls_now.html", view=view)
