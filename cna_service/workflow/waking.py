"""Could the desk wake somebody now? A pure judgement over what was read (desk-rules 13.1).

The signal to the outside monitor, the banner of every page, check-ins and metrics all go by this one judgement, so
that none of them can say something else. Nothing is decided by it: it says what stands in the way, and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cna_service.kit.instants import date_time_group

WAKING_CHANNELS = ("sms", "voice")
"""What rings beside a bed. Mail, chat and web push may arrive and wake nobody."""

ENGINE_WITHIN = timedelta(seconds=10)
PROVED_WITHIN = timedelta(minutes=15)
CANNOT_WAKE = "CANNOT WAKE ANYBODY"


@dataclass(frozen=True, slots=True)
class WakingFacts:
    """What was read. ``engine_age``: since the engine's last tick; None where the asker runs no engine and cannot
    judge it; one that never ticked is older than anything. ``channels``: waking channels that who has the watch can be
    called on. ``proved``: by channel, when it last proved itself: a provider's account found active, or a message
    that a provider took."""

    at: datetime
    engine_age: timedelta | None
    is_writable: bool
    on_watch: str | None
    is_enabled: bool = True
    channels: tuple[str, ...] = ()
    proved: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One reason why nobody can be woken: a stable ``code``, and a sentence with the remedy. Neither names anybody."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Waking:
    """The judgement at one instant; ``hindrances`` in the order in which they should be mended."""

    at: datetime
    hindrances: tuple[Hindrance, ...] = ()

    @property
    def is_possible(self) -> bool:
        return not self.hindrances

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(h.code for h in self.hindrances)

    @property
    def words(self) -> str:
        """One sentence for every page; empty while somebody can be woken."""
        if self.is_possible:
            return ""
        return f"{CANNOT_WAKE}: {' '.join(h.words for h in self.hindrances)}"


def can_wake(facts: WakingFacts) -> Waking:
    """Only a yes to everything is a yes: what is not known counts as no."""
    return Waking(facts.at, tuple(_hindrances(facts)))


def _hindrances(facts: WakingFacts) -> Iterator[Hindrance]:
    if not facts.is_writable:
        yield Hindrance("database", "The database cannot be written. Free its disk, or restart it.")
    if facts.engine_age is not None and facts.engine_age > ENGINE_WITHIN:
        yield Hindrance(
            "engine", "The engine has not ticked for 10 seconds: nobody is summoned. Restart the desk."
        )
    yield from _watch(facts)


def _watch(facts: WakingFacts) -> Iterator[Hindrance]:
    if facts.on_watch is None:
        yield Hindrance("nobody-on-watch", "Nobody has the watch. Take it, or set the roster.")
    elif not facts.is_enabled:
        words = "The account of who has the watch is disabled. Somebody else must take the watch."
        yield Hindrance("watch-disabled", words)
    elif not facts.channels:
        words = "Who has the watch has no telephone that may be called. Give one, or somebody else takes the watch."
        yield Hindrance("no-contact", words)
    elif not any(_is_proved(facts, channel) for channel in facts.channels):
        yield Hindrance("no-proof", _unproved(facts))


def _is_proved(facts: WakingFacts, channel: str) -> bool:
    """A proof from the future is one by a clock that was wrong: it proves nothing."""
    at = facts.proved.get(channel)
    return at is not None and timedelta() <= facts.at - at <= PROVED_WITHIN


def _unproved(facts: WakingFacts) -> str:
    last = max((facts.proved[c] for c in facts.channels if c in facts.proved), default=None)
    since = "never yet" if last is None else f"not since {date_time_group(last)}"
    return (
        f"No telephone channel proved itself within 15 minutes ({since}). Look at the provider's account, or call by "
        "another telephone; somebody must sit at the console."
    )
