"""The log's own interfaces: its newest checkpoint, an entry's bytes as hashed, the proof that it is in the log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Desk, case_of
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Invalid, Problem
from cna_service.workflow import log_views
from cna_service.workflow.edge.queries import placed
from cna_service.workflow.projections import case_stream
from cna_service.workflow.proving import prove

router = APIRouter(tags=["ledger"])

Index = Annotated[int, Path(ge=0, le=2**53)]


@router.get(
    "/ledger/checkpoint",
    summary="The newest signed checkpoint",
    response_class=Response,
    responses=shapes.files("text/plain"),
)
def read_checkpoint(service: Desk, actor: Caller) -> Response:
    """A signed note (C2SP tlog-checkpoint): origin, size, root, signatures."""
    require(actor, Action.LEDGER_READ)
    return Response(log_views.checkpoint(service), media_type="text/plain; charset=utf-8")


@router.get(
    "/ledger/entries/{index}",
    summary="An entry's bytes as hashed",
    response_class=Response,
    responses=shapes.files("application/json"),
)
def read_entry(service: Desk, actor: Caller, index: Index) -> Response:
    """Canonical JSON (RFC 8785), private values as digests. SHA-256 of a zero byte and these bytes is the leaf."""
    require(actor, Action.LEDGER_READ)
    found = placed(service, index)
    headers = {"CNA-Leaf": found.leaf.hex(), "CNA-Stream": found.stream, "CNA-Seq": str(found.seq)}
    return Response(found.data, 200, headers, "application/json")


@router.get(
    "/ledger/proof",
    summary="The proof that an entry is in the log",
    responses={**shapes.answers(200, 401, 403, 404, 422, 503)},
)
def read_proof(
    service: Desk,
    actor: Caller,
    index: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    case: Annotated[str | None, Query(max_length=20)] = None,
    seq: Annotated[int | None, Query(ge=1, le=10**9)] = None,
) -> JSONResponse:
    """By ``index``, or by ``case`` and ``seq``: the audit path (RFC 6962) to the root of the newest checkpoint."""
    require(actor, Action.LEDGER_READ)
    if index is not None and case is None and seq is None:
        found = placed(service, index)
        stream, number = found.stream, found.seq
    elif index is None and case is not None and seq is not None:
        with service.read() as reader:
            stream, number = case_stream(case_of(reader, actor, case)), seq
    else:
        wrong = Problem(
            "/query/index", index, "is needed alone, or case and seq together", "send one of the two"
        )
        raise Invalid("", wrong)
    return JSONResponse(prove(service.database, service.desk.log_origin, stream, number).as_json())
