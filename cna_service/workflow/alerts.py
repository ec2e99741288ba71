"""Acknowledging an alert, asking for the next person, taking an acknowledgement back: acts of people on summonses.

It stops the climb and tells the partner nothing; it acknowledges no request (record.md: three things are called
acknowledging, and none implies another).
"""

from __future__ import annotations

from cna_service.alerts import store as alert_store
from cna_service.db.idempotency import Key, Reply
from cna_service.db.outbox import Sending as Row
from cna_service.duty.rules import who_has_the_watch
from cna_service.escalation import drafts, words
from cna_service.escalation.drafts import AcknowledgedBy
from cna_service.escalation.ladders import Channel, Who, above
from cna_service.escalation.state import ASKS_A_PERSON, Alert
from cna_service.escalation.words import Answer
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import uuid7
from cna_service.workflow.people import people
from cna_service.workflow.projections import ALERTS, DESK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.service import Service
from cna_service.workflow.summon import climb, voice_in
from cna_service.workflow.work import Work


class AlertNotFound(NotFound):
    code = "alert-not-found"
    title = "There is no such alert"


class AlertHeld(Conflict):
    code = "alert-held"
    title = "Somebody holds this alert already, or it is closed"


def acknowledge_alert(
    service: Service,
    actor: Actor,
    stream: str,
    alert_id: str,
    *,
    by: AcknowledgedBy = "console",
    code: str | None = None,
    number: str | None = None,
    minutes: int | None = None,
    key: Key | None = None,
) -> Reply:
    """Take an alert: the climb stops, what was not yet sent is not sent. Raises AlertNotFound, AlertHeld.

    By SMS it is echoed to the officer and to the next rung, so that a forged sender is found out (desk-rules 2.1).
    """
    with service.write(actor, Action.ALERT_ACKNOWLEDGE, stream, key=key) as work:
        alert = alert_of(work, alert_id)
        if not alert.is_climbing:
            raise AlertHeld(_held_words(alert))
        work.append(
            drafts.acknowledged(
                alert, actor.id, by=by, code=code, from_number=number, in_transit_minutes=minutes
            )
        )
        if alert.kind not in ASKS_A_PERSON:
            alert_store.end_codes(work.connection, alert.id, work.now)
        work.withdraw_sendings(f"{alert.id}:")
        if by == "sms" and number is not None:
            how: Answer = "in_transit" if minutes else "echo"
            echo(service, work, number, how, alert, minutes=minutes, to=actor.id)
        if by == "sms" or minutes:
            _tell_next_rung(service, work, alert, actor.id, minutes)
        return done(work, alert=alert_id)


def _held_words(alert: Alert) -> str:
    held = alert.acknowledgement
    return f"{held.officer} holds it since {held.at:%H:%M}Z." if held else "It is closed."


def alert_of(work: Work, alert_id: str) -> Alert:
    """Raises AlertNotFound."""
    found = work.of(ALERTS).by_id.get(alert_id)
    if found is None:
        raise AlertNotFound(alert_id)
    return found


def next_rung(service: Service, actor: Actor, stream: str, alert_id: str, key: Key | None = None) -> Reply:
    """Summon the next rung now (key 5, or by hand). Raises AlertNotFound, AlertHeld."""
    with service.write(actor, Action.ALERT_ESCALATE, stream, key=key) as work:
        alert = alert_of(work, alert_id)
        if not alert.is_climbing:
            raise AlertHeld(_held_words(alert))
        climb(service, work, alert_id, stream, why="asked")
        return done(work, alert=alert_id)


def take_back(
    service: Service, actor: Actor, stream: str, alert_id: str, *, by: AcknowledgedBy, number: str | None
) -> Reply:
    """He says "that was not me": the acknowledgement is withdrawn, the climb goes on from where it stood."""
    with service.write(actor, Action.ALERT_ACKNOWLEDGE, stream) as work:
        alert = alert_of(work, alert_id)
        held = alert.acknowledgement
        if held is None or held.officer != actor.id or not alert.is_open:
            raise AlertHeld("Nothing was taken in your name.")
        work.append(drafts.acknowledgement_withdrawn(alert, actor.id, by=by, from_number=number))
        alert_store.revive_codes(work.connection, alert_id)
        climb(service, work, alert_id, stream)
        return done(work, alert=alert_id)


def echo(
    service: Service,
    work: Work,
    number: str,
    answer: Answer,
    alert: Alert | None,
    *,
    minutes: int | None = None,
    post: str = "other",
    to: str | None = None,
) -> None:
    """Queue an answer by SMS, in the language of ``to``; operational, so that nothing hangs on it."""
    officer = None if to is None else work.of(OFFICERS, DESK).get(to)
    voice = voice_in(service, work, "en" if officer is None else officer.language, work.stream)
    words_of = words.answer(
        service.policies.texts,
        voice,
        answer,
        now=work.now,
        matter=words.matter_of(alert) if alert else None,
        since=work.now,
        minutes=minutes,
        post=post,
    )
    work.send([text_row(work.stream, number, words_of, uuid7(work.now))])


def text_row(stream: str, number: str, text: str, row_id: str) -> Row:
    content = {"purpose": "echo", "text": text}
    return Row(row_id, stream, f"echo:{row_id}", Channel.SMS.value, number, content, priority=3)


def _tell_next_rung(service: Service, work: Work, alert: Alert, officer: str, minutes: int | None) -> None:
    """The next rung learns who holds it: whoever forged the reply cannot keep it from them."""
    watch = who_has_the_watch(rosters_in(work), work.now)
    post = next((p for p, o in watch.posts.items() if o == officer), "other")
    officers = work.of(OFFICERS, DESK)
    known = Who(post) if post in {w.value for w in Who} else Who.DEPUTY
    for person in people(work, officer)(above(known)):
        listed = officers.by_id.get(person.officer)
        if person.officer != officer and listed is not None and listed.phone:
            answer: Answer = "in_transit_next_rung" if minutes else "echo_next_rung"
            echo(service, work, listed.phone, answer, alert, minutes=minutes, post=post, to=listed.id)
