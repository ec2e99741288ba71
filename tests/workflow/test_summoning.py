"""The climb: who is called when, what goes wrong on the way, and what ends it."""

from __future__ import annotations

import pytest

from cna_service.alerts.ports import ChannelError
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from cna_service.workflow.alerts import AlertHeld, acknowledge_alert, next_rung
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import DESK, case_stream
from cna_service.workflow.roster import set_roster
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import T0, minutes


def received(desk: LiveDesk, **told: object) -> str:
    ref = str(desk.receive(**{**BAR_TEST, **told})["case"])
    desk.settle()
    return ref


def reached(desk: LiveDesk, ref: str) -> list[tuple[str, str, float]]:
    """By the summons of a request: (officer, sms or call, minutes after the request), in order."""
    names = {desk.number(o): o for o in ("duty-1", "duty-2", "sup-1", "dec-1", "admin-1")}
    ours = desk.alert(ref).sendings
    phones = desk.exchange.phones.values()
    all_ = [(m.at, names[p.number], m.kind) for p in phones for m in p.received if m.reference in ours]
    return [(o, k, (at - T0).total_seconds() / 60) for at, o, k in sorted(all_)]


def test_the_ladder_is_climbed_rung_by_rung_until_the_last_resort_and_then_again(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = received(desk)
    desk.advance(minutes=17)
    assert reached(desk, ref) == [
        ("duty-1", "sms", 0),
        ("duty-1", "call", 2),
        ("duty-2", "call", 5),
        ("duty-2", "sms", 5),
        ("sup-1", "call", 10),
        ("sup-1", "sms", 10),
        ("admin-1", "call", 15),
        ("admin-1", "sms", 15),
        ("duty-1", "sms", 15),
        ("sup-1", "call", 15),
        ("sup-1", "sms", 15),
        ("duty-1", "call", 17),
    ]
    assert desk.types(ref).count("ladder.exhausted") == 1
    assert all(e.body["late_by_seconds"] == 0 for e in desk.entries(ref) if e.type == "rung.climbed")


@pytest.mark.parametrize("answer", ["sms", "voice", "console"])
def test_a_human_acknowledgement_stops_the_climb(desk: LiveDesk, answer: str) -> None:
    ref = received(desk)
    duty = desk.person("duty-1")
    desk.advance(minutes=2)
    if answer == "sms":
        duty.replies("1 {code}")
    elif answer == "voice":
        assert "BAR TEST" not in duty.picks_up()
        assert "You hold it" in duty.presses("1")
    else:
        alert = desk.alert(ref)
        acknowledge_alert(desk.service, desk.officer("duty-1"), case_stream(ref), alert.id)
    desk.forget_messages()
    desk.advance(minutes=8)
    assert desk.last(ref, "alert.acknowledged").body["by"] == answer
    assert desk.last(ref, "alert.acknowledged").actor["id"] == "duty-1"
    assert desk.types(ref).count("rung.climbed") == 2
    assert desk.person("duty-2").phone.calls == []


def test_a_voicemail_that_picks_up_acknowledges_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.advance(minutes=2)
    duty = desk.person("duty-1")
    duty.picks_up()
    call = duty.phone.calls[-1]
    desk.exchange.drop_report(call)
    desk.report(call.reference, {"CallSid": call.sid, "CallStatus": "completed"})
    desk.advance(minutes=4)
    assert desk.alert(ref).is_climbing
    assert len(desk.person("duty-2").phone.calls) == 1


def test_an_undelivered_message_goes_to_the_next_contact_at_once(either_desk: LiveDesk) -> None:
    desk = either_desk
    desk.person("duty-1").phone.condition = "undelivered"
    ref = received(desk)
    assert [(o, k, at) for o, k, at in reached(desk, ref) if at == 0] == [
        ("duty-1", "call", 0),
        ("duty-1", "sms", 0),
    ]
    assert desk.last(ref, "alert.undelivered").body["next"]["channel"] == "voice"


def test_a_phone_that_is_off_and_no_other_contact_leads_to_the_next_rung_at_once(desk: LiveDesk) -> None:
    for_all = desk.person("duty-1").phone
    for_all.condition = "off"
    desk.postbox.error = ChannelError(True, "smtp-550")
    ref = received(desk)
    assert {o for o, _, at in reached(desk, ref) if at == 0} == {"duty-2"}
    assert {e.body["error"] for e in desk.entries(ref) if e.type == "alert.failed"} >= {"30003", "smtp-550"}


def test_no_delivery_report_within_the_window_uses_the_next_contact(desk: LiveDesk) -> None:
    desk.person("duty-1").phone.condition = "silent"
    ref = received(desk)
    desk.advance(seconds=44)
    assert "alert.receipt_missed" not in desk.types(ref)
    desk.advance(seconds=1)
    assert desk.last(ref, "alert.receipt_missed").recorded_at == T0 + minutes(0.75)
    assert [k for _, k, at in reached(desk, ref) if at == 0.75] == ["call"]


def test_a_provider_that_fails_is_tried_again_then_the_next_contact(desk: LiveDesk) -> None:
    desk.person("duty-1").phone.condition = "failing"
    ref = received(desk)
    desk.advance(seconds=31)
    failed = [e for e in desk.entries(ref) if e.type == "alert.failed"]
    assert len(failed) >= 4
    assert failed[0].body["gave_up"] is False
    assert any(e.body["gave_up"] for e in failed)
    desk.advance(minutes=6)
    assert desk.person("duty-2").phone.texts


def test_a_rung_with_nobody_on_it_is_skipped_at_once(desk: LiveDesk) -> None:
    nobody = {"roster": "desk", "zone": "UTC", "rotations": [_rotation("deputy", "duty-2")]}
    set_roster(desk.service, desk.officer("sup-1"), nobody)
    ref = received(desk)
    skipped = [e for e in desk.entries(ref) if e.type == "rung.skipped"]
    assert [(e.body["rung"], e.body["reason"]) for e in skipped] == [(1, "nobody"), (2, "nobody")]
    assert {(o, at) for o, _, at in reached(desk, ref)} == {("duty-2", 0)}


def _rotation(post: str, officer: str) -> dict[str, object]:
    return {
        "post": post,
        "officers": [officer],
        "kind": "weekly",
        "hand_over": "MON 08:00",
        "from": "2020-01-06",
    }


def test_an_officer_disabled_during_the_climb_is_passed_over(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(disable_officer, "admin-1", officer="duty-2", reason="left the service")
    desk.advance(minutes=5)
    assert desk.person("duty-2").phone.received == []
    assert [e.body["reason"] for e in desk.entries(ref) if e.type == "rung.skipped"] == ["nobody"]
    assert desk.person("sup-1").phone.texts


def test_after_a_sleep_one_rung_is_climbed_and_says_how_late(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk)
    desk.forget_messages()
    desk.sleep(minutes=11)
    desk.settle()
    late = [e for e in desk.entries(ref) if e.type == "rung.climbed"][1:]
    assert [(e.body["rung"], e.body["late_by_seconds"]) for e in late] == [(2, 9 * 60)]
    desk.advance(minutes=3)
    assert [e.body["rung"] for e in desk.entries(ref) if e.type == "rung.climbed"] == [1, 2, 3]


def test_a_lapse_slept_through_is_recorded_once_with_its_warnings_and_alerts_once(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = received(desk)
    acknowledge_alert(desk.service, desk.officer("duty-1"), case_stream(ref), desk.alert(ref).id)
    desk.sleep(hours=8)
    desk.settle()
    legal = desk.clock_of(ref)
    lapsed = [e for e in desk.entries(ref) if e.type == "clock.lapsed" and e.body["clock"] == legal.id]
    assert len(lapsed) == 1
    assert lapsed[0].body["late_by_seconds"] == 4 * 3600
    assert set(lapsed[0].body["passed"]) == {"50", "75", "90", "decision_lead"}
    assert not [e for e in desk.entries(ref) if e.type == "clock.warned" and e.body["clock"] == legal.id]
    about = [a for a in desk.alerts(ref).by_id.values() if a.subject.clock == legal.id]
    assert [a.kind for a in about] == ["clock_lapsed"]


def test_each_warning_and_the_lapse_is_an_alert_of_its_own(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.attend(ref, "duty-1")
    desk.advance(hours=4)
    legal = desk.clock_of(ref).id
    about = [
        (a.kind, a.raised_at)
        for a in desk.alerts(ref).by_id.values()
        if a.subject.clock == legal and a.kind != "ack_overdue"
    ]
    assert about == [
        ("clock_warning_50", T0 + minutes(120)),
        ("clock_warning_75", T0 + minutes(180)),
        ("decision_lead", T0 + minutes(195)),
        ("clock_warning_90", T0 + minutes(216)),
        ("clock_lapsed", T0 + minutes(240)),
    ]


def test_the_ladder_of_a_running_climb_is_its_own_copy(desk: LiveDesk) -> None:
    ref = received(desk)
    raised = desk.last(ref, "alert.raised").body
    assert [r["after_seconds"] for r in raised["ladder_copy"]["rungs"]] == [0, 120, 300, 600]
    assert raised["ladder_copy"]["sha256"]


def test_an_officer_asks_for_the_next_rung_now(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.person("duty-1").replies("5 {code}")
    assert desk.last(ref, "rung.climbed").body["why"] == "asked"
    assert {o for o, _, _ in reached(desk, ref)} == {"duty-1"}
    next_rung(desk.service, desk.officer("duty-1"), case_stream(ref), desk.alert(ref).id)
    desk.settle()
    assert {o for o, _, _ in reached(desk, ref)} == {"duty-1", "duty-2"}


def test_of_two_who_answer_at_once_one_holds_it_and_the_other_is_told(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.advance(minutes=5)
    duty, deputy = desk.person("duty-1"), desk.person("duty-2")
    mine, his = duty.code(), deputy.code()
    desk.forget_messages()
    duty.replies(f"1 {mine}")
    deputy.replies(f"1 {his}")
    assert [e.actor["id"] for e in desk.entries(ref) if e.type == "alert.acknowledged"] == ["duty-1"]
    with pytest.raises(AlertHeld):
        acknowledge_alert(desk.service, desk.officer("duty-2"), case_stream(ref), desk.alert(ref).id)


def test_what_was_not_yet_sent_is_not_sent_after_the_acknowledgement(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    acknowledge_alert(desk.service, desk.officer("duty-1"), case_stream(ref), desk.alert(ref).id)
    desk.settle()
    assert desk.person("duty-1").phone.received == []
    assert [r["state"] for r in desk.outbox()] == ["superseded"]


def test_a_stream_that_cannot_be_fired_is_put_back_and_does_not_stop_the_others(desk: LiveDesk) -> None:
    poisoned, sound = received(desk), received(desk, requester_reference="MRCC-78/26")
    with desk.service.write(desk.officer("duty-1"), Action.CASE_NOTE, case_stream(poisoned)) as work:
        work.append(Draft("alert.raised", _broken_alert()))
    desk.clock.at += minutes(2)
    desk.tick()
    assert [e.body["rung"] for e in desk.entries(sound) if e.type == "rung.climbed"] == [1, 2]
    assert [e.body["rung"] for e in desk.entries(poisoned) if e.type == "rung.climbed"] == [1]
    for _ in range(3):
        desk.clock.at += minutes(1)
        desk.tick()
    assert "desk_trouble" in {a.kind for a in desk.alerts(DESK).by_id.values()}


def _broken_alert() -> dict[str, object]:
    """An alert whose kind this build's texts and ladders know, with a target nobody can read."""
    rung = {"rung": 1, "after_seconds": 60, "who": "duty_officer", "channels": ["sms"]}
    last = {"who": ["supervisor"], "channels": ["sms"]}
    copy = {
        "id": "x",
        "rungs": [rung],
        "repeat_after_seconds": 60,
        "last_resort": last,
        "receipt_seconds": {},
    }
    subject = {"case": None, "exchange": None, "clock": None}
    facts = {"due_at": "tomorrow"}
    told = {"alert": "broken", "kind": "new_request", "subject": subject, "urgency": "high", "holder": None}
    return {**told, "ladder_copy": {**copy, "sha256": ""}, "text_facts": facts, "counts_against_us": False}


def test_alerts_of_the_desk_itself_climb_in_the_desks_own_stream(desk: LiveDesk) -> None:
    for _ in range(5):
        desk.person("duty-1").replies("1 0000")
    alert = [a for a in desk.alerts(DESK).by_id.values() if a.kind == "wrong_codes"]
    assert len(alert) == 1
    assert "five wrong codes" in desk.person("sup-1").receives_sms()
