"""When the watch next changes hands, after the last change that was recorded: pure, and not of now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cna_service.duty.relief import WatchLife
from cna_service.duty.roster import POSTS
from cna_service.duty.rules import Rosters, Watch, who_has_the_watch

FURTHEST = timedelta(days=400)
"""How far ahead a change is looked for: a roster by which nobody is relieved within a year is looked at again at its
next edit."""

AHEAD = timedelta(hours=52)
"""How far ahead, after the last change, all changes are known: the longest notice, and some hours."""


@dataclass(frozen=True, slots=True)
class Change:
    """A post passes from one officer to another (None: nobody). ``by``: why (``duty.rules.Why``), or nobody."""

    post: str
    going: str | None
    coming: str | None
    at: datetime
    by: str


def next_changes(rosters: Rosters, state: WatchLife) -> tuple[Change, ...]:
    """The changes at the first instant after the last recorded one; several posts may change at once."""
    ahead = changes_ahead(rosters, state)
    return tuple(change for change in ahead if change.at == ahead[0].at)


_Asked = tuple[Rosters, WatchLife, tuple[Change, ...]]
_newest: list[_Asked] = []
"""What was asked last, with its answer; replaced whole, so that threads may share it."""


def changes_ahead(rosters: Rosters, state: WatchLife) -> tuple[Change, ...]:
    """All changes within :data:`AHEAD` of the last recorded one, and at least the first.

    A roster by which nobody is relieved is looked through to the end: the newest answer is kept, for each write asks.
    """
    for asked, then, answer in _newest:
        if asked is rosters and _same(then, state):
            return answer
    found = tuple(_ahead(rosters, state))
    _newest[:] = [(rosters, state, found)]
    return found


def _same(one: WatchLife, other: WatchLife) -> bool:
    instants = (one.began_at, one.changed_at, one.roster_at) == (
        other.began_at,
        other.changed_at,
        other.roster_at,
    )
    return instants and one.standing is other.standing and one.away is other.away


def _ahead(rosters: Rosters, state: WatchLife) -> Iterator[Change]:
    horizon: datetime | None = None
    for change in changes_after(rosters, state, FURTHEST):
        horizon = horizon or max((state.changed_at or state.began_at or change.at) + AHEAD, change.at)
        if change.at > horizon:
            return
        yield change


def changes_after(rosters: Rosters, state: WatchLife, window: timedelta) -> Iterator[Change]:
    """Every change after the last recorded one, in order. The same officer before and after is none."""
    if state.began_at is None:
        return
    rosters = replace(rosters, away=state.away)
    at = state.changed_at or state.began_at
    limit = max(at, state.roster_at or at) + window
    first = who_has_the_watch(rosters, state.began_at)
    has: dict[str, str | None] = {post: first.posts.get(post) for post in POSTS} | dict(state.standing)
    while at < limit:
        watch = who_has_the_watch(rosters, at)
        for post in POSTS:
            coming = watch.posts.get(post)
            if coming != has[post]:
                yield Change(post, has[post], coming, at, _by(watch, post))
                has[post] = coming
        if watch.ends_at is None:
            return
        at = watch.ends_at


def holds_until(rosters: Rosters, post: str, at: datetime, window: timedelta) -> datetime | None:
    """Until when the officer who has the post at ``at`` keeps it; None: not within the window."""
    officer = who_has_the_watch(rosters, at).posts.get(post)
    look = at
    while look < at + window:
        watch = who_has_the_watch(rosters, look)
        if watch.posts.get(post) != officer:
            return look
        if watch.ends_at is None:
            return None
        look = watch.ends_at
    return None


def next_of(rosters: Rosters, post: str, at: datetime, window: timedelta) -> Change | None:
    """Who relieves whom next on a post after ``at``; None: nobody within the window."""
    until = holds_until(rosters, post, at, window)
    if until is None:
        return None
    watch = who_has_the_watch(rosters, until)
    going = who_has_the_watch(rosters, at).posts.get(post)
    return Change(post, going, watch.posts.get(post), until, _by(watch, post))


def _by(watch: Watch, post: str) -> str:
    return watch.why.get(post, "nobody")
