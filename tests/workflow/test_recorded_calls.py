"""Calls that are recorded as a whole, where policy says so; and what officers hear while an exercise is announced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cna_service.workflow import calls_in
from cna_service.workflow.announced import announce
from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import DESK
from tests.workflow.callers import OUR_NUMBER, STRANGER, Caller
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import desk_facts, fresh_sqlite


@pytest.fixture
def recorded(either_desk: LiveDesk) -> LiveDesk:
    """A desk that records every call."""
    policies = either_desk.service.policies
    told = replace(policies, calls=replace(policies.calls, recorded="all"))
    object.__setattr__(either_desk.service, "policies", told)
    return either_desk


def taken(desk: LiveDesk) -> Caller:
    caller = Caller(desk).calls()
    assert "This call is recorded" in caller.heard
    assert "Esta llamada se graba" in caller.heard
    assert caller.is_taken()
    q = caller._query(caller.after_url)
    caller.recorded_to = calls_in.url(desk.service, "recording", caller.call)
    assert q["call"] == caller.call.id
    return caller


def of_case(desk: LiveDesk, ref: str) -> list[str]:
    return [t for t in desk.types(ref) if t.startswith("media.")]


def test_rule_8_4_a_recording_made_before_the_case_was_opened_is_the_case_s_too(recorded: LiveDesk) -> None:
    desk = recorded
    caller = taken(desk)
    caller.says(b"RIFF a conversation")
    assert "media.kept" in desk.types(DESK)
    opened = desk.do(open_case, "duty-1", call=caller.call.id)
    assert of_case(desk, opened["case"]) == ["media.kept"]
    (kept,) = desk.case(opened["case"]).media
    assert kept["blob"] == desk.last(DESK, "media.kept").body["blob"]


def test_rule_8_4_a_recording_made_after_it_is_written_in_the_case_alone(recorded: LiveDesk) -> None:
    desk = recorded
    caller = taken(desk)
    opened = desk.do(open_case, "duty-1", call=caller.call.id)
    caller.talk_ends()
    caller.says(b"RIFF a conversation")
    assert of_case(desk, opened["case"]) == ["media.announced", "media.kept", "media.removed"]
    assert "media.announced" not in desk.types(DESK)


def test_rule_8_4_a_case_opened_while_the_recording_is_on_its_way_gets_it(recorded: LiveDesk) -> None:
    desk = recorded
    caller = taken(desk)
    told = {"RecordingSid": "RE" + "1" * 32, "RecordingStatus": "completed", "RecordingDuration": "9"}
    desk.exchange.media[told["RecordingSid"]] = ("audio/x-wav", b"RIFF on its way")
    from cna_service.workflow.calls_taken import recording_is_there

    recording_is_there(desk.service, caller.call.id, told)
    opened = desk.do(open_case, "duty-1", call=caller.call.id)
    desk.settle()
    assert of_case(desk, opened["case"]) == ["media.kept"]
    assert len(desk.case(opened["case"]).media) == 1


def test_rule_14_1_without_recording_the_caller_is_told_when_we_call_and_hears_no_tone(
    desk: LiveDesk,
) -> None:
    policies = desk.service.policies
    told = replace(policies, calls=replace(policies.calls, recorded="none"))
    object.__setattr__(desk.service, "policies", told)
    caller = Caller(desk).calls()
    while caller.rings is not None:
        caller.is_not_taken()
    assert caller.recorded_to == ""
    assert "We call you back by 14 18 Zulu" in caller.heard
    assert "tone" not in caller.heard
    assert desk.alert(caller.case, "missed_call").is_climbing


def test_rule_15_2_while_an_exercise_is_announced_a_real_caller_is_whispered_as_real(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as desk:
        caller = Caller(desk).calls()
        assert caller.is_picked_up().startswith("C N A call.")
        announce(
            desk.service,
            desk.officer("sup-1"),
            "exercise",
            {"to": "2026-11-21T20:00:00Z", "who": "the watch"},
        )
        assert caller.is_picked_up().startswith("REAL / NOT AN EXERCISE. C N A call.")


def test_the_page_of_a_leg_shows_our_number_so_that_it_rings_through(desk: LiveDesk) -> None:
    page = calls_in.arrives(desk.service, {"CallSid": "CA1", "From": STRANGER, "To": OUR_NUMBER})
    dial = ET.fromstring(page).find("Dial")
    assert dial is not None
    assert (dial.get("callerId"), dial.get("timeout")) == (OUR_NUMBER, "20")
