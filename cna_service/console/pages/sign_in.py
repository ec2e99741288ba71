"""Signing in with password and code, confirming a code within a visit, signing out."""

from __future__ import annotations

from typing import Any, cast

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.visits import (
    Sent,
    SentByStranger,
    SignedIn,
    Stranger,
    address_of,
    cookie_name,
    frame_of,
    look,
    mark_name,
    safe_next,
    service_of,
    signed_in,
    stranger,
)
from cna_service.identity.rules import CodeRefused, SignInRefused, TriedTooOften
from cna_service.identity.sessions import COOKIE_ATTRIBUTES
from cna_service.kit.errors import Problem, ServiceError
from cna_service.workflow import signing_in
from cna_service.workflow.signing_in import SignedIn as Session

router = pages()


@router.get("/sign-in")
def sign_in_page(request: Request, next: str | None = None) -> Response:
    if look(request) is not None:
        return frame_of(request).go(safe_next(next))
    return _page(request, Form(), safe_next(next))


@router.post("/sign-in")
def sign_in(request: Request, posted: SentByStranger) -> Response:
    to = safe_next(posted.value("next"))
    service = service_of(request)
    try:
        opened = signing_in.sign_in(
            service,
            posted.value("account"),
            posted.value("password"),
            posted.value("code"),
            address_of(request),
        )
    except (SignInRefused, TriedTooOften) as error:
        return _again(request, posted, to, error)
    response = frame_of(request).go(to)
    set_cookie(response, cookie_name(service), opened.cookie)
    return response


def _again(request: Request, posted: Posted, to: str, error: ServiceError) -> Response:
    """The form once more, with what is wrong: never which of the three it was."""
    waits = error.facts.get("retry_after")
    form = Form(Posted((("account", posted.value("account")),)))
    response = _page(request, form, to, error=error, status=429 if waits is not None else 403)
    if waits is not None:
        response.headers["Retry-After"] = str(waits)
    return response


def _page(
    request: Request, form: Form, to: str, *, error: ServiceError | None = None, status: int = 200
) -> Response:
    who = stranger(request)
    response = frame_of(request).page(
        request,
        "sign_in.html",
        status=status,
        form=form,
        to=to,
        error=error,
        token=who.form_token,
        exercise_officers=signing_in.playable(service_of(request)),
    )
    mark_browser(request, response, who)
    return response


def mark_browser(request: Request, response: Response, who: Stranger) -> None:
    """Give the browser its mark, so that a form has a token before anybody is signed in."""
    if who.is_new:
        set_cookie(response, mark_name(service_of(request)), who.mark)


def set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, **cast(dict[str, Any], COOKIE_ATTRIBUTES))


@router.post("/sign-out")
def sign_out(request: Request, posted: Sent) -> Response:
    service = service_of(request)
    name = cookie_name(service)
    signing_in.sign_out(service, request.cookies.get(name, ""))
    response = frame_of(request).go("/console/sign-in", "signed-out")
    response.delete_cookie(name, **cast(dict[str, Any], COOKIE_ATTRIBUTES))
    return response


@router.get("/code")
def code_page(request: Request, visit: SignedIn, next: str | None = None) -> Response:
    return frame_of(request).page(request, "code.html", visit, form=Form(), to=safe_next(next))


@router.post("/code")
def confirm_code(request: Request, posted: Sent) -> Response:
    """A new code before an act that asks for one (desk-rules 2.2)."""
    visit, to = signed_in(request), safe_next(posted.value("next"))
    try:
        signing_in.confirm_code(
            service_of(request),
            Session(visit.session, visit.officer),
            posted.value("code"),
            address_of(request),
        )
    except (CodeRefused, TriedTooOften) as error:
        form = Form(problems=(Problem("/code", None, "is not accepted", error.detail),))
        return frame_of(request).page(request, "code.html", visit, status=403, form=form, to=to)
    return frame_of(request).go(to, "code-confirmed" if "?" not in to else None)
