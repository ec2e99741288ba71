"""How the desk itself is: can it wake somebody, the outside monitor, self-tests, nodes, outside jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.workflow import heartbeats, monitor
from cna_service.workflow.self_test import begin_self_test
from cna_service.workflow.watching_view import watching_view

router = pages()
WATCHING = "/console/desk"
LABELS = {"minutes": "Minutes", "reached": "Whose telephone rang", "words": "What was seen", "until": "For how long",
          "reason": "Reason"}  # fmt: skip
HOURS = (("1", "1 hour"), ("4", "4 hours"), ("12", "12 hours"), ("24", "1 day"), ("168", "1 week"))


@router.get("/desk")
def desk_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.HEALTH_READ)
    return _page(request, visit)


@router.post("/desk/self-test")
def try_now(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    require(visit.actor, Action.MONITOR_REHEARSE)
    begin_self_test(service)
    return frame_of(request).go(WATCHING, "self-test-begun")


@router.post("/desk/rehearsal")
def rehearse(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = {"minutes": posted.value("minutes")}
    return _done(
        request,
        posted,
        lambda key: monitor.begin_rehearsal(service, visit.actor, body, key),
        "rehearsal-begun",
    )


@router.post("/desk/rehearsed")
def rehearsed(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    named = [line.strip() for line in posted.value("reached").splitlines() if line.strip()]
    body: dict[str, Any] = {"rang": posted.value("rang") != "no", "reached": named}
    if posted.value("words").strip():
        body["words"] = posted.value("words")
    return _done(
        request, posted, lambda key: monitor.note_rehearsal(service, visit.actor, body, key), "recorded"
    )


@router.post("/desk/jobs/{name}/mute")
def mute(request: Request, posted: Sent, name: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    typed = posted.value("hours")
    hours = int(typed) if typed in {h for h, _ in HOURS} else 0
    body = {"reason": posted.value("reason")}
    if hours:
        body["until"] = to_text(service.machine.now() + timedelta(hours=hours))
    return _done(
        request,
        posted,
        lambda key: heartbeats.mute_heartbeat(service, visit.actor, name, body, key),
        "recorded",
    )


def _done(request: Request, posted: Posted, act: Any, done: str) -> Response:
    visit = signed_in(request)
    return carry_out(
        request,
        visit,
        posted,
        act,
        to=WATCHING,
        done=done,
        again=lambda form, status: _page(request, visit, form=form, status=status),
    )


def _page(request: Request, visit: Visit, *, form: Form | None = None, status: int = 200) -> Response:
    view = watching_view(service_of(request), visit.actor, request.app.state.running.worker)
    return frame_of(request).page(
        request,
        "watching.html",
        visit,
        status=status,
        view=view,
        form=form or Form(),
        labels=LABELS,
        hours=HOURS,
        may_rehearse=visit.may(Action.MONITOR_REHEARSE),
        may_mute=visit.may(Action.HEARTBEAT_SET),
    )
