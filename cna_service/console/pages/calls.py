"""Calls to the desk's number: who is on the line now, who was not taken, and the way into the call form."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.acting import carry_out
from cna_service.console.forms import Form
from cna_service.console.pages.board import polled
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow.call_views import calls_view, live_calls
from cna_service.workflow.fallback import FILE, confirm_fallback, fallback_view, write_fallback

router = pages()


@router.get("/calls")
def calls_page(request: Request, visit: SignedIn) -> Response:
    _may_see(visit)
    return _page(request, visit)


def _page(request: Request, visit: Visit, *, status: int = 200, form: Form | None = None) -> Response:
    service = service_of(request)
    return frame_of(request).page(
        request,
        "calls.html",
        visit,
        status=status,
        view=calls_view(service, visit.officer.id),
        dark=fallback_view(service),
        form=(form or Form()).named("dark"),
    )


@router.post("/calls/fallback")
def fallback_file(request: Request, posted: Sent) -> Response:
    """Makes the page from the roster of now and hands it over as a file."""
    visit = signed_in(request)
    made = write_fallback(service_of(request), visit.actor)
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"'}
    return Response(made.content, media_type="application/xml", headers=headers)


@router.post("/calls/fallback/confirm")
def confirm(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: confirm_fallback(service, visit.actor, posted.body(), key),
        to="/console/calls",
        done="recorded",
        again=lambda form, status: _page(request, visit, status=status, form=form),
    )


def _may_see(visit: Visit) -> None:
    """Callers are of cases; whoever keeps the desk's number sees the page for what he puts there."""
    if not visit.may(Action.POLICY_APPLY):
        visit.require(Action.CASE_LIST)


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
