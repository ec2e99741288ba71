"""Which line carries and how the providers are, folded from the ``desk`` stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from cna_service.ledger.entry import Entry, EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("provider.switched", "Summonses go by another telephone company from here on, and why."),
    EntryType("provider.checked", "What was found of a telephone company's account changed."),
)
_KEPT = 50


@dataclass(frozen=True, slots=True)
class Switch:
    """``why``: errors, account, self_test (it failed), proved (the primary works again), asked (by a person)."""

    at: datetime
    before: str
    after: str
    why: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """``troubles``: codes, in the order of their weight; ``since``: when they last changed."""

    provider: str
    since: datetime
    is_active: bool
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    switches: tuple[Switch, ...] = ()
    checked: Mapping[str, Checked] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def last(self) -> Switch | None:
        return self.switches[-1] if self.switches else None

    def carrying(self, names: tuple[str, ...]) -> str:
        """The line that carries among those set up now: a name that is no longer set up counts for nothing."""
        return self.last.after if self.last is not None and self.last.after in names else names[0]

    def since(self, name: str) -> datetime | None:
        """Since when it carries; None where no entry says so: always."""
        return self.last.at if self.last is not None and self.last.after == name else None

    def failures(self, name: str, now: datetime, within: timedelta = timedelta(days=1)) -> int:
        """How often it was left for its failures lately."""
        return sum(1 for s in self.switches if s.before == name and s.why != "asked" and now - s.at <= within)


def apply_lines(state: Lines, entry: Entry) -> Lines:
    body = entry.body
    if entry.type == "provider.switched":
        one = Switch(entry.recorded_at, body["from"], body["to"], body["why"], body.get("code"))
        return replace(state, switches=(*state.switches, one)[-_KEPT:])
    if entry.type == "provider.checked":
        name = body["provider"]
        found = Checked(name, entry.recorded_at, body["is_active"], tuple(body["troubles"]))
        return replace(state, checked=MappingProxyType({**state.checked, name: found}))
    return state
