"""The directory: who is listed for what, on which numbers, since when and on whose word; proving and doubting them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from fastapi import Request, Response

from cna_service.console import words
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_told
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.directory.model import CHANNELS, FUNCTIONS, HOURS, SUBJECTS
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.vessels.states import state_name
from cna_service.workflow import contacts
from cna_service.workflow.asked import Asked
from cna_service.workflow.authorities import DirectoryAt, directory_at
from cna_service.workflow.keys import Key, Reply

router = pages()
AT = "/console/directory"

WRONG = (
    ("wrong_number", "Wrong number"),
    ("line_dead", "The line is dead"),
    ("no_longer_theirs", "No longer theirs"),
)


@router.get("/directory")
def directory_page(request: Request, visit: SignedIn) -> Response:
    """Asked for by a plain GET form, so that the version in force at an instant has an address and can be printed."""
    visit.require(Action.DIRECTORY_READ)
    form = Form(Posted(tuple((n, v) for n, v in request.query_params.multi_items() if v)))
    status, found = 200, directory_at(service_of(request))
    state: str | None = None
    function: str | None = None
    subject: str | None = None
    try:
        found, (state, function, subject) = _asked(request, form.posted)
    except Invalid as error:
        form, status = Form(form.posted, error.problems), 422
    shown = [
        a
        for a in found.directory.listed_at(found.at)
        if state in (None, a.state) and a.may(function, subject)
    ]
    return frame_of(request).page(
        request,
        "directory.html",
        visit,
        status=status,
        form=form,
        found=found,
        states=[(code, state_name(code), list(each)) for code, each in groupby(shown, lambda a: a.state)],
        functions=_worded(FUNCTIONS),
        subjects=_worded(SUBJECTS),
        is_past="at" in {n for n, _ in form.posted.pairs},
    )


def _asked(request: Request, posted: Posted) -> tuple[DirectoryAt, tuple[str | None, str | None, str | None]]:
    asked = Asked(posted.body())
    state = (asked.text("state", longest=2) or "").upper() or None
    function = asked.word("function", FUNCTIONS, "") or None
    subject = asked.word("subject", SUBJECTS, "") or None
    at = asked.instant("at")
    asked.done()
    return directory_at(service_of(request), at=at), (state, function, subject)


@router.get("/directory/{authority}")
def authority_page(request: Request, visit: SignedIn, authority: str) -> Response:
    visit.require(Action.DIRECTORY_READ)
    return _page(request, visit, authority)


@router.post("/directory/{authority}/verify")
def verify(request: Request, posted: Sent, authority: str) -> Response:
    return _act(request, posted, authority, contacts.verify_contact, "verify")


@router.post("/directory/{authority}/doubt")
def doubt(request: Request, posted: Sent, authority: str) -> Response:
    return _act(request, posted, authority, contacts.doubt_contact, "doubt")


@router.post("/directory/{authority}/contacts")
def change(request: Request, posted: Sent, authority: str) -> Response:
    return _act(request, posted, authority, contacts.change_contact, "change")


def _act(request: Request, posted: Posted, authority: str, verb: Callable[..., Reply], name: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    body: dict[str, Any] = posted.body()
    if "happened_at" in body:
        body["happened_at"] = as_told(body["happened_at"], service.clock.now())

    def act(key: Key | None) -> Reply:
        return verb(service, visit.actor, authority, body, key)

    return carry_out(
        request,
        visit,
        posted,
        act,
        to=f"{AT}/{authority}",
        done="recorded",
        again=lambda form, status: _page(request, visit, authority, status=status, **{name: form}),
    )


def _page(
    request: Request,
    visit: Visit,
    authority: str,
    *,
    verify: Form | None = None,
    doubt: Form | None = None,
    change: Form | None = None,
    status: int = 200,
) -> Response:
    found = directory_at(service_of(request))
    listed = found.directory.find(authority)
    return frame_of(request).page(
        request,
        "authority.html",
        visit,
        status=status,
        office=listed,
        state=state_name(listed.state),
        now=found.at,
        earlier=found.directory.earlier.get(authority, ()),
        verify=(verify or Form(defaults={"happened_at": "now"})).named("verify"),
        doubt=(doubt or Form()).named("doubt"),
        change=(change or Form()).named("change"),
        which=[(c.id, f"{c.kind} {c.value}") for c in listed.contacts],
        wrong=WRONG,
        channels=_worded(CHANNELS),
        functions=_worded(FUNCTIONS),
        hours_choices=[(h, words.CONTACT_HOURS[h]) for h in HOURS],
    )


def _worded(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, code.replace("_", " ")) for code in codes]
