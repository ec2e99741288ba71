"""What the stream ``duty`` says of rosters, as frozen values: versions, overrides, absences, swaps, holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from cna_service.duty.roster import Roster

OverrideKind = Literal["add", "remove", "replace"]
OVERRIDE_KINDS: tuple[OverrideKind, ...] = ("add", "remove", "replace")
SwapState = Literal["asked", "accepted", "declined", "withdrawn"]


def _empty() -> MappingProxyType[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RosterVersion:
    """``in_force_from`` None: of the first version, which also answers for the time before it was entered.
    ``told``: the roster as it was sent, to be edited or exported. ``is_ended``: the roster is no more from then on."""

    roster: Roster
    in_force_from: datetime | None
    told: Mapping[str, Any] = field(default_factory=_empty, compare=False)
    entered_at: datetime | None = field(default=None, compare=False)
    by: str | None = field(default=None, compare=False)
    tzdata: str | None = field(default=None, compare=False)
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class Temporary:
    """For a time a whole roster is another one."""

    id: str
    roster: Roster
    starts_at: datetime
    ends_at: datetime
    told: Mapping[str, Any] = field(default_factory=_empty, compare=False)


@dataclass(frozen=True, slots=True)
class Override:
    """``add``: the officer has the post, whoever else would. ``remove``: he has it not; who follows him in his rotation
    has it, or the fallback. ``replace``: wherever ``instead_of`` would have it, ``officer`` does. ``n``: the entry's
    place in the stream; what was entered later counts. ``swap``: the swap it came from."""

    id: str
    post: str
    officer: str
    starts_at: datetime
    ends_at: datetime
    kind: OverrideKind = "add"
    instead_of: str | None = None
    n: int = field(default=0, compare=False)
    swap: str | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """The officer has no post meanwhile, save one that he takes or is given after this was entered."""

    id: str
    officer: str
    starts_at: datetime
    ends_at: datetime
    n: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of a post, as somebody has it when a swap is asked for."""

    post: str
    officer: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Swap:
    """``given``: the watch that its officer asks ``other`` to take; ``wanted``: the one he takes of him for it."""

    id: str
    given: Turn
    other: str
    wanted: Turn | None
    asked_at: datetime
    by: str
    state: SwapState = "asked"
    settled_at: datetime | None = None
    settled_by: str | None = None

    @property
    def turns(self) -> tuple[Turn, ...]:
        return (self.given,) if self.wanted is None else (self.given, self.wanted)

    @property
    def starts_at(self) -> datetime:
        """After this instant it cannot be accepted any more: the first of its watches has begun."""
        return min(turn.starts_at for turn in self.turns)


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The holidays of a country or one of its subdivisions. ``years``: those that are known, each with its source;
    ``added`` and ``struck``: by a person, and they stay when a year is loaded anew."""

    id: str
    years: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    listed: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))
    added: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))
    struck: frozenset[date] = frozenset()

    @property
    def days(self) -> Mapping[date, str]:
        """The holidays in force, by date."""
        return {d: name for d, name in {**self.listed, **self.added}.items() if d not in self.struck}

    @property
    def dates(self) -> frozenset[date]:
        return frozenset({*self.listed, *self.added} - self.struck)


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """An address at which a calendar is read without sign-in; only the hash of its token is known.
    ``scope``: of one ``officer`` (his own watches) or of one ``roster``; ``of`` is its id."""

    id: str
    scope: Literal["officer", "roster"]
    of: str
    token_sha256: str
    made_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last look at the weeks ahead found; ``findings``: their keys. ``planned``: hand-overs as (post, officer,
    instant) by the zone rules of ``tzdata``; ``moved``: those that a change of these rules moved."""

    at: datetime
    findings: frozenset[str]
    tzdata: str | None
    planned: tuple[tuple[str, str, datetime], ...] = ()
    moved: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Rosters:
    """``versions``: by roster, in the order of entry; everything else by its id, in the order of entry.

    ``away``: since when, until when accounts were disabled. The accounts say it, not this stream:
    ``workflow.roster_reading`` adds it, so that who is asked and who is called are the same.
    """

    versions: Mapping[str, tuple[RosterVersion, ...]] = field(default_factory=_empty)
    overrides: Mapping[str, Override] = field(default_factory=_empty)
    absences: Mapping[str, Absence] = field(default_factory=_empty)
    swaps: Mapping[str, Swap] = field(default_factory=_empty)
    temporaries: Mapping[str, Temporary] = field(default_factory=_empty)
    holidays: Mapping[str, HolidayCalendar] = field(default_factory=_empty)
    links: Mapping[str, CalendarLink] = field(default_factory=_empty)
    checked: Checked | None = None
    away: Mapping[str, tuple[tuple[datetime, datetime | None], ...]] = field(default_factory=_empty)
    unreadable: tuple[int, ...] = ()
    """Entries that hold a roster which nobody can read: passed over, and told, because whoever cannot say who has the
    watch could take no request and call nobody."""
