"""Who has the watch, at any instant; rosters and overrides by those who may set them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Command, Desk
from cna_service.api.shapes import INSTANT, one_of, text, thing
from cna_service.cases.as_json import plain
from cna_service.duty.roster import POSTS
from cna_service.duty.rules import Watch, who_has_the_watch
from cna_service.identity.officers import Officers
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.roster import add_override, set_roster

router = APIRouter(tags=["duty"])

_OVERRIDE = thing(
    {
        "post": one_of(POSTS),
        "officer": text("an officer's id"),
        "from": INSTANT,
        "to": INSTANT,
        "reason": text(),
    },
    required=("post", "officer", "to", "reason"),
    strict=False,
)
_ROSTER = thing(
    {
        "roster": text("its id"),
        "zone": text("such as Europe/Lisbon"),
        "rotations": shapes.many({"type": "object"}),
        "fallback": {"type": "object"},
        "in_force_from": INSTANT,
        "reason": text(),
    },
    required=("roster", "zone", "rotations"),
    strict=False,
)


@router.get("/duty", summary="Who has the watch", responses=shapes.answers(200, 401, 403, 422))
def read_duty(
    service: Desk,
    actor: Caller,
    at: Annotated[str | None, Query(description="RFC 3339 with its zone; default now")] = None,
) -> JSONResponse:
    """Each post with its officer, or nobody. Nothing of it changes from `starts_at` until `ends_at`."""
    require(actor, Action.DUTY_READ)
    asked = Asked({"at": at}, "/query")
    instant = asked.instant("at")
    asked.done()
    with service.read() as reader:
        when = instant or reader.now
        watch = who_has_the_watch(reader.stream(DUTY).of(ROSTERS), when)
        officers = reader.stream(DESK).of(OFFICERS)
    posts = {post: _officer(post, officer, watch, officers) for post, officer in watch.posts.items()}
    return JSONResponse(
        {
            "at": to_text(when),
            "posts": posts,
            "starts_at": plain(watch.starts_at),
            "ends_at": plain(watch.ends_at),
        }
    )


def _officer(post: str, officer: str | None, watch: Watch, officers: Officers) -> dict[str, Any] | None:
    if officer is None:
        return None
    known = officers.get(officer)
    return {
        "officer": officer,
        "name": known.name if known else None,
        "is_fallback": post in watch.fallen_back,
    }


@router.post(
    "/duty/overrides",
    summary="Give a post to an officer for a time",
    status_code=201,
    openapi_extra=shapes.body(_OVERRIDE),
    responses=shapes.commands(),
)
def override(call: Command) -> Response:
    return call.run(add_override)


@router.post(
    "/duty/rosters",
    summary="Put a roster, or a new version of it, in force",
    status_code=201,
    openapi_extra=shapes.body(_ROSTER),
    responses=shapes.commands(),
)
def roster(call: Command) -> Response:
    return call.run(set_roster)
