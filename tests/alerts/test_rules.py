from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.alerts.rules import (
    BACKOFF,
    LONGEST_ON_ONE_CHANNEL,
    Fault,
    forward,
    is_final,
    next_delay,
    verdict,
    was_not_reached,
)

MESSAGE = ("queued", "sending", "sent", "delivered")
CALL = ("queued", "initiated", "ringing", "in-progress", "completed")
ENDS = ("delivered", "undelivered", "failed", "canceled", "completed", "busy", "no-answer")
WORDS = sorted({*MESSAGE, *CALL, *ENDS, "accepted", "scheduled"})


@pytest.mark.parametrize("way", [MESSAGE, CALL])
def test_in_whatever_order_the_callbacks_come_the_last_word_stays(way: tuple[str, ...]) -> None:
    for order in permutations(way):
        status: str | None = None
        for word in order:
            status = forward(status, word)
        assert status == way[-1]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("late", WORDS)
def test_nothing_overwrites_a_final_word(end: str, late: str) -> None:
    assert forward(end, late) == end
    assert is_final(end)


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8))))
def test_a_status_never_moves_backwards_and_unknown_words_move_nothing(words: list[str]) -> None:
    status: str | None = None
    for word in words:
        before, status = status, forward(status, word)
        assert status == before or (status == word and word in WORDS)
        assert not is_final(before) or status == before


def test_an_unknown_word_is_not_a_status() -> None:
    assert forward(None, "teleported") is None
    assert forward("sent", "teleported") == "sent"


@pytest.mark.parametrize("status", ["undelivered", "failed", "busy", "no-answer", "canceled"])
def test_these_ends_want_the_next_contact_at_once(status: str) -> None:
    assert was_not_reached(status)


@pytest.mark.parametrize("status", ["delivered", "completed", "sent", "ringing", None])
def test_these_words_prove_no_failure_and_no_success(status: str | None) -> None:
    assert not was_not_reached(status)


@pytest.mark.parametrize("code", ["21211", "21614", "21610", "30004", "30005", "30006", "30007"])
def test_permanent_codes_go_on_at_once_and_flag_the_contact(code: str) -> None:
    judged = verdict(code)
    assert (judged.fault, judged.flags_contact, judged.goes_on_at_once) == (Fault.PERMANENT, True, True)


def test_a_phone_that_is_off_goes_on_at_once_and_stays_good() -> None:
    judged = verdict("30003")
    assert (judged.fault, judged.flags_contact, judged.goes_on_at_once) == (Fault.PHONE_OFF, False, True)


@pytest.mark.parametrize(
    "code",
    [
        "20429",
        "20500",
        "http-500",
        "http-503",
        "http-429",
        "http-408",
        "timeout",
        "30001",
        "30008",
        "smtp-451",
    ]
    + ["connection", "broken-off", "unreadable", "99999", None],
)
def test_temporary_codes_are_tried_again_on_the_same_contact(code: str | None) -> None:
    judged = verdict(code)
    assert (judged.fault, judged.flags_contact, judged.goes_on_at_once) == (Fault.TEMPORARY, False, False)


@pytest.mark.parametrize("code", ["20003", "20005", "21408", "http-401", "http-403", "smtp-535", "30002"])
def test_our_own_account_flags_no_contact_and_goes_on_at_once(code: str) -> None:
    judged = verdict(code)
    assert (judged.fault, judged.flags_contact, judged.goes_on_at_once) == (Fault.ACCOUNT, False, True)


@pytest.mark.parametrize("code", ["http-400", "http-404", "smtp-552", "smtp-554"])
def test_other_refusals_are_permanent_without_blaming_the_contact(code: str) -> None:
    judged = verdict(code)
    assert (judged.fault, judged.flags_contact) == (Fault.PERMANENT, False)


def test_an_address_that_the_mail_server_does_not_know_is_flagged() -> None:
    assert verdict("smtp-550").flags_contact


@pytest.mark.parametrize("code", ["21211", "30003", "http-502", "smtp-550", "timeout", "12345", None])
def test_every_verdict_is_a_sentence(code: str | None) -> None:
    assert verdict(code).words.endswith(".")


def test_waits_are_2_4_8_and_15_seconds_and_then_the_next_contact() -> None:
    spent = timedelta()
    waits = []
    for tries in range(1, 10):
        delay = next_delay(tries=tries, spent=spent)
        if delay is None:
            break
        waits.append(delay.total_seconds())
        spent += delay
    assert waits == [2, 4, 8, 15]


@given(
    tries=st.integers(1, 10),
    spent=st.timedeltas(timedelta(), timedelta(minutes=2)),
    retry_after=st.none() | st.timedeltas(timedelta(), timedelta(hours=1)),
)
def test_no_contact_is_tried_for_more_than_30_seconds(
    tries: int, spent: timedelta, retry_after: timedelta | None
) -> None:
    delay = next_delay(tries=tries, spent=spent, retry_after=retry_after)
    if delay is None:
        return
    assert spent + delay <= LONGEST_ON_ONE_CHANNEL
    assert delay >= BACKOFF[tries - 1]
    assert retry_after is None or delay >= retry_after
