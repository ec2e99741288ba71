"""Exercise cases on a desk that is at work (desk-rules 15.3)."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from cna_service.cases.grants import grants
from cna_service.cases.labels import case_label
from cna_service.kit.errors import Invalid, Refused
from cna_service.workflow import opening
from cna_service.workflow.asked import Asked
from cna_service.workflow.certify import draft_certificate
from cna_service.workflow.exercise_cases import NotAnExercise, offered
from cna_service.workflow.instruct import give_instruction
from cna_service.workflow.opening import open_case, open_exchange, open_real_event
from cna_service.workflow.statistics import as_json, statistics
from tests.workflow.acts import answer, received
from tests.workflow.desk import LiveDesk


def a_drill(desk: LiveDesk, **more: Any) -> str:
    body = {"channel": "phone", "as_exercise": True, "summary": "drill", **more}
    return str(desk.do(open_case, "duty-1", **body)["case"])


@pytest.mark.parametrize(
    "words", ["EXERCISE EXERCISE", "exercice", "Ejercicio", "EXERCÍCIO n.º 4", "this is a drill", "simulacro"]
)
def test_rule_15_3_the_word_offers_an_exercise_and_never_makes_one(desk: LiveDesk, words: str) -> None:
    opened = desk.do(open_case, "duty-1", channel="phone", summary=f"caller says {words}")
    assert opened["offers"] == ["as_exercise"]
    record = desk.case(opened["case"])
    assert not record.as_exercise
    assert offered(["exercised his right of visit", "oil drilling rig", None]) == []


def test_rule_15_3_a_drill_grants_nothing_and_gives_no_paper_and_no_instruction(desk: LiveDesk) -> None:
    ref = a_drill(desk)
    ask = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["board"], "basis": ["xp-4"]}
    desk.do(open_exchange, "duty-1", ref, **ask)
    answer(desk, ref, values={"board": "granted"}, by={"name": "A", "office": "XP"})
    [grant] = grants(desk.case(ref))
    assert (grant.state, grant.why) == ("not_counted", "the case is an exercise")
    assert case_label(desk.case(ref)).startswith("EXERCISE: ")
    seen = desk.look(ref)
    with pytest.raises(Refused):
        desk.do(draft_certificate, "duty-1", ref, kind="consent", exchanges=[1], seen=seen)
    unit = {"unit": "cutter 751", "circuit": "HF 8 MHz", "passed_to": {"name": "officer"}}
    with pytest.raises(Refused):
        desk.do(give_instruction, "duty-1", ref, **unit, seen=seen)


def test_rule_15_3_every_text_of_a_drill_begins_with_the_word(desk: LiveDesk) -> None:
    ref = a_drill(desk)
    ask = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["board"], "basis": ["xp-4"]}
    desk.do(open_exchange, "duty-1", ref, **ask)
    mails = [row["content"] for row in desk.outbox() if row["stream"] == f"case:{ref}"]
    assert mails and all(m["subject"].startswith("EXERCISE") and "EXERCISE" in m["text"] for m in mails)


def test_rule_15_3_nothing_turns_a_drill_into_a_real_case_or_the_other_way(desk: LiveDesk) -> None:
    """The mark stands in the entry that opens a case and in no other: a second one would change nothing."""
    drill, real = a_drill(desk), received(desk)
    for ref in (drill, real):
        before = desk.case(ref).as_exercise
        for entry in desk.entries(ref)[1:]:
            assert "as_exercise" not in entry.body
        assert desk.case(ref).as_exercise is before
    takes = [name for name, verb in vars(opening).items() if inspect.isfunction(verb) and "exercise" in name]
    assert takes == []


def test_rule_15_3_a_real_event_inside_a_drill_is_a_new_case_in_one_tap(desk: LiveDesk) -> None:
    drill = a_drill(desk, vessels=[{"name": "EXERCISE TARGET"}])
    real = str(desk.do(open_real_event, "duty-1", drill)["case"])
    record = desk.case(real)
    assert not record.as_exercise
    assert [link["case"] for link in record.links] == [drill]
    assert [link["case"] for link in desk.case(drill).links] == [real]
    assert record.vessels[0].facts == ()
    with pytest.raises(NotAnExercise):
        desk.do(open_real_event, "duty-1", real)


def test_rule_15_3_what_turns_out_to_be_a_drill_stays_real_and_an_exercise_case_stands_beside_it(
    desk: LiveDesk,
) -> None:
    real = received(desk)
    drill = a_drill(desk, refers_to=real)
    assert not desk.case(real).as_exercise
    assert [link["case"] for link in desk.case(real).links] == [drill]
    with pytest.raises(Invalid) as refused:
        desk.do(open_case, "duty-1", channel="phone", refers_to=real)
    assert [p.pointer for p in refused.value.problems] == ["/refers_to"]


def test_rule_15_3_a_drill_stands_in_no_statistics_and_apart_on_the_board(desk: LiveDesk) -> None:
    from cna_service.workflow.views import board

    real = received(desk)
    ask = {"state": "XB", "measures": ["board"]}
    drill = a_drill(desk, exchange=ask)
    told = as_json(statistics(desk.service, desk.officer("aud-1"), Asked({})))
    assert (told["total"]["exchanges"], told["left_out"]["exercise_cases"]) == (1, 1)
    shown = board(desk.service)
    assert ([r.ref for r in shown.rows], [r.ref for r in shown.exercises]) == ([real], [drill])
