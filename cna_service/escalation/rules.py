"""What an alert does next: pure functions of its state and ``now``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cna_service.escalation.ladders import Channel, Rung, Who
from cna_service.escalation.state import Alert, Contact, Later

_LONGEST_WINDOW = timedelta(minutes=30)
_SHORTEST_WINDOW = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Climb:
    round: int
    rung: Rung
    late_by: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Exhausted:
    """The round is over: record it, use the ladder's last resort; then ask again, the next round has begun."""

    round: int
    late_by: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    why: Literal["acknowledged", "closed"]


Step = Climb | Exhausted | Wait | Ended


def next_step(alert: Alert, now: datetime) -> Step:
    """What is due. One rung at a time, whatever was slept through: the next is counted from the climb's entry.

    The ladder is the alert's own copy, so that an edit of the file changes no running climb.
    """
    if not alert.is_climbing:
        return Ended("closed" if alert.closed_at is not None else "acknowledged")
    if now < alert.next_at:
        return Wait(alert.next_at)
    return _step(alert, now - alert.next_at)


def step_now(alert: Alert) -> Climb | Exhausted | Ended:
    """The next step without waiting for its time: an officer asked for the next rung (key 5)."""
    if not alert.is_climbing:
        return Ended("closed" if alert.closed_at is not None else "acknowledged")
    return _step(alert, timedelta(0))


def _step(alert: Alert, late_by: timedelta) -> Climb | Exhausted:
    if alert.rung >= len(alert.ladder.rungs):
        return Exhausted(alert.round, late_by)
    return Climb(alert.round, alert.ladder.rungs[alert.rung], late_by)


@dataclass(frozen=True, slots=True)
class Person:
    """An officer as he can be reached now: his waking contacts in the order of his wish, and his own rules for this
    urgency: ``tries`` in order of time, again every ``repeat``."""

    officer: str
    contacts: tuple[Contact, ...]
    tries: tuple[Later, ...] = ()
    repeat: timedelta | None = None


People = Callable[[Who], Sequence[Person]]


@dataclass(frozen=True, slots=True)
class Target:
    """``sendings``: what goes out to him now, by sending id; ``spare``: contacts to be used when these fail."""

    officer: str
    post: Who
    sendings: tuple[tuple[str, Contact], ...]
    spare: tuple[Contact, ...]
    tries: tuple[Later, ...] = ()
    repeat: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """Nobody to summon. ``nobody``: no officer on the post; ``no_contact``: officers, none of them reachable."""

    reason: Literal["nobody", "no_contact"]


def reach(
    who: Sequence[Who],
    channels: Sequence[Channel],
    people: People,
    new_id: Callable[[], str],
    *,
    is_low: bool = False,
) -> tuple[Target, ...] | Empty:
    """Whom to summon and on which contacts. One officer on two posts is summoned once.

    An officer without any of the rung's channels is summoned on the first contact he has; but a rung of mail alone
    wakes nobody. His own rules add tries to the ladder's channels; where it is of low urgency they replace them.
    """
    found: dict[str, Target] = {}
    is_anybody = False
    for post in who:
        for person in people(post):
            is_anybody = True
            if person.officer in found:
                continue
            if (target := target_of(person, post, channels, new_id, is_low=is_low)) is not None:
                found[person.officer] = target
    if found:
        return tuple(found.values())
    return Empty("no_contact" if is_anybody else "nobody")


_SILENT = frozenset({Channel.EMAIL})


def target_of(
    person: Person,
    post: Who,
    channels: Sequence[Channel],
    new_id: Callable[[], str],
    *,
    is_low: bool = False,
) -> Target | None:
    """What goes out to one person now, and what his own rules want after it; None where nothing may reach him."""
    is_silent = _SILENT.issuperset(channels)
    able = [c for c in person.contacts if c.channel in channels] if is_silent else list(person.contacts)
    if not able:
        return None
    tries = tuple(t for t in person.tries if t.contact in able)
    used = list(dict.fromkeys([*_by_ladder(able, channels), *(t.contact for t in tries if not t.after)]))
    if is_low and tries:
        used = [t.contact for t in tries if not t.after]
    spare = tuple(contact for contact in able if contact not in used)
    sendings = tuple((new_id(), contact) for contact in used)
    return Target(person.officer, post, sendings, spare, tries, person.repeat if tries else None)


def _by_ladder(able: Sequence[Contact], channels: Sequence[Channel]) -> list[Contact]:
    chosen = [c for channel in channels for c in able if c.channel == channel]
    first_by_channel = {contact.channel: contact for contact in reversed(chosen)}
    return [first_by_channel[channel] for channel in channels if channel in first_by_channel] or [able[0]]


@dataclass(frozen=True, slots=True)
class UseContact:
    officer: str
    contact: Contact
    round: int
    rung: int


@dataclass(frozen=True, slots=True)
class NextRungNow:
    pass


@dataclass(frozen=True, slots=True)
class LeaveIt:
    """The climb goes on at its own time."""


LedTo = UseContact | NextRungNow | LeaveIt


def next_contact(alert: Alert, sending: str) -> LedTo:
    """What it leads to that this sending failed, did not arrive, or brought no delivery report in time.

    The officer's next contact that this round has not tried, at once; if he has none and nothing else of the
    current rung can still arrive, the next rung at once (paging.md, "Map errors").
    """
    lost = alert.sendings.get(sending)
    if lost is None or not alert.is_climbing:
        return LeaveIt()
    tried = {s.contact for s in alert.sendings.values() if (s.officer, s.round) == (lost.officer, lost.round)}
    for contact in alert.contacts.get(lost.officer, ()):
        if contact not in tried:
            return UseContact(lost.officer, contact, lost.round, lost.rung)
    if (lost.round, lost.rung) != (alert.round, alert.rung):
        return LeaveIt()
    others = (
        s for s in alert.sendings.values() if s.id != sending and (s.round, s.rung) == (lost.round, lost.rung)
    )
    return LeaveIt() if any(other.state.is_hopeful for other in others) else NextRungNow()


def acknowledgement_window(time_left: timedelta) -> timedelta:
    """How long a holder may be quiet while a clock runs: the smaller of 30 min and a tenth of the time left, never
    under 3 min (desk-rules 3.1)."""
    return max(_SHORTEST_WINDOW, min(_LONGEST_WINDOW, time_left / 10))


def furthest_wait(now: datetime, due_at: datetime) -> datetime:
    """The latest instant until which a holder may say that he waits: half of the time left (desk-rules 3.1)."""
    return now + max(timedelta(0), due_at - now) / 2
