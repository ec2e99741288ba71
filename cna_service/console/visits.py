"""Who is looking at a page, and whether a form came from a page of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request

from cna_service.console.forms import LARGEST, Posted
from cna_service.identity import sessions
from cna_service.identity.actors import Actor
from cna_service.identity.forms import check_form, form_token, new_browser_mark, same_origin
from cna_service.identity.officers import Officer
from cna_service.identity.permissions import Action, may, require
from cna_service.identity.rules import FormRefused
from cna_service.identity.store import Session
from cna_service.kit.errors import Refused
from cna_service.workflow import signing_in
from cna_service.workflow.service import Service

if TYPE_CHECKING:
    from cna_service.console.frame import Frame


class FormTooLarge(Refused):
    code = "form-too-large"
    title = "The form holds too much text; attach long texts as files"


class SignInNeeded(Exception):
    """Nobody is signed in on this browser; ``to`` is where to go on after signing in."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


@dataclass(frozen=True, slots=True)
class Visit:
    """An officer signed in on a browser, looking at one page. ``actor`` is him as his entries name him."""

    officer: Officer
    session: Session
    actor: Actor
    form_token: str

    def may(self, action: Action) -> bool:
        return may(self.actor, action)

    def require(self, action: Action) -> None:
        """Raises NotPermitted."""
        require(self.actor, action)


def frame_of(request: Request) -> Frame:
    return cast("Frame", request.state.frame)


def service_of(request: Request) -> Service:
    return frame_of(request).service


def cookie_name(service: Service) -> str:
    return sessions.cookie_name(is_exercise=service.desk.is_exercise)


def mark_name(service: Service) -> str:
    return f"{cookie_name(service)}_mark"


def signed_in(request: Request) -> Visit:
    """The visit of a signed-in officer. Raises SignInNeeded."""
    visit = look(request)
    if visit is None:
        raise SignInNeeded(_asked_for(request))
    return visit


def look(request: Request) -> Visit | None:
    """The visit, or None where nobody is signed in."""
    service = service_of(request)
    found = signing_in.session_of(service, request.cookies.get(cookie_name(service)))
    if found is None:
        return None
    actor = found.officer.actor(service.clock.now(), signed_in=sessions.signed_in(found.session))
    visit = Visit(
        found.officer, found.session, actor, form_token(_form_key(service), found.session.form_secret)
    )
    request.state.visit = visit
    return visit


async def read_form(request: Request) -> Posted:
    """The fields of a form, without files."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST:
        raise FormTooLarge
    async with request.form(max_files=0, max_fields=2000) as form:
        return Posted(tuple((name, value) for name, value in form.multi_items() if isinstance(value, str)))


def checked_form(request: Request, posted: Annotated[Posted, Depends(read_form)]) -> Posted:
    """A form of a signed-in officer from a page of ours. Raises SignInNeeded, FormRefused."""
    visit, service = signed_in(request), service_of(request)
    check_form(
        _form_key(service), visit.session.form_secret, posted.token, _headers(request), *_origins(request)
    )
    return posted


def checked_form_of_stranger(request: Request, posted: Annotated[Posted, Depends(read_form)]) -> Posted:
    """A form sent before anybody is signed in: bound to the browser's mark. Raises FormRefused."""
    service = service_of(request)
    mark = request.cookies.get(mark_name(service))
    if not mark:
        if not same_origin(_headers(request), *_origins(request)):
            raise FormRefused("The form was sent from another site; nothing was changed.")
        raise FormRefused("This browser keeps no cookies, or the page is old. Allow cookies and reload it.")
    check_form(_form_key(service), mark.encode(), posted.token, _headers(request), *_origins(request))
    return posted


@dataclass(frozen=True, slots=True)
class Stranger:
    """A browser before sign-in: its mark (a cookie) and the token of its forms."""

    mark: str
    form_token: str
    is_new: bool


def stranger(request: Request) -> Stranger:
    service = service_of(request)
    known = request.cookies.get(mark_name(service))
    mark = known if known and len(known) <= 128 else new_browser_mark()
    return Stranger(mark, form_token(_form_key(service), mark.encode()), is_new=mark != known)


def address_of(request: Request) -> str:
    """The browser's address; behind a proxy that the settings trust, the one it names."""
    return request.client.host if request.client is not None else "unknown"


def safe_next(told: str | None) -> str:
    """Where to go after signing in: a page of the console, whatever was asked for."""
    if told is None or not told.startswith("/console/") or "\\" in told:
        return "/console/"
    parts = urlsplit(told)
    return told if not parts.scheme and not parts.netloc and "//" not in parts.path else "/console/"


def _asked_for(request: Request) -> str:
    if request.method != "GET":
        return "/console/"
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(f"{request.url.path}{query}", safe="")


def _form_key(service: Service) -> bytes:
    return service.access.secrets.form_key


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _origins(request: Request) -> tuple[str, ...]:
    """Ours by the setting, and as this browser reached us: officers inside may use another name than partners."""
    return service_of(request).desk.public_url, str(request.base_url)


SignedIn = Annotated[Visit, Depends(signed_in)]
Sent = Annotated[Posted, Depends(checked_form)]
SentByStranger = Annotated[Posted, Depends(checked_form_of_stranger)]
