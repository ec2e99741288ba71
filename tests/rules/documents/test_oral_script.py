from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cna_service.documents.model import Call, IdentifierLine, VesselLine
from cna_service.documents.oral_script import Part, oral_script
from cna_service.documents.rules import CallNotIdentified, WrongCaseOnTheLine, gaps, missing
from tests.rules.documents.making import ANSWER, CALL, REGISTER, SENT, item, with_items

DONE = replace(
    CALL, started_at=SENT, ended_at=SENT + timedelta(minutes=6), read_back="board granted", outcome="agreed"
)


def pointers(call: Call) -> list[str]:
    return [problem.pointer for problem in missing(ANSWER, call)]


def test_rule_2_4_the_script_begins_with_state_vessel_spelt_and_our_code() -> None:
    said = oral_script(ANSWER, CALL).said()
    assert said[0].endswith("for State X-ray, Alfa, with an answer for State X-ray, Bravo.")
    assert said[1] == "Vessel one: BAR TEST. I spell: Bravo, Alfa, Romeo, space, Tango, Echo, Sierra, Tango."
    assert said[2] == "Vessel one, call sign: X-ray, Alfa, two, three, four, five."
    assert said[4] == "Our code is R4T7-HAX. I spell: Romeo, four, Tango, seven, dash, Hotel, Alfa, X-ray."


def test_rule_2_4_state_vessel_and_code_stay_in_sight() -> None:
    in_sight = " ".join(oral_script(replace(ANSWER, exercise=True), CALL).in_sight)
    assert all(words in in_sight for words in ("State X-ray, Alfa", "BAR TEST", "R4T7-HAX"))
    assert "GRANTED" not in in_sight


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (replace(CALL, number=" "), "/number"),
        (replace(CALL, from_directory=False), "/number_reason"),
        (replace(CALL, listener_name=""), "/listener_name"),
        (replace(CALL, listener_office=""), "/listener_office"),
        (replace(CALL, reference_spoken=" "), "/reference_spoken"),
    ],
)
def test_rule_2_4_no_script_before_it_is_known_who_listens(call: Call, wanted: str) -> None:
    with pytest.raises(CallNotIdentified) as refused:
        oral_script(ANSWER, call)
    assert [problem.pointer for problem in refused.value.problems] == [wanted]


def test_rule_2_4_another_number_than_the_directorys_needs_a_reason() -> None:
    call = replace(CALL, from_directory=False, number_reason="the listed line is dead")
    assert oral_script(ANSWER, call).lines


@pytest.mark.parametrize(
    "call",
    [
        replace(CALL, reference_spoken="MRCC-78/26"),
        replace(CALL, reference_spoken=None, code_read_back="R4T7-HAY"),
        replace(CALL, code_read_back="P4T7-HAX"),
    ],
)
def test_rule_2_4_a_reference_of_another_case_stops_the_call(call: Call) -> None:
    with pytest.raises(WrongCaseOnTheLine):
        oral_script(ANSWER, call)


def test_rule_2_4_signs_alone_do_not_make_two_references_equal() -> None:
    with pytest.raises(WrongCaseOnTheLine):
        oral_script(replace(ANSWER, their_reference="##"), replace(CALL, reference_spoken="--"))


def test_rule_2_4_our_code_read_back_is_enough() -> None:
    call = replace(CALL, reference_spoken=None, code_read_back="r4t7 hax")
    assert oral_script(ANSWER, call).lines
    assert oral_script(replace(ANSWER, their_reference=None), call).lines


def test_every_measure_is_said_once_then_conditions_then_what_is_not_granted() -> None:
    answer = with_items(
        item("board", "granted_with_conditions", conditions=("Report in 3 h.",), valid_to=SENT),
        item("seize", "denied"),
        item("detain_persons", "unanswered"),
    )
    said = oral_script(answer, CALL).said()
    order = [
        (
            "Measure one, vessel one, Board: CONDITIONAL GRANT. This is granted only on the numbered conditions. "
            "Conditions: one."
        ),
        "Measure one, valid until: two one, one four zero three Zulu, NOV two six.",
        "Measure two, vessel one, Seize: DENIED. This is denied. It is not granted.",
        "Measure three, vessel one, Detain persons: NO ANSWER. No answer has been given to this. It is not granted.",
        "Condition 1: Report in 3 h. applies to: Board, vessel 1.",
        "Not granted: vessel 1 (BAR TEST): Seize: DENIED.",
        "Not granted: vessel 1 (BAR TEST): Detain persons: NO ANSWER.",
    ]
    assert [line for line in said if line in order] == order


def test_where_all_is_granted_nothing_beyond_it_is() -> None:
    said = oral_script(with_items(item("board", "granted")), CALL).said()
    assert "Nothing beyond these measures is granted." in said


def test_the_script_asks_for_a_read_back_and_for_name_and_office() -> None:
    asked = [line.text for line in oral_script(ANSWER, CALL).lines if line.part is Part.ASK]
    assert asked[0].startswith("Please read back: our code, the vessel, each measure with its answer")
    assert asked[1] == "Please repeat your name and your office."


def test_an_exercise_is_said_first_and_last() -> None:
    said = oral_script(replace(ANSWER, exercise=True), CALL).said()
    assert said[0] == said[-1] == "EXERCISE, EXERCISE, EXERCISE."
    assert not [line for line in oral_script(ANSWER, CALL).said() if "EXERCISE" in line]


def test_a_name_in_other_letters_is_spelt_by_its_latin_reading() -> None:
    vessel = VesselLine(1, ("永東",), (IdentifierLine("hull number", "Ñ1"),))
    said = oral_script(replace(ANSWER, vessels=(vessel,)), CALL).said()
    assert "in Latin letters YongDong. I spell: Yankee, Oscar, November, Golf, Delta" in said[1]
    assert said[2] == "Vessel one, hull number: November with tilde, one."


def test_verbatim_words_are_a_note_and_are_not_read_out() -> None:
    script = oral_script(with_items(item("board", "denied", words="internal wording")), CALL)
    assert "Recorded words: internal wording" in [
        line.text for line in script.lines if line.part is Part.NOTE
    ]
    assert "internal wording" not in " ".join(script.said())


def test_an_oral_answer_is_complete_with_listener_times_and_agreed_read_back() -> None:
    assert pointers(DONE) == []
    assert pointers(CALL) == ["/started_at", "/ended_at", "/read_back", "/outcome"]


def test_a_corrected_read_back_says_what_was_corrected() -> None:
    assert pointers(replace(DONE, outcome="corrected")) == ["/correction"]
    assert pointers(replace(DONE, outcome="corrected", correction="search is denied")) == []


def test_a_call_does_not_end_before_it_began() -> None:
    assert pointers(replace(DONE, ended_at=SENT - timedelta(minutes=1))) == ["/ended_at"]


def test_gaps_name_each_field_and_its_fix() -> None:
    answer = with_items(
        item("board", "granted_with_conditions"),
        item("search", "granted", conditions=("x",)),
        item("search", "denied"),
        item("confirm_registry", "refuted"),
        replace(item("divert", "denied"), vessel=9),
        delegation=None,
    )
    found = gaps(answer)
    assert [problem.pointer for problem in found] == [
        "/items/0/conditions",
        "/items/1/measure",
        "/items/1/value",
        "/items/2/measure",
        "/items/4/vessel",
        "/items/3/value",
        "/delegation",
    ]
    assert all(problem.why and problem.fix for problem in found)


def test_a_whole_answer_has_no_gaps() -> None:
    assert gaps(ANSWER) == ()
    assert [p.pointer for p in gaps(with_items())] == ["/items"]


def test_rule_1_5_a_confirmation_that_names_no_register_record_is_a_gap() -> None:
    answer = with_items(item("confirm_registry", "confirmed"), register=(REGISTER,))
    assert [problem.why for problem in gaps(answer)] == ["the register record meant is not named"]
    named = replace(REGISTER, record=(IdentifierLine("IMO", "9074729"),))
    assert gaps(replace(answer, register=(named,))) == ()
