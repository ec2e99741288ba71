"""What officers do with a summons besides taking it: add a person, hand it over or back, let it rest, close, reopen.

None of it can leave a matter without anybody who is called or who holds it: handing over goes on climbing until the
other one takes it, a request that nobody has taken cannot rest, and what a clock still runs for cannot be closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation import drafts
from cna_service.escalation.hours_file import URGENT
from cna_service.escalation.ladders import Channel, Who
from cna_service.escalation.rules import Target, furthest_wait, target_of
from cna_service.escalation.state import ASKS_A_PERSON, PERSON_WANTED, Alert
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import from_optional, to_text
from cna_service.workflow.alerts import AlertHeld, alert_of
from cna_service.workflow.asked import Asked
from cna_service.workflow.derived import due_of
from cna_service.workflow.people import person
from cna_service.workflow.projections import ALERTS, CASE, DESK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.summon import climb, close_alert, queue_all, raise_alert
from cna_service.workflow.work import Work

LONGEST_REASON = 500
LONGEST_REST = timedelta(hours=12)
"""How long a summons may rest at most where no clock says less."""
SHORTEST_GIVEN, LONGEST_GIVEN = timedelta(minutes=2), timedelta(minutes=5)
"""How long the one to whom a summons was handed has it to himself, before the climb goes on."""
_LOUD = (Channel.SMS, Channel.VOICE)
_ENDED_ELSEWHERE = ASKS_A_PERSON | {"instruction_stale"}
"""Kinds that only what they ask for ends: a person's word, a unit's read-back."""


class AlertCannotRest(Conflict):
    code = "alert-cannot-rest"
    title = "This summons cannot rest"


class AlertStillNeeded(Conflict):
    code = "alert-still-needed"
    title = "This summons cannot be closed by hand"


class AsksOnePerson(Conflict):
    code = "alert-asks-one-person"
    title = "This summons asks one person for his word; nobody else can give it"


def add_person(
    service: Service,
    actor: Actor,
    stream: str,
    alert_id: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """``{officer, reason?}``: summon one more person, by SMS and telephone at once; the climb goes on as it was. Where
    somebody holds the alert already, he is called to the holder's side by a summons of his own.

    Raises Invalid, AlertNotFound, AlertHeld (it is closed), NotPermitted.
    """
    asked = Asked(body)
    officer, reason = asked.needed("officer", longest=64), asked.text("reason", longest=LONGEST_REASON)
    asked.check_unknown()
    with service.write(actor, Action.ALERT_ESCALATE, stream, key=key) as work:
        alert = _open(work, alert_id)
        target = _target(work, asked, alert, officer)
        asked.done()
        if alert.is_climbing:
            assert target is not None
            entry = work.append(drafts.person_added(alert, target, reason=reason))
            queue_all(service, work, alert_id, entry, stream)
            return done(work, alert=alert_id, officer=officer)
        other = raise_alert(
            service,
            work,
            PERSON_WANTED,
            subject=alert.subject,
            due_at=from_optional(alert.text_facts.get("due_at")),
            facts={"person": officer, **({} if reason is None else {"words": reason})},
        )
        return done(work, alert=other, officer=officer)


def reassign(
    service: Service,
    actor: Actor,
    stream: str,
    alert_id: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """``{officer?, reason?}``: hand a summons, held or not, to another officer, who is called at once; without
    ``officer`` give back what is held: the next rung is called now. Nobody holds it until somebody takes it.

    Raises Invalid, AlertNotFound, AlertHeld, AsksOnePerson, NotPermitted.
    """
    asked = Asked(body)
    officer, reason = asked.text("officer", longest=64), asked.text("reason", longest=LONGEST_REASON)
    asked.check_unknown()
    with service.write(actor, Action.ALERT_ESCALATE, stream, key=key) as work:
        alert = _open(work, alert_id)
        if alert.kind in ASKS_A_PERSON:
            raise AsksOnePerson("Ask the other one by a summons of his own.")
        if officer is None and alert.acknowledgement is None:
            asked.wrong("officer", None, "is missing: nobody holds this alert", "name who is to take it")
        target = None if officer is None else _target(work, asked, alert, officer)
        asked.done()
        hand_over(service, work, alert, target, reason)
        return done(work, alert=alert_id, officer=officer)


def hand_over(service: Service, work: Work, alert: Alert, target: Target | None, reason: str | None) -> None:
    stream = alert.stream
    wait = timedelta()
    if target is not None:
        wait = min(max(alert.ladder.wait_after(max(alert.rung, 1)), SHORTEST_GIVEN), LONGEST_GIVEN)
    held = alert.acknowledgement
    entry = work.append(drafts.reassigned(alert, target, wait=wait, reason=reason), stream)
    if held is not None:
        _let_go(work, alert, held.officer, stream)
    # He may answer with the code that he had; whoever is called anew gets one of his own.
    alert_store.revive_codes(work.connection, alert.id)
    queue_all(service, work, alert.id, entry, stream)
    climb(service, work, alert.id, stream)


def _let_go(work: Work, alert: Alert, officer: str, stream: str) -> None:
    """By no other summons of the same matter does the former holder go on holding it."""
    key = alert.subject.exchange_key
    for other in work.of(ALERTS, stream).open:
        held = other.acknowledgement
        is_same = key is not None and other.subject.exchange_key == key and other.id != alert.id
        if is_same and held is not None and held.officer == officer and other.kind not in _ENDED_ELSEWHERE:
            close_alert(work, other.id, "reassigned", stream)


def snooze(
    service: Service,
    actor: Actor,
    stream: str,
    alert_id: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """``{until, reason}``: let the climb rest. Never what concerns a case that nobody holds, never beyond half of the
    time left, never longer than twelve hours. Clocks run and warn on.

    Raises Invalid, AlertNotFound, AlertHeld, AlertCannotRest, NotPermitted.
    """
    asked = Asked(body)
    until = asked.instant("until", required=True)
    reason = asked.needed("reason", longest=LONGEST_REASON)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.ALERT_ACKNOWLEDGE, stream, key=key) as work:
        alert = _open(work, alert_id)
        if not alert.is_climbing:
            raise AlertHeld("Somebody holds it: say in the case what is waited for instead.")
        if not may_rest(work, alert):
            raise AlertCannotRest("Nobody has taken this case. Take it, or have the next person called.")
        assert until is not None
        _check_rest(asked, work.now, until, furthest_rest(alert, work.now))
        asked.done()
        work.append(drafts.snoozed(alert, until=until, reason=reason))
        work.withdraw_sendings(f"{alert.id}:")
        return done(work, alert=alert_id, until=to_text(until))


def may_rest(work: Work, alert: Alert) -> bool:
    if alert.subject.case is None:
        return alert.kind not in URGENT
    return work.of(ALERTS, alert.stream).holder(alert.subject.case, alert.subject.exchange) is not None


def furthest_rest(alert: Alert, now: datetime) -> datetime:
    due_at = from_optional(alert.text_facts.get("due_at"))
    return now + LONGEST_REST if due_at is None else min(furthest_wait(now, due_at), now + LONGEST_REST)


def _check_rest(asked: Asked, now: datetime, until: datetime, furthest: datetime) -> None:
    if until <= now:
        asked.wrong("until", to_text(until), "is past", "name an instant to come")
    elif until > furthest:
        why = "lies beyond half of the time left, or more than twelve hours ahead"
        asked.wrong("until", to_text(until), why, f"at the latest {to_text(furthest)}")


def close_by_hand(
    service: Service,
    actor: Actor,
    stream: str,
    alert_id: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """``{reason}``: the summons has no purpose any more. Refused for a case that nobody has taken or of which a clock
    runs, and for what only a word or a read-back ends.

    Raises Invalid, AlertNotFound, AlertHeld, AlertStillNeeded, NotPermitted.
    """
    asked = Asked(body)
    reason = asked.needed("reason", longest=LONGEST_REASON)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.ALERT_ACKNOWLEDGE, stream, key=key) as work:
        alert = _open(work, alert_id)
        if (why := _still_needed(work, alert)) is not None:
            raise AlertStillNeeded(why)
        close_alert(work, alert.id, "by_hand", words=reason)
        return done(work, alert=alert_id)


def _still_needed(work: Work, alert: Alert) -> str | None:
    if alert.kind in _ENDED_ELSEWHERE:
        return "Only what it asks for ends it."
    if alert.subject.case is None:
        return None
    alerts = work.of(ALERTS)
    if alerts.holder(alert.subject.case, alert.subject.exchange) is None:
        return "Nobody has taken this case: take it first."
    if due_of(work.of(CASE), alerts)(alert.subject) is not None:
        return "A clock of it runs: answer, or let whoever holds it go on holding it."
    return None


def reopen(
    service: Service,
    actor: Actor,
    stream: str,
    alert_id: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """``{reason?}``: take up a closed summons again; its climb goes on at once.

    Raises Invalid, AlertNotFound, AlertHeld (it is open), AlertStillNeeded (its case is closed), NotPermitted.
    """
    asked = Asked(body)
    reason = asked.text("reason", longest=LONGEST_REASON)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.ALERT_ESCALATE, stream, key=key) as work:
        alert = alert_of(work, alert_id)
        if alert.is_open:
            raise AlertHeld("It is open.")
        if alert.subject.case is not None and work.of(CASE).is_closed:
            raise AlertStillNeeded("Its case is closed: reopen the case, which calls people by itself.")
        work.append(drafts.reopened(alert, reason=reason))
        alert_store.revive_codes(work.connection, alert.id)
        climb(service, work, alert_id, stream)
        return done(work, alert=alert_id)


def _open(work: Work, alert_id: str) -> Alert:
    """Raises AlertNotFound, AlertHeld."""
    alert = alert_of(work, alert_id)
    if not alert.is_open:
        raise AlertHeld("It is closed; reopen it first.")
    return alert


def _target(work: Work, asked: Asked, alert: Alert, officer: str) -> Target | None:
    """The officer with all that can wake him; a wrong field where there is no such officer, or nothing can."""
    if not officer:
        return None
    known = work.of(OFFICERS, DESK).get(officer)
    if known is None or not known.is_enabled:
        why = "is no officer of this desk" if known is None else "is a disabled account"
        asked.wrong("officer", officer, why, "name an enabled officer's identifier")
        return None
    found = person(work, officer, alert.urgency)
    target = (
        None
        if found is None
        else target_of(found, Who.ASKED_PERSON, _LOUD, lambda: uuid7(work.now), is_low=False)
    )
    if target is None:
        asked.wrong("officer", officer, "has no contact that can be used", "name another officer")
    return target
