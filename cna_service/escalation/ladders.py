"""A ladder: the policy of a climb. Its copy travels in ``alert.raised``, so that an edit changes no running climb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Who(StrEnum):
    """Whom a rung summons. The watch and the accounts say who that is at the instant of the climb."""

    DUTY_OFFICER = "duty_officer"
    DEPUTY = "deputy"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    HOLDER = "holder"
    ABOVE_HOLDER = "above_holder"
    DECIDER = "decider"
    LEGAL_ADVISER = "legal_adviser"
    SECOND_DECIDER = "second_decider"
    THIRD_DECIDER = "third_decider"
    FOURTH_DECIDER = "fourth_decider"
    ASKED_PERSON = "asked_person"


class Channel(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


_ABOVE = {Who.DUTY_OFFICER: Who.DEPUTY, Who.DEPUTY: Who.SUPERVISOR, Who.SUPERVISOR: Who.ADMINISTRATOR}

NO_RECEIPTS: Mapping[Channel, timedelta] = MappingProxyType({})


def above(post: Who) -> Who:
    """The next rung's post above the one a holder has: what ``above_holder`` stands for."""
    return _ABOVE.get(post, Who.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Rung:
    """``n`` counts from 1; ``after`` is counted from the beginning of the round."""

    n: int
    after: timedelta
    who: tuple[Who, ...]
    channels: tuple[Channel, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape of ``GET /simulation``: ``who`` is a string where the rung summons one post, else a list."""
        who: str | list[str] = self.who[0].value if len(self.who) == 1 else [w.value for w in self.who]
        return {
            "rung": self.n,
            "after_seconds": int(self.after.total_seconds()),
            "who": who,
            "channels": [c.value for c in self.channels],
        }


@dataclass(frozen=True, slots=True)
class LastResort:
    """Who is summoned, on every channel named, when the last rung brought nobody."""

    who: tuple[Who, ...]
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """``repeat_after``: from the last rung to the end of the round, when the next one begins.

    ``receipts``: how long after sending a delivery report may stay out, by channel; a channel that is not named
    has no report worth waiting for. ``sha256``: of the whole file it was read from.
    """

    id: str
    rungs: tuple[Rung, ...]
    repeat_after: timedelta
    last_resort: LastResort
    receipts: Mapping[Channel, timedelta] = field(default_factory=lambda: NO_RECEIPTS)
    sha256: str = ""

    def wait_after(self, n: int) -> timedelta:
        """From rung ``n`` to the next one, or to the end of the round after the last."""
        if n >= len(self.rungs):
            return self.repeat_after
        return self.rungs[n].after - self.rungs[n - 1].after

    def following(self, n: int) -> Rung | None:
        """The first rung after ``n`` that summons somebody whom ``n`` does not."""
        own = set(self.rungs[n - 1].who)
        return next((rung for rung in self.rungs[n:] if not own.issuperset(rung.who)), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "rungs": [rung.as_json() for rung in self.rungs],
            "repeat_after_seconds": int(self.repeat_after.total_seconds()),
            "last_resort": {
                "who": [w.value for w in self.last_resort.who],
                "channels": [c.value for c in self.last_resort.channels],
            },
            "receipt_seconds": {c.value: int(t.total_seconds()) for c, t in self.receipts.items()},
            "sha256": self.sha256,
        }


def ladder_from_json(copy: Mapping[str, Any]) -> Ladder:
    """The ladder of an entry's ``ladder_copy``."""
    last = copy["last_resort"]
    return Ladder(
        id=copy["id"],
        rungs=tuple(_rung(rung) for rung in copy["rungs"]),
        repeat_after=timedelta(seconds=copy["repeat_after_seconds"]),
        last_resort=LastResort(
            who=tuple(Who(w) for w in last["who"]), channels=tuple(Channel(c) for c in last["channels"])
        ),
        receipts={Channel(c): timedelta(seconds=s) for c, s in copy["receipt_seconds"].items()},
        sha256=copy["sha256"],
    )


def _rung(copy: Mapping[str, Any]) -> Rung:
    who = copy["who"]
    return Rung(
        n=copy["rung"],
        after=timedelta(seconds=copy["after_seconds"]),
        who=(Who(who),) if isinstance(who, str) else tuple(Who(w) for w in who),
        channels=tuple(Channel(c) for c in copy["channels"]),
    )
