"""Whom the telephone company connects callers with when it cannot reach the desk (desk-rules 11.3): what was written
for it, when a person said that it stands there, and when that is too old to rely on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cna_service.ledger.entry import Entry, EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "fallback.written",
        "the page was made by which the telephone company connects callers while the desk is dark",
        ("/numbers", "/sha256"),
    ),
    EntryType(
        "fallback.confirmed", "a person put that page at the telephone company, or tried it", ("/words¶",)
    ),
)

OLD_AFTER = timedelta(days=30)
_OF_ROSTERS = "roster."


@dataclass(frozen=True, slots=True)
class Fallback:
    """``written``, ``confirmed``: the newest entries' bodies with ``recorded_at``; ``rosters_changed_at``: when a
    roster or an override was last entered."""

    written: Mapping[str, Any] | None = None
    written_at: datetime | None = None
    confirmed: Mapping[str, Any] | None = None
    confirmed_at: datetime | None = None
    confirmed_of: datetime | None = None
    """When the page was written that was confirmed."""
    rosters_changed_at: datetime | None = None


def apply_fallback(state: Fallback, entry: Entry) -> Fallback:
    if entry.type == "fallback.written":
        return replace(state, written=MappingProxyType(dict(entry.body)), written_at=entry.recorded_at)
    if entry.type == "fallback.confirmed":
        return replace(
            state,
            confirmed=MappingProxyType({**entry.body, "actor": entry.actor}),
            confirmed_at=entry.recorded_at,
            confirmed_of=state.written_at,
        )
    if entry.type.startswith(_OF_ROSTERS):
        return replace(state, rosters_changed_at=entry.recorded_at)
    return state


def stale_because(state: Fallback, now: datetime) -> str | None:
    """Why the fallback cannot be relied on now: ``never`` (no page was ever confirmed), ``roster`` (the roster changed
    since the confirmed page was written), ``old`` (30 days without a confirmation); None while it can."""
    if state.confirmed_at is None or state.confirmed_of is None:
        return "never"
    if state.rosters_changed_at is not None and state.rosters_changed_at > state.confirmed_of:
        return "roster"
    return "old" if now - state.confirmed_at > OLD_AFTER else None
