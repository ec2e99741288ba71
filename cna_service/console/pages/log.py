"""The log for auditors: its state, its entries, one entry as stored, the newest checkpoint."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.routing import pages
from cna_service.console.visits import SignedIn, frame_of, service_of
from cna_service.identity.permissions import Action
from cna_service.workflow import log_views

router = pages()


@router.get("/log")
def log_page(
    request: Request,
    visit: SignedIn,
    stream: str | None = None,
    before: int | None = None,
    machine: bool = False,
) -> Response:
    visit.require(Action.LEDGER_READ)
    page = log_views.log_page(service_of(request), stream=stream or None, before=before, machine=machine)
    return frame_of(request).page(request, "log.html", visit, page=page)


@router.get("/log/checkpoint")
def checkpoint(request: Request, visit: SignedIn) -> Response:
    """The newest signed checkpoint as a file (C2SP signed-note)."""
    visit.require(Action.LEDGER_READ)
    note = log_views.checkpoint(service_of(request))
    headers = {"Content-Disposition": 'attachment; filename="checkpoint.txt"'}
    return Response(note, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/log/entries/{stream}/{seq}")
def entry_page(request: Request, visit: SignedIn, stream: str, seq: int) -> Response:
    visit.require(Action.LEDGER_READ)
    page = log_views.entry_page(service_of(request), stream, seq, may_open=visit.may(Action.CASE_READ))
    return frame_of(request).page(request, "entry.html", visit, page=page)
