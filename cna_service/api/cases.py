"""Reading cases: the list, the folded record as it was known at any instant, the entries, stored files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes, shapes_arrivals
from cna_service.api.calls import Caller, Command, Desk, Number, Ref, case_of, viewer_of
from cna_service.api.found_out import chase_json, found_out
from cna_service.cases import queries as case_queries
from cna_service.cases.as_json import case_json, entry_json, plain
from cna_service.cases.clocks import next_due
from cna_service.cases.files import kept_files
from cna_service.cases.labels import case_label
from cna_service.cases.record import CaseRecord
from cna_service.cases.visible import has_part, visible
from cna_service.escalation.state import Alert, Escalations
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Invalid, NotFound, Problem
from cna_service.kit.instants import to_text
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger import store
from cna_service.ledger.folds import Folded
from cna_service.workflow.alike import other_cases
from cna_service.workflow.asked import Asked
from cna_service.workflow.chase import chase_list
from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import ALERTS, CASE, case_stream
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.service import Reader

router = APIRouter(tags=["cases"])

LONGEST_TRANSACTION = timedelta(seconds=10)
"""A beginning of the stream up to an instant younger than this may still grow (record.md, "As of T")."""

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_BOARD = ("next_due_kind", "direction", "state", "vessel", "holder", "label", "seq")


@router.get(
    "/cases", summary="The board, or a partner's own cases", responses=shapes.answers(200, 401, 403, 422)
)
def list_cases(
    service: Desk,
    actor: Caller,
    *,
    closed: Annotated[bool, Query(description="closed cases instead of open ones (officers)")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[str | None, Query(max_length=20, description="`next` of the page before")] = None,
) -> JSONResponse:
    """Open cases, the one that runs out first on top. A partner gets every case in which it has a part."""
    require(actor, Action.CASE_LIST)
    with service.read() as reader:
        if actor.kind == "authority":
            page = case_queries.of_authority(reader.connection, actor.id, limit=limit, after=after)
            rows = [_their_row(reader, actor, row["ref"]) for row in page.rows]
        else:
            page = case_queries.board(reader.connection, closed=closed, limit=limit, after=after)
            rows = [_row(row) for row in page.rows]
    return JSONResponse({"cases": rows, "next": page.next})


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "case": row["ref"],
        "opened_at": plain(row["opened_at"]),
        "changed_at": plain(row["changed_at"]),
        "is_closed": row["is_closed"],
        "is_to_be_read": row["is_to_be_read"],
        "next_due_at": plain(row["next_due_at"]),
        **{name: row[name] for name in _BOARD},
    }


def _their_row(reader: Reader, actor: Actor, ref: str) -> dict[str, Any]:
    """From what the partner may see alone: the board's own row knows more."""
    record = visible(reader.stream(case_stream(ref)).of(CASE), viewer_of(actor))
    return {
        "case": record.ref,
        "seq": record.seq,
        "opened_at": plain(record.opened_at),
        "changed_at": plain(record.changed_at),
        "is_closed": record.is_closed,
        "next_due_at": plain(next_due(record)),
        "label": case_label(record),
        "their_reference": next((e.their_reference for e in record.exchanges if e.their_reference), None),
    }


@router.post(
    "/cases",
    summary="Open a case from the desk",
    status_code=201,
    openapi_extra=shapes.body(shapes_arrivals.CASE_OPENING),
    responses=shapes.commands(),
)
def open_from_desk(call: Command) -> Response:
    """A call, a radio report, a note. Usable while the caller speaks: nothing is required but the channel."""
    return call.run(open_case)


@router.get(
    "/cases/{ref}",
    summary="The record of a case, as it was known at any instant",
    responses=shapes.answers(200, 401, 403, 404, 422),
)
def read_case(
    service: Desk,
    actor: Caller,
    ref: Ref,
    as_of: Annotated[str | None, Query(description="RFC 3339, with its zone")] = None,
    seq: Annotated[int | None, Query(ge=1, le=10**9, description="exactly up to this entry")] = None,
) -> JSONResponse:
    """``seq`` and ``leaf`` name the entry up to which it was read. ``settled`` is false where the instant asked for is
    so young that an earlier entry may still come."""
    at = _instant(as_of)
    with service.read() as reader:
        folded = _folded(reader, case_of(reader, actor, ref), at, seq)
        is_settled = at is None or at <= reader.now - LONGEST_TRANSACTION
        others = () if actor.kind == "authority" else other_cases(reader, folded.of(CASE))
    whole = folded.of(CASE)
    if folded.head.seq == 0 or not has_part(whole, viewer_of(actor)):
        raise NotFound
    record = visible(whole, viewer_of(actor))
    told = {
        **case_json(record),
        "clocks": clocks_json(record, None, own=actor.kind != "authority"),
        "settled": is_settled,
        "troubles": list(_troubles(folded)),
    }
    if actor.kind != "authority":
        told |= _summons(folded.of(ALERTS), record)
        told |= found_out(record, service.desk.state)
        told["others"] = [plain(each) for each in others]
    return JSONResponse(told, headers={"ETag": f'"{record.seq}"'})


def _instant(text: str | None) -> datetime | None:
    asked = Asked({"as_of": text}, "/query")
    found = asked.instant("as_of")
    asked.done()
    return found


def _folded(reader: Reader, ref: str, at: datetime | None, seq: int | None) -> Folded:
    if at is not None and seq is not None:
        raise Invalid("", Problem("/query/seq", seq, "stands beside as_of", "ask for one of the two"))
    if at is None and seq is None:
        return reader.stream(case_stream(ref))
    folded = reader.folds.as_of(reader.connection, case_stream(ref), seq=seq, at=at)
    if seq is not None and folded.head.seq != seq:
        raise NotFound(f"The case has no entry {seq}; its newest is {folded.head.seq}.")
    return folded


def _troubles(folded: Folded) -> Iterator[str]:
    """What a reader must know before he relies on it (record.md, "Cost"; "Streams and entries")."""
    if folded.broken is not None:
        yield f"Stored entry {folded.broken.seq} does not fit the one before it. Verify the log."
    if folded.unknown is not None:
        build = folded.unknown.sw.get("build", "unknown")
        yield f"Entry {folded.unknown.seq} was written by a newer build ({build}); what follows is not shown."


def _summons(alerts: Escalations, record: CaseRecord) -> dict[str, Any]:
    last = record.exchanges[-1].n if record.exchanges else None
    return {
        "holder": alerts.holder(record.ref, last),
        "alerts": [_alert(a) for a in alerts.by_id.values()],
    }


def _alert(alert: Alert) -> dict[str, Any]:
    held = alert.acknowledgement
    return {
        "alert": alert.id,
        "kind": alert.kind,
        "exchange": alert.subject.exchange,
        "clock": alert.subject.clock,
        "raised_at": to_text(alert.raised_at),
        "is_open": alert.is_open,
        "round": alert.round,
        "rung": alert.rung,
        "held_by": held.officer if held else None,
        "held_since": to_text(held.at) if held else None,
        "closed_at": plain(alert.closed_at),
        "closed_why": alert.closed_why,
    }


@router.get(
    "/cases/{ref}/entries", summary="The log of a case", responses=shapes.answers(200, 401, 403, 404, 422)
)
def list_entries(
    service: Desk,
    actor: Caller,
    ref: Ref,
    limit: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    after: Annotated[int, Query(ge=0, le=10**9, description="the `seq` of the last entry already read")] = 0,
) -> JSONResponse:
    """Every entry, oldest first, its private values opened where they are still there. Officers only."""
    with service.read() as reader:
        written = case_of(reader, actor, ref)
        if actor.kind == "authority":
            raise NotFound
        log, stream = service.desk.log_origin, case_stream(written)
        entries = [e for e in store.read_entries(reader.connection, log, stream).entries if e.seq > after]
        seals = ledger_queries.seals(reader.connection, log, stream)
    listed = []
    for entry in entries[:limit]:
        seal = seals.get(entry.seq)
        state = (seal.index, seal.state) if seal else (None, "recorded")
        listed.append(entry_json(entry, index=state[0], seal=state[1]))
    return JSONResponse(listed)


@router.get(
    "/cases/{ref}/exchanges/{n}/chase",
    summary="Whom to try next, when, and the efforts made",
    tags=["exchanges"],
    responses=shapes.answers(200, 401, 403, 404),
)
def read_chase(service: Desk, actor: Caller, ref: Ref, n: Number) -> JSONResponse:
    """The listed authority's contacts in order with what came of each; ``text`` prints as efforts made to obtain
    consent. Officers only."""
    with service.read() as reader:
        written, now = case_of(reader, actor, ref), reader.now
    return JSONResponse(chase_json(chase_list(service, actor, written, n), now))


@router.get(
    "/cases/{ref}/documents/{n}.pdf",
    summary="A document made from the case's entries",
    response_class=Response,
    responses=shapes.files("application/pdf"),
)
def read_document(service: Desk, actor: Caller, ref: Ref, n: Annotated[int, Path(ge=1, le=9999)]) -> Response:
    with service.read() as reader:
        record = _seen(reader, actor, ref)
        made = next((d for d in record.documents if d.get("document") == n), None)
        if made is None:
            raise NotFound
        _, content = store.blob(reader.connection, str(made["blob"]))
    return _file(content, "application/pdf", f"{record.ref}-{n}.pdf")


@router.get(
    "/cases/{ref}/attachments/{blob}",
    summary="A submission or an attachment, byte for byte",
    response_class=Response,
    responses=shapes.files("application/octet-stream"),
)
def read_attachment(
    service: Desk, actor: Caller, ref: Ref, blob: Annotated[str, Path(max_length=36)]
) -> Response:
    """What arrived as it arrived. ``blob`` stands in the record of the case."""
    with service.read() as reader:
        record = _seen(reader, actor, ref)
        if all(each.blob != blob for each in kept_files(record)):
            raise NotFound
        media_type, content = store.blob(reader.connection, blob)
    return _file(content, media_type, f"{record.ref}-{blob}")


def _seen(reader: Reader, actor: Actor, ref: str) -> CaseRecord:
    written = case_of(reader, actor, ref)
    return visible(reader.stream(case_stream(written)).of(CASE), viewer_of(actor))


def _file(content: bytes, media_type: str, name: str) -> Response:
    """As a download, never shown by a browser: the sender chose type and content."""
    told = media_type.partition(";")[0].strip().lower()
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(
        content,
        200,
        headers,
        told if _MEDIA_TYPE.fullmatch(told) else "application/octet-stream",
    )
