from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta

from cna_service.alerts.twiml import Spoken, closing_page, opening_page, question_page, talk_only_page

ACTION = "https://desk.example/callbacks/twilio/keys?sending=1&lang=en"
WORDS = (Spoken("This is the duty desk. Press any key."), Spoken("Oficina de guardia.", "es-ES"))
FAREWELL = (Spoken("Call the desk."),)


def tags(page: str) -> list[str]:
    return [verb.tag for verb in ET.fromstring(page)]


def test_the_opening_waits_for_one_key_is_repeated_twice_and_ends() -> None:
    page = opening_page(WORDS, action_url=ACTION, farewell=FAREWELL)
    assert tags(page) == ["Gather", "Gather", "Gather", "Say", "Hangup"]
    for gather in ET.fromstring(page).iter("Gather"):
        assert gather.get("numDigits") == "1"
        assert gather.get("action") == ACTION
        assert gather.get("timeout") == "7"
        assert [say.text for say in gather] == [words.text for words in WORDS]
        assert [say.get("language") for say in gather] == ["en-GB", "es-ES"]


def test_rule_2_6_a_call_leaves_only_call_the_desk() -> None:
    page = ET.fromstring(opening_page(WORDS, action_url=ACTION, farewell=FAREWELL))
    assert [say.text for say in page.findall("Say")] == ["Call the desk."]
    assert page[-1].tag == "Hangup"


def test_a_question_may_take_any_number_of_keys_ended_by_the_hash() -> None:
    page = question_page(
        (Spoken("Minutes, then hash."),),
        action_url=ACTION,
        digits=None,
        repeats=0,
        wait=timedelta(seconds=10),
    )
    gather = ET.fromstring(page)[0]
    assert gather.get("finishOnKey") == "#"
    assert gather.get("numDigits") is None
    assert gather.get("timeout") == "10"
    assert tags(page) == ["Gather", "Hangup"]


def test_the_last_page_says_its_words_and_ends() -> None:
    assert tags(closing_page((Spoken("You hold it. Goodbye."),))) == ["Say", "Hangup"]


def test_a_page_without_public_url_only_talks() -> None:
    page = talk_only_page((Spoken("Call the desk."),), repeats=1)
    assert tags(page) == ["Say", "Pause", "Say", "Pause", "Hangup"]


def test_words_cannot_become_markup() -> None:
    page = closing_page((Spoken("<Dial>+1</Dial> & more"),))
    assert tags(page) == ["Say", "Hangup"]
    assert ET.fromstring(page)[0].text == "<Dial>+1</Dial> & more"
