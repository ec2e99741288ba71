"""Who has the watch: the one function that answers, and what follows from it: watches, shifts, gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from cna_service.duty.entry_types import ENTRY_TYPES
from cna_service.duty.fold import apply_duty
from cna_service.duty.roster import POSTS, Roster
from cna_service.duty.rotations import NO_DAYS, Piece
from cna_service.duty.state import Override, Rosters, RosterVersion
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft

__all__ = [
    "ENTRY_TYPES",
    "Override",
    "RosterVersion",
    "Rosters",
    "Shift",
    "Watch",
    "Why",
    "apply_duty",
    "gaps",
    "override_added",
    "shifts",
    "watches",
    "who_has_the_watch",
]

Why = Literal["rotation", "next", "override", "swap", "fallback"]
"""Why somebody has a post: his turn; the turn of one who is absent; an override; a swap; nobody else is there."""


@dataclass(frozen=True, slots=True)
class Watch:
    """``posts``: post → officer id or None; ``fallen_back``: posts whose officer is only the roster's fallback;
    ``passed_over``: by post those whose turn it is and who are absent or disabled; ``why``: by post.
    Nothing of it changes from ``starts_at`` until ``ends_at`` (None: without bound)."""

    posts: Mapping[str, str | None]
    starts_at: datetime | None
    ends_at: datetime | None
    fallen_back: frozenset[str] = frozenset()
    passed_over: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    why: Mapping[str, Why] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def says(self) -> tuple[object, ...]:
        """What makes one watch differ from the next."""
        return self.posts, self.fallen_back, self.passed_over, self.why


@dataclass(frozen=True, slots=True)
class Shift:
    """One post over one stretch of time; ``officer`` None: nobody."""

    post: str
    officer: str | None
    starts_at: datetime
    ends_at: datetime
    why: Why | None = field(default=None, compare=False)
    passed_over: tuple[str, ...] = field(default=(), compare=False)


def who_has_the_watch(rosters: Rosters, at: datetime) -> Watch:
    """The one answer for screens, calendars, the API and the climb of alerts."""
    found = {post: _post(rosters, post, at) for post in POSTS}
    return Watch(
        posts=MappingProxyType({post: each.officer for post, each in found.items()}),
        starts_at=_latest(each.starts_at for each in found.values()),
        ends_at=_earliest(each.ends_at for each in found.values()),
        fallen_back=frozenset(post for post, each in found.items() if each.why == "fallback"),
        passed_over=MappingProxyType({p: each.passed_over for p, each in found.items() if each.passed_over}),
        why=MappingProxyType({p: each.why for p, each in found.items() if each.why is not None}),
    )


def watches(rosters: Rosters, start: datetime, stop: datetime) -> list[Watch]:
    """The watches from ``start`` to ``stop``, cut to these bounds, without gap and without overlap."""
    found: list[Watch] = []
    for begins, ends, watch in _stretches(rosters, start, stop):
        if found and found[-1].says == watch.says:
            found[-1] = replace(found[-1], ends_at=ends)
        else:
            found.append(replace(watch, starts_at=begins, ends_at=ends))
    return found


def shifts(rosters: Rosters, start: datetime, stop: datetime) -> list[Shift]:
    """Each post by itself, for calendars: in the order of posts, then of time."""
    stretches = _stretches(rosters, start, stop)
    return [shift for post in POSTS for shift in _joined(stretches, post)]


def gaps(rosters: Rosters, start: datetime, stop: datetime) -> list[Shift]:
    """When a post has nobody by rotation or override; ``officer`` is the fallback who stands in, or None."""
    stretches = _stretches(rosters, start, stop)
    return [
        shift
        for post in POSTS
        for shift in _joined(
            [s for s in stretches if s[2].posts[post] is None or post in s[2].fallen_back],
            post,
            finely=False,
        )
    ]


_Stretch = tuple[datetime, datetime, Watch]


def _stretches(rosters: Rosters, start: datetime, stop: datetime) -> list[_Stretch]:
    found: list[_Stretch] = []
    at = start
    while at < stop:
        watch = who_has_the_watch(rosters, at)
        ends_at = stop if watch.ends_at is None else min(watch.ends_at, stop)
        found.append((at, ends_at, watch))
        at = ends_at
    return found


def _joined(stretches: Sequence[_Stretch], post: str, *, finely: bool = True) -> list[Shift]:
    """``finely``: another reason for the same officer begins another shift."""
    joined: list[Shift] = []
    for begins, ends, watch in stretches:
        new = Shift(
            post, watch.posts[post], begins, ends, watch.why.get(post), watch.passed_over.get(post, ())
        )
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last, new, finely):
            joined[-1] = replace(last, ends_at=ends)
        else:
            joined.append(new)
    return joined


def _goes_on(last: Shift, new: Shift, finely: bool) -> bool:
    same = (last.officer, last.ends_at) == (new.officer, new.starts_at)
    return same and (not finely or (last.why, last.passed_over) == (new.why, new.passed_over))


@dataclass(frozen=True, slots=True)
class _Post:
    officer: str | None
    why: Why | None
    passed_over: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody who would have the post. ``n``: the place of the entry that says so, below all of them for a roster."""

    officer: str
    why: Why
    n: int = -1


def _post(rosters: Rosters, post: str, at: datetime) -> _Post:
    """Who has a post at ``at``, and around it as long as nothing changes.

    In this order: overrides that add, the last entered first; the rotations of the rosters in force, each with those
    who follow in it; their fallbacks. Of these the first who is neither absent, disabled nor removed.
    """
    in_force, cuts = _in_force(rosters, at)
    pieces = [
        (rotation.piece(at, roster.zone, _days_off(rosters, roster)))
        for roster in in_force
        for rotation in roster.rotations
        if rotation.post == post
    ]
    overrides = [each for each in rosters.overrides.values() if each.post == post]
    cuts += [b for each in overrides for b in (each.starts_at, each.ends_at)]
    cuts += [b for away in rosters.absences.values() for b in (away.starts_at, away.ends_at)]
    cuts += [b for periods in rosters.away.values() for period in periods for b in period if b is not None]
    active = [o for o in overrides if o.starts_at <= at < o.ends_at]
    fallbacks = [roster.fallback[post] for roster in in_force if post in roster.fallback]
    claim, passed_over = _first(_claims(active, pieces, fallbacks), _is_out(rosters, active, at))
    return _Post(
        None if claim is None else claim.officer,
        None if claim is None else claim.why,
        passed_over,
        _latest([*(p.starts_at for p in pieces), *(b for b in cuts if b <= at)]),
        _earliest([*(p.ends_at for p in pieces), *(b for b in cuts if b > at)]),
    )


def _days_off(rosters: Rosters, roster: Roster) -> AbstractSet[date]:
    calendar = rosters.holidays.get(roster.holidays) if roster.holidays else None
    return NO_DAYS if calendar is None else calendar.dates


def _in_force(rosters: Rosters, at: datetime) -> tuple[list[Roster], list[datetime]]:
    """The rosters in force, a temporary one in the place of the one it replaces; and when this ever changes."""
    cuts = [b for each in rosters.temporaries.values() for b in (each.starts_at, each.ends_at)]
    in_force: list[Roster] = []
    for name, versions in rosters.versions.items():
        cuts += [v.in_force_from for v in versions if v.in_force_from is not None]
        regular = next(v for v in reversed(versions) if v.in_force_from is None or v.in_force_from <= at)
        instead = [
            t for t in rosters.temporaries.values() if t.roster.id == name and t.starts_at <= at < t.ends_at
        ]
        in_force.append(instead[-1].roster if instead else regular.roster)
    return in_force, cuts


def _claims(
    active: Sequence[Override], pieces: Sequence[Piece], fallbacks: Sequence[str]
) -> Iterable[_Claim]:
    for override in reversed(active):
        if override.kind == "add":
            yield _replaced(_Claim(override.officer, "override", override.n), active)
    for piece in pieces:
        for place, officer in enumerate(piece.officers):
            yield _replaced(_Claim(officer, "rotation" if place == 0 else "next"), active)
    for officer in fallbacks:
        claim = _replaced(_Claim(officer, "fallback"), active)
        yield replace(claim, why="fallback")


def _replaced(claim: _Claim, active: Sequence[Override]) -> _Claim:
    """After the overrides entered after the claim, each once and in their order: no two of them turn in a circle."""
    for override in active:
        if override.kind == "replace" and override.instead_of == claim.officer and override.n > claim.n:
            claim = _Claim(override.officer, "swap" if override.swap else "override", override.n)
    return claim


def _is_out(rosters: Rosters, active: Sequence[Override], at: datetime) -> Callable[[_Claim], bool | None]:
    """For a claim: True where the officer is absent or disabled, None where he was removed, False where he is there.
    What was entered after his absence counts: who takes the watch is there."""
    absent = {a.officer: a.n for a in rosters.absences.values() if a.starts_at <= at < a.ends_at}
    removed = {o.officer: o.n for o in active if o.kind == "remove"}

    def is_out(claim: _Claim) -> bool | None:
        if any(
            since <= at and (until is None or at < until)
            for since, until in rosters.away.get(claim.officer, ())
        ):
            return True
        if absent.get(claim.officer, -2) > claim.n:
            return True
        return None if removed.get(claim.officer, -2) > claim.n else False

    return is_out


def _first(
    claims: Iterable[_Claim], is_out: Callable[[_Claim], bool | None]
) -> tuple[_Claim | None, tuple[str, ...]]:
    passed_over: list[str] = []
    for claim in claims:
        out = is_out(claim)
        if out is False:
            # Who follows one that was passed over in another rotation has it by his own turn.
            return claim, tuple(dict.fromkeys(passed_over))
        if out:
            passed_over.append(claim.officer)
    return None, tuple(dict.fromkeys(passed_over))


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((i for i in instants if i is not None), default=None)


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((i for i in instants if i is not None), default=None)


def override_added(
    override: str,
    *,
    post: str,
    officer: str,
    starts_at: datetime,
    ends_at: datetime,
    by: str,
    reason: str | None,
) -> Draft:
    """``by``: the officer who enters it. Taking the watch at once is an override from now to the end of the watch."""
    body = {
        "override": override,
        "post": post,
        "officer": officer,
        "from": to_text(starts_at),
        "to": to_text(ends_at),
        "by": by,
        "reason": reason,
    }
    return Draft("roster.override_added", body)
