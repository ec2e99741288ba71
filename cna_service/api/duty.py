"""Who has the watch, at any instant; rosters with their history, what is wrong with them, clock changes ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Command, Desk
from cna_service.api.duty_bodies import HOLIDAY, OVERRIDE, ROSTER, TAKEN, YEAR, command, ended
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import NotFound
from cna_service.workflow import roster_views
from cna_service.workflow.asked import Asked
from cna_service.workflow.roster import add_override, end_roster, remove_override, set_roster, take_watch
from cna_service.workflow.roster_holidays import change_holiday, load_holidays
from cna_service.workflow.roster_reading import rosters_of

router = APIRouter(tags=["duty"])

_LONGEST = timedelta(days=400)
_EARLIEST, _LATEST = 1970, 2200
_READ = shapes.answers(200, 401, 403, 422)
_AT = Query(description="RFC 3339 with its zone; default now")


@router.get("/duty", summary="Who has the watch", responses=_READ)
def read_duty(service: Desk, actor: Caller, at: Annotated[str | None, _AT] = None) -> JSONResponse:
    """Each post with its officer and why he has it, or nobody. Nothing changes from `starts_at` until `ends_at`."""
    require(actor, Action.DUTY_READ)
    when = _instants({"at": at})["at"]
    with service.read() as reader:
        return JSONResponse(roster_views.duty_at(reader, when))


@router.get("/duty/watches", summary="The watches from one instant to another", responses=_READ)
def read_watches(
    service: Desk,
    actor: Caller,
    from_: Annotated[str | None, Query(alias="from", description="default now")] = None,
    to: Annotated[str | None, Query(description="default four weeks later; 400 days later at most")] = None,
) -> JSONResponse:
    """Without gap and without overlap, cut to these bounds."""
    require(actor, Action.DUTY_READ)
    told = _instants({"from": from_, "to": to})
    with service.read() as reader:
        start = told["from"] or reader.now
        stop = told["to"] or start + timedelta(weeks=4)
        asked = Asked({"to": to}, "/query")
        if not start < stop <= start + _LONGEST:
            asked.wrong("to", to, "is not within 400 days after from", "ask for a shorter period")
        asked.done()
        return JSONResponse({"watches": roster_views.watches_between(reader, start, stop)})


@router.get("/duty/gaps", summary="What is wrong with the next thirty days", responses=_READ)
def read_gaps(service: Desk, actor: Caller) -> JSONResponse:
    """When a post has nobody by rotation or override, and every other finding, what is urgent first."""
    require(actor, Action.DUTY_READ)
    with service.read() as reader:
        return JSONResponse(roster_views.gaps_ahead(service, reader))


@router.get("/duty/preview", summary="The roster across the next two clock changes", responses=_READ)
def read_preview(service: Desk, actor: Caller) -> JSONResponse:
    """Of each time zone that a roster goes by: every watch around the change, by the wall and in minutes."""
    require(actor, Action.DUTY_READ)
    with service.read() as reader:
        return JSONResponse({"changes": roster_views.previews_ahead(rosters_of(reader), reader.now)})


@router.get("/duty/rosters", summary="Everything that is set", responses=_READ)
def read_rosters(service: Desk, actor: Caller) -> JSONResponse:
    """Rosters in force and to come; overrides, absences, swaps, temporary rosters and holidays that matter still."""
    require(actor, Action.DUTY_READ)
    with service.read() as reader:
        return JSONResponse(roster_views.rosters_json(rosters_of(reader), reader.now))


@router.get(
    "/duty/rosters/{roster}/history",
    summary="Every version of a roster",
    responses=shapes.answers(200, 401, 403, 404, 422),
)
def read_history(
    service: Desk,
    actor: Caller,
    roster: str,
    after: Annotated[int | None, Query(ge=1, le=10**9, description="the `next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> JSONResponse:
    """Nothing is lost: each version with its instant and author, and every entry that changed who has the watch."""
    require(actor, Action.DUTY_READ)
    with service.read() as reader:
        found = roster_views.history(service, reader, roster, before=after, limit=limit)
    if found is None:
        raise NotFound("There is no such roster.")
    return JSONResponse(found)


def _instants(told: Mapping[str, str | None]) -> dict[str, datetime | None]:
    """Raises Invalid, also for years that no calendar of zones knows."""
    asked = Asked(told, "/query")
    found = {name: asked.instant(name) for name in told}
    for name, instant in found.items():
        if instant is not None and not _EARLIEST <= instant.year < _LATEST:
            asked.wrong(name, told[name], f"lies outside {_EARLIEST} to {_LATEST}", "write another instant")
    asked.done()
    return found


@command(router, "/duty/rosters", "Put a roster, or a new version of it, in force", ROSTER)
def roster(call: Command) -> Response:
    return call.run(set_roster)


@command(router, "/duty/rosters/end", "A roster is no more from now on", ended("roster"))
def roster_end(call: Command) -> Response:
    return call.run(end_roster)


@command(router, "/duty/overrides", "Change who has a post for a time", OVERRIDE)
def override(call: Command) -> Response:
    """`add`: he has it. `remove`: he has it not. `replace`: he has it wherever `instead_of` would."""
    return call.run(add_override)


@command(router, "/duty/overrides/end", "End an override, or take back one to come", ended("override"))
def override_end(call: Command) -> Response:
    return call.run(remove_override)


@command(router, "/duty/take", "Take a post oneself, now", TAKEN)
def take(call: Command) -> Response:
    return call.run(take_watch)


@command(router, "/duty/holidays", "Load a year of a country's holidays", YEAR)
def holidays(call: Command) -> Response:
    """Days that have begun stay as they were; days added or struck by a person stay so."""
    return call.run(load_holidays)


@command(router, "/duty/holidays/days", "Make a day a holiday, or strike it", HOLIDAY)
def holiday(call: Command) -> Response:
    return call.run(change_holiday)
