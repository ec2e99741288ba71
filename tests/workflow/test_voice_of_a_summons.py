"""A summons by voice: the officer's language, its keys, what a machine hears, a desk nobody can reach (rows 45, 69)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cna_service.alerts.ports import Accepted
from cna_service.workflow import calls
from cna_service.workflow.alerts import acknowledge_alert
from cna_service.workflow.deliver import Outside
from cna_service.workflow.officers import change_officer
from cna_service.workflow.projections import case_stream
from tests.workflow.desk import LiveDesk, Person, a_desk
from tests.workflow.outside import Exchange
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import desk_facts, fresh_sqlite


def called(desk: LiveDesk, language: str = "en") -> tuple[str, Person]:
    """A request nobody took by text: the officer's telephone rings."""
    if language != "en":
        change_officer(desk.service, desk.officer("admin-1"), {"officer": "duty-1", "language": language})
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.advance(minutes=2)
    return ref, desk.person("duty-1")


def spoken(page: str) -> list[tuple[str, str]]:
    return [
        (s.get("language", ""), " ".join("".join(s.itertext()).split()))
        for s in ET.fromstring(page).iter("Say")
    ]


@pytest.mark.parametrize(
    ("language", "voice", "opening", "taken"),
    [
        ("en", "en-GB", "Press 1 to acknowledge", "You hold it since"),
        ("es", "es-ES", "1", "14 0"),
        ("fr", "fr-FR", "1", "14 0"),
        ("pt", "pt-PT", "1", "14 0"),
    ],
)
def test_row_69_a_call_speaks_the_officer_s_language(
    desk: LiveDesk, language: str, voice: str, opening: str, taken: str
) -> None:
    ref, duty = called(desk, language)
    page = spoken(duty.picks_up())
    assert {each for each, _ in page} == {voice}
    assert opening in page[0][1]
    said = spoken(duty.presses("1"))
    assert said[0][0] == voice
    assert taken in said[0][1]
    assert desk.alert(ref).acknowledgement is not None


def test_rule_2_6_nothing_of_the_case_before_a_key_and_a_machine_is_left_call_the_desk(
    desk: LiveDesk,
) -> None:
    ref, duty = called(desk)
    words = " ".join(text for _, text in spoken(duty.picks_up()))
    for secret in (ref, "BAR TEST", "request", "XB", "answer due"):
        assert secret not in words
    assert words.endswith("Please call the desk.")


def test_row_45_the_keys_repeat_take_go_on_the_way_and_call_the_next(desk: LiveDesk) -> None:
    ref, duty = called(desk)
    call = duty.phone.calls[-1].reference
    again = calls.key_pressed(desk.service, call, "2")
    assert "New request, answer due 18 03 Zulu" in again
    assert ET.fromstring(again).find("Gather") is not None
    unknown = calls.key_pressed(desk.service, call, "7")
    assert "means nothing here" in unknown
    assert ET.fromstring(unknown).find("Gather") is not None
    assert "next person is being called" in calls.key_pressed(desk.service, call, "5")
    assert desk.alert(ref).is_climbing
    said = calls.key_pressed(desk.service, call, "3")
    assert "on the way for 20 minutes" in said
    held = desk.alert(ref).acknowledgement
    assert held is not None
    assert held.in_transit is not None


def test_a_second_press_of_one_says_that_it_is_his_and_takes_nothing_twice(desk: LiveDesk) -> None:
    ref, duty = called(desk)
    call = duty.phone.calls[-1].reference
    first = calls.key_pressed(desk.service, call, "1")
    second = calls.key_pressed(desk.service, call, "1")
    assert "You hold it since" in first
    assert "You hold it since" in second
    assert desk.types(ref).count("alert.acknowledged") == 1


def test_a_call_after_the_alert_was_taken_says_by_whom_and_since_when(desk: LiveDesk) -> None:
    ref, duty = called(desk)
    acknowledge_alert(desk.service, desk.officer("duty-2"), case_stream(ref), desk.alert(ref).id)
    said = calls.key_pressed(desk.service, duty.phone.calls[-1].reference, "1")
    assert "The deputy holds it since 14 05 Zulu" in said


def test_a_desk_that_nobody_can_reach_talks_and_asks_for_no_key(desk: LiveDesk) -> None:
    assert calls.talk_only(desk.service, "duty-1") is None
    local = desk_facts(public_url="http://127.0.0.1:8000", is_exercise=False)
    page = calls.talk_only(replace(desk.service, desk=local), "duty-1")
    assert page is not None
    root = ET.fromstring(page)
    assert root.find("Gather") is None
    assert {text for _, text in spoken(page)} == {"Please call the desk."}
    assert calls.talk_only(replace(desk.service, desk=desk_facts(is_exercise=False)), "duty-1") is None


def test_a_call_of_such_a_desk_carries_its_page_along(tmp_path: Path) -> None:
    placed: list[dict[str, Any]] = []

    class Far(Exchange):
        is_elsewhere = True

        def place_call(self, **told: Any) -> Accepted:
            placed.append(told)
            return super().place_call(**told)

    local = desk_facts(public_url="http://127.0.0.1:8000", is_exercise=False)
    with a_desk(fresh_sqlite(tmp_path), desk=local) as desk:
        desk.exchange = Far(desk.clock)
        desk.outside = Outside(desk.exchange, desk.postbox)
        desk.receive(**BAR_TEST)
        desk.advance(minutes=2)
    assert placed[0]["answer_url"] is None
    assert "Please call the desk." in placed[0]["twiml"]
