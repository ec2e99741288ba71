"""What is announced for a time: an exercise on this site, and the repair of test gear.

While an exercise is announced every real summons begins with REAL / NOT AN EXERCISE, by whatever channel, and the
console says who takes part (desk-rules 15.2). While test gear is being repaired the alerts that the policy names
(``maintenance_kinds``) wait; nothing that concerns a request ever does. Both end by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry, EntryType

What = Literal["exercise", "maintenance"]
WHAT: tuple[What, ...] = ("exercise", "maintenance")

ANNOUNCED_TYPES = (
    EntryType(
        "exercise.announced",
        "an exercise takes place on this site: real summonses say so of themselves",
        ("/who", "/words"),
    ),
    EntryType("exercise.ended", "an announced exercise was ended before its time", ("/words",)),
    EntryType(
        "maintenance.announced",
        "test gear is being repaired: alerts about it wait, no summons of a request does",
        ("/who", "/words"),
    ),
    EntryType("maintenance.ended", "an announced repair was ended before its time", ("/words",)),
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """``who`` and ``words`` are private; None or empty once erased."""

    id: str
    what: str
    starts_at: datetime
    ends_at: datetime
    who: str
    words: str
    by: str

    def holds(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Announced:
    by_id: Mapping[str, Announcement] = field(default_factory=lambda: MappingProxyType({}))

    def now(self, at: datetime, what: What | None = None) -> tuple[Announcement, ...]:
        return tuple(a for a in self.by_id.values() if a.holds(at) and what in (None, a.what))

    def ahead(self, at: datetime) -> tuple[Announcement, ...]:
        """What holds or is still to come, the earliest first."""
        found = (a for a in self.by_id.values() if a.ends_at > at)
        return tuple(sorted(found, key=lambda a: a.starts_at))

    def is_exercise(self, at: datetime) -> bool:
        return bool(self.now(at, "exercise"))

    def repaired_at(self, at: datetime) -> datetime | None:
        """When the repairs that are announced now are over."""
        return max((a.ends_at for a in self.now(at, "maintenance")), default=None)


def apply_announced(state: Announced, entry: Entry) -> Announced:
    noun, _, verb = entry.type.partition(".")
    if noun not in WHAT or verb not in ("announced", "ended"):
        return state
    b = entry.body
    if verb == "ended":
        known = state.by_id.get(b["announcement"])
        if known is None:
            return state
        told = replace(known, ends_at=min(known.ends_at, entry.recorded_at))
    else:
        told = Announcement(
            id=b["announcement"],
            what=noun,
            starts_at=from_text(b["from"]),
            ends_at=from_text(b["to"]),
            who=str(b.get("who") or ""),
            words=str(b.get("words") or ""),
            by=str(entry.actor.get("id") or ""),
        )
    return replace(state, by_id=MappingProxyType({**state.by_id, told.id: told}))
