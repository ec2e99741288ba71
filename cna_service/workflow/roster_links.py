"""Calendars by address: whoever has it reads the watches, and nothing else, without signing in.

Only the hash of an address's token is kept. Somebody who reads the log learns of no calendar; somebody who finds an
address learns who has which watch, until it is revoked or its officer's account is disabled.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.ical_out import Event, calendar_text, feed_shifts, uid_of
from cna_service.duty.limits import refuse_beyond
from cna_service.duty.rules import Rosters, Shift
from cna_service.duty.state import CalendarLink
from cna_service.identity.actors import Actor
from cna_service.identity.officers import Officers
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.receipts import done
from cna_service.workflow.roster import RosterNotFound
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Service

SCOPES = ("officer", "roster")
_POSTS = {"duty_officer": "Duty officer", "deputy": "Deputy", "supervisor": "Supervisor"}


class CalendarNotFound(NotFound):
    code = "calendar-not-found"
    title = "There is no such calendar"


@dataclass(frozen=True, slots=True)
class MadeCalendar:
    """``token`` is the secret part of the address, shown once and kept nowhere."""

    reply: Reply
    token: str = field(repr=False)


def make_link(
    service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None
) -> MadeCalendar:
    """Make an address for one's own watches, or for a whole roster: ``{scope?, of?}``.

    ``scope``: ``officer`` (default; ``of`` default: oneself) or ``roster`` (``of``: its id). Raises Invalid,
    RosterNotFound, NotPermitted (for another officer without the right to change rosters), TooMany.
    """
    asked = Asked(body)
    scope = asked.word("scope", SCOPES, "officer")
    of = asked.text("of", required=scope == "roster", longest=64) or actor.id
    asked.done()
    is_own = scope == "officer" and of == actor.id
    with service.write(actor, Action.DUTY_ASK if is_own else Action.DUTY_CHANGE, DUTY, key=key) as work:
        rosters = work.of(ROSTERS)
        if scope == "roster" and of not in rosters.versions:
            raise RosterNotFound(f"There is no roster {of}.")
        if scope == "officer":
            work.of(OFFICERS, DESK).find(of)
        mine = [link for link in rosters.links.values() if (link.scope, link.of) == (scope, of)]
        refuse_beyond("calendar links of one officer or roster", len(mine))
        token, link = secrets.token_urlsafe(32), uuid7(work.now)
        told = {"link": link, "scope": scope, "of": of, "token_sha256": _hash(token), "by": actor.id}
        work.append(Draft("calendar.link_made", told))
        # The stored answer holds no secret: a repeated command makes no second address and shows none.
        return MadeCalendar(done(work, link=link, scope=scope, of=of), token)


def revoke_link(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """An address answers no more: ``{link, reason?}``. Raises Invalid, CalendarNotFound, NotPermitted."""
    asked = Asked(body)
    name, reason = asked.needed("link", longest=64), asked.text("reason", longest=500)
    asked.done()
    with service.write(actor, Action.DUTY_ASK, DUTY, key=key) as work:
        link = work.of(ROSTERS).links.get(name)
        if link is None:
            raise CalendarNotFound("It was revoked already, or never was.")
        if (link.scope, link.of) != ("officer", actor.id):
            require(actor, Action.DUTY_CHANGE)
        work.append(Draft("calendar.link_revoked", {"link": name, "by": actor.id, "reason": reason}))
        return done(work, link=name)


def address_of(service: Service, token: str) -> str:
    """The whole address, as a calendar program takes it."""
    return f"{service.desk.public_url.rstrip('/')}/api/v1/duty/{token}.ics"


def calendar_at(service: Service, token: str) -> bytes:
    """The calendar behind an address. Raises CalendarNotFound, alike for a wrong, revoked and dead one."""
    with service.read() as reader:
        rosters, officers, now = rosters_of(reader), reader.stream(DESK).of(OFFICERS), reader.now
    hashed = _hash(token)
    link = next((each for each in rosters.links.values() if each.token_sha256 == hashed), None)
    if link is None or not _is_alive(link, officers):
        raise CalendarNotFound
    return calendar_of(service, rosters, officers, link.scope, link.of, now)


def calendar_of(
    service: Service, rosters: Rosters, officers: Officers, scope: str, of: str, now: Any
) -> bytes:
    """The feed of one officer or one roster as of ``now``."""
    found = feed_shifts(rosters, now)
    if scope == "officer":
        found = [shift for shift in found if shift.officer == of]
        title = f"{service.desk.name}: watches of {_name(officers, of)}"
    else:
        versions = rosters.versions.get(of, ())
        posts = {post for version in versions for post in version.roster.posts}
        found = [shift for shift in found if shift.post in posts]
        title = f"{service.desk.name}: watch"
    mark = "EXERCISE " if service.desk.is_exercise else ""
    events = [_event(service.desk.log_origin, shift, officers, mark) for shift in found]
    return calendar_text(f"{mark}{title}", events, now)


def _event(origin: str, shift: Shift, officers: Officers, mark: str) -> Event:
    post = _POSTS.get(shift.post, shift.post)
    who = "NOBODY" if shift.officer is None else _name(officers, shift.officer)
    extra = {"fallback": " (fallback)", "override": " (override)", "swap": " (swap)", "next": " (stands in)"}
    notes = []
    if shift.passed_over:
        notes.append(f"Passed over: {', '.join(_name(officers, each) for each in shift.passed_over)}.")
    if shift.officer is None:
        notes.append("Nobody has this post then. Tell the supervisor.")
    return Event(
        uid_of(origin, shift),
        f"{mark}{post}: {who}{extra.get(shift.why or '', '')}",
        " ".join(notes),
        shift.starts_at,
        shift.ends_at,
        is_gap=shift.officer is None,
    )


def _is_alive(link: CalendarLink, officers: Officers) -> bool:
    """Whoever has no account any more reads no roster either."""
    name = link.of if link.scope == "officer" else link.by
    known = officers.get(name)
    return known is not None and known.is_enabled


def _name(officers: Officers, officer: str) -> str:
    found = officers.get(officer)
    return officer if found is None else found.name


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
