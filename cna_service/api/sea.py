"""Reading what happened at sea and after: instructions with their STOP, findings, conditions, custody, reports owed.

For officers of this desk alone: what a unit was told is nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Desk, Number, Ref, case_of
from cna_service.cases.record import CaseRecord
from cna_service.identity.actors import Actor
from cna_service.kit.errors import NotFound
from cna_service.workflow.instruction_words import stop_json
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.sea_reading import PARTS
from cna_service.workflow.service import Reader, Service

router = APIRouter(tags=["at sea"])

_WORDS = {
    "instructions": "What a unit would be told now, what each was told, and the STOP of what no longer holds",
    "actions": "What was done at sea, each act with what the record says of it",
    "results": "What came of it",
    "conditions": "Every condition of what stands granted, with its checks",
    "custody": "Custody day by day, with the record of hand-over",
    "reports": "What is owed to whom since when, and what was reported",
    "compensation": "Claims for compensation and their answers",
}


def _case(reader: Reader, actor: Actor, ref: str) -> CaseRecord:
    """Raises NotFound, alike for a case of others, for none, and for whoever is not of this desk."""
    written = case_of(reader, actor, ref)
    if actor.kind == "authority":
        raise NotFound
    return reader.stream(case_stream(written)).of(CASE)


def _reading(part: str) -> Callable[..., Response]:
    def read(service: Desk, actor: Caller, ref: Ref) -> JSONResponse:
        with service.read() as reader:
            record, now = _case(reader, actor, ref), reader.now
        return _told(service, record, PARTS[part](service, record, now))

    return read


def _told(service: Service, record: CaseRecord, more: Any) -> JSONResponse:
    return JSONResponse({"case": record.ref, "seq": record.seq, "leaf": record.leaf, **more})


@router.get(
    "/cases/{ref}/instructions/{n}/stop",
    summary="The STOP of an instruction that no longer holds, ready to read out",
    responses=shapes.answers(200, 401, 403, 404, 409),
)
def read_stop(service: Desk, actor: Caller, ref: Ref, n: Number) -> JSONResponse:
    with service.read() as reader:
        record, now = _case(reader, actor, ref), reader.now
    return _told(service, record, stop_json(service, record, n, now))


@router.get(
    "/cases/{ref}/custody/hand-over.txt",
    summary="The record of hand-over, to print and sign",
    responses=shapes.answers(200, 401, 403, 404),
)
def read_hand_over(service: Desk, actor: Caller, ref: Ref) -> PlainTextResponse:
    with service.read() as reader:
        record, now = _case(reader, actor, ref), reader.now
    text = PARTS["custody"](service, record, now)["hand_over"]
    if text is None:
        raise NotFound("Nothing was handed over in this case.")
    return PlainTextResponse(text)


for _part in PARTS:
    router.add_api_route(
        f"/cases/{{ref}}/{_part}",
        _reading(_part),
        methods=["GET"],
        name=f"read_{_part}",
        operation_id=f"get_{_part}",
        summary=_WORDS[_part],
        responses=shapes.answers(200, 401, 403, 404),
    )
