"""Alerts: every attempt, receipt and acknowledgement; taking one, and asking for the next person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Command, Desk
from cna_service.cases.as_json import plain
from cna_service.escalation.state import Alert, Sending
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import read_reference
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.ledger.entry import Entry
from cna_service.workflow import queries, views
from cna_service.workflow.alerts import AlertNotFound, acknowledge_alert, next_rung
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import ALERTS, case_stream
from cna_service.workflow.queries import Sent
from cna_service.workflow.service import Reader, Service

router = APIRouter(tags=["alerts"])

_OF_ALERTS = ("alert.", "rung.", "ladder.")
Case = Annotated[
    str | None, Query(max_length=20, description="the case's reference; the desk's own without it")
]
AlertId = Annotated[str, Path(max_length=40)]


@router.get("/alerts", summary="Who was summoned, how, and what came of it",
            responses=shapes.answers(200, 401, 403, 404, 422))  # fmt: skip
def list_alerts(service: Desk, actor: Caller, case: Case = None) -> JSONResponse:
    """With ``case``: every alert of it, with the entries. Without: what is open now, of the desk and of all cases."""
    require(actor, Action.ALERT_READ)
    if case is None:
        shown = views.alerts(service)
        found = [_alert(v.alert, {s.sent.id: s.sent for s in v.sendings if s.sent}) for v in shown.open]
        return JSONResponse({"alerts": found})
    with service.read() as reader:
        stream = _stream(reader, case)
        alerts = list(reader.stream(stream).of(ALERTS).by_id.values())
        sent = queries.sendings(reader.connection, (s for a in alerts for s in a.sendings))
        entries = store.read_entries(reader.connection, service.desk.log_origin, stream).entries
    return JSONResponse(
        {
            "alerts": [_alert(a, sent) for a in alerts],
            "entries": [_entry(e) for e in entries if e.type.startswith(_OF_ALERTS)],
        }
    )


def _stream(reader: Reader, case: str) -> str:
    written = read_reference(case)
    if written is None or store.head(reader.connection, case_stream(written)) is None:
        raise NotFound
    return case_stream(written)


def _alert(alert: Alert, sent: Any) -> dict[str, Any]:
    held = alert.acknowledgement
    return {
        "alert": alert.id,
        "stream": alert.stream,
        "case": alert.subject.case,
        "exchange": alert.subject.exchange,
        "clock": alert.subject.clock,
        "kind": alert.kind,
        "urgency": alert.urgency,
        "ladder": alert.ladder.id,
        "branch": alert.ladder.branch,
        "raised_at": to_text(alert.raised_at),
        "repeats": alert.text_facts.get("repeats"),
        "round": alert.round,
        "rung": alert.rung,
        "is_open": alert.is_open,
        "is_climbing": alert.is_climbing,
        "next_at": to_text(alert.next_at) if alert.is_climbing else None,
        "rests_until": to_text(alert.snoozed_until) if alert.is_climbing and alert.snoozed_until else None,
        "acknowledgement": None
        if held is None
        else {
            "officer": held.officer,
            "by": held.by,
            "at": to_text(held.at),
            "seq": held.seq,
            "in_transit_minutes": int(held.in_transit.total_seconds() // 60) if held.in_transit else None,
        },
        "closed_at": plain(alert.closed_at),
        "closed_why": alert.closed_why,
        "sendings": [_sending(s, sent.get(s.id)) for s in alert.sendings.values()],
    }


def _sending(sending: Sending, sent: Sent | None) -> dict[str, Any]:
    """``state`` is what the log says; ``attempts`` are the tries with the provider's word on each."""
    return {
        "sending": sending.id,
        "officer": sending.officer,
        "channel": sending.contact.channel.value,
        "contact": sending.contact.id,
        "round": sending.round,
        "rung": sending.rung,
        "state": sending.state.name.lower(),
        "since": to_text(sending.since),
        "queue": sent.state if sent else None,
        "delayed_until": to_text(sent.next_try_at) if sent is not None and sent.is_delayed else None,
        "attempts": [
            {
                "began_at": to_text(a.began_at),
                "took_us": a.took_us,
                "provider": a.provider,
                "outcome": a.outcome,
                "code": a.code,
            }
            for a in (sent.attempts if sent else ())
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "type": entry.type,
        "recorded_at": to_text(entry.recorded_at),
        "actor": plain(entry.actor),
        "body": plain(entry.body),
    }


@router.post(
    "/alerts/{alert}/acknowledgement",
    summary="Take an alert",
    status_code=201,
    openapi_extra=shapes.body(
        shapes.thing({"minutes": shapes.whole("mine, but in transit so long", minimum=1, maximum=240)}),
        required=False,
    ),
    responses=shapes.commands(),
)
def acknowledge(alert: AlertId, call: Command, case: Case = None) -> Response:
    """It stops the climb and tells the partner nothing: it acknowledges no request."""
    asked = Asked(call.body)
    minutes = asked.number("minutes", least=1, most=240)
    asked.check_unknown()
    asked.done()
    stream = stream_of(call.service, alert, case)
    return call.answer(
        lambda: acknowledge_alert(
            call.service, call.actor, stream, alert, by="api", minutes=minutes, key=call.key
        )
    )


@router.post(
    "/alerts/{alert}/escalation",
    summary="Summon the next rung now",
    status_code=201,
    openapi_extra=shapes.body(shapes.thing({}), required=False),
    responses=shapes.commands(),
)
def escalate(alert: AlertId, call: Command, case: Case = None) -> Response:
    asked = Asked(call.body)
    asked.check_unknown()
    asked.done()
    stream = stream_of(call.service, alert, case)
    return call.answer(lambda: next_rung(call.service, call.actor, stream, alert, call.key))


def stream_of(service: Service, alert: str, case: str | None) -> str:
    """The stream of an alert: the case's that is named, else wherever it is open. Raises AlertNotFound."""
    if case is not None:
        with service.read() as reader:
            return _stream(reader, case)
    shown = views.alerts(service)
    found = next((v.alert.stream for v in (*shown.open, *shown.closed) if v.alert.id == alert), None)
    if found is None:
        raise AlertNotFound(alert)
    return found
