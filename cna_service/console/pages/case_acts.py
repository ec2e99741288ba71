"""The small acts on a case and on its exchanges: one short form each, from the lists of ``case_act_forms``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.pages.case_act import Act
from cna_service.console.pages.case_act_forms import (
    CASE_ACTS_BY_NAME,
    EXCHANGE_ACTS_BY_NAME,
)
from cna_service.console.pages.case_acting import Standstill, attempt
from cna_service.console.pages.case_fields import body_of, labels
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.kit.errors import NotFound
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.case_reading import case_view
from cna_service.workflow.case_view import CaseView, ExchangeView

router = pages()


def case_address(ref: str) -> str:
    return f"/console/cases/{ref}"


def exchange_of(view: CaseView, n: int) -> ExchangeView:
    """Raises NotFound."""
    found = view.exchange(n)
    if found is None:
        raise NotFound(f"The case has no exchange {n}.")
    return found


@router.get("/cases/{ref}/do/{name}")
def case_form(request: Request, visit: SignedIn, ref: str, name: str) -> Response:
    act = _act(CASE_ACTS_BY_NAME, name)
    visit.require(act.action)
    view = case_view(service_of(request), ref)
    return _page(request, visit, view, act, 0, _fresh(act, view))


@router.post("/cases/{ref}/do/{name}")
def do_case_act(request: Request, posted: Sent, ref: str, name: str) -> Response:
    return _carry_out(request, posted, _act(CASE_ACTS_BY_NAME, name), ref, 0)


@router.get("/cases/{ref}/exchanges/{n}/do/{name}")
def exchange_form(request: Request, visit: SignedIn, ref: str, n: int, name: str) -> Response:
    act = _act(EXCHANGE_ACTS_BY_NAME, name)
    visit.require(act.action)
    view = case_view(service_of(request), ref)
    exchange_of(view, n)
    return _page(request, visit, view, act, n, _fresh(act, view))


@router.post("/cases/{ref}/exchanges/{n}/do/{name}")
def do_exchange_act(request: Request, posted: Sent, ref: str, n: int, name: str) -> Response:
    return _carry_out(request, posted, _act(EXCHANGE_ACTS_BY_NAME, name), ref, n)


@router.post("/cases/{ref}/exchanges/{n}/acknowledge")
def acknowledge(request: Request, posted: Sent, ref: str, n: int) -> Response:
    """One tap: the instrument's own act, by a named officer (desk-rules 1.2)."""
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    exchange_of(view, n)

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        return frame_of(request).page(
            request, "case/standstill.html", visit, status=status, view=view, standstill=standstill, form=form
        )

    return attempt(
        request,
        visit,
        posted,
        lambda key: acknowledge_request(service, visit.actor, view.ref, n, {}, key),
        to=case_address(view.ref),
        done="acknowledged",
        again=again,
        view=lambda: case_view(service, ref),
    )


def _act(acts: Mapping[str, Act], name: str) -> Act:
    found = acts.get(name)
    if found is None:
        raise NotFound("There is no such form.")
    return found


def _fresh(act: Act, view: CaseView) -> Form:
    seen = view.seq if act.decides else None
    return Form(defaults={f.name: f.default for f in act.fields if f.default}, seen=seen)


def _body(act: Act, posted: Posted, view: CaseView) -> Mapping[str, Any]:
    body = body_of(act.fields, posted, view.now)
    return {**body, "seen": posted.seen} if act.decides else body


def _carry_out(request: Request, posted: Sent, act: Act, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    if n:
        exchange_of(view, n)
    return attempt(
        request,
        visit,
        posted,
        lambda key: act.run(service, visit.actor, view.ref, n, _body(act, posted, view), key),
        to=case_address(view.ref),
        done="recorded",
        again=lambda form, status, standstill: _page(
            request, visit, view, act, n, form, status=status, standstill=standstill
        ),
        view=lambda: case_view(service, ref),
    )


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    act: Act,
    n: int,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    return frame_of(request).page(
        request,
        "case/act.html",
        visit,
        status=status,
        view=view,
        act=act,
        exchange=view.exchange(n),
        form=form,
        labels=labels(act.fields),
        standstill=standstill,
    )
