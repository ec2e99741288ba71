"""Rosters and overrides: who has the watch, set by the supervisor, taken at once by an officer of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.roster import POSTS, Roster, read_roster
from cna_service.duty.rules import override_added, who_has_the_watch
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound, Problem
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

LONGEST_OVERRIDE = timedelta(days=60)
USUAL_WATCH = timedelta(hours=12)
"""How long a watch taken at once lasts where the roster gives no end."""

ROSTER_FIELDS = ("roster", "zone", "fallback", "rotations", "in_force_from")


class OverrideNotFound(NotFound):
    code = "override-not-found"
    title = "There is no such override"


class WatchHeld(Conflict):
    code = "watch-held"
    title = "You have that watch already"


def set_roster(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Put a roster, or a new version of it, in force (shape: duty.roster.read_roster; with ``reason``).

    Raises RosterUnreadable or Invalid, naming every field, and NotPermitted.
    """
    roster = read_roster(body)
    asked = Asked(body)
    reason = asked.text("reason", longest=500)
    asked.instant("in_force_from")
    asked.done()
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        work.refuse_if(_strangers(work, roster))
        kept = {name: body[name] for name in ROSTER_FIELDS if body.get(name) is not None}
        work.append(Draft("roster.set", kept if reason is None else {**kept, "reason": reason}))
        return done(work, roster=roster.id)


def _strangers(work: Work, roster: Roster) -> Iterable[Problem]:
    """Officers on the roster who have no account, or none that is enabled."""
    for n, rotation in enumerate(roster.rotations):
        for officer in rotation.officers:
            yield from _unknown(work, officer, f"/rotations/{n}/officers")
    for post, officer in roster.fallback.items():
        yield from _unknown(work, officer, f"/fallback/{post}")


def _unknown(work: Work, officer: str, pointer: str) -> Iterable[Problem]:
    found = work.of(OFFICERS, DESK).get(officer)
    if found is None:
        yield Problem(pointer, officer, "is no officer of this desk", "write an officer's identifier")
    elif not found.is_enabled:
        yield Problem(
            pointer, officer, "is a disabled account", "name another officer, or enable the account"
        )


def add_override(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Give a post to an officer for a time: ``{post, officer, from?, to, reason}``; ``from`` default: now.

    Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    post, officer = asked.word("post", POSTS), asked.needed("officer", longest=64)
    starts_at, ends_at = asked.instant("from"), asked.instant("to", required=True)
    reason = asked.needed("reason", longest=500)
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        begins = starts_at or work.now
        asked.problems.extend(_span_problems(begins, ends_at, work.now))
        asked.problems.extend(_unknown(work, officer, "/officer") if officer else ())
        asked.done()
        assert ends_at is not None
        return _append(work, post, officer, begins, ends_at, reason)


def take_watch(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Take a post for oneself, now, until the watch ends: ``{post?, to?, reason}``.

    Raises Invalid, WatchHeld, NotPermitted.
    """
    asked = Asked(body)
    post, ends_at = asked.word("post", POSTS, "duty_officer"), asked.instant("to")
    reason = asked.needed("reason", longest=500)
    with service.write(actor, Action.WATCH_RELIEVE, DUTY, key=key) as work:
        watch = who_has_the_watch(work.of(ROSTERS), work.now)
        if watch.posts.get(post) == actor.id and post not in watch.fallen_back:
            raise WatchHeld("Nothing was changed: the roster has you on this post now.")
        until = ends_at or min(watch.ends_at or work.now + USUAL_WATCH, work.now + LONGEST_OVERRIDE)
        asked.problems.extend(_span_problems(work.now, until, work.now))
        asked.done()
        return _append(work, post, actor.id, work.now, until, reason)


def remove_override(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """End an override now, or take back one that has not begun: ``{override, reason}``.

    Raises Invalid, OverrideNotFound, NotPermitted.
    """
    asked = Asked(body)
    override, reason = asked.needed("override", longest=64), asked.needed("reason", longest=500)
    asked.done()
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        found = work.of(ROSTERS).overrides.get(override)
        if found is None or found.ends_at <= work.now:
            raise OverrideNotFound("It has ended already, or was taken back.")
        work.append(
            Draft("roster.override_removed", {"override": override, "by": actor.id, "reason": reason})
        )
        return done(work, override=override)


def _span_problems(begins: datetime, ends: datetime | None, now: datetime) -> Iterable[Problem]:
    if ends is None:
        return
    if begins < now - timedelta(minutes=1):
        yield Problem("/from", None, "lies in the past", "leave it empty to begin now")
    if ends <= max(begins, now):
        yield Problem("/to", None, "does not lie after the beginning, or is past", "write a later instant")
    elif ends - begins > LONGEST_OVERRIDE:
        yield Problem("/to", None, "is more than sixty days after the beginning", "change the roster instead")


def _append(work: Work, post: str, officer: str, begins: datetime, ends: datetime, reason: str) -> Reply:
    override = uuid7(work.now)
    work.append(
        override_added(
            override,
            post=post,
            officer=officer,
            starts_at=begins,
            ends_at=ends,
            by=work.actor.id,
            reason=reason,
        )
    )
    return done(work, override=override, post=post, officer=officer)
