"""A call to the desk's number, step by step: who is rung, what is kept, and what happens when things go wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cna_service.alerts.ports import ChannelError
from cna_service.ledger.store import blob
from cna_service.workflow import calls_in, calls_taken
from cna_service.workflow.closing import StillOpen, add_note, close_case
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.projections import DESK
from tests.workflow.callers import OUR_NUMBER, STRANGER, WITHHELD, Caller
from tests.workflow.desk import LiveDesk


def types(desk: LiveDesk, where: str = DESK) -> list[str]:
    return [t for t in desk.types(where) if t.startswith(("call.", "media."))]


def nobody_takes(caller: Caller) -> None:
    while caller.rings is not None:
        caller.is_not_taken()


def test_rule_14_1_it_is_connected_and_start_pick_up_and_end_are_entries(either_desk: LiveDesk) -> None:
    desk = either_desk
    caller = Caller(desk).calls()
    assert caller.rings == desk.number("duty-1")
    assert "Press 1 to take it" in caller.is_picked_up()
    assert caller.is_taken()
    desk.advance(minutes=3)
    caller.talk_ends()
    assert types(desk) == ["call.received", "call.tried", "call.taken", "call.ended"]
    told = desk.last(DESK, "call.received")
    assert (told.body["number"], told.body["caller"]) == (STRANGER, {"kind": "unknown"})
    assert "/body/number" in told.private
    assert desk.last(DESK, "call.taken").actor["signed_in"] == {"by": "keypress"}
    assert [a.kind for a in desk.alerts(DESK).open] == []


def test_rule_14_1_the_rungs_are_rung_in_order_and_the_caller_hears_that_he_is_being_connected(
    desk: LiveDesk,
) -> None:
    caller = Caller(desk).calls()
    rung = []
    while caller.rings is not None:
        rung.append(caller.rings)
        assert "connecting you" in caller.said[-4] if len(rung) > 1 else "connecting you" in caller.heard
        caller.is_not_taken("busy" if len(rung) == 1 else "no-answer")
    assert rung[:3] == [desk.number("duty-1"), desk.number("duty-2"), desk.number("sup-1")]
    assert len(set(rung)) == len(rung)
    assert "We call you back by 14 18 Zulu" in caller.heard
    desk.forget_messages()


def test_rule_14_1_nobody_takes_it_an_alert_a_case_and_a_promise(either_desk: LiveDesk) -> None:
    desk = either_desk
    caller = Caller(desk).calls()
    nobody_takes(caller)
    ref = caller.case
    assert types(desk, ref)[:2] == ["call.joined", "call.missed"]
    record = desk.case(ref)
    assert record.is_to_be_read
    assert desk.last(ref, "case.opened").body["caller"] == {"phone": STRANGER}
    assert desk.alert(ref, "missed_call").is_climbing
    assert [m.text for m in desk.exchange.phone(desk.number("duty-1")).texts if "a caller was not" in m.text]
    caller.is_told_over()
    assert desk.last(ref, "call.ended").body["how"] == "recorded"
    desk.person("duty-1").replies("1 {code}")
    desk.advance(minutes=14)
    assert not [a for a in desk.alerts(ref).by_id.values() if a.kind == "call_back_owed"]
    desk.advance(minutes=2)
    assert desk.alert(ref, "call_back_owed").is_climbing


def test_a_call_back_in_time_settles_the_promise(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    nobody_takes(caller)
    desk.person("duty-1").replies("1 {code}")
    desk.do(
        log_communication,
        "duty-1",
        caller.case,
        direction="out",
        channel="phone",
        number=STRANGER,
        theirs={"name": "duty officer"},
        started_at="2026-11-21T14:05:00Z",
        ended_at="2026-11-21T14:06:00Z",
    )
    desk.advance(minutes=60)
    assert not [a for a in desk.alerts(caller.case).by_id.values() if a.kind == "call_back_owed"]


def test_a_voicemail_presses_no_key_and_the_next_rung_is_rung(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    assert STRANGER not in caller.is_picked_up()
    caller.is_not_taken("completed")
    assert desk.last(DESK, "call.not_taken").body["why"] == "no_key"
    assert caller.rings == desk.number("duty-2")


def test_he_pressed_the_key_and_the_line_broke_and_the_caller_is_not_lost(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    assert caller.is_taken()
    caller.is_dropped()
    assert desk.last(DESK, "call.not_taken").body["why"] == "dropped"
    assert caller.rings == desk.number("duty-2")
    assert caller.is_taken()
    assert caller.call.taken_by == "duty-2"


def test_he_hangs_up_while_it_rings_and_his_number_is_kept(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    caller.hangs_up()
    assert desk.last(caller.case, "call.missed").body["why"] == "hung_up"
    assert desk.last(caller.case, "call.joined").body["number"] == STRANGER
    assert desk.alert(caller.case, "missed_call").is_climbing
    # Whoever picks up now is told that nobody is there, and is not connected.
    assert not calls_taken.taken(desk.service, caller.call.id, 1, "1").count("<Response />")
    assert "call.taken" not in types(desk)


def test_a_key_pressed_twice_takes_the_call_once(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    assert caller.is_taken()
    assert caller.is_taken()
    assert not caller.is_taken("7")
    assert types(desk).count("call.taken") == 1


def test_an_announcement_that_comes_twice_is_one_call_and_rings_the_same_telephone(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    caller.calls()
    assert types(desk) == ["call.received", "call.tried"]
    assert caller.rings == desk.number("duty-1")
    assert caller.call.sid == caller.sid


def test_a_restart_in_the_middle_of_a_call_goes_on_where_it_stood(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    caller.is_not_taken("busy")
    desk.service.folds.forget()
    caller.is_not_taken("no-answer")
    assert caller.rings == desk.number("sup-1")


def test_a_call_of_which_nothing_is_heard_any_more_is_owed_a_call_back(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    desk.advance(minutes=3.9)
    assert caller.call.is_live
    desk.advance(minutes=0.2)
    assert desk.last(DESK, "call.ended").body["how"] == "lost"
    assert desk.alert(caller.case, "missed_call").is_climbing


def test_two_calls_at_once_ring_two_people(desk: LiveDesk) -> None:
    one, other = Caller(desk).calls(), Caller(desk, number="+33142000000")
    assert one.is_taken()
    other.calls()
    assert other.rings == desk.number("duty-2")
    assert other.is_taken()
    third = Caller(desk, number="+351210000000").calls()
    assert third.rings == desk.number("sup-1")
    one.talk_ends()
    fourth = Caller(desk, number="+351210000001").calls()
    assert fourth.rings == desk.number("duty-1")


def test_a_withheld_number_is_taken_like_any_other(desk: LiveDesk) -> None:
    caller = Caller(desk, number=WITHHELD).calls()
    assert caller.rings == desk.number("duty-1")
    told = desk.last(DESK, "call.received").body
    assert (told["caller"], told.get("number")) == ({"kind": "withheld"}, None)
    nobody_takes(caller)
    assert desk.last(caller.case, "case.opened").body["caller"] == {"name": "number withheld"}


def test_a_number_of_the_directory_names_its_authority_and_greets_in_its_language(desk: LiveDesk) -> None:
    with desk.service.read() as reader:
        from cna_service.workflow.projections import DIRECTORY, LISTED

        listed = reader.stream(DIRECTORY).of(LISTED).find("mrcc-xb")
    number = next(str(c.value) for c in listed.contacts if c.kind == "phone")
    caller = Caller(desk, number=number.replace(" ", "")).calls()
    told = desk.last(DESK, "call.received").body["caller"]
    assert (told["kind"], told["authorities"][0]["id"]) == ("authority", "mrcc-xb")
    nobody_takes(caller)
    assert "by the number alone" in desk.last(caller.case, "case.opened").body["caller"]["office"]
    assert not desk.case(caller.case).exchanges


def test_a_flood_from_one_number_rings_nobody_is_told_once_and_loses_nothing(desk: LiveDesk) -> None:
    for _ in range(4):
        caller = Caller(desk).calls()
        assert caller.rings is not None
        caller.hangs_up()
    first = caller.case
    flood = [Caller(desk).calls() for _ in range(6)]
    assert all(c.rings is None and "We call you back" in c.heard for c in flood)
    for c in flood:
        c.is_told_over()
    assert {c.case for c in flood} == {first}
    assert types(desk).count("call.received") == 10
    assert types(desk, first).count("call.missed") == 10
    assert len([a for a in desk.alerts(DESK).by_id.values() if a.kind == "call_flood"]) == 1
    assert len([a for a in desk.alerts(first).by_id.values() if a.kind == "missed_call"]) == 1
    other = Caller(desk, number="+33142000000").calls()
    assert other.rings is not None
    assert desk.person("sup-1").receives_sms(containing="one number calls on and on")


# --- recordings


def test_rule_8_4_a_recording_is_fetched_kept_with_its_hash_and_removed_there(either_desk: LiveDesk) -> None:
    desk = either_desk
    caller = Caller(desk).calls()
    nobody_takes(caller)
    sid = caller.says(b"RIFF....my words")
    kept = desk.last(caller.case, "media.kept")
    with desk.service.database.read() as connection:
        assert blob(connection, kept.body["blob"]) == ("audio/x-wav", b"RIFF....my words")
    assert kept.body["size"] == 16
    assert {"/body/sha256", "/body/name"} <= set(kept.private)
    assert sid not in desk.exchange.media
    assert types(desk, caller.case)[-3:] == ["media.announced", "media.kept", "media.removed"]
    assert desk.case(caller.case).media[0]["blob"] == kept.body["blob"]


def test_rule_8_4_until_it_is_fetched_the_case_owes_it_and_days_of_failure_lose_nothing(
    desk: LiveDesk,
) -> None:
    caller = Caller(desk).calls()
    nobody_takes(caller)
    desk.exchange.media_errors = [ChannelError(True, "http-404")] * 3
    sid = caller.says(b"words")
    with desk.service.read() as reader:
        from cna_service.workflow.projections import CALLS, case_stream

        media = reader.stream(case_stream(caller.case)).of(CALLS).media[sid]
    assert media.is_owed
    assert types(desk, caller.case)[-1] == "media.not_fetched"
    desk.advance(hours=1)
    assert types(desk, caller.case)[-2:] == ["media.kept", "media.removed"]
    assert types(desk, caller.case).count("media.not_fetched") == 3
    assert desk.alert(caller.case, "provider_trouble").is_open


def test_rule_8_4_nothing_is_removed_where_policy_keeps_it(desk: LiveDesk) -> None:
    from dataclasses import replace

    policies = desk.service.policies
    kept = replace(policies, calls=replace(policies.calls, remove_at_provider=False))
    object.__setattr__(desk.service, "policies", kept)
    caller = Caller(desk).calls()
    nobody_takes(caller)
    sid = caller.says(b"words")
    assert sid in desk.exchange.media
    assert "media.removed" not in types(desk, caller.case)


def test_a_recording_announced_twice_is_fetched_once(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    nobody_takes(caller)
    sid = caller.says(b"words")
    caller.says(b"words", sid=sid)
    assert types(desk, caller.case).count("media.kept") == 1
    assert desk.exchange.media_asked == [sid]


@pytest.mark.parametrize("status", ["absent", "failed"])
def test_a_caller_who_says_nothing_leaves_no_recording(desk: LiveDesk, status: str) -> None:
    caller = Caller(desk).calls()
    nobody_takes(caller)
    told = {"RecordingSid": "RE" + "0" * 32, "RecordingStatus": status}
    calls_taken.recording_is_there(desk.service, caller.call.id, told)
    assert "media.announced" not in types(desk, caller.case)


def test_steps_of_a_call_that_never_was_lead_nowhere(desk: LiveDesk) -> None:
    with pytest.raises(calls_in.NoSuchCall):
        calls_in.leg_ended(desk.service, "none", 1, {})
    with pytest.raises(calls_in.NoSuchCall):
        calls_taken.whisper(desk.service, "none", 1)
    calls_in.call_over(desk.service, {"CallSid": "CA-unknown", "CallStatus": "completed", "To": OUR_NUMBER})
    assert types(desk) == []


# --- one of our own calls


def test_an_officer_hears_nothing_before_his_code_and_takes_his_alert_by_key(desk: LiveDesk) -> None:
    from tests.workflow.requests import BAR_TEST

    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    duty = desk.person("duty-1")
    caller = Caller(desk, number=duty.number).calls()
    assert caller.rings is None
    assert "Press 1 for your open alerts" in caller.heard
    assert "new request" not in caller.heard
    caller.presses("1")
    wrong = "0000" if duty.code() != "0000" else "1111"
    caller.presses(wrong)
    assert "No open alert has that code" in caller.heard
    assert "new request" not in caller.heard
    caller.presses(duty.code())
    assert "New request, answer due 18 03 Zulu" in caller.heard
    caller.presses("1")
    assert "You hold it since" in caller.heard
    assert desk.alert(ref).acknowledgement.officer == "duty-1"  # type: ignore[union-attr]
    assert desk.last(ref, "alert.acknowledged").body["by"] == "voice"


def test_an_officer_who_presses_nothing_reaches_who_has_the_watch_and_never_himself(desk: LiveDesk) -> None:
    caller = Caller(desk, number=desk.number("duty-2")).calls()
    caller.presses_nothing()
    assert caller.rings == desk.number("duty-1")
    himself = Caller(desk, number=desk.number("duty-1")).calls()
    himself.presses("2")
    assert himself.rings is not None
    assert himself.rings != desk.number("duty-1")


def test_five_wrong_codes_make_a_forged_number_deaf(desk: LiveDesk) -> None:
    from tests.workflow.requests import BAR_TEST

    desk.receive(**BAR_TEST)
    desk.settle()
    duty = desk.person("duty-1")
    caller = Caller(desk, number=duty.number).calls()
    caller.presses("1")
    for n in range(5):
        caller.presses(f"{(int(duty.code()) + n + 1) % 10000:04d}")
    caller.presses(duty.code())
    assert "do not count for ten minutes" in caller.heard
    assert "New request" not in caller.heard
    assert desk.person("sup-1").receives_sms(containing="five wrong codes")


def test_a_case_is_not_closed_while_its_caller_waits_for_a_call(desk: LiveDesk) -> None:
    caller = Caller(desk).calls()
    nobody_takes(caller)
    caller.is_told_over()
    with pytest.raises(StillOpen) as refused:
        desk.do(close_case, "duty-1", caller.case, seen=desk.look(caller.case))
    assert "waits for our call, promised by 14:18Z" in str(refused.value.facts)
    desk.do(add_note, "duty-1", caller.case, words="called back: a wrong number")
    assert desk.case(caller.case).call_backs == ()
    desk.do(close_case, "duty-1", caller.case, seen=desk.look(caller.case))


def test_one_call_told_of_by_many_at_once_is_one_call_and_two_callers_at_once_are_two(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    told = {"From": STRANGER, "To": OUR_NUMBER, "CallStatus": "ringing"}
    sids = [f"CA{n:032x}" for n in (1, 1, 1, 2, 2, 3)]
    with ThreadPoolExecutor(len(sids)) as pool:
        pages = list(pool.map(lambda sid: calls_in.arrives(desk.service, {**told, "CallSid": sid}), sids))
    assert pages[0] == pages[1] == pages[2]
    assert types(desk).count("call.received") == types(desk).count("call.tried") == 3
    rung = [e.body["officer"] for e in desk.entries(DESK) if e.type == "call.tried"]
    assert sorted(rung) == ["duty-1", "duty-2", "sup-1"]
