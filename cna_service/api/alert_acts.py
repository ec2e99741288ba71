"""What officers do with a summons besides taking it; who would be called tonight; what is announced; figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.alerts import AlertId, Case, stream_of
from cna_service.api.calls import Call, Caller, Command, Desk
from cna_service.api.shapes import INSTANT, text, thing
from cna_service.cases.as_json import plain
from cna_service.escalation.ladders import Urgency
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.workflow import alert_acts as acts
from cna_service.workflow import alert_figures, announced
from cna_service.workflow.announced_state import Announcement, What
from cna_service.workflow.asked import Asked
from cna_service.workflow.keys import Key, Reply
from cna_service.workflow.preview import as_json, preview

router = APIRouter(tags=["alerts"])

AlertVerb = Callable[[Any, Any, str, str, Mapping[str, Any], Key | None], Reply]
_OFFICER = text("an officer's id")
_REASON = text("kept, and private", maxLength=acts.LONGEST_REASON)


def _act(verb: AlertVerb, call: Call, alert: str, case: str | None) -> Response:
    stream = stream_of(call.service, alert, case)
    return call.answer(lambda: verb(call.service, call.actor, stream, alert, call.body, call.key))


def _body(required: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    return shapes.body(thing(fields, required=required), required=bool(required))


@router.post("/alerts/{alert}/people", summary="Summon one more person", status_code=201,
             openapi_extra=_body(("officer",), officer=_OFFICER, reason=_REASON),
             responses=shapes.commands())  # fmt: skip
def add_person(alert: AlertId, call: Command, case: Case = None) -> Response:
    """By SMS and telephone at once; the climb goes on as it was."""
    return _act(acts.add_person, call, alert, case)


@router.post("/alerts/{alert}/reassignment", summary="Hand a summons to another, or give it back", status_code=201,
             openapi_extra=_body(officer=_OFFICER, reason=_REASON), responses=shapes.commands())  # fmt: skip
def reassign(alert: AlertId, call: Command, case: Case = None) -> Response:
    """Without `officer` it is given back: the next rung is called now. Until somebody takes it, the climb goes on."""
    return _act(acts.reassign, call, alert, case)


@router.post("/alerts/{alert}/rest", summary="Let the climb rest until an instant", status_code=201,
             openapi_extra=_body(("until", "reason"), until=INSTANT, reason=_REASON),
             responses=shapes.commands())  # fmt: skip
def rest(alert: AlertId, call: Command, case: Case = None) -> Response:
    """Never what concerns a case that nobody holds, never beyond half of the time left or twelve hours."""
    return _act(acts.snooze, call, alert, case)


@router.post("/alerts/{alert}/closure", summary="Close a summons by hand", status_code=201,
             openapi_extra=_body(("reason",), reason=_REASON), responses=shapes.commands())  # fmt: skip
def close(alert: AlertId, call: Command, case: Case = None) -> Response:
    return _act(acts.close_by_hand, call, alert, case)


@router.post("/alerts/{alert}/reopening", summary="Take up a closed summons again", status_code=201,
             openapi_extra=_body(reason=_REASON), responses=shapes.commands())  # fmt: skip
def reopen(alert: AlertId, call: Command, case: Case = None) -> Response:
    return _act(acts.reopen, call, alert, case)


Kind = Annotated[str, Query(max_length=40, description="an alert kind, such as `new_request`")]
Instant = Annotated[str | None, Query(description="RFC 3339 with its zone")]


@router.get("/alerts/preview", summary="Who would be called when",
            responses=shapes.answers(200, 401, 403, 422))  # fmt: skip
def tonight(
    service: Desk,
    actor: Caller,
    kind: Kind = "new_request",
    at: Instant = None,
    holder: Annotated[str | None, Query(max_length=64, description="who would hold the case")] = None,
    urgency: Annotated[str | None, Query(description="high or low; the ladder's own without it")] = None,
) -> JSONResponse:
    """Rung by rung, with the roster and the contacts as they stand, if nobody answered: the functions of the climb
    itself. Contacts are named, their numbers are not told."""
    require(actor, Action.ALERT_READ)
    asked = Asked({"at": at, "urgency": urgency}, "/query")
    instant = asked.instant("at")
    told = asked.word("urgency", ("high", "low", ""), "")
    asked.done()
    wanted: Urgency | None = "low" if told == "low" else "high" if told == "high" else None
    return JSONResponse(as_json(preview(service, kind, instant, holder=holder, urgency=wanted)))


@router.get("/alerts/history", summary="Every summons of a time, and what came of it",
            responses=shapes.answers(200, 401, 403, 422))  # fmt: skip
def history(
    service: Desk,
    actor: Caller,
    since: Annotated[str | None, Query(alias="from", description="RFC 3339; 92 days ago without it")] = None,
    to: Instant = None,
    format: Annotated[str, Query(description="json or csv")] = "json",
) -> Response:
    """With the figures: time until somebody took it, how many were taken on the first rung, rungs skipped, ladders
    exhausted; per month and per officer."""
    require(actor, Action.ALERT_READ)
    asked = Asked({"from": since, "to": to, "format": format}, "/query")
    begins, ends, form = asked.instant("from"), asked.instant("to"), asked.word("format", ("json", "csv"))
    asked.done()
    found = alert_figures.history(service, begins, ends)
    if form == "csv":
        return Response(
            alert_figures.as_csv(found),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="summonses.csv"'},
        )
    return JSONResponse(
        {
            "from": to_text(found.begins),
            "to": to_text(found.ends),
            "limits": service.policies.ladders.limits.as_json(),
            "figures": [plain(f.as_json()) for f in alert_figures.figures(found)],
            "alerts": [plain(line.as_json()) for line in found.lines],
        }
    )


_ANNOUNCEMENT = thing(
    {
        "from": INSTANT,
        "to": INSTANT,
        "who": text("who takes part, or who repairs what", maxLength=500),
        "words": text(maxLength=500),
    },
    required=("to", "who"),
)
_ANNOUNCED = shapes.body(_ANNOUNCEMENT)
_ENDED = shapes.body(thing({"words": text(maxLength=500)}), required=False)
AnnouncementId = Annotated[str, Path(max_length=40)]


@router.get("/announcements", summary="Exercises and repairs that are announced",
            responses=shapes.answers(200, 401, 403))  # fmt: skip
def list_announced(service: Desk, actor: Caller) -> JSONResponse:
    require(actor, Action.ALERT_READ)
    return JSONResponse({"announcements": [_shown(a) for a in announced.announcements(service)]})


def _shown(a: Announcement) -> dict[str, str]:
    return {
        "announcement": a.id,
        "what": a.what,
        "from": to_text(a.starts_at),
        "to": to_text(a.ends_at),
        "who": a.who,
        "words": a.words,
        "by": a.by,
    }


@router.post("/announcements/exercise", summary="Announce an exercise on this site", status_code=201,
             openapi_extra=_ANNOUNCED, responses=shapes.commands())  # fmt: skip
def announce_exercise(call: Command) -> Response:
    """While it lasts every real summons begins with REAL / NOT AN EXERCISE."""
    return _announce(call, "exercise")


@router.post("/announcements/maintenance", summary="Announce the repair of test gear", status_code=201,
             openapi_extra=_ANNOUNCED, responses=shapes.commands())  # fmt: skip
def announce_maintenance(call: Command) -> Response:
    """Alerts of the kinds that the policy names wait until it is over; nothing that concerns a request does."""
    return _announce(call, "maintenance")


def _announce(call: Call, what: What) -> Response:
    return call.answer(lambda: announced.announce(call.service, call.actor, what, call.body, call.key))


@router.post("/announcements/{announcement}/end", summary="End what was announced", status_code=201,
             openapi_extra=_ENDED, responses=shapes.commands())  # fmt: skip
def end_announced(announcement: AnnouncementId, call: Command) -> Response:
    return call.answer(
        lambda: announced.end_announced(call.service, call.actor, announcement, call.body, call.key)
    )
