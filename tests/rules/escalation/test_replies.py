from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.escalation.replies import (
    LONGEST_TRANSIT_MINUTES,
    Means,
    OpenCode,
    Outcome,
    Reply,
    Verb,
    deaf_until,
    is_deaf,
    new_code,
    new_test_code,
    read_reply,
    resolve,
)
from cna_service.kit.ids import alert_code, new_reference
from tests.rules.escalation.climbing import T0, seconds

NOW = T0 + seconds(60)
OPEN = OpenCode("4827", "a1", "duty-1", T0)
OTHER = OpenCode("5512", "a2", "duty-1", T0)
TEST = OpenCode("T482", "t1", "duty-1", T0)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("1 4827", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("14827", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("  1  4827 \n", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("1-4827.", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("‘1 4827’", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("\u200e1\u00a04827", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("１ ４８２７", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("١ ٤٨٢٧", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("۱۴۸۲۷", Reply(Verb.ACKNOWLEDGE, "4827")),
        ("2 4827", Reply(Verb.SAY_AGAIN, "4827")),
        ("3 4827 20", Reply(Verb.IN_TRANSIT, "4827", 20)),
        ("3482720", Reply(Verb.IN_TRANSIT, "4827", 20)),
        ("3 4827", Reply(Verb.IN_TRANSIT, "4827")),
        ("3 4827 0", Reply(Verb.IN_TRANSIT, "4827")),
        ("3 4827 500", Reply(Verb.IN_TRANSIT, "4827")),
        ("5 4827", Reply(Verb.NEXT_RUNG, "4827")),
        ("ok", Reply(Verb.OK)),
        (" Ok! ", Reply(Verb.OK)),
        ("OKAY", Reply(Verb.OK)),
        ("NO", Reply(Verb.NOT_ME)),
        ("no.", Reply(Verb.NOT_ME)),
        ("STOP", Reply(Verb.STOP)),
        ("Unsubscribe", Reply(Verb.STOP)),
        ("start", Reply(Verb.START)),
        ("YES", Reply(Verb.START)),
        ("Help", Reply(Verb.HELP)),
        ("T 482", Reply(Verb.TEST_HEARD, "T482")),
        ("t482", Reply(Verb.TEST_HEARD, "T482")),
        ("Y 4827", Reply(Verb.YES, "4827")),
        ("yes 4827.", Reply(Verb.YES, "4827")),
        ("ｙ ４８２７", Reply(Verb.YES, "4827")),
        ("N 4827", Reply(Verb.NO, "4827")),
        ("n4827: Board, not search!", Reply(Verb.NO, "4827", words="Board, not search!")),
        ("No 4827 12 of them", Reply(Verb.NO, "4827", words="12 of them")),
        ("Y 48271", Reply(Verb.UNREADABLE)),
        ("Y", Reply(Verb.UNREADABLE)),
        ("4827", Reply(Verb.UNREADABLE)),
        ("1", Reply(Verb.UNREADABLE)),
        ("1 482", Reply(Verb.UNREADABLE)),
        ("1 4827 20", Reply(Verb.UNREADABLE)),
        ("4 4827", Reply(Verb.UNREADABLE)),
        ("ok ok", Reply(Verb.UNREADABLE)),
        ("do not stop", Reply(Verb.UNREADABLE)),
        ("", Reply(Verb.UNREADABLE)),
    ],
)
def test_what_an_officer_types(text, reply):
    assert read_reply(text) == reply


@given(st.text())
def test_no_text_breaks_the_reading(text):
    reply = read_reply(text)
    assert reply.code is None or reply.code.removeprefix("T").isascii()
    assert reply.minutes is None or 1 <= reply.minutes <= LONGEST_TRANSIT_MINUTES


@pytest.mark.parametrize(
    ("text", "means", "minutes"),
    [
        ("1 4827", Means.ACKNOWLEDGED, None),
        ("2 4827", Means.SAY_AGAIN, None),
        ("3 4827 20", Means.IN_TRANSIT, 20),
        ("3 4827", Means.MINUTES_WANTED, None),
        ("5 4827", Means.NEXT_RUNG, None),
    ],
)
def test_a_code_means_its_own_alert_among_several(text, means, minutes):
    outcome = resolve(read_reply(text), [OTHER, OPEN], NOW)
    assert outcome == Outcome(means, match=OPEN, minutes=minutes)


def test_a_word_with_a_code_answers_that_one_question_alone():
    said = resolve(read_reply("N 4827 not search"), [OTHER, OPEN], NOW)
    assert said == Outcome(Means.NO, match=OPEN, words="not search")
    assert resolve(read_reply("Y 0000"), [OPEN], NOW).means is Means.WRONG_CODE


@pytest.mark.parametrize(
    ("text", "means"),
    [("NO", Means.NOT_ME), ("STOP", Means.STOP), ("START", Means.START), ("HELP", Means.HELP)],
)
def test_words_without_a_code(text, means):
    assert resolve(read_reply(text), [OPEN], NOW) == Outcome(means, listing=(OPEN,))


def test_what_cannot_be_read_lists_what_is_open():
    assert resolve(read_reply("what?"), [OPEN], NOW) == Outcome(Means.UNREADABLE, listing=(OPEN,))


def test_rule_2_1_ok_acknowledges_the_only_open_alert_after_20_seconds():
    ok = Reply(Verb.OK)
    assert resolve(ok, [OPEN], T0 + seconds(21)) == Outcome(Means.ACKNOWLEDGED, match=OPEN)
    too_soon = Outcome(Means.OK_NOT_ENOUGH, listing=(OPEN,), why="too_soon")
    assert resolve(ok, [OPEN], T0 + seconds(20)) == too_soon
    assert resolve(ok, [OPEN], T0) == too_soon


def test_rule_2_1_ok_lists_what_is_open_when_several_are():
    outcome = resolve(Reply(Verb.OK), [OPEN, OTHER], NOW)
    assert outcome == Outcome(Means.OK_NOT_ENOUGH, listing=(OPEN, OTHER), why="several_open")


def test_rule_2_1_ok_never_takes_a_case_whose_expiry_counts_against_us():
    against = OpenCode("4827", "a1", "duty-1", T0, counts_against_us=True)
    outcome = resolve(Reply(Verb.OK), [against], NOW)
    assert outcome == Outcome(Means.OK_NOT_ENOUGH, listing=(against,), why="counts_against_us")
    assert resolve(read_reply("1 4827"), [against], NOW).means is Means.ACKNOWLEDGED


def test_ok_with_nothing_open():
    assert resolve(Reply(Verb.OK), [], NOW) == Outcome(Means.NOTHING_OPEN)


@given(st.from_regex(r"[1235] ?\d{4}( \d\d)?", fullmatch=True).filter(lambda text: "4827" not in text))
def test_rule_2_1_a_forged_sender_without_the_code_stops_no_climb(text):
    outcome = resolve(read_reply(text), [OPEN], NOW)
    assert outcome.means in (Means.WRONG_CODE, Means.UNREADABLE)
    assert outcome.match is None


def test_rule_2_1_code_is_not_derived_from_the_reference():
    codes = {alert_code() for _ in range(200)}
    assert len(codes) > 150
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    digits = [c for c in new_reference() if c.isdigit()]
    assert new_code({"0000"}, alert_code) not in {"0000", *("".join(digits),)} or len(digits) == 4


def test_rule_2_1_a_code_differs_from_every_other_open_to_the_number():
    draws = (f"{n:04d}" for n in count())
    assert new_code({"0000", "0001"}, lambda: next(draws)) == "0002"


def test_rule_15_5_a_test_rings_with_a_code_that_no_real_alert_uses():
    assert new_test_code({"T482"}, iter(["4827", "4829", "5123"]).__next__) == "T512"
    assert resolve(read_reply("T 482"), [OPEN, TEST], NOW) == Outcome(Means.TEST_HEARD, match=TEST)
    assert resolve(read_reply("1 4820"), [TEST], NOW).means is Means.WRONG_CODE
    assert resolve(Reply(Verb.OK), [OPEN, TEST], NOW).match == OPEN
    assert resolve(Reply(Verb.OK), [TEST], NOW).means is Means.NOTHING_OPEN


def every(minutes, n):
    return [T0 + timedelta(minutes=minutes * i) for i in range(n)]


def test_five_wrong_codes_make_a_number_deaf_for_ten_minutes():
    wrong = every(1, 5)
    assert deaf_until(wrong[:4]) is None
    assert not is_deaf(wrong[:4], wrong[3])
    assert deaf_until(wrong) == wrong[4] + timedelta(minutes=10)
    assert is_deaf(wrong, wrong[4] + timedelta(minutes=9, seconds=59))
    assert not is_deaf(wrong, wrong[4] + timedelta(minutes=10))


def test_what_comes_while_deaf_is_not_counted():
    wrong = every(1, 5)
    during = [wrong[4] + timedelta(seconds=s) for s in range(1, 500)]
    assert deaf_until([*wrong, *during]) == wrong[4] + timedelta(minutes=10)
    later = [wrong[4] + timedelta(minutes=10 + n) for n in range(5)]
    assert deaf_until([*wrong, *during, *later]) == later[4] + timedelta(minutes=10)
