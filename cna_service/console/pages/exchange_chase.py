"""Chasing the State that was asked: the next number to try, and two taps for each try (desk-rules 5.5)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.pages.case_acting import Standstill, attempt
from cna_service.console.pages.case_acts import case_address, exchange_of
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow.case_reading import case_view
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.chase import chase_list, record_try

router = pages()

ONE_TAP = (("no_answer", "No answer"), ("wrong_number", "Wrong number"), ("line_dead", "Line dead"))


@router.get("/cases/{ref}/exchanges/{n}/chase")
def chase_page(request: Request, visit: SignedIn, ref: str, n: int) -> Response:
    visit.require(Action.CASE_READ)
    return _page(request, visit, case_view(service_of(request), ref), n, Form())


@router.post("/cases/{ref}/exchanges/{n}/chase")
def tried(request: Request, posted: Sent, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    exchange_of(view, n)
    return attempt(
        request,
        visit,
        posted,
        lambda key: record_try(service, visit.actor, view.ref, n, _body(posted, view), key),
        to=f"{case_address(view.ref)}/exchanges/{n}/chase",
        done="recorded",
        again=lambda form, status, standstill: _page(
            request, visit, view, n, form, status=status, standstill=standstill
        ),
        view=lambda: case_view(service, ref),
    )


def _body(posted: Posted, view: CaseView) -> dict[str, Any]:
    body = posted.body()
    if typed := body.get("wait_until"):
        body["wait_until"] = as_instant(typed, view.now, ahead=True)
    return body


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    n: int,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    return frame_of(request).page(
        request,
        "case/chase.html",
        visit,
        status=status,
        view=view,
        exchange=exchange_of(view, n),
        chase=chase_list(service_of(request), visit.actor, view.ref, n),
        form=form,
        blank=Form(),
        outcomes=ONE_TAP,
        may_try=visit.may(Action.CONTACT_TRY) and not view.newer,
        standstill=standstill,
    )
