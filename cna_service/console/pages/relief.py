"""The relief sheet: what the going watch hands over, both signatures, notes; checking in; notice before a watch."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow import relief
from cna_service.workflow.relief_page import relief_page
from cna_service.workflow.watch_check_in import check_in
from cna_service.workflow.watch_notice import set_notice

router = pages()
RELIEF = "/console/relief"


@router.get("/relief")
def show(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.WATCH_RELIEVE)
    return _page(request, visit)


@router.post("/relief/sign")
def sign(request: Request, posted: Sent) -> Response:
    """Over what this page showed: its cases come back as hidden fields."""
    visit, service = signed_in(request), service_of(request)
    body = {"shown": [], **posted.body()}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: relief.sign_relief(service, visit.actor, body, key),
        to=RELIEF,
        done="relief-signed",
        again=lambda form, status: _page(request, visit, "sign", form, status),
    )


@router.post("/relief/note")
def note(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: relief.add_relief_note(service, visit.actor, posted.body(), key),
        to=RELIEF,
        done="recorded",
        again=lambda form, status: _page(request, visit, "note", form, status),
    )


@router.post("/relief/complete")
def complete(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: relief.complete_relief(service, visit.actor, posted.body(), key),
        to=RELIEF,
        done="relief-ended",
        again=lambda form, status: _page(request, visit, "complete", form, status),
    )


@router.post("/relief/check-in")
def checks_in(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: check_in(service, visit.actor, {}, key),
        to=RELIEF,
        done="checked-in",
        again=lambda form, status: _page(request, visit, "check", form, status),
    )


@router.post("/relief/notices")
def notices(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = {"minutes_before": _minutes(posted)}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: set_notice(service, visit.actor, body, key),
        to=RELIEF,
        done="recorded",
        again=lambda form, status: _page(request, visit, "notices", form, status),
    )


def _minutes(posted: Posted) -> list[str]:
    """``720, 60`` as typed; nothing typed: no notice."""
    return posted.value("minutes_before").replace(",", " ").replace(";", " ").split()


_FORMS = ("sign", "note", "complete", "check", "notices")


def _page(
    request: Request, visit: Visit, named: str = "", form: Form | None = None, status: int = 200
) -> Response:
    page = relief_page(service_of(request), visit.officer.id)
    defaults = {"notices": {"minutes_before": ", ".join(str(m) for m in page.wish)}}
    forms: dict[str, Any] = {name: Form(defaults=defaults.get(name, {})).named(name) for name in _FORMS}
    if form is not None:
        forms[named] = form.named(named)
    return frame_of(request).page(
        request, "relief.html", visit, status=status, page=page, sheet=page.sheet, all_forms=forms
    )
