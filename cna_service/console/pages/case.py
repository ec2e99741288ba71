"""The page of a case: what is known, asked, running and answered, with its timeline; and its files."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request, Response

from cna_service.console.forms import Form
from cna_service.console.pages.board import polled
from cna_service.console.pages.case_act_forms import CASE_ACTS, EXCHANGE_ACTS
from cna_service.console.routing import pages
from cna_service.console.sounds import SOUNDS, sound
from cna_service.console.visits import SignedIn, frame_of, service_of
from cna_service.identity.permissions import Action
from cna_service.workflow.call_views import calls_of_case
from cna_service.workflow.case_reading import case_file, case_view
from cna_service.workflow.case_waters import places_of
from cna_service.workflow.searched_since import learnt_since_search

router = pages()


@router.get("/cases/{ref}")
def case_page(request: Request, visit: SignedIn, ref: str) -> Response:
    visit.require(Action.CASE_READ)
    view = case_view(service_of(request), ref)
    if view.ref != ref:
        return frame_of(request).go(f"/console/cases/{view.ref}")
    acts = [
        a for a in CASE_ACTS if visit.may(a.action) and a.name != ("reopen", "close")[view.record.is_closed]
    ]
    return frame_of(request).page(
        request,
        "case/case.html",
        visit,
        view=view,
        acts=acts,
        learnt=learnt_since_search(view.record),
        places=places_of(service_of(request), view.record, view.now),
        calls=calls_of_case(service_of(request), view.ref, visit.officer.id),
        exchange_acts=[a for a in EXCHANGE_ACTS if visit.may(a.action)],
        form=Form(seen=view.seq),
    )


@router.get("/cases/{ref}/head")
def case_head(request: Request, visit: SignedIn, ref: str, seen: int) -> Response:
    """Polled: the line in sight, and whether anything came since the page was made."""
    visit.require(Action.CASE_READ)
    return polled(request, visit, "case/head.html", view=case_view(service_of(request), ref), seen=seen)


@router.get("/cases/{ref}/files/{blob}")
def case_file_bytes(request: Request, visit: SignedIn, ref: str, blob: str) -> Response:
    """A file as it came. What a stranger sent is never shown as a page of ours: it is handed over as a download."""
    visit.require(Action.CASE_READ)
    found = case_file(service_of(request), ref, blob)
    if found.media_type in SOUNDS:
        return sound(request, found.content, SOUNDS[found.media_type], found.name)
    shown = found.is_ours and found.media_type == "application/pdf"
    way = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(found.name, safe='')}",
        # A sandboxed page may not open the browser's own viewer; what we made needs no sandbox.
        "Content-Security-Policy": "default-src 'none'" if shown else "sandbox; default-src 'none'",
    }
    media_type = found.media_type if shown else "application/octet-stream"
    return Response(found.content, media_type=media_type, headers=headers)
