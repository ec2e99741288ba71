"""Calls: the desk's pages, followed as a telephone would."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cna_service.alerts.twiml import Spoken, closing_page, opening_page, question_page, talk_only_page
from cna_service.exercise.phone_company_phones import Condition, NobodyListens, NoSuchCall
from cna_service.exercise.phone_company_switch import Delays
from tests.exercise.telephony import OFFICER, START, Desk, Line, a_line

OPENING = "This is the duty desk. Press 1."
FAREWELL = "Call the desk."
SECRET = "Board the BAR TEST?"


def place(line: Line, *, twiml: str | None = None) -> str:
    desk = line.desk
    keys_url = desk.base + "/keys?step=1"
    desk.pages.setdefault(
        "/answer",
        lambda _: opening_page((Spoken(OPENING),), action_url=keys_url, farewell=(Spoken(FAREWELL),)),
    )
    desk.pages.setdefault(
        "/keys", lambda one: closing_page((Spoken(f"{SECRET} You pressed {one.params['Digits']}."),))
    )
    return line.telephony.place_call(
        to=OFFICER,
        callback_url=desk.status_url,
        reference="u-1",
        answer_url=None if twiml else desk.base + "/answer",
        twiml=twiml,
    ).sid


def test_a_key_acknowledges_in_the_fixed_shape(line: Line) -> None:
    sid = place(line)
    line.settle()
    call = line.call()
    assert call["said"] == [OPENING]
    assert call["status"] == "in-progress"
    line.company.press(OFFICER, sid, "1")
    line.settle()
    call = line.call()
    assert call.pop("at") == "2026-11-21T14:03:00.000000Z"
    assert call == {
        "id": sid,
        "said": [OPENING, f"{SECRET} You pressed 1."],
        "pressed": ["1"],
        "status": "completed",
    }
    (keys,) = line.desk.at("/keys")
    assert keys.url.endswith("/keys?step=1")
    assert keys.params["Digits"] == "1"
    assert line.telephony.verify(keys.url, keys.params, keys.signature)
    assert line.desk.statuses() == ["initiated", "ringing", "in-progress", "completed"]
    assert line.desk.at("/answer")[0].url.endswith("/answer?sending=u-1")


def test_a_call_without_a_key_repeats_twice_and_ends_in_case_time(line: Line) -> None:
    place(line)
    line.settle()
    assert line.company.next_due() == START + timedelta(seconds=7)
    line.advance(20)
    assert line.call()["status"] == "in-progress"
    line.advance(1)
    call = line.call()
    assert call["said"] == [OPENING, OPENING, OPENING, FAREWELL]
    assert (call["status"], call["pressed"]) == ("completed", [])
    assert line.company.next_due() is None
    assert line.desk.received[-1].params["CallDuration"] == "21"


def test_rule_2_6_a_machine_hears_nothing_of_the_case_and_presses_nothing(line: Line) -> None:
    line.company.condition(OFFICER, Condition.VOICEMAIL)
    sid = place(line)
    line.settle()
    with pytest.raises(NobodyListens):
        line.company.press(OFFICER, sid, "1")
    line.advance(60)
    call = line.call()
    assert call["status"] == "completed"
    assert set(call["said"]) == {OPENING, FAREWELL}  # type: ignore[call-overload]
    assert line.desk.at("/keys") == []


@pytest.mark.parametrize(
    ("condition", "status", "after"),
    [(Condition.BUSY, "busy", 0), (Condition.UNDELIVERED, "failed", 0), (Condition.OFF, "no-answer", 25)],
)
def test_a_call_that_nobody_takes(line: Line, condition: Condition, status: str, after: int) -> None:
    line.company.condition(OFFICER, condition)
    place(line)
    line.advance(after)
    assert line.call()["status"] == status
    assert line.desk.statuses() == ["initiated", "ringing", status]
    assert line.desk.at("/answer") == []


def test_without_receipts_the_call_still_goes_through(line: Line) -> None:
    line.company.condition(OFFICER, Condition.NO_RECEIPT)
    sid = place(line)
    line.settle()
    line.company.press(OFFICER, sid, "1")
    line.settle()
    assert line.call()["status"] == "completed"
    assert line.desk.statuses() == ["initiated"]


def test_a_ringing_phone_is_picked_up_by_pressing_a_key(desk: Desk) -> None:
    delays = Delays(ringing=timedelta(seconds=2), answered=timedelta(seconds=6))
    with a_line(desk, delays=delays) as line:
        sid = place(line)
        assert line.call()["status"] == "queued"
        line.advance(2)
        assert line.call()["status"] == "ringing"
        line.company.press(OFFICER, sid, "1")
        line.settle()
        assert line.call()["said"] == [OPENING, f"{SECRET} You pressed 1."]
        line.advance(60)
        assert desk.statuses() == ["initiated", "ringing", "in-progress", "completed"]


def test_a_key_in_time_stops_the_repetition(line: Line) -> None:
    line.desk.pages["/keys"] = lambda _: question_page(
        (Spoken("Minutes, then hash."),), action_url=line.desk.base + "/minutes", digits=None, repeats=0
    )
    line.desk.pages["/minutes"] = lambda one: closing_page((Spoken(f"{one.params['Digits']} minutes."),))
    sid = place(line)
    line.advance(6)
    line.company.press(OFFICER, sid, "3")
    line.advance(3)
    line.company.press(OFFICER, sid, "2")
    line.advance(6)
    line.company.press(OFFICER, sid, "0#")
    line.settle()
    assert line.call()["said"] == [OPENING, "Minutes, then hash.", "20 minutes."]
    assert line.call()["pressed"] == ["3", "2", "0#"]


def test_keys_without_a_hash_are_taken_when_time_runs_out(line: Line) -> None:
    page = question_page((Spoken("How many?"),), action_url=line.desk.base + "/keys", digits=None)
    sid = place(line, twiml=page)
    line.settle()
    line.company.press(OFFICER, sid, "15")
    line.advance(7)
    assert line.call()["said"] == ["How many?", f"{SECRET} You pressed 15."]


def test_a_desk_that_cannot_be_reached_talks_only(line: Line) -> None:
    place(line, twiml=talk_only_page((Spoken(FAREWELL),), repeats=1))
    line.advance(4)
    assert line.call()["said"] == [FAREWELL, FAREWELL]
    assert line.call()["status"] == "completed"


def test_redirects_are_followed_and_relative_urls_understood(line: Line) -> None:
    line.desk.pages["/answer"] = lambda _: "<Response><Redirect>other?x=1</Redirect></Response>"
    line.desk.pages["/other"] = lambda _: "<Response><Say>There.</Say></Response>"
    place(line)
    line.settle()
    assert line.call()["said"] == ["There."]


def test_a_page_that_fails_ends_the_call_with_an_apology(line: Line) -> None:
    line.desk.broken_paths.add("/answer")
    place(line)
    line.settle()
    assert line.call()["status"] == "completed"
    assert "application error" in str(line.call()["said"])
    assert len(line.desk.at("/answer")) == 6


def test_keys_need_a_call_that_is_open(line: Line) -> None:
    sid = place(line, twiml="<Response><Hangup/></Response>")
    line.settle()
    with pytest.raises(NobodyListens):
        line.company.press(OFFICER, sid, "1")
    with pytest.raises(NoSuchCall):
        line.company.press(OFFICER, "CA0", "1")
