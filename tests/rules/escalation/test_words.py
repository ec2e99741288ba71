import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.escalation.call_words import call_after_key, call_left_on_machine, call_opening
from cna_service.escalation.gsm7 import fold, segments, septets
from cna_service.escalation.texts import TextsUnreadable
from cna_service.escalation.words import (
    Mark,
    Matter,
    OpenLine,
    Voice,
    answer,
    due,
    matter_of,
    read_texts,
    summons,
)
from tests.rules.escalation.climbing import CONFIG, LADDERS, Desk

FILE = (CONFIG / "texts.toml").read_text()
TEXTS = read_texts(FILE)
NOW = datetime(2026, 11, 21, 14, 11, tzinfo=UTC)
NUMBER = "+1 555 0100"
DESK = Voice(NUMBER)
REQUEST = Matter("new_request", NOW + timedelta(hours=3, minutes=52, seconds=40))
SINCE = datetime(2026, 11, 22, 3, 13, tzinfo=UTC)
KINDS = sorted({*TEXTS.by_language["en"]["kind"], *LADDERS.by_kind, "a kind of tomorrow"})


def marked(mark):
    return Voice(NUMBER, mark=mark)


def test_a_summons_says_kind_time_left_code_and_number():
    assert summons(TEXTS, DESK, REQUEST, code="4827", now=NOW) == (
        "CNA: new request, answer due 1803Z (3 h 52 left). Reply 1 4827 or call +1 555 0100"
    )


def test_the_words_of_an_alert_come_from_its_entry():
    desk = Desk()
    desk.raise_alert(text_facts={"due_at": "2026-11-21T18:03:40.000000Z"})
    assert matter_of(desk.alert()) == REQUEST
    desk.raise_alert("a2", kind="missed_call")
    assert matter_of(desk.alert("a2")) == Matter("missed_call")


def test_a_summons_without_a_clock_names_no_time():
    assert summons(TEXTS, DESK, Matter("new_request"), code="4827", now=NOW) == (
        "CNA: new request. Reply 1 4827 or call +1 555 0100"
    )


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=3, hours=4, minutes=5), "due 241816Z NOV (3 d 4 h left)"),
        (timedelta(hours=25), "due 221511Z NOV (25 h 00 left)"),
        (timedelta(hours=1, minutes=5), "due 1516Z (1 h 05 left)"),
        (timedelta(minutes=59, seconds=59), "due 1510Z (59 min left)"),
        (timedelta(seconds=59), "due 1411Z (under 1 min left)"),
        (timedelta(0), "was due 1411Z"),
        (-timedelta(hours=2), "was due 1211Z"),
        (-timedelta(days=2), "was due 191411Z NOV"),
    ],
)
def test_never_more_time_than_there_is(left, said):
    assert said in due(TEXTS, "en", NOW + left, NOW)


def test_a_sending_that_may_be_the_second_says_so():
    assert summons(TEXTS, DESK, REQUEST, code="4827", now=NOW, is_repeat=True).endswith(
        "+1 555 0100 (repeat)"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mark", Mark)
def test_every_summons_is_one_segment_with_everything_filled_in(kind, mark):
    voice = Voice("+123 456 789 0123", mark=mark)
    for left in (timedelta(hours=23, minutes=59), timedelta(days=99, hours=23), -timedelta(days=99)):
        text = summons(TEXTS, voice, Matter(kind, NOW + left), code="4827", now=NOW, is_repeat=True)
        assert segments(text) == 1


@pytest.mark.parametrize("kind", sorted(LADDERS.by_kind))
def test_every_kind_that_has_a_ladder_has_words(kind):
    assert kind in TEXTS.by_language["en"]["kind"]


@pytest.mark.parametrize("kind", KINDS)
def test_rule_2_6_a_summons_names_no_case_vessel_state_person_position_or_ground(kind):
    named = {"case": "X-R4T7-HAX", "vessel": "BAR TEST", "state": "XB"}
    matter = Matter(kind, REQUEST.due_at, named)
    said = [
        summons(TEXTS, DESK, matter, code="4827", now=NOW),
        call_opening(TEXTS, DESK),
        call_after_key(TEXTS, DESK, "acknowledged", matter, now=NOW, since=SINCE),
        call_after_key(TEXTS, DESK, "facts", matter, now=NOW),
        answer(TEXTS, DESK, "echo", now=NOW, matter=matter, since=SINCE),
    ]
    assert not [text for text in said if any(word in text for word in named.values())]


def test_rule_2_6_policy_may_allow_a_summons_to_name_more():
    allowed = FILE.replace("may_also_say = []", 'may_also_say = ["case"]').replace(
        '"$desk: $what$due. Reply', '"$desk: $case $what$due. Reply', 1
    )
    matter = Matter("new_request", REQUEST.due_at, {"case": "X-R4T7-HAX", "vessel": "BAR TEST"})
    text = summons(read_texts(allowed), DESK, matter, code="4827", now=NOW)
    assert text.startswith("CNA: X-R4T7-HAX new request, answer due 1803Z")
    assert "BAR TEST" not in text
    with pytest.raises(TextsUnreadable, match="may not say"):
        read_texts(allowed.replace('["case"]', "[]"))


def test_rule_2_6_a_call_says_nothing_of_the_case_before_a_key_and_leaves_call_the_desk():
    assert call_opening(TEXTS, DESK) == (
        "This is the duty desk. Press 1 to acknowledge, 2 to hear again, 3 if you are on the way, "
        "5 for the next person."
    )
    assert call_left_on_machine(TEXTS, DESK) == "Please call the desk."


def test_after_a_key_a_call_says_what_it_is_about_and_when_it_is_due():
    assert call_after_key(TEXTS, DESK, "facts", REQUEST, now=NOW).startswith(
        "New request, answer due 18 03 Zulu, 3 hours 52 minutes left."
    )
    assert call_after_key(TEXTS, DESK, "acknowledged", Matter("wrong_codes"), now=NOW, since=SINCE) == (
        "You hold it since 03 13 Zulu. Five wrong codes by SMS. Please open the console, or call +1 555 0100."
    )
    transit = call_after_key(TEXTS, DESK, "in_transit", REQUEST, now=NOW, since=SINCE, minutes=20)
    assert "on the way for 20 minutes" in transit


def test_rule_15_2_while_an_exercise_is_announced_a_real_summons_says_so():
    for text in (
        summons(TEXTS, marked(Mark.REAL), REQUEST, code="4827", now=NOW),
        call_opening(TEXTS, marked(Mark.REAL)),
        answer(TEXTS, marked(Mark.REAL), "echo", now=NOW, matter=REQUEST, since=SINCE),
    ):
        assert text.startswith("REAL / NOT AN EXERCISE. ")


def test_rule_15_2_drills_begin_with_exercise_and_tests_with_test():
    drill, test = marked(Mark.EXERCISE), marked(Mark.TEST)
    assert summons(TEXTS, drill, REQUEST, code="4827", now=NOW).startswith("EXERCISE. CNA: new request")
    assert call_opening(TEXTS, drill).startswith("EXERCISE. This is the duty desk.")
    assert call_left_on_machine(TEXTS, drill) == "EXERCISE. Please call the desk."
    text = summons(TEXTS, test, REQUEST, code="T482", now=NOW)
    assert text == "TEST. CNA: does your phone ring? Reply T 482"
    assert call_opening(TEXTS, test) == ("TEST. This is the duty desk, a test. Press 9 if you can hear this.")


def test_rule_2_1_an_acknowledgement_is_echoed_to_the_officer_and_to_the_next_rung():
    assert answer(TEXTS, DESK, "echo", now=NOW, matter=REQUEST, since=SINCE) == (
        "CNA: You hold 'new request' since 03:13Z. Not you? Reply NO"
    )
    assert answer(
        TEXTS, DESK, "echo_next_rung", now=NOW, matter=REQUEST, since=SINCE, post="duty_officer"
    ) == ("CNA: the duty officer holds 'new request' since 03:13Z.")


def test_rule_2_1_an_ok_that_is_not_enough_lists_what_is_open():
    lines = [OpenLine(REQUEST, "4827"), OpenLine(Matter("clock_warning_50"), "5512")]
    assert answer(TEXTS, DESK, "ok_not_enough", now=NOW, listing=lines) == (
        "CNA: OK is not enough. new request, answer due 1803Z (3 h 52 left): reply 1 4827. "
        "half the time is gone: reply 1 5512."
    )
    assert answer(TEXTS, DESK, "wrong_code", now=NOW).endswith("Nothing is open.")


@pytest.mark.parametrize("name", sorted(TEXTS.by_language["en"]["answer"]))
def test_every_answer_is_complete_and_one_segment(name):
    text = answer(
        TEXTS,
        marked(Mark.REAL),
        name,
        now=NOW,
        matter=REQUEST,
        since=SINCE,
        until=SINCE,
        post="duty_officer",
        minutes=20,
        code="4827",
    )
    assert "$" not in text
    assert segments(text) == 1


@pytest.mark.parametrize("name", sorted(TEXTS.by_language["en"]["call_key"]))
def test_every_sentence_of_a_call_is_complete(name):
    text = call_after_key(TEXTS, DESK, name, REQUEST, now=NOW, since=SINCE, minutes=20)
    assert text
    assert "$" not in text
    assert not re.search(r"\d\d\d\dZ", text)


def test_an_unknown_language_speaks_english():
    assert summons(TEXTS, Voice(NUMBER, language="xx"), REQUEST, code="4827", now=NOW).startswith("CNA: new")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("may_also_say = []", 'may_also_say = ["crew"]', "/may_also_say"),
        ('echo = "$desk', 'echo = "$vessel', "/en/answer/echo"),
        ('other = "alert"', 'others = "alert"', "/en/kind/other"),
        ('real = "REAL / NOT AN EXERCISE"', "real = 3", "/en/mark/real"),
        ('real = "REAL / NOT AN EXERCISE"', 'real = "cost 3 $ a day"', "/en/mark/real"),
        ("[en.call]", "[en.calls]", "/en/call"),
        ('"five wrong codes by SMS"', f'"{"very " * 20}wrong"', "/en/kind/wrong_codes"),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_place(old, new, place):
    assert old in FILE
    with pytest.raises(TextsUnreadable, match=r"texts\.toml") as caught:
        read_texts(FILE.replace(old, new, 1))
    assert place in [problem.pointer for problem in caught.value.problems]


@pytest.mark.parametrize("text", ["[", "", "en = 3", "may_also_say = 3"])
def test_a_file_of_another_shape_is_refused(text):
    with pytest.raises(TextsUnreadable, match=r"texts\.toml"):
        read_texts(text)


def test_folding_writes_what_the_alphabet_lacks_by_its_nearest_letters():
    assert fold("São João’s – “ñ” € [x]") == 'Sao Joao\'s - "ñ" € [x]'
    assert fold("Привет \u2603").isascii()
    assert fold("e\u0301") == "é"


def test_segments_count_septets():
    assert segments("a" * 160) == 1
    assert segments("a" * 161) == 2
    assert segments("a" * 306) == 2
    assert segments("a" * 307) == 3
    assert septets("€[a") == 5
    assert segments("€" * 80) == 1
    assert segments("€" * 81) == 2
    assert segments("a" * 152 + "€" + "a" * 152) == 3
    with pytest.raises(ValueError, match="GSM-7"):
        septets("ã")


@given(st.text())
def test_whatever_is_folded_can_be_counted(text):
    folded = fold(text)
    assert segments(folded) >= 1
    assert fold(folded) == folded
