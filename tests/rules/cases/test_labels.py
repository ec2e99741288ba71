"""Labels are computed from the record; no two states share a word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cna_service.agreements.measures import MEASURE_ANSWERS, REGISTRY_ANSWERS
from cna_service.cases.labels import case_label, item_state, value_of
from cna_service.cases.record import Item
from cna_service.cases.tables import case_row
from tests.rules.cases.history import SERVICE, History


def asked(*measures: str) -> History:
    history = History()
    history.exchange(*measures)
    return history


def label(history: History) -> str:
    return case_label(history.record)


def lapsed(*measures: str) -> History:
    history = asked(*measures)
    history.clock(*measures, hours=1)
    history.add("clock.lapsed", SERVICE, after=timedelta(hours=1), clock="clock-1", passed=[])
    return history


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("confirmed", "CONFIRMED"),
        ("refuted", "REFUTED"),
        ("neither", "NEITHER"),
        ("more_information", "MORE INFORMATION ASKED"),
    ],
)
def test_registry_values_have_words_of_their_own(value: str, word: str) -> None:
    history = asked("confirm_registry")
    history.answer(confirm_registry=value)
    assert label(history) == word


@pytest.mark.parametrize(
    ("board", "search", "form", "word"),
    [
        ("granted", "granted", "written", "AUTHORIZED"),
        ("granted", "granted", "oral", "AUTHORIZED-ORAL"),
        (("granted_with_conditions", ["by day"]), "granted", "written", "AUTHORIZED WITH CONDITIONS"),
        (("granted_with_conditions", ["by day"]), "granted", "oral", "AUTHORIZED WITH CONDITIONS-ORAL"),
        ("granted", "denied", "written", "PARTLY AUTHORIZED"),
        ("denied", "denied", "written", "DENIED"),
        ("flag_state_boards", "flag_state_boards", "written", "FLAG-STATE-BOARDS"),
        ("unclear", "denied", "written", "PARTLY ANSWERED"),
    ],
)
def test_every_answer_to_measures_has_its_word(board: object, search: object, form: str, word: str) -> None:
    history = asked("board", "search")
    history.answer(form=form, board=board, search=search)
    assert label(history) == word


def test_silence_is_no_answer_then_overdue_and_never_a_grant() -> None:
    assert label(asked("board")) == "NO ANSWER"
    assert label(lapsed("board")) == "OVERDUE"


def test_a_refusal_after_the_limit_says_so() -> None:
    history = lapsed("board")
    history.answer(board="denied", late=True)
    assert label(history) == "REFUSED-AFTER-LIMIT"


def test_neither_is_not_refuted_and_a_later_answer_is_marked_as_a_change() -> None:
    history = asked("confirm_registry")
    history.answer(confirm_registry="neither")
    history.answer(confirm_registry="confirmed")
    assert label(history) == "CHANGED TO CONFIRMED"


def test_registry_confirmed_while_measures_are_open_is_no_authorization() -> None:
    history = asked("confirm_registry", "board")
    history.answer(confirm_registry="confirmed")
    assert label(history) == "CONFIRMED, MEASURES UNANSWERED"


def test_all_waivers_granted_and_closed() -> None:
    waivers = ("waive_jurisdiction_vessel", "waive_jurisdiction_cargo", "waive_jurisdiction_persons")
    history = asked(*waivers)
    history.answer(**dict.fromkeys(waivers, "granted"))
    assert label(history) == "WAIVED"
    history.add("case.closed")
    assert label(history) == "CLOSED-WAIVED"


@pytest.mark.parametrize("first", ["confirmed", "refuted", "neither", "more_information"])
@pytest.mark.parametrize("then", ["confirmed", "refuted", "neither", "more_information"])
def test_the_longest_words_fit_into_the_search_row(first: str, then: str) -> None:
    history = asked("confirm_registry", "board")
    history.answer(confirm_registry=first)
    history.answer(confirm_registry=then)
    assert label(history).endswith("MEASURES UNANSWERED")
    assert len(label(history)) <= case_row.c.label.type.length


def test_withdrawn_is_said_before_all_else() -> None:
    history = asked("board")
    history.answer(board="granted")
    history.add("exchange.withdrawn", exchange=1)
    assert label(history) == "WITHDRAWN"


def test_a_case_without_an_exchange_is_open_or_closed() -> None:
    history = History()
    history.add("case.opened", vessels=1)
    assert label(history) == "OPEN"
    history.add("case.closed")
    assert label(history) == "CLOSED"


def test_item_values_are_distinct_everywhere() -> None:
    """What has no answer, what ran out and what nobody asked are three things (the values of the interface)."""
    history = lapsed("board")
    history.exchange("search")
    record = history.record
    first, second = record.exchanges
    assert value_of(first, Item(1, "board")) == "unanswered"
    assert item_state(record, first, Item(1, "board")) == "lapsed"
    assert item_state(record, second, Item(1, "search")) == "unanswered"
    assert not {"unanswered", "lapsed", "not_asked"} & (set(REGISTRY_ANSWERS) | set(MEASURE_ANSWERS))


def test_all_words_are_distinct() -> None:
    words = []
    for value in ("confirmed", "refuted", "neither", "more_information"):
        history = asked("confirm_registry")
        history.answer(confirm_registry=value)
        words.append(label(history))
    for value in ("granted", "denied", "flag_state_boards", "unclear"):
        history = asked("board")
        history.answer(board=value)
        words.append(label(history))
    words += [label(asked("board")), label(lapsed("board")), label(asked())]
    late = lapsed("board")
    late.answer(board="denied")
    words.append(label(late))
    assert len(set(words)) == len(words)
