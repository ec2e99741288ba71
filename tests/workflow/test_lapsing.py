"""Limits: more time, silence, and what a named officer records after it."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.cases.grants import grants
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.lapse import NothingLapsed, approve_lapse, record_lapse
from cna_service.workflow.steps import extend
from cna_service.workflow.work import CaseMoved
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import SUA
from tests.workflow.station import T0, minutes

LOOKED: list[dict[str, Any]] = [
    {"channel": "desk mailbox", "by": "duty-1", "checked_at": "2026-11-21T18:05:00Z"},
    {"channel": "phone log", "by": "duty-1"},
]


BY = {"name": "Cdr Tan", "office": "Naval Operations Centre"}
CHANNELS = ("desk_mailbox", "phone_log", "embassy", "liaison_officer", "fax")


def silent_for_four_hours(desk: LiveDesk, *measures: str) -> str:
    """An ask of ours under SUA 8bis(5)(d), acknowledged by a person of theirs, and four hours of silence."""
    wanted = measures or ("board", "search", "detain_vessel")
    ref = asked(desk, *wanted, basis="sua-8bis-5-d", authority="ops-xf")
    desk.attend(ref, "duty-1")
    desk.do(acknowledge_request, "duty-1", ref, 1, by=BY, words="We have your request.")
    desk.advance(hours=4)
    return ref


def proof(desk: LiveDesk, ref: str, **more: Any) -> dict[str, Any]:
    """Everything that the effect of a lapse rests on, as an officer tells it now."""
    now = to_text(desk.clock.now())
    channels = [{"channel": c, "by": "duty-1", "checked_at": now} for c in CHANNELS]
    start = {"seq": desk.last(ref, "exchange.acknowledged").seq}
    return {"words": "Nothing came.", "channels": channels, "start": start, "seen": desk.look(ref), **more}


def test_a_lapse_is_two_entries_by_two_actors(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    desk.advance(hours=2)
    lapsed = desk.last(ref, "clock.lapsed")
    assert lapsed.actor["kind"] == "service"
    assert lapsed.recorded_at == T0 + minutes(120)
    assert lapsed.body["provision_says"]["code"] == "no_authority"
    assert desk.clock_of(ref).lapse is None
    item = desk.record_json(ref)["exchanges"][0]["items"][0]
    assert (item["value"], item["state"]) == ("unanswered", "lapsed")

    got = desk.do(record_lapse, "duty-1", ref, 1, words="Nothing came.", channels=LOOKED, seen=desk.look(ref))
    assert got["effect"] == "none"
    recorded = desk.last(ref, "lapse.recorded")
    assert recorded.actor["id"] == "duty-1"
    assert [c["channel"] for c in recorded.body["channels"]] == ["desk mailbox", "phone log"]
    assert desk.record_json(ref)["exchanges"][0]["items"][0]["value"] == "unanswered"


def test_the_effect_is_what_the_adopted_provision_gives_and_never_more(desk: LiveDesk) -> None:
    ref = silent_for_four_hours(desk)
    got = desk.do(record_lapse, "duty-1", ref, 1, **proof(desk, ref))
    assert (got["effect"], got["is_proposed"]) == ("deemed_grant", True)
    assert grants(desk.case(ref)) == ()
    desk.do(approve_lapse, "duty-2", ref, 1, words="Read; agreed.", seen=desk.look(ref))
    assert set(desk.last(ref, "lapse.recorded").body["scope"]) == {"board", "examine_papers", "search"}
    assert {(g.measure, g.is_deemed) for g in grants(desk.case(ref))} == {("board", True), ("search", True)}
    values = {i["measure"]: i["value"] for i in desk.record_json(ref)["exchanges"][0]["items"]}
    assert set(values.values()) == {"unanswered"}


def test_a_claimed_limit_has_no_effect_to_record(desk: LiveDesk) -> None:
    ref = received(desk, reply_wanted_by=to_text(T0 + minutes(60)), measures=["board"])
    desk.attend(ref, "duty-1")
    desk.advance(hours=1)
    got = desk.do(record_lapse, "duty-1", ref, 1, words="They boarded.", channels=LOOKED, seen=desk.look(ref))
    assert got["effect"] == "none"
    assert desk.last(ref, "lapse.recorded").body["scope"] == []


def test_recording_needs_words_and_the_channels_looked_at_and_a_lapse(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    with pytest.raises(NothingLapsed):
        desk.do(record_lapse, "duty-1", ref, 1, words="w", channels=LOOKED, seen=desk.look(ref))
    desk.attend(ref, "duty-1")
    desk.advance(hours=2)
    with pytest.raises(Invalid) as refused:
        desk.do(
            record_lapse, "duty-1", ref, 1, channels=[{"by": "x", "checked_at": "noon"}], seen=desk.look(ref)
        )
    assert {p.pointer for p in refused.value.problems} == {
        "/words",
        "/channels/0/channel",
        "/channels/0/checked_at",
    }
    desk.do(record_lapse, "duty-1", ref, 1, words="w", channels=LOOKED, seen=desk.look(ref))
    with pytest.raises(NothingLapsed):
        desk.do(record_lapse, "duty-1", ref, 1, words="w", channels=LOOKED, seen=desk.look(ref))


def test_an_answer_that_came_meanwhile_is_shown_before_a_lapse_is_recorded(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    desk.advance(hours=2)
    seen = desk.look(ref)
    told = {"answers": [{"measure": "board", "value": "denied"}], "form": "written"}
    give_answer(desk.service, desk.authority("mrcc-xp"), ref, 1, told)
    with pytest.raises(CaseMoved):
        desk.do(record_lapse, "duty-1", ref, 1, words="w", channels=LOOKED, seen=seen)


def test_a_late_answer_stands_beside_the_lapse_and_its_recorded_effect(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    desk.advance(hours=2)
    desk.do(record_lapse, "duty-1", ref, 1, words="w", channels=LOOKED, seen=desk.look(ref))
    desk.advance(hours=8)
    by = {"name": "Captain", "office": "MRCC XP"}
    answer(desk, ref, values={"board": "granted"}, by=by)
    clock, given = desk.clock_of(ref), desk.case(ref).exchanges[0].answers[0]
    assert clock.lapsed_at == T0 + minutes(120)
    assert clock.lapse is not None
    assert given.late
    assert given.recorded_at == T0 + minutes(600)
    assert desk.record_json(ref)["label"] == "AUTHORIZED"


def test_more_time_is_granted_by_somebody_and_moves_the_end(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk, measures=["board"], reply_wanted_by=to_text(T0 + minutes(240)))
    desk.attend(ref, "duty-1")
    desk.advance(minutes=200)
    with pytest.raises(Invalid) as refused:
        desk.do(extend, "duty-1", ref, 1, until=to_text(T0 + minutes(300)), by={})
    assert [p.pointer for p in refused.value.problems] == ["/by"]
    with pytest.raises(Invalid) as early:
        desk.do(extend, "duty-1", ref, 1, until=to_text(T0 + minutes(10)), by={"name": "HQ"})
    assert [p.pointer for p in early.value.problems] == ["/until"]

    desk.do(
        extend, "duty-1", ref, 1, until=to_text(T0 + minutes(300)), by={"name": "Watch chief", "office": "HQ"}
    )
    assert desk.clock_of(ref, "claimed").due_at == T0 + minutes(300)
    desk.advance(minutes=99)
    assert "clock.lapsed" not in [e.type for e in desk.entries(ref) if e.body.get("kind") == "claimed"]
    desk.advance(minutes=1)
    assert desk.clock_of(ref, "claimed").lapsed_at == T0 + minutes(300)
    assert desk.case(ref).exchanges[0].extensions[0]["by"]["name"] == "Watch chief"


def test_silence_is_never_an_answer_of_ours(desk: LiveDesk) -> None:
    ref = received(desk, **SUA)
    desk.attend(ref, "duty-1")
    desk.do(acknowledge_request, "duty-1", ref, 1)
    desk.advance(hours=5)
    assert "clock.lapsed" in desk.types(ref)
    assert "answer.given" not in desk.types(ref)
    assert desk.case(ref).exchanges[0].answers == ()
    assert desk.record_json(ref)["label"] == "OVERDUE"
