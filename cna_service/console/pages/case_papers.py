"""The papers of a case, made when they are asked for: brief, chronology, certificates, releases."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request, Response

from cna_service.console.routing import pages
from cna_service.console.visits import SignedIn, service_of
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.workflow import papers_reading as papers
from cna_service.workflow.case_reading import case_ref
from cna_service.workflow.papers_reading import PaperFile

router = pages()


def _file(made: PaperFile) -> Response:
    """A PDF of ours opens in the browser's own viewer; all else is handed over as a download."""
    way = "inline" if made.media_type == papers.MEDIA["pdf"] else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(made.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response(made.content, media_type=made.media_type, headers=headers)


@router.get("/cases/{ref}/papers/brief.{form}")
def brief(request: Request, visit: SignedIn, ref: str, form: str) -> Response:
    visit.require(Action.CASE_READ)
    return _file(
        papers.brief_file(service_of(request), visit.actor, case_ref(ref), _form(form, "pdf", "txt"))
    )


@router.get("/cases/{ref}/papers/chronology.{form}")
def chronology(request: Request, visit: SignedIn, ref: str, form: str) -> Response:
    visit.require(Action.CASE_READ)
    service, wanted = service_of(request), _form(form, "pdf", "csv")
    told = papers.read_chronology(service, visit.actor, case_ref(ref))
    return _file(papers.chronology_file(service, told, wanted))


@router.get("/cases/{ref}/papers/certificates/{n}.{form}")
def certificate(request: Request, visit: SignedIn, ref: str, n: int, form: str) -> Response:
    visit.require(Action.CASE_READ)
    service, wanted = service_of(request), _form(form, "pdf", "txt")
    return _file(papers.certificate_file(service, visit.actor, case_ref(ref), n, wanted))


@router.get("/cases/{ref}/papers/releases/{n}.{form}")
def release(request: Request, visit: SignedIn, ref: str, n: int, form: str) -> Response:
    visit.require(Action.CASE_READ)
    service, wanted = service_of(request), _form(form, "pdf", "txt")
    return _file(papers.release_file(service, visit.actor, case_ref(ref), n, wanted))


def _form(told: str, *known: str) -> str:
    """Raises NotFound for a form that there is not."""
    if told not in known:
        raise NotFound("There is no such paper.")
    return told
