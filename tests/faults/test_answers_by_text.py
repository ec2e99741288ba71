"""What comes back by SMS in a bad hour: wrong, foreign, doubled, decorated. One acknowledgement wins, both are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults import rig
from tests.faults.station import Station

pytestmark = pytest.mark.faults

STRANGER = "+15550199999"


@pytest.fixture
def listening(station: Station) -> Station:
    station.company.send_replies_to(f"{station.place.public_url}/callbacks/twilio/sms")
    for number in (rig.DUTY, rig.DEPUTY, STRANGER):
        station.company.add_phone(number)
    return station


def says(station: Station, number: str, words: str) -> None:
    station.company.reply(number, words)
    assert station.company.wait_until_idle(10)
    station.turn()


def code_of(station: Station, case: str, contact: str) -> str:
    rows: list[Any] = station.sendings(case)
    return str(next(r["content"]["code"] for r in rows if r["contact"] == contact))


def acknowledged(station: Station, case: str) -> int:
    return station.types(f"case:{case}")["alert.acknowledged"]


@pytest.mark.parametrize("form", ["1 {}", "1{}", "  1 {}  ", "1\u00a0{}\n", "\u200b1 {}"])
def test_the_code_counts_however_a_telephone_decorates_it(listening: Station, form: str) -> None:
    case = listening.receive()
    listening.turn()
    says(listening, rig.DUTY, form.format(code_of(listening, case, rig.DUTY)))
    assert acknowledged(listening, case) == 1
    assert len(listening.texts_to(rig.DUTY)) == 2


@pytest.mark.parametrize("words", ["1 0000", "Qué? ¿Quién habla? 船 🚢", "", "1", "9 1234"])
def test_a_wrong_code_or_any_other_words_stop_no_climb(listening: Station, words: str) -> None:
    case = listening.receive()
    listening.turn()
    if words == f"1 {code_of(listening, case, rig.DUTY)}":
        words = "1 0001"
    says(listening, rig.DUTY, words)
    assert acknowledged(listening, case) == 0
    listening.advance(121)
    assert listening.calls_to(rig.DUTY) == 1


def test_rule_2_1_the_right_code_from_another_number_stops_no_climb(listening: Station) -> None:
    case = listening.receive()
    listening.turn()
    says(listening, STRANGER, f"1 {code_of(listening, case, rig.DUTY)}")
    assert acknowledged(listening, case) == 0
    listening.advance(121)
    # What the stranger sent may be a request of its own, and then summons for itself.
    assert listening.types(f"case:{case}")["rung.climbed"] == 2


def test_of_two_who_answer_one_holds_it_and_both_are_answered(listening: Station) -> None:
    case = listening.receive()
    listening.advance(301)
    codes = {number: code_of(listening, case, number) for number in (rig.DUTY, rig.DEPUTY)}
    before = {number: len(listening.texts_to(number)) for number in codes}
    for number, code in codes.items():
        listening.company.reply(number, f"1 {code}")
    assert listening.company.wait_until_idle(10)
    listening.turn()
    assert acknowledged(listening, case) == 1
    assert all(len(listening.texts_to(number)) > before[number] for number in codes)


def test_rule_2_1_bare_ok_is_not_taken_within_twenty_seconds_nor_with_two_open(listening: Station) -> None:
    case = listening.receive()
    listening.turn()
    says(listening, rig.DUTY, "ok")
    assert acknowledged(listening, case) == 0
    other = listening.receive()
    listening.advance(30)
    says(listening, rig.DUTY, "Ok ")
    assert acknowledged(listening, case) == acknowledged(listening, other) == 0
    # Each time the answer says what is open.
    assert len(listening.texts_to(rig.DUTY)) == 4


def test_stop_leaves_the_telephone_to_calls_and_the_climb_goes_on(listening: Station) -> None:
    case = listening.receive()
    listening.turn()
    says(listening, rig.DUTY, "STOP")
    listening.advance(121)
    assert acknowledged(listening, case) == 0 and listening.calls_to(rig.DUTY) == 1
    again = listening.receive()
    listening.advance(3)
    assert [r["channel"] for r in listening.sendings(again) if r["state"] in ("accepted", "delivered")] == [
        "voice"
    ]
