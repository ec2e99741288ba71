"""``T 482`` by SMS: he heard a test; at night with a word whether it rang."""

from __future__ import annotations

from cna_service.alerts.store import Code
from cna_service.db import outbox
from cna_service.escalation import phone_test_words
from cna_service.identity.contacts import ContactBook
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import uuid7
from cna_service.workflow.alerts import text_row
from cna_service.workflow.phone_tests import answer_test
from cna_service.workflow.projections import DESK, OFFICERS, PHONE_TESTS
from cna_service.workflow.service import Service

_NO = ("n", "no")


def heard_by_text(service: Service, number: str, code: Code, words: str | None) -> None:
    """Take the answer to a test and thank for it; one that is too old to be kept is thanked for all the same."""
    with service.read() as reader:
        desk = reader.stream(DESK)
        officer = desk.of(OFFICERS).get(code.officer)
        test = desk.of(PHONE_TESTS).by_id.get(code.alert)
    if officer is None:
        return
    at_night = test is not None and test.at_night
    rang = (words not in _NO) if at_night else None
    sent = next((s for s in (test.sendings if test else ()) if _is_to(officer.book, s.contact, number)), None)
    place = None if sent is None else (sent.contact, "sms")
    actor = officer.actor(service.machine.now(), signed_in={"by": "sms code"})
    try:
        answer_test(service, actor, code.alert, by="sms", rang=rang, place=place)
    except NotFound:
        rang = None
    name = "heard_silent" if rang is False else "heard"
    text = phone_test_words.said(
        service.policies.texts, officer.language, name, exercise=service.desk.is_exercise
    )
    now = service.clock.now()
    with service.database.write() as connection:
        outbox.ask(connection, [text_row(DESK, number, text, uuid7(now))], now)
    service.wakes.wake()


def _is_to(book: ContactBook, contact: str, number: str) -> bool:
    found = book.by_id.get(contact)
    return found is not None and found.value == number
