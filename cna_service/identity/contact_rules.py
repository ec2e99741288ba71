"""An officer's own wish how he is called: which contact when, at high and at low urgency, and his quiet hours.

Pure. Where he set no rules (:data:`NONE_SET`) the ladder's channels hold, as if this page did not exist. A summons of
high urgency knows no quiet hours: whoever wants to sleep through it gives the watch away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal, Protocol

Urgency = Literal["high", "low"]
ANY = "any"
"""Instead of a contact's id: every contact of his that has the channel, in his order."""

WAKING = ("sms", "voice", "push")
CHANNELS = (*WAKING, "email", "webhook", "chat")


class Reachable(Protocol):
    """What a plan must know of a contact; ``identity.contacts.OfficerContact`` is one."""

    @property
    def id(self) -> str: ...
    @property
    def channels(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """``after``: counted from the moment at which the ladder summons him."""

    after: timedelta
    channel: str
    contact: str = ANY


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours, on his own wall clock, in which what is of low urgency waits; they may run over midnight."""

    starts: time
    ends: time

    def holds(self, local: time) -> bool:
        if self.starts <= self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends

    def left(self, local: time) -> timedelta:
        """How long they still last by the wall clock; zero outside them."""
        if not self.holds(local):
            return timedelta()
        day = datetime(2001, 1, 1)  # noqa: DTZ001 - wall times, compared with each other alone
        ends, now = datetime.combine(day, self.ends), datetime.combine(day, local)
        return ends - now if ends > now else ends + timedelta(days=1) - now


@dataclass(frozen=True, slots=True)
class ContactRules:
    """``repeat_every``: the steps of high urgency come again so long after they began, until somebody acknowledges;
    None: once, the ladder alone goes on. Empty steps: the ladder's channels."""

    high: tuple[Step, ...] = ()
    repeat_every: timedelta | None = None
    low: tuple[Step, ...] = ()
    quiet: Quiet | None = None

    def steps(self, urgency: str) -> tuple[Step, ...]:
        return self.low if urgency == "low" else self.high

    def as_json(self) -> dict[str, Any]:
        """The shape of ``officer.rules_set``; :func:`rules_from_json` reads it."""
        quiet = self.quiet
        return {
            "high": [_told(step) for step in self.high],
            "repeat_every_seconds": None if self.repeat_every is None else _seconds(self.repeat_every),
            "low": [_told(step) for step in self.low],
            "quiet": None if quiet is None else {"from": _hour(quiet.starts), "to": _hour(quiet.ends)},
        }


NONE_SET = ContactRules()


@dataclass(frozen=True, slots=True)
class Planned:
    """One sending that the rules want: so long after the summons, on this channel, to this contact (its id)."""

    after: timedelta
    channel: str
    contact: str


def plan(
    rules: ContactRules, contacts: Sequence[Reachable], urgency: str, local: time
) -> tuple[Planned, ...]:
    """Whom to call when, the earliest first; ``contacts`` in the order of his wish, without those that cannot be
    used now. Empty: he set no rules for this urgency, or none of his steps has a contact left; then the ladder's own
    channels hold. ``local``: what his wall clock shows.
    """
    wait = rules.quiet.left(local) if urgency == "low" and rules.quiet is not None else timedelta()
    found: dict[tuple[str, str, timedelta], Planned] = {}
    for step in rules.steps(urgency):
        for contact in _meant(step, contacts):
            planned = Planned(wait + step.after, step.channel, contact.id)
            found.setdefault((planned.channel, planned.contact, planned.after), planned)
    return tuple(sorted(found.values(), key=lambda each: each.after))


def _meant(step: Step, contacts: Sequence[Reachable]) -> list[Reachable]:
    """A step whose contact is gone means every other with its channel: better a second telephone than none."""
    able = [each for each in contacts if step.channel in each.channels]
    named = [each for each in able if each.id == step.contact]
    return named or able


def rules_from_json(told: Mapping[str, Any]) -> ContactRules:
    """The rules of an entry's ``rules``: written by :meth:`ContactRules.as_json` alone."""
    quiet, repeat = told.get("quiet"), told.get("repeat_every_seconds")
    return ContactRules(
        high=tuple(_step(each) for each in told.get("high", ())),
        repeat_every=None if repeat is None else timedelta(seconds=repeat),
        low=tuple(_step(each) for each in told.get("low", ())),
        quiet=None if quiet is None else Quiet(hour_of(quiet["from"]), hour_of(quiet["to"])),
    )


def hour_of(text: str) -> time:
    """``07:00`` as a wall time. Raises ValueError."""
    hours, _, minutes = text.partition(":")
    if len(hours) != 2 or len(minutes) != 2 or not (hours + minutes).isdigit():
        raise ValueError(f"{text!r} is no time of day; write it like 07:00")
    return time(int(hours), int(minutes))


def _step(told: Mapping[str, Any]) -> Step:
    return Step(timedelta(seconds=told["after_seconds"]), told["channel"], told.get("contact") or ANY)


def _told(step: Step) -> dict[str, Any]:
    return {"after_seconds": _seconds(step.after), "channel": step.channel, "contact": step.contact}


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _hour(at: time) -> str:
    return f"{at:%H:%M}"
