"""What the entries of a stream say about its alerts: values only, changed by :mod:`cna_service.escalation.fold`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from cna_service.escalation.ladders import Channel, Ladder

ACK_OVERDUE = "ack_overdue"
"""The kind of the alert by which a holder who went quiet is summoned again (desk-rules 3.1)."""

READ_BACK = "decision_recorded"
"""The kind of the alert by which who decided gets what was recorded of it, to confirm or correct."""

ASKS_A_PERSON = frozenset({"decision_wanted", READ_BACK, "approval_wanted", "approval_due"})
"""Kinds that ask one person for his word. Who takes one does not hold the case by it, and answers it by a code."""

PERSON_WANTED = "person_wanted"
"""The kind of the alert by which a holder calls one more person to his side."""

TELLS_A_PERSON = frozenset({"overreach", "statement_for_adviser", PERSON_WANTED})
"""Kinds that tell one person something. Who takes one knows it, and does not hold the case by it."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach one officer. ``id`` names the contact, it never is the number or the address."""

    channel: Channel
    id: str = ""


class SendingState(IntEnum):
    """Ordered: a sending only moves forward, so that a late or repeated report changes nothing.

    SENT: the provider took it; promises nothing. MISSED: no report came within the ladder's receipt window.
    DELIVERED: the provider says it arrived (for a call: that it was picked up, perhaps by a machine); nobody need
    have seen it. UNDELIVERED, FAILED: it will not arrive.
    """

    QUEUED = 0
    SENT = 1
    MISSED = 2
    DELIVERED = 3
    UNDELIVERED = 4
    FAILED = 5

    @property
    def is_hopeful(self) -> bool:
        return self in (SendingState.QUEUED, SendingState.SENT, SendingState.DELIVERED)

    @property
    def is_final(self) -> bool:
        return self >= SendingState.DELIVERED


@dataclass(frozen=True, slots=True)
class Sending:
    """``since``: when ``state`` was recorded."""

    id: str
    officer: str
    contact: Contact
    round: int
    rung: int
    state: SendingState
    since: datetime


@dataclass(frozen=True, slots=True)
class Later:
    """One try that an officer's own rules want, so long after he was summoned."""

    after: timedelta
    contact: Contact


@dataclass(frozen=True, slots=True)
class PersonalRun:
    """How far an officer's own rules have been followed since he was summoned. ``used``: how many tries of his began,
    counted over all repeats; ``repeat``: after so long they come again, None: once."""

    round: int
    rung: int
    began: datetime
    tries: tuple[Later, ...]
    repeat: timedelta | None
    used: int

    @property
    def next(self) -> tuple[datetime, Contact] | None:
        """When he is tried again by his own rules, and on what."""
        return self.at(self.used)

    def at(self, number: int) -> tuple[datetime, Contact] | None:
        """The same of the try with that number, counted from 0 over all repeats; None where there is none."""
        cycle, n = divmod(number, len(self.tries))
        if cycle and self.repeat is None:
            return None
        period = max(self.repeat or timedelta(), self.tries[-1].after)
        return self.began + cycle * period + self.tries[n].after, self.tries[n].contact


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about: all None for one that belongs to no case."""

    case: str | None = None
    exchange: int | None = None
    clock: str | None = None

    @property
    def exchange_key(self) -> str | None:
        """``<case>/<exchange>``, 0 for a case without exchange; None without a case."""
        return None if self.case is None else f"{self.case}/{self.exchange or 0}"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """``seq``: of its entry. ``in_transit``: mine, but I am on the way for so long (desk-rules 2.3)."""

    officer: str
    by: str
    at: datetime
    seq: int
    in_transit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One summons and its climb.

    ``rung`` is the last one climbed or skipped in ``round``, 0 before the first; ``next_at`` is when the next step
    (rung, or end of the round after the last rung) is due. ``holder`` held the case when the alert was raised.
    ``contacts``: every waking contact of each officer summoned so far, in the order of use.
    """

    id: str
    stream: str
    kind: str
    subject: Subject
    urgency: str
    ladder: Ladder
    text_facts: Mapping[str, Any]
    counts_against_us: bool
    holder: str | None
    raised_at: datetime
    next_at: datetime
    round: int = 1
    rung: int = 0
    is_rung_empty: bool = False
    contacts: Mapping[str, tuple[Contact, ...]] = field(default_factory=lambda: MappingProxyType({}))
    sendings: Mapping[str, Sending] = field(default_factory=lambda: MappingProxyType({}))
    acknowledgement: Acknowledgement | None = None
    closed_at: datetime | None = None
    closed_why: str | None = None
    personal: Mapping[str, PersonalRun] = field(default_factory=lambda: MappingProxyType({}))
    """By officer: whom his own rules call again until somebody takes the alert."""
    snoozed_until: datetime | None = None

    def rests_until(self, at: datetime) -> datetime:
        """When a step that is due at ``at`` is taken: not while the alert is snoozed, nor in its quiet hours."""
        at = at if self.snoozed_until is None else max(at, self.snoozed_until)
        return self.ladder.awake(at)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_climbing(self) -> bool:
        return self.closed_at is None and self.acknowledgement is None


@dataclass(frozen=True, slots=True)
class HumanEntry:
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Who holds an exchange, by the latest acknowledgement of an alert about it that is still open."""

    subject: Subject
    acknowledgement: Acknowledgement
    stream: str
    due_at: str | None

    @property
    def officer(self) -> str:
        return self.acknowledgement.officer


@dataclass(frozen=True, slots=True)
class Escalations:
    """The alerts of one stream (or of several, folded one after the other).

    ``last_human``: by stream, the newest entry that a person made. ``waiting``: by exchange, until when its
    holder said that he waits, and for which he need not be summoned.
    """

    by_id: Mapping[str, Alert] = field(default_factory=lambda: MappingProxyType({}))
    last_human: Mapping[str, HumanEntry] = field(default_factory=lambda: MappingProxyType({}))
    waiting: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def open(self) -> tuple[Alert, ...]:
        """Alerts that are not closed, acknowledged or not, oldest first."""
        return tuple(alert for alert in self.by_id.values() if alert.is_open)

    @property
    def holds(self) -> Mapping[str, Hold]:
        """By exchange (:attr:`Subject.exchange_key`)."""
        return holds(self.open)

    def holder(self, case: str, exchange: int | None = None) -> str | None:
        """The officer who holds the exchange (the case, if it has none yet), or None."""
        key = Subject(case=case, exchange=exchange).exchange_key
        hold = self.holds.get(key) if key is not None else None
        return None if hold is None else hold.officer


def holds(alerts: Iterable[Alert]) -> dict[str, Hold]:
    found: dict[str, Hold] = {}
    for alert in alerts:
        key, acknowledgement = alert.subject.exchange_key, alert.acknowledgement
        if key is None or acknowledgement is None or alert.kind in ASKS_A_PERSON | TELLS_A_PERSON:
            continue
        older = found.get(key)
        if older is None or older.acknowledgement.seq < acknowledgement.seq:
            due_at = alert.text_facts.get("due_at") or (older.due_at if older else None)
            found[key] = Hold(alert.subject, acknowledgement, alert.stream, due_at)
    return found
