"""Tests of telephones: on demand, at the start of a watch, weekly, at night; what they never do to a real alert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cna_service.db import outbox
from cna_service.identity.phone_tests import PhoneTest
from cna_service.workflow import phone_test_calendar, phone_tests
from cna_service.workflow.contact_views import everybody
from cna_service.workflow.contact_wishes import set_preferences
from cna_service.workflow.outside import Outside
from cna_service.workflow.phone_tests import AlertComesFirst, TestUnderWay
from cna_service.workflow.projections import DESK, PHONE_TESTS
from cna_service.workflow.relief import sign_relief
from cna_service.workflow.roster import take_watch
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.outside import Exchange, Message
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import HandClock, desk_facts, fresh_sqlite


class Spare(Exchange):
    """A second company that reaches the same telephones."""

    name = "spare"

    def __init__(self, primary: Exchange, clock: HandClock) -> None:
        super().__init__(clock)
        self.phones = primary.phones
        self._primary = primary

    def _report(self, at: datetime, message: Message, params: dict[str, str]) -> None:
        self._primary._report(at, message, params)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    """A desk that tests telephones by itself; a Saturday, 14:03Z, and whoever is awake until 22."""
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(tests_phones=True, has_spare=True)) as live:
        live.outside = Outside(live.exchange, live.postbox, Spare(live.exchange, live.clock))
        yield live


def newest(desk: LiveDesk, officer: str) -> PhoneTest:
    with desk.service.read() as reader:
        return reader.stream(DESK).of(PHONE_TESTS).of(officer)[0]


def begun(desk: LiveDesk) -> list[str]:
    return [
        f"{e.body['officer']}:{e.body['why']}" for e in desk.entries(DESK) if e.type == "phone_test.begun"
    ]


def code(desk: LiveDesk, officer: str) -> str:
    """Of the newest test."""
    texts = "\n".join(m.text for m in desk.person(officer).phone.texts)
    return str(re.findall(r"T (\d{3})", texts)[-1])


def look(desk: LiveDesk) -> None:
    phone_test_calendar.look(desk.service)
    desk.settle()


def relieves(desk: LiveDesk, coming: str, going: str, **told: str) -> None:
    """``coming`` takes the watch, and both sign: nobody is summoned for an unsigned relief."""
    desk.do(take_watch, coming, post="duty_officer", reason="relieved him", **told)
    desk.settle()
    for officer in (going, coming):
        desk.do(sign_relief, officer, shown=[])
    desk.settle()
    desk.forget_messages()


def spend_weekly(desk: LiveDesk) -> None:
    """It is Saturday: whoever was not tested this week is. That is not what most of these tests are about."""
    look(desk)
    for officer in ("duty-1", "duty-2", "sup-1"):
        desk.person(officer).replies(f"T {code(desk, officer)}")
        desk.person(officer).presses("9")
    desk.forget_messages()


def test_a_test_asked_for_says_test_first_and_is_answered_by_text_and_by_key(desk: LiveDesk) -> None:
    desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    desk.settle()
    owner = desk.person("duty-1")
    assert owner.receives_sms(containing="does your phone ring").startswith("TEST. ")
    call = owner.is_called()
    assert "TEST" in owner.picks_up(call)
    owner.replies(f"T {code(desk, 'duty-1')}")
    assert "test heard" in owner.receives_sms()
    assert "Test heard" in owner.presses("9", call)
    assert newest(desk, "duty-1").result == "passed"
    assert desk.last(DESK, "phone_test.ended").body["why"] == "answered"
    desk.nobody_else_was_called()


def test_no_key_or_code_of_a_real_alert_answers_a_test(desk: LiveDesk) -> None:
    desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    desk.settle()
    owner = desk.person("duty-1")
    for key in "1235":
        assert "means nothing" in owner.presses(key)
    owner.replies("1 0000")
    owner.replies("ok")
    assert not newest(desk, "duty-1").is_answered


def test_an_unanswered_test_asked_for_is_repeated_fails_and_summons_nobody(desk: LiveDesk) -> None:
    desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    desk.advance(minutes=10)
    assert len(desk.person("duty-1").phone.texts) == 3
    assert newest(desk, "duty-1").result == "failed"
    assert [a.kind for a in desk.alerts(DESK).open] == [], "he knows that he asked"


def test_a_second_test_waits_for_the_first(desk: LiveDesk) -> None:
    desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    with pytest.raises(TestUnderWay):
        desk.do(phone_tests.try_phone, "duty-1", "duty-1")


def test_rule_13_3_who_takes_the_watch_gets_one_real_sms_and_one_real_call(desk: LiveDesk) -> None:
    spend_weekly(desk)
    desk.advance(minutes=60)
    relieves(desk, "duty-2", "duty-1")
    look(desk)
    look(desk)
    owner = desk.person("duty-2")
    owner.receives_sms(containing="TEST")
    owner.is_called()
    desk.nobody_else_was_called()
    assert begun(desk)[-1] == "duty-2:watch_start"
    assert begun(desk).count("duty-2:watch_start") == 1


def test_rule_15_5_a_watch_that_begins_at_night_is_tested_in_his_first_waking_hour(desk: LiveDesk) -> None:
    spend_weekly(desk)
    desk.advance_to(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    relieves(desk, "duty-2", "duty-1", to="2026-11-22T18:00:00Z")
    for hour in range(3, 7):
        desk.advance_to(datetime(2026, 11, 22, hour, 0, tzinfo=UTC))
        look(desk)
    assert "duty-2:watch_start" not in begun(desk)
    desk.advance_to(datetime(2026, 11, 22, 7, 1, tzinfo=UTC))
    look(desk)
    assert "duty-2:watch_start" in begun(desk)


def test_rule_15_5_his_waking_hours_are_his_own(desk: LiveDesk) -> None:
    spend_weekly(desk)
    desk.do(
        set_preferences, "duty-2", "duty-2", zone="America/New_York", waking={"from": "10:00", "to": "23:00"}
    )
    relieves(desk, "duty-2", "duty-1")
    look(desk)
    desk.nobody_else_was_called()
    desk.advance_to(datetime(2026, 11, 21, 15, 1, tzinfo=UTC))
    look(desk)
    desk.person("duty-2").receives_sms(containing="TEST")


def test_rule_13_4_the_spare_carries_every_fifth_test_at_the_start_of_a_watch(desk: LiveDesk) -> None:
    spend_weekly(desk)
    asked = []
    for n in range(10):
        desk.advance(minutes=30)
        taker, going = ("duty-2", "duty-1")[:: 1 if n % 2 == 0 else -1]
        relieves(desk, taker, going)
        look(desk)
        desk.person(taker).replies(f"T {code(desk, taker)}")
        desk.person(taker).presses("9")
        asked.append(newest(desk, taker).provider)
    assert asked == ["usual"] * 4 + ["spare"] + ["usual"] * 4 + ["spare"]
    rows = [r["content"].get("provider") for r in desk.outbox() if r["content"]["purpose"] == "test"]
    assert rows.count("spare") == 4, "an SMS and a call, twice"


def test_rule_15_5_a_failed_test_summons_the_roster_manager_and_not_the_person_again(desk: LiveDesk) -> None:
    spend_weekly(desk)
    relieves(desk, "duty-2", "duty-1")
    look(desk)
    desk.exchange.phone(desk.number("duty-2")).condition = "silent"
    desk.advance(minutes=10)
    desk.forget_messages()
    desk.settle()
    alert = next(a for a in desk.alerts(DESK).open if a.kind == "test_failed")
    assert {s.officer for s in alert.sendings.values()} == {"sup-1"}
    listed = {p.officer.id: p.warnings for p in everybody(desk.service)}
    assert "the newest test failed" in listed["duty-2"], "where the supervisor looks next"
    assert "the newest test failed" not in listed["duty-1"]
    assert desk.last(DESK, "phone_test.ended").body["result"] == "failed"


def test_rule_15_5_a_real_alert_cancels_the_test_and_never_shares_a_message_with_it(desk: LiveDesk) -> None:
    spend_weekly(desk)
    relieves(desk, "duty-2", "duty-1")
    look(desk)
    desk.receive(**BAR_TEST)
    desk.advance(minutes=10)
    texts = [m.text for m in desk.person("duty-2").phone.texts[-6:]]
    assert not any("TEST" in t and "Reply 1" in t for t in texts)
    assert desk.last(DESK, "phone_test.ended").body["why"] == "real_alert"
    assert not any(a.kind == "test_failed" for a in desk.alerts(DESK).by_id.values())


def test_a_real_alert_withdraws_the_test_that_has_not_left_yet(desk: LiveDesk) -> None:
    desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    desk.receive(**BAR_TEST)
    states = {r["state"] for r in desk.outbox() if r["content"]["purpose"] == "test"}
    assert states == {outbox.SUPERSEDED}


def test_while_a_real_alert_is_open_nobody_is_tested(desk: LiveDesk) -> None:
    desk.receive(**BAR_TEST)
    desk.settle()
    with pytest.raises(AlertComesFirst):
        desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    look(desk)
    assert "duty-1:weekly" not in begun(desk)


def test_weekly_whoever_on_the_roster_was_not_tested_is_once(desk: LiveDesk) -> None:
    look(desk)
    assert sorted(begun(desk)) == ["duty-1:weekly", "duty-2:weekly", "sup-1:weekly"]
    for officer in ("duty-1", "duty-2", "sup-1"):
        desk.person(officer).replies(f"T {code(desk, officer)}")
    desk.advance(hours=20)
    look(desk)
    assert len(begun(desk)) == 3
    desk.advance(days=6)
    look(desk)
    assert len(begun(desk)) == 6


def test_a_test_answered_too_late_still_proves_the_telephone_and_is_no_wrong_code(desk: LiveDesk) -> None:
    desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    desk.advance(minutes=11)
    desk.forget_messages()
    owner = desk.person("duty-1")
    owner.replies(f"T {code(desk, 'duty-1')}")
    assert "test heard" in owner.receives_sms()
    assert newest(desk, "duty-1").is_answered


def test_a_way_that_is_known_to_be_lost_fails_the_test_though_he_answered_the_other(desk: LiveDesk) -> None:
    spend_weekly(desk)
    relieves(desk, "duty-2", "duty-1")
    desk.exchange.phone(desk.number("duty-2")).condition = "undelivered"
    look(desk)
    desk.person("duty-2").presses("9")
    desk.advance(minutes=10)
    ended = desk.last(DESK, "phone_test.ended").body
    assert (ended["result"], ended["why"]) == ("failed", "channel_lost")
    assert [(o["contact"], o["channel"]) for o in ended["lost"]] == [("phone", "sms")]


def test_rule_15_5_one_announced_night_test_a_quarter(desk: LiveDesk) -> None:
    look(desk)
    told = desk.person("duty-1").receives_sms(containing="will be tested tonight")
    assert told.startswith("TEST. ")
    assert "220300Z NOV 26" in told
    desk.person("duty-1").replies(f"T {code(desk, 'duty-1')}")
    desk.forget_messages()
    desk.advance_to(datetime(2026, 11, 22, 3, 2, tzinfo=UTC))
    look(desk)
    owner = desk.person("duty-1")
    assert "did your phone ring" in owner.receives_sms()
    owner.replies(f"T {code(desk, 'duty-1')} N")
    assert "did not ring" in owner.receives_sms()
    assert newest(desk, "duty-1").heard[-1].rang is False
    count = begun(desk).count("duty-1:night")
    for day in range(23, 30):
        desk.advance_to(datetime(2026, 11, day, 3, 2, tzinfo=UTC))
        look(desk)
    assert begun(desk).count("duty-1:night") == count == 1


def test_in_an_exercise_nobody_is_tested_unless_it_is_switched_on(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path)) as quiet:
        phone_test_calendar.look(quiet.service)
        assert quiet.settle() is None
        assert begun(quiet) == []


def test_codes_of_old_tests_are_forgotten(desk: LiveDesk) -> None:
    desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    desk.settle()
    old = code(desk, "duty-1")
    desk.sleep(days=3)
    phone_test_calendar.forget(desk.service)
    desk.settle()
    desk.forget_messages()
    desk.person("duty-1").replies(f"T {old}")
    assert "no open alert has that code" in desk.person("duty-1").receives_sms()
    assert timedelta(days=3) > phone_test_calendar.KEEP_CODES


def test_a_test_in_which_the_desk_itself_went_down_blames_nobody(desk: LiveDesk) -> None:
    look(desk)
    desk.sleep(hours=8)
    desk.settle()
    ended = [e.body for e in desk.entries(DESK) if e.type == "phone_test.ended"]
    assert {(b["result"], b["why"]) for b in ended} == {("cancelled", "desk_was_down")}
    assert not any(a.kind == "test_failed" for a in desk.alerts(DESK).by_id.values())


def test_on_either_database_a_test_is_begun_answered_and_ended(either_desk: LiveDesk) -> None:
    either_desk.do(phone_tests.try_phone, "duty-1", "duty-1")
    either_desk.settle()
    owner = either_desk.person("duty-1")
    owner.replies(f"T {code(either_desk, 'duty-1')}")
    owner.presses("9")
    assert newest(either_desk, "duty-1").result == "passed"
    phone_test_calendar.forget(either_desk.service)
