"""The desk tries its own paging path from end to end: raise, climb, outbox, provider, report, the message come back.

A real alert, through the engine that real alerts go through, to a line that is nobody's. What could be proved is said
and no more: with one line the provider's report, with a line of the desk's own the very text that came back. It needs
no watch of its own: the alert's entries say what happened, and a timer of the fold asks for the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cna_service.alerts.rules import Fault, verdict
from cna_service.db import outbox
from cna_service.escalation import drafts
from cna_service.escalation.ladders import Channel
from cna_service.escalation.state import Alert, Escalations, Sending, SendingState
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.ledger.entry import Draft
from cna_service.workflow.edge.paging_store import last_try
from cna_service.workflow.line_switch import self_test_failed
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import ALERTS, DESK, LINES, WATCHING
from cna_service.workflow.self_test_line import KIND, KINDS, PROBE, first_sendings
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alert, raise_alert
from cna_service.workflow.trouble import no_longer, raise_once
from cna_service.workflow.work import Work

FAILED_KIND = "self_test_failed"

__all__ = (
    "FAILED_KIND",
    "KINDS",
    "NoSelfTestLine",
    "begin_self_test",
    "fire",
    "self_test_on_schedule",
    "switch_after_failure",
    "take_back_loop",
)


class NoSelfTestLine(NotFound):
    code = "no-self-test-line"
    title = "No line is set up for the desk's self-test"


def begin_self_test(service: Service) -> str:
    """Raise the alert, or find the one that is under way; returns its id. Raises NoSelfTestLine."""
    line = service.desk.self_test
    if not line.channels:
        raise NoSelfTestLine("Set CNA_SELF_TEST_NUMBER or CNA_SELF_TEST_MAIL.")
    with service.read() as reader:
        under_way = _open(reader.stream(DESK).of(ALERTS))
    if under_way is not None:
        return under_way.id
    facts = {
        "person": PROBE,
        "channels": list(line.channels),
        "is_loop": line.is_loop,
        "within_seconds": int(line.within.total_seconds()),
    }
    with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        return raise_alert(service, work, KIND, stream=DESK, facts=facts)


def self_test_on_schedule(service: Service) -> None:
    """The calendar's duty: nothing where no line is set up, and nothing in an exercise, where case time may be held."""
    if service.desk.self_test.channels and not service.desk.is_exercise:
        begin_self_test(service)


def fire(service: Service, work: Work, stream: str, alert_id: str) -> None:
    """Say the result: an entry with what was measured; a failure tells the administrator by whatever works."""
    alert = work.of(ALERTS, stream).by_id[alert_id]
    channels = [_result(work.connection, alert, sending) for sending in first_sendings(alert).values()]
    channels += [
        {"channel": each, "result": "not_sent"}
        for each in alert.text_facts.get("channels", ())
        if each not in {c["channel"] for c in channels}
    ]
    is_well = all(each["result"] in ("came_back", "delivered", "accepted") for each in channels)
    body = {"alert": alert.id, "result": "passed" if is_well else "failed", "channels": channels}
    work.append(Draft("self_test.finished", body), stream)
    close_alert(work, alert.id, "self_test_finished", stream)
    if is_well:
        no_longer(work, FAILED_KIND, {}, "self_test_passed")
    else:
        raise_once(service, work, FAILED_KIND, {})


def switch_after_failure(service: Service, outside: Outside) -> bool:
    """A test that did not come through by the line that carries lets the spare carry; not one that failed for the
    telephone at its end. True if it was switched."""
    with service.read() as reader:
        desk = reader.stream(DESK)
        tested, lines = desk.of(WATCHING).self_test, desk.of(LINES)
    if tested is None or (lines.last is not None and lines.last.at >= tested.at):
        return False
    blamed = [c for c in tested.channels if c["channel"] == Channel.SMS.value and _is_the_line_s_fault(c)]
    return any(self_test_failed(service, outside, str(c.get("provider"))) for c in blamed)


def _is_the_line_s_fault(channel: Mapping[str, Any]) -> bool:
    if channel["result"] in ("delivered", "came_back"):
        return False
    judged = verdict(channel["code"]) if channel.get("code") else None
    return judged is None or judged.fault not in (Fault.PHONE_OFF, Fault.PERMANENT)


def take_back_loop(service: Service, params: Mapping[str, str], keep: Callable[[Connection], object]) -> bool:
    """Is this text our own test, come back over the desk's second number? Then it is no reply and no stranger's, also
    when it comes too late. ``keep`` is called within the transaction. Called with signed callbacks only."""
    line = service.desk.self_test
    sender, to, text = params.get("From", ""), params.get("To", ""), params.get("Body", "")
    if not line.is_loop or to != line.number or sender not in service.desk.calls_from:
        return False
    with service.tick(SERVICE, [DESK], wait=True) as work:
        keep(work.connection)
        alert = _open(work.of(ALERTS, DESK))
        code = None if alert is None else _code(work.connection, alert)
        if alert is not None and code is not None and code in text and alert.is_climbing:
            work.append(drafts.acknowledged(alert, PROBE, by="sms", code=code, from_number=sender), DESK)
    return True


def _open(alerts: Escalations) -> Alert | None:
    return next((a for a in alerts.open if a.kind == KIND), None)


def _code(connection: Connection, alert: Alert) -> str | None:
    for sending in alert.sendings.values():
        row = outbox.row(connection, sending.id)
        if row is not None and row["channel"] == Channel.SMS.value:
            return str(row["content"]["code"])
    return None


def _result(connection: Connection, alert: Alert, sending: Sending) -> dict[str, Any]:
    """What was measured of one channel, in milliseconds since the alert was raised."""
    told: dict[str, Any] = {"channel": sending.contact.channel.value, "result": _word(alert, sending)}
    tried = last_try(connection, sending.id)
    if tried is not None:
        told |= {"provider": tried.provider, "asked_ms": _ms(alert, tried.began_at)}
        if tried.outcome == "accepted":
            told["accepted_ms"] = _ms(alert, tried.began_at + tried.took)
        else:
            told["code"] = tried.code
    if sending.state is SendingState.DELIVERED:
        told["delivered_ms"] = _ms(alert, sending.since)
    if sending.contact.channel is Channel.SMS and alert.acknowledgement is not None:
        told["came_back_ms"] = _ms(alert, alert.acknowledgement.at)
    return told


def _ms(alert: Alert, at: datetime) -> int:
    return (at - alert.raised_at) // timedelta(milliseconds=1)


def _word(alert: Alert, sending: Sending) -> str:
    is_sms = sending.contact.channel is Channel.SMS
    if is_sms and alert.text_facts.get("is_loop"):
        return "came_back" if alert.acknowledgement is not None else _short_of(sending)
    if is_sms:
        return "delivered" if sending.state is SendingState.DELIVERED else _short_of(sending)
    return "accepted" if sending.state in (SendingState.SENT, SendingState.DELIVERED) else _short_of(sending)


def _short_of(sending: Sending) -> str:
    return {
        SendingState.QUEUED: "not_sent",
        SendingState.SENT: "not_delivered",
        SendingState.MISSED: "not_delivered",
        SendingState.DELIVERED: "not_come_back",
        SendingState.UNDELIVERED: "not_delivered",
        SendingState.FAILED: "refused",
    }[sending.state]
