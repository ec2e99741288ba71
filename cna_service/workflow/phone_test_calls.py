"""A call that tests or verifies a telephone: what it says, and what each key does. None of its keys means anything
in a real alert, and none of a real alert's keys means anything here (desk-rules 15.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cna_service.alerts.twiml import Spoken, closing_page, opening_page, question_page
from cna_service.escalation import phone_test_words
from cna_service.escalation.replies import TEST_KEY
from cna_service.kit.errors import NotFound
from cna_service.workflow.contact_proving import PURPOSE as PROOF
from cna_service.workflow.contact_proving import key_in_proof
from cna_service.workflow.phone_tests import PURPOSE as TEST
from cna_service.workflow.phone_tests import answer_test
from cna_service.workflow.projections import DESK, OFFICERS, PHONE_TESTS
from cna_service.workflow.replies import officer_actor
from cna_service.workflow.service import Service

PURPOSES = frozenset({TEST, PROOF})
DID_NOT_RING = "8"


def answered(service: Service, row: Mapping[str, Any]) -> str:
    """Somebody, or a machine, picked up: the opening words in the provider's markup."""
    name = "call_proof" if row["content"]["purpose"] == PROOF else "call"
    if name == "call" and _is_at_night(service, row):
        name = "call_at_night"
    return opening_page(
        (_spoken(service, row, name),),
        action_url=_action(service, row),
        farewell=(_spoken(service, row, "call_left"),),
    )


def key_pressed(service: Service, row: Mapping[str, Any], digits: str) -> str:
    """Take the key for what was asked, and say so."""
    if row["content"]["purpose"] == PROOF:
        is_right = key_in_proof(service, row["content"], digits)
        return closing_page((_spoken(service, row, "call_verified" if is_right else "call_refused"),))
    at_night = _is_at_night(service, row)
    if digits != TEST_KEY and not (at_night and digits == DID_NOT_RING):
        return question_page((_spoken(service, row, "call_unknown"),), action_url=_action(service, row))
    rang = (digits == TEST_KEY) if at_night else None
    said = "call_silent" if rang is False else "call_heard"
    content = row["content"]
    actor = officer_actor(service, str(content["officer"]), "keypress")
    place = (str(content["contact"]), "voice")
    try:
        answer_test(service, actor, str(content["test"]), by="voice", rang=rang, place=place)
    except NotFound:
        # The desk forgets what is old; he hears that he was heard all the same.
        return closing_page((_spoken(service, row, said),))
    return closing_page((_spoken(service, row, said),))


def _is_at_night(service: Service, row: Mapping[str, Any]) -> bool:
    with service.read() as reader:
        test = reader.stream(DESK).of(PHONE_TESTS).by_id.get(str(row["content"].get("test")))
    return test is not None and test.at_night


def _spoken(service: Service, row: Mapping[str, Any], name: str) -> Spoken:
    with service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).get(str(row["content"]["officer"]))
    texts = service.policies.texts
    language = "en" if officer is None or officer.language not in texts.by_language else officer.language
    words = phone_test_words.said(texts, language, name, exercise=service.desk.is_exercise)
    return Spoken(words, service.policies.calls.voice(language))


def _action(service: Service, row: Mapping[str, Any]) -> str:
    return f"{service.desk.public_url}/callbacks/twilio/call/key?sending={quote(str(row['id']))}"
