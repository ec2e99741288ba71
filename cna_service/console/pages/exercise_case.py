"""One tap each: a real case for what happens inside an exercise, an exercise beside a request that turns out to be
one (desk-rules 15.3). Nothing turns one into the other."""

from __future__ import annotations

import json
from collections.abc import Callable

from fastapi import Request, Response

from cna_service.console.routing import pages
from cna_service.console.visits import Sent, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow.keys import Key, Replayed, Reply
from cna_service.workflow.opening import open_case, open_real_event

router = pages()


@router.post("/cases/{ref}/real-event")
def real_event(request: Request, posted: Sent, ref: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    visit.require(Action.CASE_OPEN)
    key = posted.key(visit.officer.id)
    return _to_new_case(request, lambda: open_real_event(service, visit.actor, ref, {}, key))


@router.post("/cases/{ref}/as-exercise")
def as_exercise(request: Request, posted: Sent, ref: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    visit.require(Action.CASE_OPEN)
    body = {"channel": "note", "as_exercise": True, "refers_to": ref}
    key: Key | None = posted.key(visit.officer.id)
    return _to_new_case(request, lambda: open_case(service, visit.actor, body, key))


def _to_new_case(request: Request, act: Callable[[], Reply]) -> Response:
    try:
        reply = act()
    except Replayed as before:
        reply = before.reply
    return frame_of(request).go(f"/console/cases/{json.loads(reply.body)['case']}", "case-opened")
