"""When an alert next needs somebody: an index to the record, a pure function of state without ``now``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cna_service.escalation.rules import acknowledgement_window
from cna_service.escalation.state import ACK_OVERDUE, Alert, Escalations, Hold, SendingState, Subject
from cna_service.kit.instants import from_optional

TimerKey = tuple[str, str, int]
"""(kind, subject, n): kind ``rung`` with an alert's id, ``receipt`` with a sending's, ``contact`` with
``<alert>/<officer>``, ``acknowledgement`` with ``<case>/<exchange>``."""

_ROUND = 100

DueOf = Callable[[Subject], datetime | None]
"""When the clock of an exchange runs out; None while no clock runs or once a formal answer stands."""


def due_timers(state: Escalations, due_of: DueOf | None = None) -> dict[TimerKey, datetime]:
    """Every instant at which this state wants a step, a look for a receipt, or the holder summoned again.

    ``due_of`` comes from the folded case; without it the ``due_at`` that the alert named is taken as still running.
    """
    timers: dict[TimerKey, datetime] = {}
    for alert in state.open:
        if alert.is_climbing:
            timers["rung", alert.id, alert.round * _ROUND + alert.rung + 1] = alert.next_at
            timers.update(_receipts(alert))
            timers.update(_personal(alert))
    for key, hold in state.holds.items():
        due = quiet_until(state, key, hold, due_of)
        if due is not None:
            timers["acknowledgement", key, hold.acknowledgement.seq] = due
    return timers


def _receipts(alert: Alert) -> dict[TimerKey, datetime]:
    return {
        ("receipt", sending.id, sending.round): alert.rests_until(
            sending.since + alert.ladder.receipts[sending.contact.channel]
        )
        for sending in alert.sendings.values()
        if sending.state is SendingState.SENT and sending.contact.channel in alert.ladder.receipts
    }


def _personal(alert: Alert) -> dict[TimerKey, datetime]:
    """Officers' own rules within the rung: each try of theirs that is still to come, one at a time."""
    return {
        ("contact", f"{alert.id}/{officer}", run.used): alert.rests_until(run.next[0])
        for officer, run in alert.personal.items()
        if run.next is not None
    }


def quiet_until(state: Escalations, key: str, hold: Hold, due_of: DueOf | None = None) -> datetime | None:
    """Until when the holder may be quiet before he and the next rung are summoned (desk-rules 3.1); None if never.

    Counted from the newest entry of any person in the stream. While an alert of kind ``ack_overdue`` about the
    exchange climbs, that one does the summoning.
    """
    if any(a.kind == ACK_OVERDUE and a.is_climbing and a.subject.exchange_key == key for a in state.open):
        return None
    due_at = from_optional(hold.due_at) if due_of is None else due_of(hold.subject)
    human = state.last_human[hold.stream]
    if due_at is None or due_at <= human.at:
        return None
    window = acknowledgement_window(due_at - human.at)
    if hold.acknowledgement.in_transit is not None and human.seq == hold.acknowledgement.seq:
        window = hold.acknowledgement.in_transit
    quiet = human.at + window
    waiting = state.waiting.get(key)
    return quiet if waiting is None else max(quiet, waiting)
