"""Pure rules at sea: what an act is held against, when an instruction goes stale, what stays open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.cases import afterwards, instructions
from cna_service.cases.grants import grants
from cna_service.cases.judging import BEYOND, UNKNOWN, WITHIN, judge
from cna_service.cases.record_sea import MAY
from cna_service.documents.instruction_text import Head, Told, instruction_text
from cna_service.kit.instants import to_text
from cna_service.kit.told import ToldInstant
from tests.rules.cases.history import OFFICER, T0, History

LATER = timedelta(minutes=10)


def asked(*measures: str) -> History:
    history = History()
    history.add("case.opened", vessels=1)
    history.exchange(*(measures or ("board", "search")), direction="outbound")
    return history


def theirs(history: History, after: timedelta = LATER, **values: Any) -> None:
    history.now += after
    history.answer(ours=False, **values)


def action(
    measure: str, first: int | None, last: int | None, recorded: int = 300, **more: Any
) -> dict[str, Any]:
    """``first`` and ``last``: minutes after T0, the bounds of when it happened."""
    bounds = [None if m is None else T0 + timedelta(minutes=m) for m in (first, last)]
    return {
        "action": 1,
        "vessel": 1,
        "measure": measure,
        "side": "ours",
        "happened_at": ToldInstant("as told", *bounds),
        "recorded_at": T0 + timedelta(minutes=recorded),
        **more,
    }


def test_an_act_is_held_against_what_stood_at_its_own_instant() -> None:
    history = asked()
    theirs(history, board="granted")  # some 10 minutes after T0
    theirs(history, timedelta(minutes=60), board="denied")
    record = history.record
    assert judge(record, action("board", 30, 30)).code == WITHIN
    assert judge(record, action("board", 5, 5)).code == BEYOND
    assert judge(record, action("board", 90, 90)).code == BEYOND
    assert judge(record, action("search", 30, 30)).code == BEYOND
    assert judge(record, action("board", 5, 30)).code == UNKNOWN
    assert judge(record, action("board", None, 30)).code == UNKNOWN
    assert judge(record, action("search", None, None)).code == BEYOND


def test_holding_only_lets_a_unit_hold_while_the_flag_state_decides_and_no_longer() -> None:
    history = asked("board")
    theirs(history, board="holding_only")  # some 10 minutes after T0
    held = {g.measure: (g.state, g.why) for g in grants(history.record)}
    assert set(held) == {"hold"} and held["hold"][0] == "in_force"
    assert "only while" in str(held["hold"][1])
    assert judge(history.record, action("hold", 30, 30)).code == WITHIN
    assert judge(history.record, action("board", 30, 30)).code == BEYOND
    theirs(history, timedelta(minutes=60), board="denied")
    assert {g.measure: g.state for g in grants(history.record)} == {"hold": "ended"}
    assert judge(history.record, action("hold", 30, 30)).code == WITHIN
    assert judge(history.record, action("hold", 90, 90)).code == BEYOND


def test_what_was_said_of_holding_itself_stands_over_what_follows_from_holding_only() -> None:
    history = asked("board", "hold")
    theirs(history, hold="denied", board="holding_only")
    assert grants(history.record) == ()


def test_the_words_never_call_anything_lawful_or_unlawful() -> None:
    history = asked()
    theirs(history, board="granted")
    theirs(history, timedelta(minutes=60), board="denied")
    grounds = ("right_of_visit", "safety_of_life", "own_flag")
    for told in (
        action("board", 30, 30),
        action("board", 90, 90),
        action("board", 5, 30),
        *(action("board", 30, 30, basis={"ground": g}) for g in grounds),
    ):
        assert "lawful" not in judge(history.record, told).words


@given(at=st.integers(0, 200), wide=st.integers(0, 100))
def test_a_time_told_less_exactly_never_turns_beyond_into_within(at: int, wide: int) -> None:
    history = asked()
    theirs(history, board="granted")
    theirs(history, timedelta(minutes=60), board="denied")
    exact = judge(history.record, action("board", at, at)).code
    wider = judge(history.record, action("board", max(0, at - wide), at + wide)).code
    assert wider in (exact, UNKNOWN)


@given(
    st.lists(
        st.sampled_from(["granted", "granted_with_conditions", "denied", "more_information"]), max_size=6
    )
)
def test_no_sequence_of_answers_lets_a_line_say_may_without_a_grant_in_force(values: list[str]) -> None:
    history = asked("board")
    for value in values:
        theirs(history, board=(value, ["c"]) if value == "granted_with_conditions" else value)
    record = history.record
    said = [v for v in values if v != "more_information"]
    lines = instructions.lines_at(record, history.now)
    assert (lines[0].says == MAY) == bool(said and said[-1].startswith("granted"))
    assert [line.measure for line in lines] == ["board"]


def given_to_a_unit(history: History) -> None:
    lines = [instructions.line_json(x) for x in instructions.lines_at(history.record, history.now)]
    history.add("instruction.given", OFFICER, instruction=1, unit_n=1, unit="cutter", lines=lines, text="t")


def test_staleness_reads_nothing_that_may_be_erased() -> None:
    history = asked()
    theirs(history, board=("granted_with_conditions", ["Report first."]))
    given_to_a_unit(history)
    theirs(history, board=("granted_with_conditions", ["Report first."]))
    found = instructions.stale_from(history.record, history.record.sea.instructions[0])
    assert found is not None
    assert found[1][0]["what"] == "conditions"


def test_an_instruction_is_due_at_the_end_of_its_validity_and_before_that_nothing_is() -> None:
    history = asked()
    history.now += LATER
    end = to_text(history.now + timedelta(hours=2))
    items = [{"vessel": 1, "measure": "board", "value": "granted", "valid_to": end}]
    history.add(
        "answer.given",
        exchange=1,
        answer=1,
        ours=False,
        items=items,
        form="written",
        as_of=to_text(history.now),
    )
    given_to_a_unit(history)
    assert {k: to_text(v) for k, v in instructions.due(history.record).items()} == {
        ("instruction_end", "1", 0): end
    }
    history.add("note.added", words="nothing new")
    assert list(instructions.due(history.record)) == [("instruction_end", "1", 0)]


@pytest.mark.parametrize("what", ["handed_over", "released", "before_judge"])
def test_custody_is_open_until_it_is_ended_as_a_whole(what: str) -> None:
    history = asked()
    history.add("custody.recorded", custody=1, vessel=1, what="taken", persons_count=2)
    assert [c["custody"] for c in afterwards.open_custody(history.record)] == [1]
    history.add("custody.recorded", custody=2, vessel=1, what=what, of=1, persons_count=1)
    assert afterwards.open_custody(history.record)
    history.add("custody.recorded", custody=3, vessel=1, what=what, of=1, persons_count=1, ends=True)
    assert not afterwards.open_custody(history.record)


def test_what_is_hostile_in_a_name_cannot_forge_a_line_of_an_instruction() -> None:
    head = Head(
        "X", 1, "cutter\n- Search: you MAY", "HF", "Moss", T0, {1: "BAR\n- Board: you MAY"}, False, "Desk", T0
    )
    line = Told(1, "board", "not_granted", "XB", None, None, None, None, None, T0, None, None, (), False)
    text = instruction_text(head, [line], None)
    assert [x for x in text.splitlines() if x.startswith("- ")] == [
        "- Board: NOT GRANTED. Asked of XB since 211403Z NOV 26."
    ]
