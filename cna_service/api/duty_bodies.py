"""How the OpenAPI document describes what is sent about rosters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from cna_service.api import shapes
from cna_service.api.shapes import INSTANT, Schema, one_of, text, thing, whole, yes_no
from cna_service.duty.roster import KINDS, POSTS
from cna_service.duty.state import OVERRIDE_KINDS

_OFFICER = text("an officer's id")
_POST = one_of(POSTS)

STRETCH = thing({"officer": _OFFICER, "from": INSTANT, "to": INSTANT}, required=("officer", "from", "to"))
ROTATION = thing(
    {
        "post": _POST,
        "kind": one_of(KINDS),
        "officers": shapes.many(_OFFICER),
        "hand_over": text("weekly: MON 08:00; monthly: 1 08:00; daily and hourly: 08:00"),
        "from": text("the first day, such as 2026-11-16"),
        "to": {"type": ["string", "null"], "description": "the last day, or nothing"},
        "every": whole("so many days, weeks or months", minimum=1, maximum=366),
        "hours": whole("hourly: how long a watch lasts", minimum=1, maximum=366),
        "days": shapes.many(text("MON to SUN")),
        "between": shapes.many(text("such as 20:00")),
        "holidays": one_of(("only", "not"), "counts only, or not, on holidays"),
        "turns": one_of(("all_days", "worked_days"), "daily: whether days off use up a turn"),
        "stretches": shapes.many(STRETCH),
    },
    required=("post", "kind"),
    strict=False,
)
ROSTER = thing(
    {
        "roster": text("its id"),
        "zone": text("such as Europe/Lisbon"),
        "holidays": text("the country whose holidays count, such as PT or US-FL"),
        "rotations": shapes.many(ROTATION),
        "fallback": {"type": "object", "description": "post: the officer who has it when nobody else does"},
        "in_force_from": INSTANT,
        "reason": text(),
    },
    required=("roster", "zone", "rotations"),
    strict=False,
)
OVERRIDE = thing(
    {
        "kind": one_of(OVERRIDE_KINDS, "add without it"),
        "post": _POST,
        "officer": _OFFICER,
        "instead_of": text("replace: whose watches he has"),
        "from": INSTANT,
        "to": INSTANT,
        "reason": text(),
    },
    required=("post", "officer", "to", "reason"),
    strict=False,
)
TAKEN = thing({"post": _POST, "to": INSTANT, "reason": text()}, required=("reason",), strict=False)
TEMPORARY = thing(
    {"roster": ROSTER, "from": INSTANT, "to": INSTANT, "reason": text()},
    required=("roster", "to", "reason"),
    strict=False,
)
ABSENCE = thing(
    {"officer": text("oneself without it"), "from": INSTANT, "to": INSTANT, "reason": text()},
    required=("to",),
    strict=False,
)
_TURN = thing({"post": _POST, "from": INSTANT, "to": INSTANT}, required=("post", "from", "to"))
SWAP = thing(
    {
        "officer": text("whose watch is given; oneself without it"),
        "other": text("who is asked to take it"),
        "given": _TURN,
        "wanted": _TURN,
        "reason": text(),
    },
    required=("other", "given"),
    strict=False,
)
YEAR = thing(
    {
        "calendar": text("ISO 3166: PT, US-FL"),
        "year": whole(minimum=2000, maximum=2100),
    },
    required=("calendar", "year"),
    strict=False,
)
HOLIDAY = thing(
    {
        "calendar": text("ISO 3166: PT, US-FL"),
        "date": text("such as 2027-06-13"),
        "is_holiday": yes_no("false strikes the day"),
        "name": text(),
        "reason": text(),
    },
    required=("calendar", "date", "reason"),
    strict=False,
)
LINK = thing(
    {"scope": one_of(("officer", "roster")), "of": text("an officer's or a roster's id; oneself without it")},
    strict=False,
)
IMPORT = thing(
    {
        "calendar": text("an iCalendar file, BEGIN:VCALENDAR to END:VCALENDAR"),
        "roster": text("its id; desk without it"),
        "post": _POST,
        "zone": text("for times without a zone; the desk's without it"),
        "from": INSTANT,
        "to": INSTANT,
        "leave_out": yes_no("put it in force without the events that make no watch"),
        "reason": text(),
    },
    required=("calendar",),
    strict=False,
)


def ended(what: str, *, needs_reason: bool = True) -> Schema:
    """The body of a call that ends, settles or revokes one thing."""
    required = (what, "reason") if needs_reason else (what,)
    return thing({what: text("its id"), "reason": text()}, required=required, strict=False)


Endpoint = Callable[..., Response]


def command(router: APIRouter, path: str, summary: str, body: Schema) -> Callable[[Endpoint], Endpoint]:
    """A call that changes something, as all of them are described."""
    described: dict[str, Any] = {"openapi_extra": shapes.body(body), "responses": shapes.commands()}
    return router.post(path, summary=summary, status_code=201, **described)
