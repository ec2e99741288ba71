"""Instructions to units: from the grants in force, stale at once, done when read back (desk-rules 5.2)."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow.answer_changes import withdraw_answer
from cna_service.workflow.instruct import OnlyExercise, give_instruction, read_back
from cna_service.workflow.instruction_words import NothingToStop, instructions_json, stop_json
from cna_service.workflow.opening import open_case, open_exchange
from tests.workflow.acts import answer, asked
from tests.workflow.desk import Answered, LiveDesk
from tests.workflow.station import T0, minutes

CAPTAIN = {"name": "Captain", "office": "MRCC XP"}
MOSS = {"name": "Lt. Moss", "post": "officer of the watch"}


def told(desk: LiveDesk, ref: str, unit: str = "cutter, hull 751", **more: Any) -> Answered:
    body = {"unit": unit, "circuit": "HF 5", "passed_to": MOSS, "seen": desk.look(ref), **more}
    return desk.do(give_instruction, "duty-1", ref, **body)


def back(desk: LiveDesk, ref: str, n: int, *, right: bool = True, **more: Any) -> Answered:
    body = {
        "by": {"name": "Lt. Moss"},
        "words": "I read back: board, not search.",
        "is_correct": right,
        **more,
    }
    return desk.do(read_back, "duty-1", ref, n, **body)


def shown(desk: LiveDesk, ref: str) -> dict[str, Any]:
    return instructions_json(desk.service, desk.case(ref), desk.clock.now())


def lines(desk: LiveDesk, ref: str) -> dict[str, str]:
    return {line["measure"]: line["says"] for line in shown(desk, ref)["lines"]}


def state(desk: LiveDesk, ref: str, n: int) -> str:
    return next(str(i["state"]) for i in shown(desk, ref)["instructions"] if i["instruction"] == n)


def granted(desk: LiveDesk, *measures: str, **more: Any) -> str:
    ref = asked(desk, *measures)
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted"}, by=CAPTAIN, **more)
    return ref


def test_rule_5_2_an_instruction_says_measure_by_measure_what_is_granted_and_what_is_not(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = granted(desk, "board", "search", "detain_vessel")
    answer(desk, ref, values={"search": "denied"}, by=CAPTAIN)
    got = told(desk, ref, number="7/26", words="Report on boarding.")
    assert {line["measure"]: line["says"] for line in got["lines"]} == {
        "board": "may",
        "search": "may_not",
        "detain_vessel": "not_granted",
    }
    grant = desk.case(ref).exchanges[0].answers[0]
    assert got["rests_on"] == [{"seq": grant.seq, "leaf": grant.leaf}]
    assert "Board: you MAY. Permission of XP." in got["text"]
    assert "Search: you MAY NOT. XP: denied." in got["text"]
    assert "Detain the vessel: NOT GRANTED. Asked of XP since 211403Z NOV 26." in got["text"]
    assert "Anything not named here is NOT GRANTED" in got["text"]
    assert got["text"].startswith("EXERCISE.")
    entry = desk.last(ref, "instruction.given")
    assert entry.body["passed_to"] == MOSS
    assert entry.body["text"] == got["text"]
    assert state(desk, ref, 1) == "passed"
    back(desk, ref, 1)
    assert state(desk, ref, 1) == "read_back"


def test_rule_5_2_a_measure_that_is_not_granted_cannot_be_stated(desk: LiveDesk) -> None:
    ref = granted(desk, "board", "search")
    with pytest.raises(Invalid) as refused:
        told(desk, ref, measures=["board", "search"])
    assert [(p.pointer, p.why) for p in refused.value.problems] == [("/measures/1", "is not granted")]
    answer(desk, ref, values={"search": "granted"}, by=CAPTAIN)
    got = told(desk, ref, measures=["board"])
    assert {line["measure"]: line["says"] for line in got["lines"]} == {"board": "may", "search": "may_not"}
    assert "Search: you MAY NOT. XP: granted, and not passed on to you by this desk." in got["text"]


def test_rule_5_2_without_a_grant_every_measure_is_not_granted_and_since_when_we_ask(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "search")
    desk.advance(minutes=20)
    page = shown(desk, ref)
    assert lines(desk, ref) == {"board": "not_granted", "search": "not_granted"}
    assert page["asking_since"] == to_text(T0)
    assert "NOTHING IS GRANTED. Asked since 211403Z NOV 26." in page["text"]
    assert told(desk, ref)["rests_on"] == []


def test_rule_5_2_who_was_told_on_which_circuit_is_asked_for_all_at_once(desk: LiveDesk) -> None:
    ref = granted(desk, "board")
    with pytest.raises(Invalid) as refused:
        desk.do(give_instruction, "duty-1", ref, seen=desk.look(ref))
    assert {p.pointer for p in refused.value.problems} == {"/unit", "/circuit", "/passed_to"}


def test_rule_5_2_a_later_refusal_makes_it_stale_at_once_and_summons_until_the_stop_is_read_back(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = granted(desk, "board", "search")
    told(desk, ref)
    back(desk, ref, 1)
    with pytest.raises(NothingToStop):
        stop_json(desk.service, desk.case(ref), 1, desk.clock.now())
    answer(desk, ref, values={"board": "denied"}, by=CAPTAIN)
    assert state(desk, ref, 1) == "stale"  # by the fold alone, before anything fired
    desk.settle()
    stale = desk.last(ref, "instruction.stale")
    assert stale.actor["kind"] == "service"
    assert stale.body["because"][0]["what"] == "denied"
    assert desk.alert(ref, "instruction_stale").is_open
    stop = stop_json(desk.service, desk.case(ref), 1, desk.clock.now())
    assert "STOP. STOP. STOP. Instruction 1" in stop["text"]
    assert "vessel 1, vessel 1 (no name known): Board: refused" in stop["text"]
    assert "NOTHING IS GRANTED" in stop["text"]

    back(desk, ref, 1, right=False)
    assert state(desk, ref, 1) == "stale"
    assert desk.alert(ref, "instruction_stale").is_open
    got = back(desk, ref, 1)
    assert (got["of"], got["state"]) == ("stop", "stopped")
    assert not desk.alert(ref, "instruction_stale").is_open
    with pytest.raises(NothingToStop):
        back(desk, ref, 1, of="stop")


def test_rule_5_2_taking_the_alert_is_not_reading_back_so_the_summons_comes_again(desk: LiveDesk) -> None:
    ref = granted(desk, "board")
    told(desk, ref)
    answer(desk, ref, values={"board": "denied"}, by=CAPTAIN)
    desk.settle()
    desk.advance(minutes=31)
    assert [e.body["summons"] for e in desk.entries(ref) if e.type == "instruction.stale"] == [1, 2, 3]
    told(desk, ref)
    desk.advance(minutes=1)
    assert state(desk, ref, 1) == "stale"
    back(desk, ref, 2)
    assert (state(desk, ref, 1), state(desk, ref, 2)) == ("replaced", "read_back")
    desk.advance(hours=1)
    assert len([e for e in desk.entries(ref) if e.type == "instruction.stale"]) == 3


def test_rule_5_2_an_end_of_validity_makes_it_stale_by_the_clock(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    until = to_text(T0 + minutes(40))
    items = [{"measure": "board", "value": "granted", "valid_to": until}]
    answer(desk, ref, values={}, answers=items, by=CAPTAIN)
    assert "you MAY until 211443Z NOV 26" in told(desk, ref)["text"]
    back(desk, ref, 1)
    desk.advance(minutes=39)
    assert state(desk, ref, 1) == "read_back"
    desk.advance(minutes=1)
    stale = desk.last(ref, "instruction.stale")
    assert stale.body["at"] == until
    assert stale.body["because"][0]["what"] == "ended"
    assert lines(desk, ref) == {"board": "may_not"}


def test_rule_5_2_a_time_limit_among_the_conditions_ends_it_too(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    until = to_text(T0 + minutes(30))
    conditions = [{"kind": "time_limit", "until": until}, "No searching of cabins."]
    answer(desk, ref, values={"board": ("granted_with_conditions", conditions)}, by=CAPTAIN)
    text = told(desk, ref)["text"]
    assert "you MAY until 211433Z NOV 26 on the conditions below." in text
    assert "2. No searching of cabins." in text
    desk.advance(minutes=30)
    assert state(desk, ref, 1) == "stale"


def test_rule_5_2_a_register_that_answers_otherwise_contradicts_the_grant(desk: LiveDesk) -> None:
    ref = granted(desk, "confirm_registry", "board")
    told(desk, ref)
    back(desk, ref, 1)
    answer(desk, ref, values={"confirm_registry": "refuted"}, by=CAPTAIN)
    desk.settle()
    assert desk.last(ref, "instruction.stale").body["because"] == [
        {"what": "registry_refuted", "vessel": 1, "state": "XP", "seq": desk.last(ref, "answer.given").seq}
    ]
    assert lines(desk, ref) == {"board": "may"}  # the permission stays as it was given
    got = back(desk, ref, 1)
    assert got["state"] == "read_back"


def test_rule_5_2_something_more_being_granted_makes_nothing_stale(desk: LiveDesk) -> None:
    ref = granted(desk, "board", "search")
    told(desk, ref)
    answer(desk, ref, values={"search": "granted"}, by=CAPTAIN)
    desk.settle()
    assert state(desk, ref, 1) == "passed"
    assert "instruction.stale" not in desk.types(ref)


def test_rule_5_2_conditions_of_a_later_answer_are_new_to_the_unit(desk: LiveDesk) -> None:
    ref = granted(desk, "board")
    told(desk, ref)
    answer(desk, ref, values={"board": ("granted_with_conditions", ["Report first."])}, by=CAPTAIN)
    desk.settle()
    assert desk.last(ref, "instruction.stale").body["because"][0]["what"] == "conditions"


def test_each_unit_has_its_own_instruction(desk: LiveDesk) -> None:
    ref = granted(desk, "board", "search")
    told(desk, ref)
    told(desk, ref, unit="Aircraft 12")
    back(desk, ref, 1)
    back(desk, ref, 2)
    assert [i.unit_n for i in desk.case(ref).sea.instructions] == [1, 2]
    answer(desk, ref, values={"board": "denied"}, by=CAPTAIN)
    desk.settle()
    assert (state(desk, ref, 1), state(desk, ref, 2)) == ("stale", "stale")
    back(desk, ref, 1)
    assert desk.alert(ref, "instruction_stale").is_open
    back(desk, ref, 2)
    assert not desk.alert(ref, "instruction_stale").is_open


def test_an_instruction_is_decided_on_what_its_maker_has_seen(desk: LiveDesk) -> None:
    from cna_service.workflow.answer import give_answer
    from cna_service.workflow.work import CaseMoved

    ref = granted(desk, "board")
    seen = desk.look(ref)
    denied = {"answers": [{"measure": "board", "value": "denied"}], "form": "written"}
    give_answer(desk.service, desk.authority("mrcc-xp"), ref, 1, denied)
    with pytest.raises(CaseMoved):
        told(desk, ref, seen=seen)


def test_rule_5_2_a_writing_that_differs_holds_the_measure_and_makes_it_stale(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "seize")
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted", "seize": "granted"}, form="oral", by=CAPTAIN)
    told(desk, ref)
    back(desk, ref, 1)
    answer(desk, ref, values={"board": "granted", "seize": "denied"}, form="written", by=CAPTAIN)
    desk.settle()
    assert lines(desk, ref) == {"board": "may", "seize": "not_granted"}
    assert [b["what"] for b in desk.last(ref, "instruction.stale").body["because"]] == ["held"]
    assert "nobody has read the writing yet" in told(desk, ref)["text"]


def test_rule_5_2_a_grant_taken_back_makes_it_stale(desk: LiveDesk) -> None:
    ref = granted(desk, "board")
    told(desk, ref)
    desk.advance(minutes=5)
    desk.do(withdraw_answer, "duty-1", ref, 1, answer=1, by=CAPTAIN, words="No more.", seen=desk.look(ref))
    desk.settle()
    assert [b["what"] for b in desk.last(ref, "instruction.stale").body["because"]] == ["withdrawn"]
    assert "Board: you MAY NOT. XP: taken back by who gave it." in shown(desk, ref)["text"]


def test_rule_15_3_a_case_opened_as_an_exercise_gives_no_unit_an_instruction(desk: LiveDesk) -> None:
    ref = str(desk.do(open_case, "duty-1", channel="radio", as_exercise=True)["case"])
    body = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["board"], "basis": ["xp-4"]}
    desk.do(open_exchange, "duty-1", ref, **body, channel="phone", form="oral")
    with pytest.raises(OnlyExercise):
        told(desk, ref)
