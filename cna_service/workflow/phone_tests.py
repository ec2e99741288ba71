"""Tests of an officer's telephones: begun, repeated, answered, ended; a failure summons whoever keeps the roster.

A test rings a person and is no alert. It never shares a message with a real one, a real one to the same person
cancels it, and who does not answer it is not rung for that: somebody else is summoned (desk-rules 13.3, 15.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.alerts.store import Code
from cna_service.db import outbox
from cna_service.db.idempotency import Key, Reply
from cna_service.db.outbox import Sending
from cna_service.escalation import phone_test_words
from cna_service.escalation.ladders import Channel
from cna_service.escalation.replies import new_test_code
from cna_service.escalation.state import Contact
from cna_service.identity.actors import Actor
from cna_service.identity.contacts import in_order_of_use
from cna_service.identity.officers import Officer
from cna_service.identity.permissions import Action
from cna_service.identity.phone_tests import ENDS_AFTER, PhoneTest, sendings_of
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import alert_code, uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow import phone_test_store as rows
from cna_service.workflow.asked import Asked
from cna_service.workflow.officer_contacts import action_on, contact_of
from cna_service.workflow.people import address, local_time
from cna_service.workflow.projections import DESK, OFFICERS, PHONE_TESTS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

PURPOSE = "test"
KIND = "phone_test"
PRIORITY = 8
"""After everything that is meant."""

STILL_SUMMONED = timedelta(minutes=30)
"""For so long after the last real summons an officer is not tested while it is open: a climb comes again sooner."""

DESK_WAS_DOWN = timedelta(minutes=10)
"""So late after its end a test says nothing of the person: nobody was there to hear his answer."""

_LOST = frozenset({outbox.UNDELIVERED, outbox.FAILED})
_RANG = frozenset({"busy", "no-answer"})
"""A call that nobody took has rung, or met a conversation: the way to the telephone works."""

Sent = tuple[str, str]
"""(contact, channel)"""


class AlertComesFirst(Conflict):
    code = "alert-comes-first"
    title = "A real alert is open to this officer; take it first"


class TestUnderWay(Conflict):
    __test__ = False
    code = "test-under-way"
    title = "A test is under way; answer that one, or wait ten minutes"


class TestNotFound(NotFound):
    __test__ = False
    code = "test-not-found"
    title = "There is no such test, or it is too old to be answered"


def try_phone(
    service: Service, actor: Actor, officer_id: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Test telephones now: ``{contact?, channel?}``; without a contact the first that would be rung, by SMS and call.

    Raises ContactUnknown, AlertComesFirst, TestUnderWay, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    contact, channel = asked.text("contact"), asked.text("channel")
    asked.check_unknown()
    asked.done()
    with service.write(actor, action_on(actor, officer_id), DESK, key=key) as work:
        officer = work.of(OFFICERS).find(officer_id)
        if work.of(PHONE_TESTS).open_for(officer_id) is not None:
            raise TestUnderWay("")
        if has_open_alert(work, officer):
            raise AlertComesFirst("")
        found = None if contact is None else contact_of(officer, contact)
        wanted = usual_sendings(work, officer) if found is None else [(found.id, c) for c in found.channels]
        wanted = [each for each in wanted if channel in (None, each[1])]
        if not wanted:
            asked.wrong("channel", channel, "is none of this contact", "leave it out")
            asked.done()
        test = begin(service, work, officer, "asked", "", wanted)
        return done(work, officer=officer_id, test=test)


def usual_sendings(work: Work, officer: Officer) -> list[Sent]:
    """The first contact that would get an SMS, and the first that would be called."""
    at_night = is_night(work, officer)
    contacts = in_order_of_use(officer.book.waking, work.now, at_night=at_night)
    usable = [c for c in contacts if c.value]
    first = {
        channel: next((c.id for c in usable if channel in c.channels), None) for channel in ("sms", "voice")
    }
    found = [(contact, channel) for channel, contact in first.items() if contact is not None]
    return found or [(c.id, "push") for c in usable[:1]]


def is_night(work: Work, officer: Officer) -> bool:
    return officer.book.preferences.is_night(local_time(officer, work.now, work.zone))


def has_open_alert(work: Work, officer: Officer) -> bool:
    """Whether a real summons waits for his answer."""
    return rows.is_summoned(work.connection, officer.id, work.now - STILL_SUMMONED)


def begin(
    service: Service,
    work: Work,
    officer: Officer,
    why: str,
    key: str,
    wanted: Sequence[Sent],
    *,
    provider: str = "usual",
) -> str:
    """Append ``phone_test.begun`` and queue its sendings; returns the test's id."""
    test, at_night = uuid7(work.now), is_night(work, officer)
    sendings = [{"sending": uuid7(work.now), "contact": c, "channel": ch} for c, ch in wanted]
    body = {
        "test": test,
        "officer": officer.id,
        "why": why,
        "key": key,
        "at_night": at_night,
        "provider": provider,
        "sendings": sendings,
    }
    work.append(Draft("phone_test.begun", body), DESK)
    _queue(service, work, officer, work.of(PHONE_TESTS, DESK).by_id[test], sendings)
    return test


def _queue(
    service: Service, work: Work, officer: Officer, test: PhoneTest, sendings: Iterable[Mapping[str, str]]
) -> None:
    for each in sendings:
        channel, contact = each["channel"], officer.book.by_id[each["contact"]]
        to = address(officer, Contact(Channel(channel), contact.id))
        # Only an SMS is answered by an SMS; what came elsewhere he confirms at the console.
        code = _code(work, test, to) if channel == "sms" else ""
        name = "text_written" if not code else "text_at_night" if test.at_night else "text"
        text = phone_test_words.said(
            service.policies.texts,
            officer.language,
            name,
            exercise=service.desk.is_exercise,
            code=code.removeprefix("T"),
        )
        content: dict[str, Any] = {
            "purpose": PURPOSE,
            "test": test.id,
            "officer": officer.id,
            "contact": contact.id,
            # As it stands in the text: whoever looks for an earlier try of this sending finds it by that.
            "code": f"T {code.removeprefix('T')}" if code else "",
            "subject": f"TEST: {service.desk.name}",
            "text": text,
        }
        if test.provider == "spare":
            content["provider"] = "spare"
        dedup = f"{sendings_of(officer.id)}{test.id}:{each['sending']}"
        work.send([Sending(each["sending"], DESK, dedup, channel, to, content, priority=PRIORITY)])


def _code(work: Work, test: PhoneTest, to: str) -> str:
    wanted = Code("", test.id, DESK, test.officer, to, KIND, None, False, work.now)
    return alert_store.give_code(work.connection, wanted, lambda taken: new_test_code(taken, alert_code))


def fire_test(service: Service, work: Work, stream: str, test_id: str) -> None:
    """Its timer is due: repeat it, or end it."""
    test = work.of(PHONE_TESTS, stream).by_id[test_id]
    officer = work.of(OFFICERS, stream).get(test.officer)
    if was_summoned(work, test):
        end(service, work, test, "cancelled", "real_alert")
        return
    if not test.is_answered and work.now > test.begun_at + ENDS_AFTER + DESK_WAS_DOWN:
        end(service, work, test, "cancelled", "desk_was_down")
        return
    is_over = not test.unanswered or work.now >= test.begun_at + ENDS_AFTER
    if is_over or officer is None or not officer.is_enabled:
        result, why = _judge(work, test)
        end(service, work, test, result, why)
        return
    left = [e for e in test.unanswered if e[0] in officer.book.by_id]
    sendings = [{"sending": uuid7(work.now), "contact": c, "channel": ch} for c, ch in left]
    body = {"test": test.id, "officer": test.officer, "n": len(test.repeated) + 1, "sendings": sendings}
    work.append(Draft("phone_test.repeated", body), stream)
    _queue(service, work, officer, test, sendings)


def was_summoned(work: Work, test: PhoneTest) -> bool:
    """Whether a real alert went to this person since the test began."""
    return rows.was_summoned(work.connection, test.officer, test.begun_at)


def _judge(work: Work, test: PhoneTest) -> tuple[str, str]:
    """Passed: he answered, and nothing that he did not answer is known to be lost."""
    if not test.is_answered:
        return "failed", "no_answer"
    return ("failed", "channel_lost") if _lost(_outcomes(work, test)) else ("passed", "answered")


def _outcomes(work: Work, test: PhoneTest) -> list[dict[str, Any]]:
    """What became of each way, by the newest sending on it."""
    heard = {(h.contact, h.channel): h for h in test.heard}
    found: dict[Sent, dict[str, Any]] = {}
    for sending in test.sendings:
        row = outbox.row(work.connection, sending.id)
        answered = heard.get((sending.contact, sending.channel))
        told = {"contact": sending.contact, "channel": sending.channel}
        state = "answered" if answered else str(row["state"]) if row else "unknown"
        word = rows.last_word(work.connection, sending.id, row["sid"] if row else None)
        found[sending.contact, sending.channel] = told | {"state": state, "word": word}
    return list(found.values())


def _lost(outcomes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(o) for o in outcomes if o["state"] in _LOST and o["word"] not in _RANG]


def end(service: Service, work: Work, test: PhoneTest, result: str, why: str) -> None:
    """Append how it ended; a failure summons whoever keeps the roster, never the person again (desk-rules 15.5)."""
    work.withdraw_sendings(f"{sendings_of(test.officer)}{test.id}:")
    outcomes = _outcomes(work, test)
    body = {
        "test": test.id,
        "officer": test.officer,
        "result": result,
        "why": why,
        "outcomes": outcomes,
        "lost": _lost(outcomes) if result == "failed" and test.is_answered else _all_of(test, result),
    }
    work.append(Draft("phone_test.ended", body), DESK)
    if result == "failed" and test.why != "asked":
        raise_alert(service, work, "test_failed", stream=DESK, facts={"officer": test.officer})


def _all_of(test: PhoneTest, result: str) -> list[dict[str, Any]]:
    if result != "failed":
        return []
    return [{"contact": c, "channel": ch} for c, ch in test.unanswered]


def answer_test(
    service: Service,
    actor: Actor,
    test_id: str,
    *,
    by: str,
    rang: bool | None,
    place: Sent | None = None,
    key: Key | None = None,
) -> Reply:
    """He heard it, and may say whether it rang. ``place``: on which contact and channel; without, on all that went
    out (he says so at the console). Good also when it has ended: it proves the telephone all the same.

    Raises TestNotFound, NotPermitted (somebody else's test).
    """
    with service.write(actor, Action.OWN_CONTACTS, DESK, key=key) as work:
        test = work.of(PHONE_TESTS).by_id.get(test_id)
        if test is None or test.officer != actor.id:
            raise TestNotFound("")
        sent = dict.fromkeys((s.contact, s.channel) for s in test.sendings)
        for contact, channel in [place] if place in sent and place is not None else list(sent):
            body = {
                "test": test.id,
                "officer": test.officer,
                "contact": contact,
                "channel": channel,
                "by": by,
                "rang": rang,
                "at_night": test.at_night,
            }
            work.append(Draft("phone_test.answered", {k: v for k, v in body.items() if v is not None}))
        work.withdraw_sendings(f"{sendings_of(test.officer)}{test.id}:")
        return done(work, officer=test.officer, test=test.id)
