"""Limits: more time, silence, and what a named officer records after it."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.cases.grants import grants
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.lapse import (
    NothingLapsed,
    NothingProposed,
    SecondOfficerWanted,
    approve_lapse,
    record_lapse,
)
from cna_service.workflow.lapse_proof import AnsweredMeanwhile, LapseWithoutLaw
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.projections import DESK, LAW
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
    begun = "exchange.acknowledged" if "exchange.acknowledged" in desk.types(ref) else "exchange.opened"
    start = {"seq": desk.last(ref, begun).seq}
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


def test_rule_5_4_the_effect_rests_on_start_election_every_channel_and_a_second_officer(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = silent_for_four_hours(desk)
    told = proof(desk, ref)
    with pytest.raises(Invalid) as refused:
        desk.do(record_lapse, "duty-1", ref, 1, words="w", channels=told["channels"][:2], seen=desk.look(ref))
    assert {p.pointer for p in refused.value.problems} == {"/start/seq", "/channels"}
    desk.do(record_lapse, "duty-1", ref, 1, **told)
    proposed = desk.last(ref, "lapse.proposed").body
    assert proposed["start"]["type"] == "exchange.acknowledged"
    assert (proposed["election"]["state"], proposed["election"]["election"]) == ("XF", "sua-8bis-5")
    assert proposed["election"]["entry"] == desk.clock_of(ref).terms["election"]
    assert [c["channel"] for c in proposed["channels"]] == list(CHANNELS)
    assert proposed["items"] == [{"vessel": 1, "measure": m} for m in ("board", "search")]
    assert desk.clock_of(ref).lapse is None
    assert grants(desk.case(ref)) == ()
    assert "lapse_proposed" in [a.kind for a in desk.alerts(ref).open]

    with pytest.raises(SecondOfficerWanted):
        desk.do(approve_lapse, "duty-1", ref, 1, seen=desk.look(ref))
    desk.do(approve_lapse, "sup-1", ref, 1, seen=desk.look(ref))
    recorded = desk.last(ref, "lapse.recorded")
    assert (recorded.actor["id"], recorded.body["proposed_by"]["id"]) == ("sup-1", "duty-1")
    assert recorded.body["election"] == proposed["election"]
    assert {g.measure for g in grants(desk.case(ref)) if g.is_in_force} == {"board", "search"}
    assert "lapse_proposed" not in [a.kind for a in desk.alerts(ref).open]


def test_rule_5_4_each_channel_is_looked_at_by_somebody_after_the_limit(desk: LiveDesk) -> None:
    ref = silent_for_four_hours(desk)
    told = proof(desk, ref)
    told["channels"][0] |= {"checked_at": to_text(T0)}
    told["channels"][1].pop("by")
    told["channels"][2] |= {"found": True}
    told["start"] = {"seq": 1}
    with pytest.raises(Invalid) as refused:
        desk.do(record_lapse, "duty-1", ref, 1, **told)
    assert {p.pointer for p in refused.value.problems} == {
        "/channels/0/checked_at",
        "/channels/1/by",
        "/channels/2/found",
        "/start/seq",
    }


def test_rule_5_4_a_second_officer_may_refuse_and_an_answer_since_is_seen_first(desk: LiveDesk) -> None:
    ref = silent_for_four_hours(desk)
    desk.do(record_lapse, "duty-1", ref, 1, **proof(desk, ref))
    with pytest.raises(Invalid):
        desk.do(approve_lapse, "duty-2", ref, 1, agrees=False, seen=desk.look(ref))
    desk.do(approve_lapse, "duty-2", ref, 1, agrees=False, words="The embassy was shut.", seen=desk.look(ref))
    assert grants(desk.case(ref)) == ()
    with pytest.raises(NothingProposed):
        desk.do(approve_lapse, "duty-2", ref, 1, seen=desk.look(ref))
    desk.do(record_lapse, "duty-1", ref, 1, **proof(desk, ref))
    seen = desk.look(ref)
    told = {"answers": [{"measure": m, "value": "denied"} for m in ("board", "search")], "form": "written"}
    give_answer(desk.service, desk.authority("ops-xf"), ref, 1, told)
    with pytest.raises(CaseMoved):
        desk.do(approve_lapse, "duty-2", ref, 1, seen=seen)
    with pytest.raises(AnsweredMeanwhile):
        desk.do(approve_lapse, "duty-2", ref, 1, seen=desk.look(ref))
    assert grants(desk.case(ref)) == ()


def test_rule_5_4_without_an_adopted_election_no_effect_can_be_recorded(desk: LiveDesk) -> None:
    legal = desk.officer("legal-1")
    with desk.service.read() as reader:
        book = reader.stream(DESK).of(LAW)
    election = next(e for e in book.elections if (e.state, e.election) == ("XF", "sua-8bis-5"))
    with desk.service.write(legal, Action.PARTICIPATION_NOTE, DESK) as work:
        told = {"state": "XF", "election": "sua-8bis-5", "option": "sua-8bis-5-d", "known": True}
        told |= {"source": "a telex", "adopted": False, "corrects": election.entry}
        work.append(Draft("election.noted", told))
    ref = silent_for_four_hours(desk)
    assert desk.case(ref).clocks[0].kind == "claimed"
    with pytest.raises(LapseWithoutLaw) as refused:
        desk.do(record_lapse, "duty-1", ref, 1, **proof(desk, ref))
    assert "not adopted" in str(refused.value)
    assert grants(desk.case(ref)) == ()


def test_rule_5_4_neither_completes_san_jose_16_3(desk: LiveDesk) -> None:
    ref = str(desk.do(open_case, "duty-1", channel="radio", summary="a go-fast")["case"])
    desk.attend(ref, "duty-1")
    ask = {"direction": "outbound", "authority": "cna-xs", "basis": ["sj-16-3"], "form": "oral"}
    ask |= {
        "channel": "phone",
        "offences": ["narcotics"],
        "measures": ["confirm_registry", "board", "detain_vessel"],
    }
    desk.do(open_exchange, "duty-1", ref, **ask)
    neither = {"answers": [{"measure": "confirm_registry", "value": "neither"}], "form": "written"}
    desk.advance(hours=1)
    give_answer(desk.service, desk.authority("cna-xs"), ref, 1, neither)
    assert desk.clock_of(ref).is_running
    desk.advance(hours=3)
    desk.do(record_lapse, "duty-1", ref, 1, **proof(desk, ref))
    assert desk.last(ref, "lapse.proposed").body["neither"]["answer"] == 1
    desk.do(approve_lapse, "duty-2", ref, 1, seen=desk.look(ref))
    assert {g.measure for g in grants(desk.case(ref))} == {"board"}
    assert desk.record_json(ref)["exchanges"][0]["items"][0]["value"] == "neither"


def test_rule_5_4_neither_blocks_sua_8bis_5_d(desk: LiveDesk) -> None:
    ref = asked(desk, "confirm_registry", "board", basis="sua-8bis-5-d", authority="ops-xf")
    desk.attend(ref, "duty-1")
    desk.do(acknowledge_request, "duty-1", ref, 1, by=BY, words="We have it.")
    neither = {"answers": [{"measure": "confirm_registry", "value": "neither"}], "form": "written"}
    give_answer(desk.service, desk.authority("ops-xf"), ref, 1, neither)
    desk.advance(hours=5)
    with pytest.raises(NothingLapsed):
        desk.do(record_lapse, "duty-1", ref, 1, **proof(desk, ref))


def test_sua_8bis_5_d_without_an_acknowledgement_has_no_clock(desk: LiveDesk) -> None:
    ref = asked(desk, "board", basis="sua-8bis-5-d", authority="ops-xf")
    desk.attend(ref, "duty-1")
    desk.advance(hours=24)
    assert (desk.clock_of(ref).starts_at, desk.clock_of(ref).lapsed_at) == (None, None)
    with pytest.raises(NothingLapsed):
        desk.do(record_lapse, "duty-1", ref, 1, words="w", channels=LOOKED, seen=desk.look(ref))
