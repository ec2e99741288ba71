"""Whether the process answers, whether the desk works, and its numbers. Nothing here names a case or a person."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from cna_service.api.metrics import CONTENT_TYPE, Metrics
from cna_service.api.problems import RETRY_AFTER
from cna_service.workflow.status import status

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process answers", response_class=PlainTextResponse)
async def healthz() -> PlainTextResponse:
    return PlainTextResponse("ok\n")


@router.get(
    "/readyz",
    summary="The desk works, and what is wrong with it",
    responses={503: {"description": "It does not work; `why` says what is wrong."}},
)
def readyz(request: Request) -> JSONResponse:
    """503 if the database cannot be written, migrations are pending, or the engine has not ticked for ten seconds."""
    running = request.app.state.running
    found = status(running.service, running.worker, running.outside)
    if not found.ready:
        return JSONResponse(found.as_json(), 503, {"Retry-After": str(RETRY_AFTER)})
    return JSONResponse(found.as_json())


@router.get("/metrics", summary="Counts and ages (Prometheus)", response_class=Response)
def read_metrics(request: Request) -> Response:
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(), media_type=CONTENT_TYPE)
