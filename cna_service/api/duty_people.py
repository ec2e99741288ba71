"""What officers arrange among themselves: absences, swaps; temporary rosters; calendars out and in."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Command, Desk
from cna_service.api.duty_bodies import ABSENCE, IMPORT, LINK, SWAP, TEMPORARY, command, ended
from cna_service.kit.instants import to_text
from cna_service.workflow.keys import Reply
from cna_service.workflow.roster_absences import end_absence, note_absence
from cna_service.workflow.roster_import import CalendarPreview, import_calendar, preview_calendar
from cna_service.workflow.roster_links import address_of, calendar_at, make_link, revoke_link
from cna_service.workflow.roster_swaps import accept_swap, ask_swap, decline_swap, withdraw_swap
from cna_service.workflow.roster_temporary import end_temporary, set_temporary

router = APIRouter(tags=["duty"])


@command(router, "/duty/temporary-rosters", "Replace a roster for a period", TEMPORARY)
def temporary(call: Command) -> Response:
    return call.run(set_temporary)


@command(router, "/duty/temporary-rosters/end", "End a temporary roster, or take it back", ended("temporary"))
def temporary_end(call: Command) -> Response:
    return call.run(end_temporary)


@command(router, "/duty/absences", "Note that an officer has no watch", ABSENCE)
def absence(call: Command) -> Response:
    """His turns go to who follows him in the rotation, or to the fallback."""
    return call.run(note_absence)


@command(
    router,
    "/duty/absences/end",
    "End an absence, or take back one to come",
    ended("absence", needs_reason=False),
)
def absence_end(call: Command) -> Response:
    return call.run(end_absence)


@command(router, "/duty/swaps", "Ask another officer to take a watch", SWAP)
def swap(call: Command) -> Response:
    """Nothing changes until the other, or the supervisor, accepts."""
    return call.run(ask_swap)


@command(router, "/duty/swaps/acceptance", "Accept a swap", ended("swap", needs_reason=False))
def swap_accept(call: Command) -> Response:
    """Refused (409 `swap-moved`) when a watch of it moved, changed hands or began meanwhile."""
    return call.run(accept_swap)


@command(router, "/duty/swaps/refusal", "Decline a swap", ended("swap", needs_reason=False))
def swap_decline(call: Command) -> Response:
    return call.run(decline_swap)


@command(
    router, "/duty/swaps/withdrawal", "Take back a swap one asked for", ended("swap", needs_reason=False)
)
def swap_withdraw(call: Command) -> Response:
    return call.run(withdraw_swap)


@command(router, "/duty/calendars", "Make the address of a calendar", LINK)
def calendar(call: Command) -> Response:
    """Its `url` is shown once; a repetition under the same key answers without it."""

    def make() -> Reply:
        made = make_link(call.service, call.actor, call.body, call.key)
        told = {**json.loads(made.reply.body), "url": address_of(call.service, made.token)}
        return Reply(made.reply.status, json.dumps(told, separators=(",", ":")).encode())

    return call.answer(make)


@command(
    router,
    "/duty/calendars/end",
    "The address of a calendar answers no more",
    ended("link", needs_reason=False),
)
def calendar_end(call: Command) -> Response:
    return call.run(revoke_link)


@router.post(
    "/duty/imports/preview",
    summary="What a calendar would make of a roster",
    openapi_extra=shapes.body(IMPORT),
    responses=shapes.answers(200, 400, 401, 403, 413, 422),
)
def import_preview(call: Command) -> JSONResponse:
    """Every event with its officer, or with what is wrong with it. Changes nothing."""
    return JSONResponse(preview_json(preview_calendar(call.service, call.actor, call.body)))


@command(router, "/duty/imports", "Put the roster of a calendar in force", IMPORT)
def import_(call: Command) -> Response:
    return call.run(import_calendar)


def preview_json(found: CalendarPreview) -> dict[str, Any]:
    return {
        "events": [
            {
                "n": line.n,
                "uid": line.told.uid,
                "summary": line.told.summary,
                "from": to_text(line.told.starts_at),
                "to": to_text(line.told.ends_at),
                "post": line.post,
                "officer": line.officer,
                "problem": line.problem,
            }
            for line in found.lines
        ],
        "problems": len(found.problems),
        "roster": found.roster,
    }


@router.get(
    "/duty/{token}.ics",
    summary="A calendar of watches",
    responses=shapes.files("text/calendar"),
    response_class=Response,
)
def ics(service: Desk, token: str) -> Response:
    """Without sign-in: whoever has the address reads the watches, and nothing else."""
    return Response(
        calendar_at(service, token),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="watch.ics"'},
    )
