"""Accounts of officers, for the administrator: listed, added, changed, disabled; credentials reset."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Response

from cna_service.console import words
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, shown_again
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid, NotFound
from cna_service.workflow import contact_views, views
from cna_service.workflow import officers as verbs
from cna_service.workflow.keys import Replayed
from cna_service.workflow.officers import MadeLink

router = pages()
OFFICERS = "/console/officers"
_FIELDS = ("officer", "name", "post", "office", "role", "language", "phone", "second_phone", "email")


@router.get("/officers")
def officers_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.OFFICER_CHANGE)
    lines = views.officer_lines(service_of(request))
    return frame_of(request).page(request, "officers.html", visit, lines=lines)


@router.get("/officers/new")
def new_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.OFFICER_CHANGE)
    return _new(request, visit, Form(defaults={"language": "en"}))


@router.post("/officers/new")
def add(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return _with_link(
        request,
        visit,
        lambda: verbs.add_officer(service, visit.actor, posted.body(), posted.key(visit.officer.id)),
        lambda error: _new(request, visit, shown_again(posted, error.problems), status=422),
    )


@router.get("/officers/{officer}")
def officer_page(request: Request, visit: SignedIn, officer: str) -> Response:
    visit.require(Action.OFFICER_CHANGE)
    return _one(request, visit, officer)


@router.post("/officers/{officer}/change")
def change(request: Request, posted: Sent, officer: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = {name: value for name, value in posted.fields if name in _FIELDS} | {"officer": officer}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: verbs.change_officer(service, visit.actor, body, key),
        to=f"{OFFICERS}/{officer}",
        done="officer-changed",
        again=lambda form, status: _one(request, visit, officer, change=form, status=status),
    )


@router.post("/officers/{officer}/disable")
def disable(request: Request, posted: Sent, officer: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = {"officer": officer, "reason": posted.value("reason")}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: verbs.disable_officer(service, visit.actor, body, key),
        to=OFFICERS,
        done="officer-disabled",
        again=lambda form, status: _one(request, visit, officer, disable=form, status=status),
    )


@router.post("/officers/{officer}/enable")
def enable(request: Request, posted: Sent, officer: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = {"officer": officer, "reason": posted.value("reason")}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: verbs.enable_officer(service, visit.actor, body, key),
        to=OFFICERS,
        done="officer-enabled",
        again=lambda form, status: _one(request, visit, officer, disable=form, status=status),
    )


@router.post("/officers/{officer}/reset")
def reset(request: Request, posted: Sent, officer: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = {"officer": officer, "reason": posted.value("reason")}
    return _with_link(
        request,
        visit,
        lambda: verbs.reset_credential(service, visit.actor, body, posted.key(visit.officer.id)),
        lambda error: _one(request, visit, officer, reset=shown_again(posted, error.problems), status=422),
    )


def _with_link(
    request: Request,
    visit: Visit,
    act: Callable[[], MadeLink],
    again: Callable[[Invalid], Response],
) -> Response:
    """The one-time link is in this answer and nowhere else: the page is not redirected to, and not kept."""
    made: MadeLink | None
    try:
        made = act()
    except Replayed:
        made = None
    except Invalid as error:
        return again(error)
    base = service_of(request).desk.public_url
    link = None if made is None else f"{base}/console/link/{made.secret}"
    return frame_of(request).page(request, "made_link.html", visit, link=link, made=made)


def _new(request: Request, visit: Visit, form: Form, *, status: int = 200) -> Response:
    return frame_of(request).page(
        request, "officer_new.html", visit, status=status, form=form, roles=list(words.ROLES.items())
    )


def _one(
    request: Request,
    visit: Visit,
    officer: str,
    *,
    change: Form | None = None,
    disable: Form | None = None,
    reset: Form | None = None,
    status: int = 200,
) -> Response:
    lines = views.officer_lines(service_of(request))
    line = next((each for each in lines if each.officer.id == officer), None)
    if line is None:
        raise NotFound(f"No officer has the identifier {officer}.")
    now = {name: str(getattr(line.officer, name, None) or "") for name in _FIELDS[1:]}
    return frame_of(request).page(
        request,
        "officer.html",
        visit,
        status=status,
        line=line,
        tests=contact_views.contact_page(service_of(request), officer).tests,
        change=change or Form(defaults=now),
        disable=(disable or Form()).named("able"),
        reset=(reset or Form()).named("reset"),
        roles=list(words.ROLES.items()),
    )
