"""Nights at the desk, told by who was woken when, and by who was not."""

from __future__ import annotations

import re

import pytest

from cna_service.workflow.closing import add_note
from tests.stories.people import Story
from tests.workflow.requests import BAR_TEST, SUA
from tests.workflow.station import T0, minutes


def test_the_officer_on_watch_wakes_and_nobody_else_does(story: Story) -> None:
    story.a_request_arrives()
    duty = story.officer("duty-1")
    assert re.search(
        r"new request, answer due 1803Z \(4 h 00 left\)\. Reply 1 \d{4} or call \+15550100",
        duty.receives_sms(),
    )
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold 'new request' since 14:03Z. Not you? Reply NO")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")
    story.minutes_pass(14)
    story.nobody_else_was_called()


def test_he_sleeps_through_sms_and_call_and_the_deputy_presses_one(story: Story) -> None:
    story.a_request_arrives()
    duty, deputy = story.officer("duty-1"), story.officer("duty-2")
    duty.receives_sms(containing="new request")
    story.minutes_pass(1.9)
    story.nobody_else_was_called()
    story.minutes_pass(0.2)
    duty.is_called()
    story.minutes_pass(3)
    deputy.receives_sms(containing="3 h 55 left")
    deputy.is_called()
    assert "Press 1" in deputy.picks_up()
    said = deputy.presses("1")
    assert "You hold it since 14 08 Zulu" in said
    story.minutes_pass(9)
    story.nobody_else_was_called()


def test_a_phone_that_is_off_costs_no_time(story: Story) -> None:
    duty, deputy = story.officer("duty-1"), story.officer("duty-2")
    duty.phone.condition = "off"
    story.desk.postbox.error = None
    story.a_request_arrives()
    mail = story.desk.postbox.to("duty-1@example.test")
    assert len(mail) == 1
    story.minutes_pass(5)
    deputy.receives_sms(containing="new request")
    deputy.is_called()
    deputy.replies("1 {code}")
    deputy.receives_sms(containing="You hold")
    story.officer("sup-1").receives_sms(containing="the deputy holds")


def test_somebody_forged_his_answer_and_he_says_no(story: Story) -> None:
    story.a_request_arrives()
    duty, deputy = story.officer("duty-1"), story.officer("duty-2")
    duty.receives_sms(containing="new request")
    duty.replies("1 {code}")
    duty.receives_sms(containing="Not you? Reply NO")
    deputy.receives_sms(containing="the duty officer holds")
    duty.replies("NO")
    duty.receives_sms(containing="The desk goes on calling")
    story.minutes_pass(2)
    duty.is_called()
    story.minutes_pass(3)
    deputy.receives_sms(containing="new request")
    deputy.is_called()
    deputy.presses("1")


def test_he_took_it_and_fell_asleep(story: Story) -> None:
    """A tenth of the four hours later he and the deputy are summoned together."""
    story.a_request_arrives()
    duty, deputy = story.officer("duty-1"), story.officer("duty-2")
    duty.receives_sms()
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    deputy.receives_sms(containing="the duty officer holds")
    story.acknowledges_the_request("duty-1")
    story.minutes_pass(23.9)
    story.nobody_else_was_called()
    story.minutes_pass(0.1)
    for each in (duty, deputy):
        each.receives_sms(containing="no entry since you took it")
        each.is_called()
    deputy.presses("1")
    story.nobody_else_was_called()


def test_who_is_called_as_the_time_runs_out(story: Story) -> None:
    """Half: the holder; three quarters: the deputy with him; at decision lead: all who can decide."""
    story.a_request_arrives()
    people = {name: story.officer(name) for name in ("duty-1", "duty-2", "sup-1", "dec-1")}
    duty = people["duty-1"]
    duty.receives_sms()
    duty.replies("1 {code}")
    story.acknowledges_the_request("duty-1")
    story.desk.forget_messages()

    def works_until(so_long: float) -> None:
        """He writes a note every few minutes: nobody need ask whether he is awake."""
        until = T0 + minutes(so_long)
        while (left := until - story.desk.clock.now()) > minutes(0):
            story.minutes_pass(min(4.0, left.total_seconds() / 60))
            story.desk.do(add_note, "duty-1", story.ref, words="Waiting for the registrar.")

    works_until(119)
    story.nobody_else_was_called()
    story.minutes_pass(1)
    duty.receives_sms(containing="half the time is gone")
    duty.replies("1 {code}")
    story.desk.forget_messages()

    works_until(179)
    story.nobody_else_was_called()
    story.minutes_pass(1)
    for name in ("duty-1", "duty-2"):
        people[name].receives_sms(containing="a quarter of the time left")
        people[name].is_called()
    duty.replies("1 {code}")
    story.desk.forget_messages()

    works_until(194)
    story.nobody_else_was_called()
    story.minutes_pass(1)
    for person in people.values():
        person.receives_sms(containing="call the decider now")
        person.is_called()
    people["dec-1"].presses("1")
    story.nobody_else_was_called()


def test_once_it_is_answered_nobody_is_woken_any_more(story: Story) -> None:
    story.a_request_arrives(**{**BAR_TEST, "measures": ["board"]})
    duty = story.officer("duty-1")
    duty.receives_sms()
    story.answers("duty-1", board="denied")
    assert len(story.desk.postbox.to("mrcc-xb@example.test")) == 1
    story.minutes_pass(6 * 60)
    story.nobody_else_was_called()


def test_the_desk_was_down_and_catches_up_with_one_rung(story: Story) -> None:
    story.a_request_arrives()
    duty, deputy = story.officer("duty-1"), story.officer("duty-2")
    duty.receives_sms()
    story.the_desk_is_down_for(9)
    duty.is_called()
    story.nobody_else_was_called()
    story.minutes_pass(3)
    deputy.receives_sms()
    deputy.is_called()
    deputy.presses("1")


def test_nobody_at_all_answers_and_the_desk_does_not_give_up(story: Story) -> None:
    """After a quarter of an hour the last resort, a new round, and our own target missed: two calls to one man."""
    story.a_request_arrives()
    story.minutes_pass(14.9)
    story.desk.forget_messages()
    story.minutes_pass(0.1)
    for name in ("sup-1", "admin-1"):
        assert any("new request" in m.text for m in story.officer(name).phone.texts)
    story.desk.forget_messages()
    story.minutes_pass(2)
    duty = story.officer("duty-1")
    calls = [duty.is_called(), duty.is_called()]
    for call in calls:
        duty.presses("1", call)
    story.minutes_pass(1)
    story.nobody_else_was_called()


@pytest.mark.parametrize("request_", [BAR_TEST, SUA])
def test_taking_the_summons_tells_the_partner_nothing(story: Story, request_: dict[str, object]) -> None:
    story.a_request_arrives(**request_)
    duty = story.officer("duty-1")
    duty.receives_sms()
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="holds")
    assert story.desk.postbox.to("mrcc-xb@example.test") == []
    story.acknowledges_the_request("duty-1")
    story.desk.settle()
    assert len(story.desk.postbox.to("mrcc-xb@example.test")) == 1
