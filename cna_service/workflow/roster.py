"""Rosters and overrides: who has the watch, set by the supervisor, taken at once by an officer of the desk.

Every edit looks at the weeks ahead before it is committed (``roster_checks``): what it leaves open is found at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.limits import refuse_beyond, roster_problems, still_to_come
from cna_service.duty.local_time import tzdata_version
from cna_service.duty.roster import POSTS, Roster, read_roster
from cna_service.duty.rotations import Listed
from cna_service.duty.rules import Rosters, override_added, shifts, who_has_the_watch
from cna_service.duty.state import OVERRIDE_KINDS, Absence
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound, Problem
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.receipts import done
from cna_service.workflow.roster_calendars import is_known
from cna_service.workflow.roster_checks import load_missing, note_findings
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

LONGEST_OVERRIDE = timedelta(days=60)
FARTHEST = timedelta(days=731)
"""Nothing of a roster begins later: a year typed wrong is found."""
USUAL_WATCH = timedelta(hours=12)
"""How long a watch taken at once lasts where the roster gives no end."""

ROSTER_FIELDS = ("roster", "zone", "holidays", "fallback", "rotations", "in_force_from")


class OverrideNotFound(NotFound):
    code = "override-not-found"
    title = "There is no such override"


class RosterNotFound(NotFound):
    code = "roster-not-found"
    title = "There is no such roster"


class WatchHeld(Conflict):
    code = "watch-held"
    title = "You have that watch already"


def set_roster(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Put a roster, or a new version of it, in force (shape: duty.roster.read_roster; with ``reason``).

    Raises RosterUnreadable or Invalid, naming every field, NotPermitted, TooMany.
    """
    roster = read_roster(body)
    asked = Asked(body)
    reason = asked.text("reason", longest=500)
    since = asked.instant("in_force_from")
    asked.done()
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        rosters = rosters_in(work)
        if since is not None and since > work.now + FARTHEST:
            asked.wrong(
                "in_force_from", to_text(since), "is more than two years ahead", "write an earlier instant"
            )
        if since is not None and since < work.now - timedelta(minutes=1) and roster.id in rosters.versions:
            asked.wrong("in_force_from", to_text(since), "lies in the past", "leave it out to begin now")
        work.refuse_if([*asked.problems, *roster_faults(work, roster)])
        if roster.id not in rosters.versions:
            refuse_beyond("rosters", len(rosters.versions))
        kept = kept_fields(body)
        work.append(Draft("roster.set", kept if reason is None else {**kept, "reason": reason}, v=2))
        load_missing(work)
        note_findings(service, work)
        return done(work, roster=roster.id)


def kept_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """A roster as it goes into an entry, with the version of the zone rules that its hours were written by."""
    kept = {name: body[name] for name in ROSTER_FIELDS if body.get(name) is not None}
    return {**kept, "tzdata": tzdata_version()}


def roster_faults(work: Work, roster: Roster) -> list[Problem]:
    """What is wrong with a roster that can be read: strangers, too much of something, a country without holidays."""
    faults = [*_strangers(work, roster), *roster_problems(roster)]
    if roster.holidays is not None and not is_known(roster.holidays):
        fix = "write another, or none and add the days by hand"
        faults.append(Problem("/holidays", roster.holidays, "is no country known here", fix))
    return faults


def end_roster(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """A roster is no more from now on: ``{roster, reason}``. Raises Invalid, RosterNotFound, NotPermitted."""
    asked = Asked(body)
    roster, reason = asked.needed("roster", longest=64), asked.needed("reason", longest=500)
    asked.done()
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        versions = work.of(ROSTERS).versions.get(roster)
        if not versions or versions[-1].is_ended:
            raise RosterNotFound(f"No roster {roster} is in force.")
        work.append(Draft("roster.ended", {"roster": roster, "by": actor.id, "reason": reason}))
        note_findings(service, work)
        return done(work, roster=roster)


def _strangers(work: Work, roster: Roster) -> Iterable[Problem]:
    """Officers on the roster who have no account, or none that is enabled."""
    for n, rotation in enumerate(roster.rotations):
        field = "stretches" if isinstance(rotation, Listed) else "officers"
        for officer in rotation.officers:
            yield from unknown(work, officer, f"/rotations/{n}/{field}")
    for post, officer in roster.fallback.items():
        yield from unknown(work, officer, f"/fallback/{post}")


def unknown(work: Work, officer: str, pointer: str) -> Iterable[Problem]:
    """What is wrong with naming this officer there."""
    found = work.of(OFFICERS, DESK).get(officer)
    if found is None:
        yield Problem(pointer, officer, "is no officer of this desk", "write an officer's identifier")
    elif not found.is_enabled:
        yield Problem(
            pointer, officer, "is a disabled account", "name another officer, or enable the account"
        )


def add_override(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Change who has a post for a time: ``{kind?, post, officer, instead_of?, from?, to, reason}``.

    ``kind``: ``add`` (default; he has it), ``remove`` (he has it not), ``replace`` (he has it where ``instead_of``
    would); ``from`` default: now. Raises Invalid, NotPermitted, TooMany.
    """
    asked = Asked(body)
    kind = asked.word("kind", OVERRIDE_KINDS, "add")
    post, officer = asked.word("post", POSTS), asked.needed("officer", longest=64)
    instead_of = asked.text("instead_of", required=kind == "replace", longest=64)
    starts_at, ends_at = asked.instant("from"), asked.instant("to", required=True)
    reason = asked.needed("reason", longest=500)
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        begins = starts_at or work.now
        asked.problems.extend(span_problems(begins, ends_at, work.now))
        asked.problems.extend(unknown(work, officer, "/officer") if officer and kind != "remove" else ())
        if ends_at is not None and not asked.problems:
            asked.problems.extend(_outside(work, kind, post, officer, instead_of, begins, ends_at))
        asked.done()
        assert ends_at is not None
        return _append(
            service, work, post, officer, begins, ends_at, reason, kind=kind, instead_of=instead_of
        )


def _outside(
    work: Work, kind: str, post: str, officer: str, instead_of: str | None, begins: datetime, ends: datetime
) -> Iterable[Problem]:
    """An override that would change nothing, or that gives a post to somebody who is away."""
    rosters = rosters_in(work)
    leaves = {"remove": officer, "replace": instead_of}.get(kind)
    having = {s.officer for s in shifts(rosters, begins, ends) if s.post == post}
    if leaves is not None and leaves not in having:
        pointer = "/officer" if kind == "remove" else "/instead_of"
        yield Problem(pointer, leaves, "does not have this post at any time of it", "look at the weeks ahead")
    if kind == "replace" and officer == instead_of:
        yield Problem("/officer", officer, "is the same officer", "name who has it instead")
    if kind != "remove" and (away := absent_at(rosters, officer, begins, ends)) is not None:
        words = f"is noted absent from {to_text(away.starts_at)} to {to_text(away.ends_at)}"
        yield Problem("/officer", officer, words, "end the absence first, or name another officer")


def absent_at(rosters: Rosters, officer: str, begins: datetime, ends: datetime) -> Absence | None:
    """The absence of an officer that meets this stretch."""
    return next(
        (
            a
            for a in rosters.absences.values()
            if a.officer == officer and a.starts_at < ends and begins < a.ends_at
        ),
        None,
    )


def take_watch(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Take a post for oneself, now, until the watch ends: ``{post?, to?, reason}``.

    Raises Invalid, WatchHeld, NotPermitted.
    """
    asked = Asked(body)
    post, ends_at = asked.word("post", POSTS, "duty_officer"), asked.instant("to")
    reason = asked.needed("reason", longest=500)
    with service.write(actor, Action.WATCH_RELIEVE, DUTY, key=key) as work:
        watch = who_has_the_watch(rosters_in(work), work.now)
        if watch.posts.get(post) == actor.id and post not in watch.fallen_back:
            raise WatchHeld("Nothing was changed: the roster has you on this post now.")
        until = ends_at or min(watch.ends_at or work.now + USUAL_WATCH, work.now + LONGEST_OVERRIDE)
        asked.problems.extend(span_problems(work.now, until, work.now))
        asked.done()
        return _append(service, work, post, actor.id, work.now, until, reason)


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
        note_findings(service, work)
        return done(work, override=override)


def span_problems(begins: datetime, ends: datetime | None, now: datetime) -> Iterable[Problem]:
    """What is wrong with a stretch of time to come."""
    if ends is None:
        return
    if begins > now + FARTHEST:
        yield Problem("/from", None, "is more than two years ahead", "write an earlier instant")
    if begins < now - timedelta(minutes=1):
        yield Problem("/from", None, "lies in the past", "leave it empty to begin now")
    if ends <= max(begins, now):
        yield Problem("/to", None, "does not lie after the beginning, or is past", "write a later instant")
    elif ends - begins > LONGEST_OVERRIDE:
        yield Problem("/to", None, "is more than sixty days after the beginning", "change the roster instead")


def _append(
    service: Service,
    work: Work,
    post: str,
    officer: str,
    begins: datetime,
    ends: datetime,
    reason: str,
    *,
    kind: str = "add",
    instead_of: str | None = None,
) -> Reply:
    refuse_beyond("overrides to come", still_to_come(work.of(ROSTERS), work.now)["overrides to come"])
    override = uuid7(work.now)
    draft = override_added(
        override,
        post=post,
        officer=officer,
        starts_at=begins,
        ends_at=ends,
        by=work.actor.id,
        reason=reason,
    )
    if kind != "add":
        draft = Draft(draft.type, {**draft.body, "kind": kind, "instead_of": instead_of}, v=2)
    work.append(draft)
    note_findings(service, work)
    return done(work, override=override, post=post, officer=officer)
