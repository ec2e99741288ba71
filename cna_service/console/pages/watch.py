"""Who has the watch, now and for the next seven days; taking it, overriding it, setting the roster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from cna_service.console import words
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.officers import Officer
from cna_service.identity.permissions import PERMISSIONS, Action, Role
from cna_service.kit.errors import Invalid, Problem
from cna_service.workflow import roster, views
from cna_service.workflow.keys import Key
from cna_service.workflow.service import Service

router = pages()
WATCH = "/console/watch"


@router.get("/watch")
def watch_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.DUTY_READ)
    return _page(request, visit)


@router.post("/watch/take")
def take(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster.take_watch(service, visit.actor, posted.body(), key),
        to=WATCH,
        done="watch-taken",
        again=lambda form, status: _page(request, visit, take=form, status=status),
    )


@router.post("/watch/overrides")
def add_override(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster.add_override(service, visit.actor, posted.body(), key),
        to=WATCH,
        done="override-added",
        again=lambda form, status: _page(request, visit, override=form, status=status),
    )


@router.post("/watch/overrides/end")
def end_override(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster.remove_override(service, visit.actor, posted.body(), key),
        to=WATCH,
        done="override-removed",
        again=lambda form, status: _page(request, visit, ending=form, status=status),
    )


@router.post("/watch/roster")
def set_roster(request: Request, posted: Sent) -> Response:
    """One weekly or daily rotation for each post; other shapes of roster are set by the command line."""
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: _set_roster(service, visit, posted, key),
        to=WATCH,
        done="roster-set",
        again=lambda form, status: _page(request, visit, roster_form=form, status=status),
    )


def _set_roster(service: Service, visit: Visit, posted: Posted, key: Key | None) -> None:
    try:
        roster.set_roster(service, visit.actor, roster_body(posted), key)
    except Invalid as error:
        # The form asks once for what the roster says of each rotation.
        once = {(_asked_at(p.pointer), p.why): p for p in error.problems}
        raise Invalid("", *(replace(p, pointer=at) for (at, _), p in once.items())) from None


def _asked_at(pointer: str) -> str:
    _, _, rest = pointer.partition("/rotations/")
    return f"/{rest.partition('/')[2]}" if rest else pointer


def roster_body(posted: Posted) -> dict[str, Any]:
    """The form's lines as the body of ``roster.set``. Raises Invalid where no post has an officer."""
    rotations = []
    for post in words.POSTS:
        officers = [each for each in posted.values(f"{post}/officers") if each]
        if officers:
            rotations.append(
                {
                    "post": post,
                    "officers": officers,
                    "kind": posted.value("kind") or "weekly",
                    "hand_over": posted.value("hand_over").strip(),
                    "from": posted.value("from").strip(),
                }
            )
    if not rotations:
        why = Problem("/duty_officer/officers", None, "names no officer", "tick at least one duty officer")
        raise Invalid("", why)
    body = {"roster": "desk", "zone": posted.value("zone"), "rotations": rotations}
    return body | ({"reason": posted.value("reason")} if posted.value("reason") else {})


def may_take(officer: Officer) -> bool:
    """Whether an officer may have a post of the watch: his role lets him relieve."""
    return officer.is_enabled and Role(officer.role) in PERMISSIONS[Action.WATCH_RELIEVE]


def _page(
    request: Request,
    visit: Visit,
    *,
    take: Form | None = None,
    override: Form | None = None,
    ending: Form | None = None,
    roster_form: Form | None = None,
    status: int = 200,
) -> Response:
    service = service_of(request)
    page = views.watch_page(service)
    first = {"kind": "weekly", "hand_over": "MON 08:00", "from": f"{page.now:%Y-%m-%d}", "zone": page.zone}
    return frame_of(request).page(
        request,
        "watch.html",
        visit,
        status=status,
        page=page,
        take=(take or Form()).named("take"),
        override=(override or Form()).named("override"),
        ending=(ending or Form()).named("end"),
        roster_form=(roster_form or Form(defaults=first)).named("roster"),
        officers=[(o.id, f"{o.name} ({o.id})") for o in page.officers.all() if may_take(o)],
        posts=list(words.POSTS.items()),
    )
