"""A case that began on paper, while the desk was dark."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from cna_service.api import shapes
from cna_service.api.calls import Command
from cna_service.api.steps_transcripts import PERIOD
from cna_service.workflow.transcribing import transcribe_new

router = APIRouter(tags=["cases"])


@router.post(
    "/paper-periods",
    summary="Type in a case that began on paper",
    status_code=201,
    openapi_extra=shapes.body(PERIOD),
    responses=shapes.commands(),
)
def transcribe_from_paper(call: Command) -> Response:
    """The scan first, then its acts in order with their times as written, the first of them `cases`; all of it or
    nothing. `reference` is the one given over the telephone."""
    return call.run(transcribe_new)
