"""Outside jobs that must be heard of: their sign of life, and for officers how they stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Command, Credentials, Desk
from cna_service.identity.permissions import Action, require
from cna_service.identity.rules import TokenRefused
from cna_service.kit.instants import to_text
from cna_service.workflow import heartbeats

router = APIRouter(tags=["health"])

Name = Annotated[str, Path(max_length=40, description="the job's name", examples=["backup-copy"])]


@router.post(
    "/heartbeats/{name}",
    summary="An outside job says that it is alive",
    responses=shapes.answers(200, 401, 404),
)
def hear(service: Desk, credentials: Credentials, name: Name) -> Response:
    """The bearer token is the job's own (`cna heartbeat add`), good for nothing else. A wrong one is answered like a
    name that is not expected. Nothing is recorded unless the job was late."""
    if credentials is None:
        raise TokenRefused("Send the job's own token: Authorization: Bearer …")
    next_by = heartbeats.hear(service, name, credentials.credentials)
    return JSONResponse({"name": name, "next_by": to_text(next_by)})


@router.get(
    "/heartbeats", summary="Outside jobs and when they were heard of", responses=shapes.answers(200, 401, 403)
)
def read_all(service: Desk, actor: Caller) -> Response:
    require(actor, Action.HEALTH_READ)
    now = service.machine.now()
    return JSONResponse({"heartbeats": [job.as_json(now) for job in heartbeats.jobs(service)]})


@router.post(
    "/heartbeats/{name}/mute",
    summary="Tell nobody of an outside job, until then",
    status_code=201,
    openapi_extra=shapes.body(
        shapes.thing(
            {"until": shapes.text("RFC 3339, within 30 days"), "reason": shapes.text("stands in the record")}
        ),
        required=True,
    ),
    responses=shapes.commands(),
)
def mute(call: Command, name: Name) -> Response:
    return call.answer(lambda: heartbeats.mute_heartbeat(call.service, call.actor, name, call.body, call.key))
