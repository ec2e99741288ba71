"""Who has the watch, now and for the next weeks; taking it, overriding it, setting a plain roster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from cna_service.console import words
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.console.watch_parts import PARTS
from cna_service.identity.officers import Officer
from cna_service.identity.permissions import PERMISSIONS, Action, Role
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import date_time_group, to_text
from cna_service.workflow import roster
from cna_service.workflow.keys import Key
from cna_service.workflow.roster_page import WatchPage, watch_page
from cna_service.workflow.service import Service

router = pages()
WATCH = "/console/watch"
OVERRIDES = (
    ("add", "has the post"),
    ("replace", "has it wherever another would"),
    ("remove", "does not have the post"),
)


@router.get("/watch")
def show(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.DUTY_READ)
    return page_with(request, visit)


@router.post("/watch/take")
def take(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster.take_watch(service, visit.actor, body_of(request, posted), key),
        to=WATCH,
        done="watch-taken",
        again=lambda form, status: page_with(request, visit, "take", form, status),
    )


@router.post("/watch/overrides")
def add_override(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster.add_override(service, visit.actor, body_of(request, posted), key),
        to=WATCH,
        done="override-added",
        again=lambda form, status: page_with(request, visit, "override", form, status),
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
        again=lambda form, status: page_with(request, visit, "end", form, status),
    )


@router.post("/watch/roster")
def set_roster(request: Request, posted: Sent) -> Response:
    """One weekly or daily rotation for each post; every other shape has the page Rosters."""
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: _set_roster(service, visit, posted, key),
        to=WATCH,
        done="roster-set",
        again=lambda form, status: page_with(request, visit, "roster", form, status),
    )


def body_of(request: Request, posted: Posted) -> dict[str, Any]:
    """What was typed, with ``from`` and ``to`` as instants where they can be read as such."""
    now = service_of(request).clock.now()
    body = posted.body()
    for name in ("from", "to"):
        if isinstance(body.get(name), str):
            body[name] = as_instant(body[name], now, ahead=True)
    return body


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
    body: dict[str, Any] = {"roster": "desk", "zone": posted.value("zone"), "rotations": rotations}
    if fallback := posted.value("fallback"):
        body["fallback"] = {"duty_officer": fallback}
    return body | ({"reason": posted.value("reason")} if posted.value("reason") else {})


def may_take(officer: Officer) -> bool:
    """Whether an officer may have a post of the watch: his role lets him relieve."""
    return officer.is_enabled and Role(officer.role) in PERMISSIONS[Action.WATCH_RELIEVE]


def page_with(
    request: Request,
    visit: Visit,
    name: str = "",
    form: Form | None = None,
    status: int = 200,
    *,
    address: str | None = None,
) -> Response:
    """The page, with one of its forms as it was typed. ``address``: of a calendar just made, shown this once."""
    service = service_of(request)
    page = watch_page(service)
    officers = [(o.id, f"{o.name} ({o.id})") for o in page.officers.all() if may_take(o)]
    return frame_of(request).page(
        request,
        "watch.html",
        visit,
        status=status,
        page=page,
        forms_of=_forms(page, name, form),
        officers=officers,
        posts=list(words.POSTS.items()),
        kinds=OVERRIDES,
        my_turns=_turns(page, visit.officer.id),
        their_turns=[t for o, _ in officers if o != visit.officer.id for t in _turns(page, o, named=True)],
        parts=[(template, values(service, visit)) for template, values in PARTS],
        address=address,
        zone=visit.officer.book.preferences.zone or page.zone,
    )


def _forms(page: WatchPage, name: str, form: Form | None) -> dict[str, Form]:
    today = f"{page.now:%Y-%m-%d}"
    fresh = {
        "take": Form(),
        "override": Form(defaults={"kind": "add"}),
        "end": Form(),
        "roster": Form(
            defaults={"kind": "weekly", "hand_over": "MON 08:00", "from": today, "zone": page.zone}
        ),
        "absence": Form(),
        "absence-end": Form(),
        "swap": Form(),
        "swap-act": Form(),
        "link": Form(),
        "link-end": Form(),
    }
    typed = {} if form is None else {name: form}
    return {each: form.named(each) for each, form in {**fresh, **typed}.items()}


def _turns(page: WatchPage, officer: str, *, named: bool = False) -> list[tuple[str, str]]:
    """(value of a choice, words) of each watch that he has ahead."""
    known = page.officers.get(officer)
    who = f"{known.name if known else officer}: " if named else ""
    return [
        (
            f"{officer}|{turn.post}|{to_text(turn.starts_at)}|{to_text(turn.ends_at)}",
            f"{who}{words.POSTS[turn.post]}, {date_time_group(turn.starts_at)} to {date_time_group(turn.ends_at)}",
        )
        for turn in page.turns_of(officer)
    ]
