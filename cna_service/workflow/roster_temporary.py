"""Temporary rosters: for a period a whole roster is another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.limits import refuse_beyond, still_to_come
from cna_service.duty.roster import RosterUnreadable, read_roster
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DUTY, ROSTERS
from cna_service.workflow.receipts import done
from cna_service.workflow.roster import FARTHEST, RosterNotFound, kept_fields, roster_faults
from cna_service.workflow.roster_checks import load_missing, note_findings
from cna_service.workflow.service import Service

LONGEST = timedelta(days=190)


class TemporaryNotFound(NotFound):
    code = "temporary-roster-not-found"
    title = "There is no such temporary roster"


def set_temporary(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Replace a roster for a period: ``{roster: {…}, from?, to, reason}``, ``roster`` as for a roster itself.

    Raises Invalid, RosterUnreadable, RosterNotFound, NotPermitted, TooMany.
    """
    asked = Asked(body)
    told = asked.part("roster", required=True).body
    starts_at, ends_at = asked.instant("from"), asked.instant("to", required=True)
    reason = asked.needed("reason", longest=500)
    try:
        roster = read_roster(told)
    except RosterUnreadable as error:
        asked.problems.extend(replace(p, pointer=f"/roster{p.pointer}") for p in error.problems)
        asked.done()
        raise
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        begins = starts_at or work.now
        if begins < work.now - timedelta(minutes=1):
            asked.wrong("from", to_text(begins), "lies in the past", "leave it empty to begin now")
        if begins > work.now + FARTHEST:
            asked.wrong("from", to_text(begins), "is more than two years ahead", "write an earlier instant")
        if ends_at is not None and not begins < ends_at <= begins + LONGEST:
            asked.wrong(
                "to", to_text(ends_at), "is not within 190 days after the beginning", "set a new roster"
            )
        asked.problems.extend(replace(p, pointer=f"/roster{p.pointer}") for p in roster_faults(work, roster))
        asked.done()
        rosters = work.of(ROSTERS)
        versions = rosters.versions.get(roster.id)
        if not versions or versions[-1].is_ended:
            raise RosterNotFound(f"There is no roster {roster.id} that could be replaced for a time.")
        refuse_beyond(
            "temporary rosters to come", still_to_come(rosters, work.now)["temporary rosters to come"]
        )
        temporary = uuid7(work.now)
        assert ends_at is not None
        kept = {name: each for name, each in kept_fields(told).items() if name != "in_force_from"}
        span = {"from": to_text(begins), "to": to_text(ends_at)}
        draft = {"temporary": temporary, "roster": kept, **span, "by": actor.id, "reason": reason}
        work.append(Draft("roster.temporary_set", draft))
        load_missing(work)
        note_findings(service, work)
        return done(work, temporary=temporary, roster=roster.id)


def end_temporary(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """End a temporary roster now, or take back one that has not begun: ``{temporary, reason}``.

    Raises Invalid, TemporaryNotFound, NotPermitted.
    """
    asked = Asked(body)
    name, reason = asked.needed("temporary", longest=64), asked.needed("reason", longest=500)
    asked.done()
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        found = work.of(ROSTERS).temporaries.get(name)
        if found is None or found.ends_at <= work.now:
            raise TemporaryNotFound("It has ended already, or was taken back.")
        work.append(Draft("roster.temporary_ended", {"temporary": name, "by": actor.id, "reason": reason}))
        note_findings(service, work)
        return done(work, temporary=name)
