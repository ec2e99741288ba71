"""One tap: what the map says of a vessel's newest position is kept in the case."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.routing import pages
from cna_service.console.visits import Sent, frame_of, service_of, signed_in
from cna_service.workflow.case_reading import case_ref
from cna_service.workflow.keep_waters import keep_waters
from cna_service.workflow.keys import Replayed

router = pages()


@router.post("/cases/{ref}/waters")
def keep(request: Request, posted: Sent, ref: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    told = posted.value("vessel")
    vessel = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 1
    try:
        keep_waters(service, visit.actor, case_ref(ref), {"vessel": vessel}, posted.key(visit.officer.id))
    except Replayed:
        pass
    return frame_of(request).go(f"/console/cases/{case_ref(ref)}", "recorded")
