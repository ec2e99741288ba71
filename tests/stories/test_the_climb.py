"""Nights on the ladder: two cases at once, a heavy sleeper, a long clock, a case handed on, a request sent twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.instants import to_text
from cna_service.workflow import alert_acts, announced
from cna_service.workflow.closing import add_note
from cna_service.workflow.contact_wishes import set_rules
from cna_service.workflow.officers import change_officer
from cna_service.workflow.preview import preview
from cna_service.workflow.projections import DESK
from cna_service.workflow.replay import replay
from cna_service.workflow.summon import raise_alert
from tests.stories.people import Story
from tests.workflow.desk import a_desk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import T0, desk_facts, fresh_sqlite

OTHER = {**BAR_TEST, "requester_reference": "MRCC-78/26", "vessels": [{"names": ["SECOND SHIP"]}]}


def taken(story: Story, officer: str = "duty-1") -> None:
    """He takes the newest summons by SMS, and acknowledges the request."""
    story.officer(officer).replies("1 {code}")
    story.acknowledges_the_request(officer)
    story.desk.forget_messages()


def act(story: Story, verb: Any, officer: str, /, **body: object) -> None:
    alert = story.desk.alert(story.ref)
    story.desk.do(verb, officer, alert.stream, alert.id, **body)
    story.desk.settle()


def test_rule_2_3_the_second_case_comes_while_he_drives_to_the_first(story: Story) -> None:
    story.a_request_arrives()
    duty, deputy = story.officer("duty-1"), story.officer("duty-2")
    duty.receives_sms(containing="new request")
    duty.replies("3 {code} 20")
    duty.receives_sms(containing="on the way 20 min")
    deputy.receives_sms(containing="is on the way for 20 min. Be ready")
    story.a_request_arrives(**OTHER)
    duty.receives_sms(containing="new request")
    deputy.receives_sms(containing="new request")
    deputy.is_called()
    deputy.replies("1 {code}")
    deputy.receives_sms(containing="You hold 'new request'")
    story.officer("sup-1").receives_sms(containing="the deputy holds")
    story.nobody_else_was_called()


def test_row_41_the_heavy_sleeper_had_asked_to_be_called_again_and_again(story: Story) -> None:
    rules = {
        "high": [{"after_seconds": 0, "channel": "sms"}, {"after_seconds": 30, "channel": "voice"}],
        "repeat_every_seconds": 60,
    }
    story.desk.do(set_rules, "duty-1", "duty-1", **rules)
    story.a_request_arrives()
    duty = story.officer("duty-1")
    duty.receives_sms()
    story.minutes_pass(0.6)
    duty.is_called()
    story.minutes_pass(0.5)
    duty.receives_sms()
    story.minutes_pass(0.5)
    call = duty.is_called()
    assert "You hold it since" in duty.presses("1", call)
    story.minutes_pass(5)
    story.nobody_else_was_called()


def test_rule_3_4_the_fourteen_day_clock_lets_sunday_sleep(story: Story) -> None:
    """Asked on a Saturday, wanted within fourteen days: half of it is a Saturday, so the mail comes on Friday."""
    story.a_request_arrives(**{**BAR_TEST, "legal_basis": [], "reply_wanted_by": "2026-12-05T14:03:00Z"})
    taken(story)
    desk = story.desk
    desk.attend(story.ref, "duty-1")
    desk.pass_time((datetime.fromisoformat("2026-11-27T16:59:00+00:00") - T0).total_seconds() / 60)
    before = len(desk.postbox.to("duty-1@example.test"))
    desk._attended.clear()
    desk.forget_messages()
    desk.clock.at = datetime.fromisoformat("2026-11-27T17:00:00+00:00")
    desk.tick()
    desk.deliver()
    assert len(desk.postbox.to("duty-1@example.test")) == before + 1
    warning = desk.alert(story.ref, "clock_warning_50")
    assert {s.contact.channel.value for s in warning.sendings.values()} == {"email"}
    desk.attend(story.ref, "duty-1")
    desk.pass_time(60 * 24 * 2)
    assert desk.alert(story.ref, "clock_warning_50").acknowledgement is not None
    desk.forget_messages()


def test_at_six_he_hands_the_case_to_the_deputy_who_does_not_hear_it_at_first(story: Story) -> None:
    story.a_request_arrives()
    taken(story)
    act(story, alert_acts.reassign, "duty-1", officer="duty-2", reason="My watch is over.")
    deputy = story.officer("duty-2")
    deputy.receives_sms(containing="new request")
    deputy.is_called()
    story.nobody_else_was_called()
    story.minutes_pass(2.1)
    story.officer("duty-1").is_called()
    deputy.replies("1 {code}")
    deputy.receives_sms(containing="You hold")
    story.officer("sup-1").receives_sms(containing="the deputy holds")
    story.desk.do(add_note, "duty-2", story.ref, words="Taken over.")
    story.minutes_pass(3)
    story.nobody_else_was_called()


def test_he_cannot_go_on_and_sends_five_and_his_code(story: Story) -> None:
    story.a_request_arrives()
    duty = story.officer("duty-1")
    code = duty.code()
    duty.receives_sms()
    duty.replies(f"1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="holds")
    duty.replies(f"5 {code}")
    duty.receives_sms(containing="the next person is being called")
    duty.is_called()
    story.minutes_pass(3)
    deputy = story.officer("duty-2")
    deputy.receives_sms(containing="new request")
    deputy.presses("1", deputy.is_called())
    story.minutes_pass(2)
    story.nobody_else_was_called()


def test_the_holder_calls_the_supervisor_to_his_side(story: Story) -> None:
    story.a_request_arrives()
    taken(story)
    act(story, alert_acts.add_person, "duty-1", officer="sup-1", reason="They threaten to fire.")
    supervisor = story.officer("sup-1")
    text = supervisor.receives_sms(containing="you are needed on a case")
    assert "fire" not in text
    call = supervisor.is_called()
    supervisor.presses("1", call)
    assert story.desk.alerts(story.ref).holder(story.ref, 1) == "duty-1"
    story.minutes_pass(5)
    story.nobody_else_was_called()


def test_row_37_the_other_desk_heard_nothing_and_sends_it_again(story: Story) -> None:
    story.a_request_arrives()
    taken(story)
    story.minutes_pass(4)
    first = story.ref
    story.a_request_arrives()
    assert story.ref != first
    assert story.told["possible_duplicates"] == [first]
    duty = story.officer("duty-1")
    duty.receives_sms(containing="the same request again")
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold 'the same request again'")
    story.officer("duty-2").receives_sms(containing="holds")
    story.minutes_pass(4)
    story.nobody_else_was_called()


def test_the_papers_of_the_afternoon_wait_for_the_morning(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), at=datetime.fromisoformat("2026-11-21T23:40:00+00:00")) as desk:
        story = Story(desk)
        for _ in range(3):
            with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
                raise_alert(desk.service, work, "certificate_holders")
        desk.settle()
        story.nobody_else_was_called()
        desk.advance_to(datetime.fromisoformat("2026-11-22T07:02:00+00:00"))
        duty = story.officer("duty-1")
        received = [duty.receives_sms(containing="tell certificate holders") for _ in duty.phone.texts]
        assert sum(text.count("eply 1 ") for text in received) == 3
        story.nobody_else_was_called()
        assert replay(desk.service).differences == ()


def test_rule_15_2_the_real_alert_on_the_day_of_the_exercise(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as desk:
        story = Story(desk)
        until = to_text(desk.clock.now() + timedelta(hours=9))
        body = {"to": until, "who": "Desks of XA, XB and XP"}
        announced.announce(desk.service, desk.officer("sup-1"), "exercise", body)
        story.a_request_arrives()
        duty = story.officer("duty-1")
        assert duty.receives_sms().startswith("REAL / NOT AN EXERCISE")
        story.minutes_pass(2)
        duty.is_called()
        assert "REAL / NOT AN EXERCISE" in duty.picks_up()
        assert "REAL / NOT AN EXERCISE" in duty.presses("1")
        story.nobody_else_was_called()


def test_what_was_shown_before_the_night_is_what_the_night_did(story: Story) -> None:
    ahead = preview(story.desk.service, "new_request")
    story.a_request_arrives()
    for step in ahead.steps:
        story.minutes_pass((T0 + step.after - story.desk.clock.now()).total_seconds() / 60)
        for person in step.people:
            for channel, _ in person.contacts:
                reached = story.officer(person.officer)
                if channel == "sms":
                    reached.receives_sms(containing="new request")
                else:
                    reached.is_called()
        if step.round > 1:
            break
    own_target = [m for m in story.desk.unread() if "not acknowledged yet" not in m and "call" not in m]
    assert own_target == []
    story.desk.forget_messages()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "nueva solicitud, vence 1803Z (quedan 4 h 00)"),
        ("fr", "nouvelle demande, avant 1803Z"),
        ("pt", "novo pedido"),
    ],
)
def test_row_69_he_is_woken_in_his_own_language(story: Story, language: str, words: str) -> None:
    story.desk.do(change_officer, "admin-1", officer="duty-1", language=language)
    story.desk.settle()
    story.desk.forget_messages()
    story.a_request_arrives()
    duty = story.officer("duty-1")
    text = duty.receives_sms(containing=words)
    code = text.split(" 1 ", 1)[1][:4]
    duty.replies(f"1 {code}")
    assert "NO" in duty.receives_sms(containing="14:03Z")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")
    story.nobody_else_was_called()
