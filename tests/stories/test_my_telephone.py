"""What an officer, a supervisor and a telephone live through before anything happens at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cna_service.identity.contacts import OfficerContact
from cna_service.workflow import contact_proving, contact_wishes, officer_contacts, phone_test_calendar
from cna_service.workflow.phone_tests import try_phone
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.relief import sign_relief
from cna_service.workflow.replay import replay
from cna_service.workflow.roster import take_watch
from tests.stories.people import Story
from tests.workflow.desk import Person, a_desk
from tests.workflow.station import desk_facts, fresh_sqlite

BOAT = "+15550100201"
"""Lieutenant Reyes's second telephone."""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Story]:
    """A desk that tests telephones by itself. A message that no line expects fails the story."""
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(tests_phones=True)) as desk:
        yield Story(desk)
        desk.nobody_else_was_called()
        assert replay(desk.service).differences == ()


def contact(story: Story, name: str, whose: str = "duty-1") -> OfficerContact:
    with story.desk.service.read() as reader:
        return reader.stream(DESK).of(OFFICERS).find(whose).book.by_id[name]


def boat(story: Story) -> Person:
    return Person(story.desk, "duty-1", BOAT)


def adds_the_boat(story: Story, **more: object) -> str:
    body = {"kind": "number", "value": BOAT, "label": "boat", **more}
    return str(story.desk.do(officer_contacts.add_contact, "duty-1", "duty-1", **body)["contact"])


def proves(story: Story, name: str) -> None:
    contact_proving.send_proof(story.desk.service, story.desk.officer("duty-1"), "duty-1", name, {})
    story.desk.settle()
    code = re.findall(r"(\d{6})", boat(story).receives_sms(containing="is the code"))[0]
    story.desk.do(contact_proving.verify_contact, "duty-1", "duty-1", name, code=code)


def test_code(text: str) -> str:
    return re.findall(r"T (\d{3})", text)[0]


test_code.__test__ = False  # type: ignore[attr-defined]


def looks(story: Story) -> None:
    phone_test_calendar.look(story.desk.service)
    story.desk.settle()


def answers(story: Story, officer: str) -> None:
    """By SMS, then by key 9; he is thanked."""
    owner = story.officer(officer)
    text = owner.receives_sms(containing="does your phone ring")
    call = owner.is_called()
    owner.replies(f"T {test_code(text)}")
    owner.receives_sms(containing="test heard")
    assert "Test heard" in owner.presses("9", call)


def this_week_is_done(story: Story) -> None:
    """A Saturday: whoever had no test this week has one, and those of the night are announced."""
    looks(story)
    for officer in ("duty-1", "duty-2", "sup-1"):
        story.officer(officer).receives_sms(containing="will be tested tonight")
        answers(story, officer)


def relieves(story: Story, coming: str, going: str) -> None:
    story.desk.do(take_watch, coming, post="duty_officer", reason="relieved him")
    story.desk.settle()
    for officer in (going, coming):
        story.desk.do(sign_relief, officer, shown=[])
    story.desk.settle()
    story.desk.forget_messages()


def test_a_second_telephone_that_nobody_proved_rings_when_the_first_is_off(story: Story) -> None:
    adds_the_boat(story)
    duty = story.officer("duty-1")
    duty.phone.condition = "off"
    story.a_request_arrives()
    boat(story).receives_sms(containing="new request")
    boat(story).replies("1 {code}")
    boat(story).receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="duty officer holds")


def test_he_proves_his_second_telephone_and_puts_it_first(story: Story) -> None:
    name = adds_the_boat(story)
    proves(story, name)
    story.desk.do(officer_contacts.order_contacts, "duty-1", "duty-1", order=[name])
    story.a_request_arrives()
    boat(story).receives_sms(containing="new request")
    story.officer("duty-1").has_nothing()
    boat(story).replies("1 {code}")
    boat(story).receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="duty officer holds")


def test_somebody_puts_another_number_in_his_place_and_the_old_one_learns_of_it(story: Story) -> None:
    old = story.officer("duty-1")
    story.desk.do(officer_contacts.change_contact, "sup-1", "duty-1", "phone", value=BOAT)
    story.desk.settle()
    told = old.receives_sms(containing="go to another number")
    assert "Commander Carla Nunes" in told
    assert "Was it not you? Call +15550100" in told


def test_he_tests_his_telephone_at_noon_and_it_says_test_first(story: Story) -> None:
    story.desk.do(try_phone, "duty-1", "duty-1")
    story.desk.settle()
    answers(story, "duty-1")
    assert contact(story, "phone").tested_at is not None


def test_the_telephone_was_on_do_not_disturb(story: Story) -> None:
    """It had passed at noon; at night he says that it stayed silent, and it counts as daytime only (rule 3.6)."""
    name = adds_the_boat(story)
    proves(story, name)
    story.desk.advance_to(datetime(2026, 11, 21, 23, 0, tzinfo=UTC))
    story.desk.do(try_phone, "duty-1", "duty-1", contact=name, channel="sms")
    story.desk.settle()
    text = boat(story).receives_sms(containing="did your phone ring")
    boat(story).replies(f"T {test_code(text)} N")
    boat(story).receives_sms(containing="did not ring")
    assert contact(story, name).is_daytime_only(story.desk.clock.now())
    story.a_request_arrives()
    duty = story.officer("duty-1")
    duty.receives_sms(containing="new request")
    boat(story).has_nothing()
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="duty officer holds")


def test_he_sent_stop_by_mistake_and_the_desk_still_finds_him(story: Story) -> None:
    name = adds_the_boat(story)
    proves(story, name)
    duty = story.officer("duty-1")
    duty.replies("STOP")
    story.officer("sup-1").receives_sms(containing="stopped our SMS")
    story.officer("sup-1").replies("1 {code}")
    story.officer("sup-1").receives_sms(containing="You hold")
    story.officer("admin-1").receives_sms(containing="holds")
    story.a_request_arrives()
    boat(story).receives_sms(containing="new request")
    boat(story).replies("1 {code}")
    boat(story).receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="duty officer holds")


def test_who_takes_the_watch_is_tested_and_answers(watched: Story) -> None:
    this_week_is_done(watched)
    watched.minutes_pass(60)
    relieves(watched, "duty-2", "duty-1")
    looks(watched)
    answers(watched, "duty-2")
    watched.minutes_pass(15)


def test_who_takes_the_watch_sleeps_and_the_supervisor_learns_of_it_at_once(watched: Story) -> None:
    this_week_is_done(watched)
    watched.minutes_pass(60)
    relieves(watched, "duty-2", "duty-1")
    looks(watched)
    sleeper = watched.officer("duty-2")
    for _ in range(3):
        sleeper.receives_sms(containing="TEST")
        sleeper.is_called()
        watched.minutes_pass(3)
    watched.minutes_pass(1)
    boss = watched.officer("sup-1")
    boss.receives_sms(containing="a phone test failed")
    boss.replies("1 {code}")
    boss.receives_sms(containing="You hold")
    watched.officer("admin-1").receives_sms(containing="holds")


def test_a_real_request_comes_in_the_middle_of_a_test(watched: Story) -> None:
    """The test is over then: nobody is blamed for it, and the real one is no test."""
    watched.desk.do(try_phone, "duty-1", "duty-1")
    watched.desk.settle()
    duty = watched.officer("duty-1")
    duty.receives_sms(containing="TEST")
    duty.is_called()
    watched.minutes_pass(1)
    watched.a_request_arrives()
    real = duty.receives_sms(containing="new request")
    assert "TEST" not in real
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    watched.officer("duty-2").receives_sms(containing="duty officer holds")
    watched.minutes_pass(10)
    assert watched.desk.last(DESK, "phone_test.ended").body["result"] == "cancelled"


def test_his_own_rules_ring_every_telephone_until_he_answers(story: Story) -> None:
    name = adds_the_boat(story)
    proves(story, name)
    rules = {
        "high": [
            {"after_seconds": 0, "channel": "sms", "contact": "phone"},
            {"after_seconds": 60, "channel": "voice"},
        ],
        "repeat_every_seconds": 120,
    }
    story.desk.do(contact_wishes.set_rules, "duty-1", "duty-1", **rules)
    story.a_request_arrives()
    duty = story.officer("duty-1")
    duty.receives_sms(containing="new request")
    story.minutes_pass(1)
    duty.is_called()
    boat(story).is_called()
    assert "You hold it" in boat(story).presses("1")
    story.minutes_pass(2)
