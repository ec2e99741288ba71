"""What the record says of a sending: taken, failed, arrived, not arrived; and whom that leads to next."""

from __future__ import annotations

from typing import Any

from cna_service.alerts.ports import Accepted, ChannelError
from cna_service.alerts.rules import was_not_reached
from cna_service.db.outbox import Claimed
from cna_service.escalation import drafts
from cna_service.escalation.rules import LedTo, UseContact, next_contact
from cna_service.escalation.state import Alert, SendingState
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow import media
from cna_service.workflow.projections import ALERTS
from cna_service.workflow.service import Service
from cna_service.workflow.summon import climb, queue
from cna_service.workflow.work import Work


def note_outcome(
    service: Service,
    work: Work,
    claimed: Claimed,
    outcome: Accepted | ChannelError,
    *,
    gave_up: bool,
    carried_as: str | None = None,
) -> None:
    """Append the entry that this sending's purpose wants, for what the provider answered to our try. ``carried_as``:
    ``sms`` where a call left as an SMS, because the line cannot call."""
    purpose = claimed.content.get("purpose")
    if purpose == "alert":
        _note_alert(service, work, claimed, outcome, gave_up=gave_up, carried_as=carried_as)
    elif purpose == "conveyance" and (isinstance(outcome, Accepted) or gave_up):
        _note_conveyance(work, claimed, outcome)
    elif purpose == media.PURPOSE:
        media.note(service, work, claimed, outcome, gave_up=gave_up)


def alert_of_sending(work: Work, stream: str, sending: str) -> Alert | None:
    return next((a for a in work.of(ALERTS, stream).by_id.values() if sending in a.sendings), None)


def _note_alert(
    service: Service,
    work: Work,
    claimed: Claimed,
    outcome: Accepted | ChannelError,
    *,
    gave_up: bool,
    carried_as: str | None,
) -> None:
    alert = alert_of_sending(work, claimed.stream, claimed.id)
    if alert is None:
        return
    if isinstance(outcome, Accepted):
        if alert.sendings[claimed.id].state is SendingState.QUEUED:
            text = str(claimed.content.get("text", ""))
            sent = drafts.sent(
                alert,
                claimed.id,
                provider=outcome.provider,
                sid=outcome.sid,
                to=claimed.contact,
                text=text,
                carried_as=carried_as,
            )
            work.append(sent, claimed.stream)
        return
    # Refused by one line for reasons of our account, with another one left, it is no fault of the contact's.
    led_to = next_contact(alert, claimed.id) if gave_up else None
    draft = drafts.failed(
        alert,
        claimed.id,
        error=outcome.code,
        permanent=outcome.permanent and gave_up,
        gave_up=gave_up,
        detail=outcome.detail or None,
        led_to=led_to,
        new_id=lambda: uuid7(work.now),
    )
    _append_and_follow(service, work, alert, draft, led_to, claimed.stream)


def _append_and_follow(
    service: Service, work: Work, alert: Alert, draft: Draft, led_to: LedTo | None, stream: str
) -> None:
    """The next contact at once, or the next rung at once if this one is lost altogether."""
    entry = work.append(draft, stream)
    following = entry.body.get("next")
    if isinstance(led_to, UseContact) and following is not None:
        queue(service, work, alert, following["sending"], led_to.officer, led_to.contact, stream)
    if alert.is_climbing:
        climb(service, work, alert.id, stream)


def note_report(service: Service, work: Work, row: dict[str, Any], status: str, code: str | None) -> None:
    """The provider's word on a sending, as it came back; states only move forward."""
    alert = alert_of_sending(work, row["stream"], row["id"])
    if alert is None:
        return
    sending = alert.sendings[row["id"]]
    if status in ("delivered", "completed"):
        if sending.state < SendingState.DELIVERED:
            work.append(drafts.delivered(alert, row["id"], status=status), row["stream"])
    elif was_not_reached(status) and not sending.state.is_final:
        led_to = next_contact(alert, row["id"])
        draft = drafts.undelivered(
            alert, row["id"], status=status, error=code, led_to=led_to, new_id=lambda: uuid7(work.now)
        )
        _append_and_follow(service, work, alert, draft, led_to, row["stream"])


def _note_conveyance(work: Work, claimed: Claimed, outcome: Accepted | ChannelError) -> None:
    """A mail with an answer left the desk, or could not: only now is a written conveyance complete."""
    content = claimed.content
    body = {
        "exchange": content["exchange"],
        "answer": content["answer"],
        "conveyance": content["conveyance"],
        "sending": claimed.id,
        "state": "sent" if isinstance(outcome, Accepted) else "failed",
        "message": outcome.sid if isinstance(outcome, Accepted) else None,
        "error": None if isinstance(outcome, Accepted) else outcome.code,
    }
    work.append(Draft("conveyance.sent", {k: v for k, v in body.items() if v is not None}), claimed.stream)
