"""Absences: for a time the roster passes an officer over. He notes his own; the supervisor anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.limits import refuse_beyond, still_to_come
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DUTY, ROSTERS
from cna_service.workflow.receipts import done
from cna_service.workflow.roster import FARTHEST, absent_at, unknown
from cna_service.workflow.roster_checks import note_findings
from cna_service.workflow.service import Service


class AbsenceNotFound(NotFound):
    code = "absence-not-found"
    title = "There is no such absence"


class AbsenceAlreadyNoted(Conflict):
    code = "absence-already-noted"
    title = "That absence is noted already"


def note_absence(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Note that an officer has no watch: ``{officer?, from?, to, reason?}``; default: oneself, from now.

    Raises Invalid, AbsenceAlreadyNoted, NotPermitted (for somebody else without the right to change rosters), TooMany.
    """
    asked = Asked(body)
    officer = asked.text("officer", longest=64) or actor.id
    starts_at, ends_at = asked.instant("from"), asked.instant("to", required=True)
    reason = asked.text("reason", longest=500)
    with service.write(actor, _action(actor, officer), DUTY, key=key) as work:
        begins = starts_at or work.now
        if (work.now - begins).total_seconds() > 60:
            asked.wrong("from", to_text(begins), "lies in the past", "leave it empty to begin now")
        if begins > work.now + FARTHEST:
            asked.wrong("from", to_text(begins), "is more than two years ahead", "write an earlier instant")
        if ends_at is not None and ends_at <= max(begins, work.now):
            asked.wrong("to", to_text(ends_at), "does not lie after the beginning", "write a later instant")
        if ends_at is not None and (ends_at - begins).days > 400:
            asked.wrong(
                "to", to_text(ends_at), "is more than 400 days after the beginning", "disable the account"
            )
        asked.problems.extend(unknown(work, officer, "/officer"))
        asked.done()
        assert ends_at is not None
        rosters = work.of(ROSTERS)
        known = absent_at(rosters, officer, begins, ends_at)
        if known is not None and known.starts_at <= begins and ends_at <= known.ends_at:
            raise AbsenceAlreadyNoted(f"From {to_text(known.starts_at)} to {to_text(known.ends_at)}.")
        refuse_beyond("absences to come", still_to_come(rosters, work.now)["absences to come"])
        absence = uuid7(work.now)
        told = {"absence": absence, "officer": officer, "from": to_text(begins), "to": to_text(ends_at)}
        work.append(Draft("absence.noted", {**told, "by": actor.id, "reason": reason}))
        note_findings(service, work)
        return done(work, absence=absence, officer=officer)


def end_absence(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """End an absence now, or take back one that has not begun: ``{absence, reason?}``.

    Raises Invalid, AbsenceNotFound, NotPermitted.
    """
    asked = Asked(body)
    name, reason = asked.needed("absence", longest=64), asked.text("reason", longest=500)
    asked.done()
    with service.write(actor, Action.DUTY_ASK, DUTY, key=key) as work:
        found = work.of(ROSTERS).absences.get(name)
        if found is None or found.ends_at <= work.now:
            raise AbsenceNotFound("It has ended already, or was taken back.")
        require(actor, _action(actor, found.officer))
        work.append(Draft("absence.ended", {"absence": name, "by": actor.id, "reason": reason}))
        note_findings(service, work)
        return done(work, absence=name)


def _action(actor: Actor, officer: str) -> Action:
    return Action.DUTY_ASK if officer == actor.id else Action.DUTY_CHANGE
