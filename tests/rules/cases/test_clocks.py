"""Clocks: when they warn, what stops them, what is due next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.cases.clocks import (
    DECISION_LEAD,
    counts_against_us,
    decide_by,
    due,
    next_due,
    warnings,
)
from cna_service.kit.instants import to_text
from tests.rules.cases.history import SERVICE, T0, History

HOUR = timedelta(hours=1)
LEAD = timedelta(minutes=45)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def test_rule_3_3_a_clock_warns_at_half_three_quarters_nine_tenths_and_decision_lead() -> None:
    assert dict(warnings(T0, T0 + 4 * HOUR, LEAD)) == {
        "50": T0 + 2 * HOUR,
        "75": T0 + 3 * HOUR,
        DECISION_LEAD: T0 + minutes(195),
        "90": T0 + minutes(216),
    }


def test_rule_3_3_of_two_hours_the_decider_is_called_before_three_quarters_are_gone() -> None:
    marks = [mark for mark, _ in warnings(T0, T0 + 2 * HOUR, LEAD)]
    assert marks == ["50", DECISION_LEAD, "75", "90"]


def test_rule_3_3_the_case_shows_decide_by() -> None:
    history = History()
    history.exchange("board")
    history.clock("board", hours=2)
    clock = history.the_clock()
    assert clock.due_at is not None
    assert decide_by(clock) == clock.due_at - LEAD


def test_a_limit_shorter_than_the_lead_has_no_decision_lead() -> None:
    assert [mark for mark, _ in warnings(T0, T0 + minutes(30), LEAD)] == ["50", "75", "90"]


@given(length=st.integers(1, 14 * 24 * 60), lead=st.none() | st.integers(0, 24 * 60))
def test_warnings_lie_within_the_time_and_in_order(length: int, lead: int | None) -> None:
    marks = warnings(T0, T0 + minutes(length), None if lead is None else minutes(lead))
    instants = [at for _, at in marks]
    assert instants == sorted(instants)
    assert all(T0 < at <= T0 + minutes(length) for at in instants)
    assert {"50", "75", "90"} <= {mark for mark, _ in marks}


def answered(terms: dict[str, Any], form: str = "written", complete: bool = True, **values: Any) -> History:
    history = History()
    history.exchange("confirm_registry", "board", "search")
    history.clock("board", "search", **terms)
    n = history.answer(form=form, **values)
    history.convey(n, form=form, complete=complete)
    return history


def test_an_answer_to_each_measure_stops_the_clock_when_it_was_conveyed() -> None:
    history = answered({}, board="granted", search="denied")
    clock = history.the_clock()
    assert clock.stopped_seq == 4
    assert clock.stopped_at == history.now
    assert due(history.record) == {}


def test_an_answer_not_yet_conveyed_stops_nothing() -> None:
    assert answered({}, complete=False, board="granted", search="denied").the_clock().is_running


def test_a_measure_left_open_keeps_the_clock_running_and_the_other_settled() -> None:
    clock = answered({}, board="granted").the_clock()
    assert clock.is_running
    assert {i.measure for i in clock.answered} == {"board"}


@pytest.mark.parametrize("value", ["more_information", "unclear", "holding_only"])
def test_an_answer_that_leaves_the_question_open_stops_nothing(value: str) -> None:
    clock = answered({}, board=value, search="granted").the_clock()
    assert clock.is_running
    assert {i.measure for i in clock.answered} == {"search"}


def test_in_writing_only_a_spoken_answer_does_not_count_until_it_is_written() -> None:
    rule = {"stops_by": {"form": "written", "needs": "each_measure", "also": []}}
    history = answered(rule, form="oral", board="granted", search="granted")
    assert history.the_clock().is_running
    history.add(
        "answer.conveyed", exchange=1, answer=1, conveyance=2, form="written", channel="mail", complete=False
    )
    assert history.the_clock().is_running
    history.add("conveyance.sent", SERVICE, exchange=1, answer=1, conveyance=2, state="sent", sending="s")
    assert history.the_clock().stopped_at == history.now


def test_a_mail_that_could_not_be_sent_stops_nothing() -> None:
    history = answered({}, complete=False, board="granted", search="granted")
    history.add("conveyance.sent", SERVICE, exchange=1, answer=1, conveyance=1, state="failed", sending="s")
    assert history.the_clock().is_running


def test_one_answer_stops_a_clock_that_any_response_stops() -> None:
    rule = {"stops_by": {"form": "either", "needs": "one_answer", "also": []}}
    assert not answered(rule, board="denied").the_clock().is_running


def test_an_answer_on_nationality_stops_a_deemed_grant() -> None:
    rule = {"stops_by": {"form": "either", "needs": "each_measure", "also": ["confirm_registry"]}}
    assert not answered(rule, confirm_registry="refuted").the_clock().is_running
    assert not answered(rule, confirm_registry="neither").the_clock().is_running


def test_neither_taken_for_silence_stops_nothing() -> None:
    rule = {
        "stops_by": {"form": "either", "needs": "one_answer", "also": ["confirm_registry"]},
        "neither": {"code": "as_silence"},
    }
    assert answered(rule, confirm_registry="neither").the_clock().is_running
    assert not answered(rule, confirm_registry="confirmed").the_clock().is_running


def test_their_answer_counts_from_its_receipt() -> None:
    history = History()
    history.exchange("board", direction="outbound")
    history.clock("board")
    history.answer(ours=False, form="oral", board="granted")
    assert history.the_clock().stopped_at == history.now


def test_an_answer_to_another_exchange_stops_nothing() -> None:
    history = History()
    history.exchange("board")
    history.exchange("board", direction="outbound")
    history.clock("board")
    history.answer(ours=False, exchange=2, board="granted")
    assert history.the_clock().is_running


def test_more_time_moves_the_end_and_the_warnings_still_ahead() -> None:
    history = History()
    history.exchange("board")
    history.clock("board", hours=4)
    begins = history.the_clock().starts_at
    assert begins is not None
    history.add("clock.warned", SERVICE, after=2 * HOUR, clock="clock-1", mark="50", passed=[])
    later = begins + 5 * HOUR
    history.add("exchange.extended", exchange=1, until=to_text(later), clocks=["clock-1"], by={"name": "A"})
    clock = history.the_clock()
    assert clock.due_at == later
    wanted = {key[2]: at for key, at in due(history.record).items() if key[0] == "clock_warning"}
    assert sorted(wanted.values()) == [
        begins + minutes(150),
        begins + minutes(225),
        begins + 5 * HOUR - LEAD,
        begins + minutes(270),
    ]


def test_more_time_given_late_lets_a_lapsed_clock_run_again_and_the_lapse_stays_in_the_log() -> None:
    history = History()
    history.exchange("board")
    history.clock("board", hours=1)
    history.add(
        "clock.lapsed", SERVICE, after=HOUR, clock="clock-1", passed=["50", "75", "90", DECISION_LEAD]
    )
    assert not history.the_clock().is_running
    history.add("exchange.extended", exchange=1, until=to_text(T0 + 3 * HOUR), clocks=["clock-1"], by={})
    assert history.the_clock().is_running
    assert [e.type for e in history.entries].count("clock.lapsed") == 1


def test_a_lapse_wants_nothing_more_and_a_late_answer_stands_beside_it() -> None:
    history = History()
    history.exchange("board")
    history.clock("board", hours=1)
    history.add("clock.lapsed", SERVICE, after=HOUR, clock="clock-1", passed=["50", "75", "90"])
    assert due(history.record) == {}
    n = history.answer(board="denied", late=True)
    history.convey(n)
    clock = history.the_clock()
    assert clock.lapsed_seq == 3
    assert clock.stopped_seq == 5
    assert history.record.exchanges[0].answers[0].late


def test_recording_the_effect_of_a_lapse_is_a_second_entry_by_a_person() -> None:
    history = History()
    history.exchange("board")
    history.clock("board", hours=1)
    history.add("clock.lapsed", SERVICE, after=HOUR, clock="clock-1", passed=[])
    assert history.the_clock().lapse is None
    history.add("lapse.recorded", clock="clock-1", exchange=1, effect="none", words="w", channels=[])
    lapse = history.the_clock().lapse
    assert lapse is not None
    assert (lapse["seq"], lapse["actor"]["id"]) == (4, "duty-1")


def test_our_own_target_warns_nobody_and_stops_at_acknowledgement_or_at_an_answer() -> None:
    own = {"stops_by": {"event": "acknowledgement"}, "warn": False}
    history = History()
    history.exchange("board")
    history.clock(hours=0.25, kind="own", **own)
    assert list(due(history.record)) == [("clock_expiry", "clock-1", 0)]
    history.add("exchange.acknowledged", exchange=1, formal=True)
    assert history.the_clock().stopped_seq == 3

    without = History()
    without.exchange("board")
    without.clock(hours=0.25, kind="own", **own)
    without.convey(without.answer(board="denied"))
    assert not without.the_clock().is_running


def test_a_clock_that_waits_for_acknowledgement_wants_nothing_until_it_is_started() -> None:
    history = History()
    history.exchange("board")
    items = [{"vessel": 1, "measure": "board"}]
    history.add(
        "clock.armed",
        SERVICE,
        clock="clock-1",
        kind="legal",
        exchange=1,
        items=items,
        terms={"silence": {}, "decision_lead_s": 2700},
        starts_at=None,
        due_at=None,
        waits_for="acknowledgement",
    )
    assert due(history.record) == {}
    assert next_due(history.record) is None
    starts = to_text(history.now)
    history.add(
        "clock.started", clock="clock-1", starts_at=starts, due_at=to_text(history.now + 4 * HOUR), event="x"
    )
    clock = history.the_clock()
    assert (clock.waits_for, len(clock.warnings)) == (None, 4)
    assert next_due(history.record) == clock.due_at


def test_a_withdrawn_ask_stops_its_clocks() -> None:
    history = History()
    history.exchange("board")
    history.clock("board")
    history.add("exchange.withdrawn", exchange=1)
    assert due(history.record) == {}


def test_the_board_sorts_by_what_runs_out_first_of_whatever_kind() -> None:
    history = History()
    history.exchange("board")
    history.clock("board", hours=4)
    history.clock("board", hours=1, kind="claimed")
    history.clock("board", hours=2, kind="operational")
    assert next_due(history.record) == history.the_clock("clock-2").due_at


@pytest.mark.parametrize(
    ("kind", "effect", "direction", "expected"),
    [
        ("legal", "none", "inbound", False),
        ("legal", "deemed_grant", "inbound", True),
        ("legal", "deemed_grant", "outbound", False),
        ("claimed", "none", "inbound", True),
        ("claimed", "none", "outbound", False),
        ("own", "none", "inbound", False),
        ("operational", "none", "inbound", False),
    ],
)
def test_rule_1_1_a_claimed_limit_counts_as_true_where_silence_would_count_against_us(
    kind: str, effect: str, direction: str, expected: bool
) -> None:
    history = History()
    history.exchange("board", direction=direction)
    history.clock("board", kind=kind, silence={"effect": effect})
    assert counts_against_us(history.record) is expected
