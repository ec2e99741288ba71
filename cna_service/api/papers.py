"""Reading the papers of a case: certificates, releases, the brief, the chronology. For officers; nothing is written."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Desk, Ref, case_of
from cna_service.identity.actors import Actor
from cna_service.kit.errors import Invalid, NotFound, Problem
from cna_service.workflow import papers_reading as papers
from cna_service.workflow.asked import Asked
from cna_service.workflow.papers_reading import PaperFile
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.service import Service

router = APIRouter(tags=["papers"])

N = Annotated[int, Path(ge=1, le=9999)]
_READING = shapes.answers(200, 401, 403, 404, 422)
_PDF = shapes.files("application/pdf")
_TEXT = shapes.files("text/plain")


def _case(service: Service, actor: Actor, ref: str) -> str:
    """The papers of a case are the desk's own: a partner gets what is handed to it, and no list of it."""
    with service.read() as reader:
        written = case_of(reader, actor, ref)
    if actor.kind == "authority":
        raise NotFound
    return written


def _file(made: PaperFile) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(made.content, 200, headers, made.media_type)


@router.get("/cases/{ref}/certificates", summary="Every certificate, and who holds it", responses=_READING)
def list_certificates(service: Desk, actor: Caller, ref: Ref) -> JSONResponse:
    written = _case(service, actor, ref)
    with service.read() as reader:
        record = reader.stream(case_stream(written)).of(CASE)
    return JSONResponse(papers.certificates_json(record))


@router.get(
    "/cases/{ref}/certificates/{n}.pdf", summary="A certificate", response_class=Response, responses=_PDF
)
def read_certificate_pdf(service: Desk, actor: Caller, ref: Ref, n: N) -> Response:
    """As it was released; a draft, a revoked or a superseded one says so across every page."""
    return _file(papers.certificate_file(service, actor, _case(service, actor, ref), n, "pdf"))


@router.get(
    "/cases/{ref}/certificates/{n}.txt",
    summary="A certificate as text",
    response_class=Response,
    responses=_TEXT,
)
def read_certificate_text(service: Desk, actor: Caller, ref: Ref, n: N) -> Response:
    return _file(papers.certificate_file(service, actor, _case(service, actor, ref), n, "txt"))


@router.get(
    "/cases/{ref}/releases/{n}.pdf", summary="A text for outside", response_class=Response, responses=_PDF
)
def read_release_pdf(service: Desk, actor: Caller, ref: Ref, n: N) -> Response:
    return _file(papers.release_file(service, actor, _case(service, actor, ref), n, "pdf"))


@router.get(
    "/cases/{ref}/releases/{n}.txt",
    summary="A text for outside as text",
    response_class=Response,
    responses=_TEXT,
)
def read_release_text(service: Desk, actor: Caller, ref: Ref, n: N) -> Response:
    return _file(papers.release_file(service, actor, _case(service, actor, ref), n, "txt"))


@router.get("/cases/{ref}/brief", summary="One page of the case", response_class=Response, responses=_READING)
def read_brief(
    service: Desk,
    actor: Caller,
    ref: Ref,
    form: Annotated[Literal["json", "txt", "pdf"], Query(alias="format")] = "json",
) -> Response:
    """Asked, answered, open, contested; each line with its entries. What does not fit is counted."""
    written = _case(service, actor, ref)
    if form == "json":
        return JSONResponse(papers.brief_json(service, actor, written))
    return _file(papers.brief_file(service, actor, written, form))


@router.get(
    "/cases/{ref}/chronology",
    summary="The case minute by minute",
    response_class=Response,
    responses=_READING,
)
def read_chronology(
    service: Desk,
    actor: Caller,
    ref: Ref,
    *,
    form: Annotated[Literal["json", "csv", "pdf"], Query(alias="format")] = "json",
    as_of: Annotated[str | None, Query(description="RFC 3339, with its zone")] = None,
    seq: Annotated[int | None, Query(ge=1, le=10**9, description="exactly up to this entry")] = None,
    machines: Annotated[bool, Query(description="with what the service wrote by itself")] = True,
) -> Response:
    """Each line with its entry; the desk's clock apart from what others say of their times, a limit that the other side
    states marked as its statement, what nobody verified marked so, what was recorded late marked so."""
    written = _case(service, actor, ref)
    asked = Asked({"as_of": as_of}, "/query")
    at = asked.instant("as_of")
    asked.done()
    if at is not None and seq is not None:
        raise Invalid("", Problem("/query/seq", seq, "stands beside as_of", "ask for one of the two"))
    told = papers.read_chronology(service, actor, written, at=at, seq=seq, machines=machines)
    if form == "json":
        return JSONResponse(told.as_json())
    return _file(papers.chronology_file(service, told, form))
