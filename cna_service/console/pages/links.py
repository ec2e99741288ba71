"""What a one-time link opens: setting a password and a code generator. Looking at it changes nothing."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.pages.sign_in import mark_browser
from cna_service.console.routing import pages
from cna_service.console.visits import SentByStranger, frame_of, service_of, stranger
from cna_service.identity import totp
from cna_service.identity.rules import CodeRefused
from cna_service.kit.errors import Invalid, Problem
from cna_service.workflow import officers, signing_in

router = pages()


@router.get("/link/{secret}")
def link_page(request: Request, secret: str) -> Response:
    return _page(request, secret, Form())


@router.post("/link/{secret}")
def set_credential(request: Request, secret: str, posted: SentByStranger) -> Response:
    # Neither password is trimmed: a blank may be part of it.
    body = {name: posted.value(name) for name in ("password", "repeated", "code")}
    try:
        officers.set_credential(service_of(request), secret, body)
    except Invalid as error:
        return _page(request, secret, Form(Posted(), error.problems), status=422)
    except CodeRefused:
        wrong = Problem(
            "/code",
            None,
            "is not the one that the generator shows",
            "scan the picture again, check the phone's clock, and type the newest code",
        )
        return _page(request, secret, Form(Posted(), (wrong,)), status=422)
    return frame_of(request).go("/console/sign-in", "credential-set")


def _page(request: Request, secret: str, form: Form, *, status: int = 200) -> Response:
    """Raises LinkSpent."""
    opened = signing_in.open_link(service_of(request), secret)
    who = stranger(request)
    response = frame_of(request).page(
        request,
        "link.html",
        status=status,
        form=form,
        opened=opened,
        picture=totp.qr_svg(opened.uri),
        token=who.form_token,
        action=f"/console/link/{secret}",
    )
    # The address holds the secret: it goes to nobody, not even to our own pages.
    response.headers["Referrer-Policy"] = "same-origin"
    mark_browser(request, response, who)
    return response
