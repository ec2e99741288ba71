"""Desk-rule 1.5: when several candidates remain, the one question that separates them best."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cna_service.registry.model import RegisterVessel
from cna_service.registry.separating import best_question


def vessel(n: int, **facts: object) -> RegisterVessel:
    return RegisterVessel(rid=f"R{n}", name="SEA STAR", **facts)  # type: ignore[arg-type]


def test_rule_1_5_the_question_that_leaves_fewest_is_asked_in_four_languages() -> None:
    fleet = [
        vessel(1, homeport="VIGO", length_m="12"),
        vessel(2, homeport="vigo", length_m="24"),
        vessel(3, homeport="MARIN", length_m="36"),
    ]
    question = best_question(fleet, told=("name",))
    assert question is not None
    assert (question.field, question.leaves) == ("length", 1)
    assert set(question.words) == {"en", "es", "fr", "pt"}
    assert dict(question.values) == {"10 to 15 m": 1, "20 to 25 m": 1, "35 to 40 m": 1}


def test_rule_1_5_of_two_that_separate_equally_the_one_that_is_read_off_the_ship_comes_first() -> None:
    fleet = [
        vessel(1, homeport="VIGO", vessel_type="Tug"),
        vessel(2, homeport="MARIN", vessel_type="Trawler"),
    ]
    question = best_question(fleet, told=())
    assert question is not None and question.field == "homeport"


def test_rule_1_5_what_was_told_already_is_not_asked_again() -> None:
    fleet = [
        vessel(1, homeport="VIGO", vessel_type="Tug"),
        vessel(2, homeport="MARIN", vessel_type="Trawler"),
    ]
    question = best_question(fleet, told=("homeport",))
    assert question is not None and question.field == "vessel_type"


def test_rule_1_5_twins_cannot_be_separated_and_nothing_is_asked() -> None:
    assert best_question([vessel(1, homeport="VIGO"), vessel(2, homeport="VIGO")], told=()) is None
    assert best_question([], told=()) is None


def test_rule_1_5_a_vessel_of_which_the_register_says_nothing_remains_whatever_is_answered() -> None:
    fleet = [
        vessel(1, homeport="VIGO"),
        vessel(2, homeport="MARIN"),
        vessel(3),
        vessel(4, homeport="PENDING"),
    ]
    question = best_question(fleet, told=())
    assert question is not None and question.leaves == 3


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=8))
def test_a_question_never_leaves_more_than_there_were(facts: list[tuple[str, str]]) -> None:
    fleet = [vessel(n, homeport=port, length_m=length) for n, (port, length) in enumerate(facts)]
    question = best_question(fleet, told=())
    assert question is None or 0 < question.leaves < len(fleet)
