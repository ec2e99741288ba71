"""Who has the watch: the rosters and overrides of the stream ``duty``, and the one function that answers from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from cna_service.duty.roster import POSTS, Roster, read_roster
from cna_service.duty.rotations import Piece
from cna_service.kit.instants import from_optional, from_text, to_text
from cna_service.ledger.entry import Draft, Entry, EntryType, UnknownEntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("roster.set", "a roster, or a new version of it, is in force from an instant on", ("/reason",)),
    EntryType("roster.override_added", "an officer has a post from one instant to another", ("/reason",)),
    EntryType("roster.override_removed", "an override ends now, or never begins", ("/reason",)),
)
_OWN = {each.name: each.v for each in ENTRY_TYPES}


@dataclass(frozen=True, slots=True)
class RosterVersion:
    """``in_force_from`` None: of the first version, which also answers for the time before it was entered."""

    roster: Roster
    in_force_from: datetime | None


@dataclass(frozen=True, slots=True)
class Override:
    id: str
    post: str
    officer: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Rosters:
    """``versions``: by roster, in the order of entry; ``overrides``: in the order of entry, the later one counts."""

    versions: Mapping[str, tuple[RosterVersion, ...]] = field(default_factory=lambda: MappingProxyType({}))
    overrides: Mapping[str, Override] = field(default_factory=lambda: MappingProxyType({}))


def apply_duty(state: Rosters, entry: Entry) -> Rosters:
    """The fold; ignores the types of other slices. Raises UnknownEntryType for an unknown version of its own."""
    change = _CHANGES.get(entry.type)
    if change is None:
        return state
    if entry.v != _OWN[entry.type]:
        raise UnknownEntryType(entry)
    return change(state, entry)


def _set(state: Rosters, entry: Entry) -> Rosters:
    roster = read_roster(entry.body)
    older = state.versions.get(roster.id, ())
    since = from_optional(entry.body.get("in_force_from")) or entry.recorded_at
    version = RosterVersion(roster, since if older else None)
    return replace(state, versions=MappingProxyType({**state.versions, roster.id: (*older, version)}))


def _add(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    override = Override(
        body["override"], body["post"], body["officer"], from_text(body["from"]), from_text(body["to"])
    )
    return replace(state, overrides=MappingProxyType({**state.overrides, override.id: override}))


def _remove(state: Rosters, entry: Entry) -> Rosters:
    """What was, was: an override that has begun ends at its removal and stays for questions about the past."""
    override = state.overrides.get(entry.body["override"])
    if override is None or override.ends_at <= entry.recorded_at:
        return state
    others = {key: each for key, each in state.overrides.items() if key != override.id}
    if override.starts_at < entry.recorded_at:
        others = {**state.overrides, override.id: replace(override, ends_at=entry.recorded_at)}
    return replace(state, overrides=MappingProxyType(others))


_CHANGES: Mapping[str, Callable[[Rosters, Entry], Rosters]] = {
    "roster.set": _set,
    "roster.override_added": _add,
    "roster.override_removed": _remove,
}


@dataclass(frozen=True, slots=True)
class Watch:
    """``posts``: post → officer id or None; ``fallen_back``: posts whose officer is only the roster's fallback.
    Nothing of it changes from ``starts_at`` until ``ends_at`` (None: without bound)."""

    posts: Mapping[str, str | None]
    starts_at: datetime | None
    ends_at: datetime | None
    fallen_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shift:
    """One post over one stretch of time; ``officer`` None: nobody."""

    post: str
    officer: str | None
    starts_at: datetime
    ends_at: datetime


def who_has_the_watch(rosters: Rosters, at: datetime) -> Watch:
    """The one answer for screens, calendars, the API and the climb of alerts."""
    found = {post: _post(rosters, post, at) for post in POSTS}
    pieces = [piece for piece, _ in found.values()]
    return Watch(
        posts=MappingProxyType({post: piece.officer for post, (piece, _) in found.items()}),
        starts_at=_latest(piece.starts_at for piece in pieces),
        ends_at=_earliest(piece.ends_at for piece in pieces),
        fallen_back=frozenset(post for post, (_, is_fallback) in found.items() if is_fallback),
    )


def watches(rosters: Rosters, start: datetime, stop: datetime) -> list[Watch]:
    """The watches from ``start`` to ``stop``, cut to these bounds, without gap and without overlap."""
    found: list[Watch] = []
    for begins, ends, watch in _stretches(rosters, start, stop):
        if found and (found[-1].posts, found[-1].fallen_back) == (watch.posts, watch.fallen_back):
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
            [s for s in stretches if s[2].posts[post] is None or post in s[2].fallen_back], post
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


def _joined(stretches: Sequence[_Stretch], post: str) -> list[Shift]:
    joined: list[Shift] = []
    for begins, ends, watch in stretches:
        officer = watch.posts[post]
        if joined and (joined[-1].officer, joined[-1].ends_at) == (officer, begins):
            joined[-1] = replace(joined[-1], ends_at=ends)
        else:
            joined.append(Shift(post, officer, begins, ends))
    return joined


def _post(rosters: Rosters, post: str, at: datetime) -> tuple[Piece, bool]:
    """The piece of a post around ``at``, and whether its officer is only the fallback."""
    pieces, fallback = _rostered(rosters, post, at)
    overrides = [each for each in rosters.overrides.values() if each.post == post]
    bounds = [b for each in overrides for b in (each.starts_at, each.ends_at)]
    starts_at = _latest([*(p.starts_at for p in pieces), *(b for b in bounds if b <= at)])
    ends_at = _earliest([*(p.ends_at for p in pieces), *(b for b in bounds if b > at)])
    override = next((o for o in reversed(overrides) if o.starts_at <= at < o.ends_at), None)
    officer = override.officer if override else next((p.officer for p in pieces if p.officer), None)
    is_fallback = officer is None and fallback is not None
    return Piece(officer or fallback, starts_at, ends_at), is_fallback


def _rostered(rosters: Rosters, post: str, at: datetime) -> tuple[list[Piece], str | None]:
    pieces: list[Piece] = []
    fallback: str | None = None
    for versions in rosters.versions.values():
        changes = [v.in_force_from for v in versions if v.in_force_from is not None]
        in_force = next(v for v in reversed(versions) if v.in_force_from is None or v.in_force_from <= at)
        roster = in_force.roster
        pieces.append(
            Piece(None, _latest(c for c in changes if c <= at), _earliest(c for c in changes if c > at))
        )
        pieces += [rotation.piece(at, roster.zone) for rotation in roster.rotations if rotation.post == post]
        fallback = fallback or roster.fallback.get(post)
    return pieces, fallback


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
