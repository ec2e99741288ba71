"""Acknowledging by SMS: codes nobody else knows, and no way for a forged sender to stop a climb."""

from __future__ import annotations

import pytest

from cna_service.workflow import replies
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST, SUA, without

STRANGER = "+447700900123"


def received(desk: LiveDesk, **request: object) -> str:
    ref = str(desk.receive(**(request or BAR_TEST))["case"])
    desk.settle()
    return ref


def says(desk: LiveDesk, number: str, text: str) -> None:
    replies.receive_text(desk.service, number, text)
    desk.settle()


def test_rule_2_1_the_code_is_not_derived_from_the_reference(desk: LiveDesk) -> None:
    codes = set()
    for _ in range(12):
        ref = received(desk)
        code = desk.person("duty-1").code()
        assert code not in ref
        codes.add(code)
    assert len(codes) == 12
    desk.advance(minutes=5)
    assert desk.person("duty-2").code() not in codes


def test_rule_2_1_each_persons_code_is_his_own_and_stands_in_no_entry_in_the_clear(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = received(desk)
    desk.advance(minutes=5)
    duty, deputy = desk.person("duty-1").code(), desk.person("duty-2").code()
    assert duty != deputy
    got = desk.receive(**BAR_TEST)
    assert duty not in str(dict(got.body))
    desk.person("duty-1").replies(f"1 {duty}")
    with desk.service.database.read() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM ledger_body").scalars().all()
    assert not [b for b in bodies if duty.encode() in bytes(b) and b'"code"' in bytes(b)]
    assert ref


def test_rule_2_1_a_forged_sender_with_a_wrong_code_does_not_stop_the_climb(desk: LiveDesk) -> None:
    ref = received(desk)
    duty = desk.person("duty-1")
    right = duty.code()
    wrong = f"{(int(right) + 1) % 10000:04d}"
    says(desk, duty.number, f"1 {wrong}")
    says(desk, duty.number, "ok")
    assert desk.alert(ref).is_climbing
    desk.advance(minutes=6)
    assert desk.person("duty-2").phone.calls


def test_rule_2_1_a_foreign_number_with_the_right_code_does_not_stop_the_climb(desk: LiveDesk) -> None:
    ref = received(desk)
    says(desk, STRANGER, f"1 {desk.person('duty-1').code()}")
    assert desk.alert(ref).is_climbing
    assert "no open alert has that code" in desk.exchange.phone(STRANGER).texts[-1].text


def test_rule_2_1_a_colleagues_code_acknowledges_nothing_for_me(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.advance(minutes=5)
    his = desk.person("duty-2").code()
    desk.person("duty-1").replies(f"1 {his}")
    assert desk.alert(ref).is_climbing


def test_rule_2_1_whoever_forges_the_right_code_is_found_out_by_the_echo(either_desk: LiveDesk) -> None:
    """The officer and the next rung learn it; his NO takes it back and the climb goes on where it stood."""
    desk = either_desk
    ref = received(desk)
    duty, deputy = desk.person("duty-1"), desk.person("duty-2")
    code = duty.code()
    desk.forget_messages()
    desk.advance(minutes=1)
    says(desk, duty.number, f"1 {code}")

    assert not desk.alert(ref).is_climbing
    assert "Not you? Reply NO" in duty.receives_sms(containing="You hold 'new request' since 14:04Z")
    deputy.receives_sms(containing="the duty officer holds 'new request' since 14:04Z")

    duty.replies("NO")
    assert desk.alert(ref).is_climbing
    assert "alert.acknowledgement_withdrawn" in desk.types(ref)
    duty.receives_sms(containing="taken back. The desk goes on calling")
    desk.advance(minutes=1)
    duty.is_called()
    desk.advance(minutes=3)
    deputy.is_called()


def test_rule_2_1_after_a_no_the_code_counts_again(desk: LiveDesk) -> None:
    ref = received(desk)
    duty = desk.person("duty-1")
    code = duty.code()
    duty.replies(f"1 {code}")
    duty.replies("no")
    duty.replies(f"1 {code}")
    assert not desk.alert(ref).is_climbing


def test_rule_2_1_a_no_from_somebody_else_takes_nothing_back(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.person("duty-1").replies("1 {code}")
    says(desk, desk.number("duty-2"), "NO")
    says(desk, STRANGER, "NO")
    assert not desk.alert(ref).is_climbing
    assert "nothing was taken in your name" in desk.exchange.phone(STRANGER).texts[-1].text


def test_rule_2_1_bare_ok_counts_only_with_one_alert_open_for_twenty_seconds(desk: LiveDesk) -> None:
    ref = received(desk, **without(BAR_TEST, "legal_basis"))
    duty = desk.person("duty-1")
    desk.advance(seconds=20)
    duty.replies("ok")
    assert desk.alert(ref).is_climbing
    assert "OK is not enough" in duty.phone.texts[-1].text
    desk.advance(seconds=1)
    duty.replies("Ok!")
    assert not desk.alert(ref).is_climbing


def test_rule_2_1_bare_ok_with_two_alerts_open_lists_what_is_open(desk: LiveDesk) -> None:
    first, second = received(desk), received(desk, **{**BAR_TEST, "requester_reference": "MRCC-78/26"})
    desk.advance(seconds=30)
    duty = desk.person("duty-1")
    duty.replies("ok")
    assert desk.alert(first).is_climbing
    assert desk.alert(second).is_climbing
    assert duty.phone.texts[-1].text.count("reply 1 ") == 2


@pytest.mark.parametrize("request_", [SUA, {**BAR_TEST, "reply_wanted_by": "2026-11-21T16:03:00Z"}])
def test_rule_2_1_bare_ok_never_counts_for_a_case_whose_expiry_would_count_against_us(
    desk: LiveDesk, request_: dict[str, object]
) -> None:
    ref = received(desk, **request_)
    desk.advance(minutes=1)
    desk.person("duty-1").replies("ok")
    assert desk.alert(ref).is_climbing
    assert "OK is not enough" in desk.person("duty-1").phone.texts[-1].text


@pytest.mark.parametrize("form", ["1 {code}", "1{code}", " 1  {code} ", "1-{code}.", "１ {code}"])
def test_a_code_is_read_however_it_is_typed(desk: LiveDesk, form: str) -> None:
    ref = received(desk)
    desk.person("duty-1").replies(form)
    assert not desk.alert(ref).is_climbing


def test_two_says_it_again_and_three_is_mine_but_on_the_way(desk: LiveDesk) -> None:
    ref = received(desk)
    duty, deputy = desk.person("duty-1"), desk.person("duty-2")
    desk.forget_messages()
    duty.replies("2 {code}")
    assert "new request" in duty.receives_sms()
    assert desk.alert(ref).is_climbing
    duty.replies("3 {code} 20")
    duty.receives_sms(containing="on the way 20 min")
    deputy.receives_sms(containing="on the way for 20 min")
    held = desk.alert(ref).acknowledgement
    assert held is not None
    assert held.in_transit is not None


def test_after_five_wrong_codes_the_number_is_deaf_for_ten_minutes_and_the_supervisor_is_told(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = received(desk)
    duty = desk.person("duty-1")
    right = duty.code()
    for n in range(5):
        says(desk, duty.number, f"1 {(int(right) + n + 1) % 10000:04d}")
    desk.person("sup-1").receives_sms(containing="five wrong codes by SMS")
    says(desk, duty.number, f"1 {right}")
    assert desk.alert(ref).is_climbing
    assert "do not count until" in duty.phone.texts[-1].text
    desk.advance(minutes=2)
    assert "You hold it" in duty.presses("1")
    assert not desk.alert(ref).is_climbing


def test_stop_flags_the_contact_and_tells_the_supervisor_and_start_takes_it_back(desk: LiveDesk) -> None:
    duty = desk.person("duty-1")
    duty.replies("STOP")
    desk.person("sup-1").receives_sms(containing="stopped our SMS")
    ref = received(desk)
    assert duty.phone.texts == []
    assert duty.phone.calls
    duty.replies("START")
    again = received(desk)
    assert duty.phone.texts
    assert ref != again


def test_a_summons_names_no_vessel_state_person_or_place(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.advance(minutes=12)
    for phone in desk.exchange.phones.values():
        for message in phone.texts:
            for secret in ("BAR TEST", "XB", ref, "thrown", "074", "CETS", "751"):
                assert secret not in message.text
