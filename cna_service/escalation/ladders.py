"""A ladder: the policy of a climb. Its copy travels in ``alert.raised``, so that an edit changes no running climb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from cna_service.kit.hours import Hours, hours_from_json
from cna_service.kit.instants import from_optional, to_text

Urgency = Literal["high", "low"]


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
    PUSH = "push"
    WEBHOOK = "webhook"
    CHAT = "chat"

    @property
    def wakes(self) -> bool:
        """Whether it can wake somebody: a mail, a chat or another machine cannot be counted on for that."""
        return self in (Channel.SMS, Channel.VOICE, Channel.PUSH)


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
    urgency: Urgency = "high"
    branch: int = 0
    """Which branch of the file's ladder this is, by the hour or the urgency of the alert; 0: none of them."""
    quiet: Hours | None = None
    """In these hours nobody is called: of low urgency alone, and never for a request."""
    not_before: datetime | None = None
    """The gear that this alert is about is being repaired until then (maintenance): it waits so long."""

    def awake(self, at: datetime) -> datetime:
        """When a step that is due at ``at`` is taken."""
        if self.not_before is not None:
            at = max(at, self.not_before)
        return at if self.quiet is None else self.quiet.after(at)

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
            # What most ladders have not, so that their copies keep the shape that they have always had.
            **({"urgency": self.urgency} if self.urgency != "high" else {}),
            **({"branch": self.branch} if self.branch else {}),
            **({"quiet": self.quiet.as_json()} if self.quiet is not None else {}),
            **({"not_before": to_text(self.not_before)} if self.not_before is not None else {}),
        }

    def by_mail(self) -> Ladder:
        """Those whom the first rung names, by mail alone, again each day until somebody takes it."""
        first = self.rungs[0]
        return replace(
            self,
            rungs=(replace(first, channels=(Channel.EMAIL,)),),
            repeat_after=timedelta(days=1),
            last_resort=LastResort(self.last_resort.who, (Channel.EMAIL,)),
        )


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
        urgency="low" if copy.get("urgency") == "low" else "high",
        branch=copy.get("branch", 0),
        quiet=None if copy.get("quiet") is None else hours_from_json(copy["quiet"]),
        not_before=from_optional(copy.get("not_before")),
    )


def _rung(copy: Mapping[str, Any]) -> Rung:
    who = copy["who"]
    return Rung(
        n=copy["rung"],
        after=timedelta(seconds=copy["after_seconds"]),
        who=(Who(who),) if isinstance(who, str) else tuple(Who(w) for w in who),
        channels=tuple(Channel(c) for c in copy["channels"]),
    )
