"""Partners that answer by themselves in an exercise, through the calls that a trainer has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.served import Exercise, copied, seed, served


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded") / "desk"
    seed(folder)
    return folder


@pytest.fixture
def data(seeded: Path, tmp_path: Path) -> Path:
    return copied(seeded, tmp_path / "desk")


@pytest.fixture
def exercise(data: Path) -> Iterator[Exercise]:
    with served(data) as one:
        yield one


def posted(exercise: Exercise, path: str, body: Any) -> Any:
    answer = exercise.client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def ordered(exercise: Exercise, authority: str, behaviour: str, **more: Any) -> Any:
    body = {"authority": authority, "behaviour": behaviour, **more}
    return posted(exercise, "/simulation/counterpart", body)


def counterparts(exercise: Exercise) -> Any:
    return exercise.client.get("/simulation/counterpart").json()


def an_ask(exercise: Exercise, *measures: str, authority: str = "mrcc-xp") -> str:
    opened = exercise.act("duty-1", "/cases", channel="radio", summary="a sailing vessel")
    ref = str(opened["case"])
    ask = {"direction": "outbound", "authority": authority, "measures": list(measures), "basis": ["xp-4"]}
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ask)
    return ref


def answers(exercise: Exercise, ref: str) -> list[dict[str, str]]:
    """Each answer of theirs as measure → value."""
    found = [e for e in exercise.of(ref, "answer.given") if e["actor"]["kind"] == "authority"]
    return [{i["measure"]: i["value"] for i in e["body"]["items"]} for e in found]


def test_a_partner_confirms_after_so_many_minutes_of_case_time(exercise: Exercise) -> None:
    ordered(exercise, "mrcc-xp", "confirms", after_minutes=5)
    ref = an_ask(exercise, "confirm_registry", "board")
    exercise.at(minutes=4)
    assert answers(exercise, ref) == []
    assert [p["behaviour"] for p in counterparts(exercise)["planned"]] == ["confirms"]
    exercise.at(minutes=6)
    assert answers(exercise, ref) == [{"confirm_registry": "confirmed"}]
    answer = exercise.of(ref, "answer.given")[0]
    assert exercise.after(answer).total_seconds() == 5 * 60
    assert (answer["actor"]["kind"], answer["actor"]["id"]) == ("authority", "mrcc-xp")
    items = {i["measure"]: i["value"] for i in exercise.case(ref)["exchanges"][0]["answers"][0]["items"]}
    assert "board" not in items


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("neither", [{"confirm_registry": "neither"}]),
        ("refutes", [{"confirm_registry": "refuted"}]),
        ("grants", [{"board": "granted", "search": "granted"}]),
        (
            "grants_with_conditions",
            [{"board": "granted_with_conditions", "search": "granted_with_conditions"}],
        ),
        ("refuses", [{"board": "denied", "search": "denied"}]),
        ("flag_state_boards", [{"board": "flag_state_boards", "search": "flag_state_boards"}]),
        ("silent", []),
    ],
)
def test_each_behaviour_is_an_answer_of_its_own(
    exercise: Exercise, behaviour: str, expected: list[dict[str, str]]
) -> None:
    ordered(exercise, "mrcc-xp", behaviour, after_minutes=0)
    ref = an_ask(exercise, "board", "search")
    exercise.at(minutes=1)
    assert answers(exercise, ref) == expected


def test_a_late_refusal_comes_after_the_clock_ran_out(exercise: Exercise) -> None:
    ordered(exercise, "mrcc-xp", "refuses_late", after_minutes=30)
    ref = an_ask(exercise, "board")
    exercise.watches(ref, "duty-1", until=155)
    types = [e["type"] for e in exercise.entries(ref)]
    assert types.index("clock.lapsed") < types.index("answer.given")
    assert exercise.of(ref, "answer.given")[0]["body"]["late"]
    assert answers(exercise, ref) == [{"board": "denied"}]


def test_steps_follow_each_other_and_a_waiver_names_its_three_objects(exercise: Exercise) -> None:
    then = [
        {"behaviour": "neither", "after_minutes": 1},
        {"behaviour": "waives", "after_minutes": 2, "words": "EXERCISE. We waive."},
    ]
    ordered(exercise, "mrcc-xp", "asks_question", after_minutes=1, words="EXERCISE. Last port?", then=then)
    ref = an_ask(exercise, "confirm_registry")
    exercise.at(minutes=5)
    question, *_ = exercise.of(ref, "question.asked")
    assert (question["body"]["direction"], exercise.after(question).total_seconds()) == ("in", 60)
    waived = {f"waive_jurisdiction_{what}": "granted" for what in ("vessel", "cargo", "persons")}
    assert answers(exercise, ref) == [{"confirm_registry": "neither"}, waived]
    assert exercise.after(exercise.of(ref, "answer.given")[1]).total_seconds() == 4 * 60


def test_an_order_for_one_exchange_leaves_the_others_alone(exercise: Exercise) -> None:
    first, second = an_ask(exercise, "board"), an_ask(exercise, "board")
    ordered(exercise, "mrcc-xp", "grants", after_minutes=1, case=second, exchange=1)
    exercise.at(minutes=5)
    assert answers(exercise, first) == []
    assert answers(exercise, second) == [{"board": "granted"}]


def test_a_partner_acknowledges_our_answer(exercise: Exercise) -> None:
    ordered(exercise, "mrcc-xb", "acknowledges", after_minutes=7)
    sent = exercise.send(
        "mrcc-xb", requested_state="XA", measures=["board"], vessels=[{"names": ["BAR TEST"]}]
    )
    ref = sent["case"]
    exercise.takes("duty-1")
    answer = [{"vessel": 1, "measure": "board", "value": "denied"}]
    body = {"answers": answer, "form": "written", "seen": exercise.seq(ref), "convey": [{"channel": "mail"}]}
    exercise.act("duty-1", f"/cases/{ref}/exchanges/1/answers", **body)
    exercise.at(minutes=30)
    [confirmed] = exercise.of(ref, "conveyance.confirmed")
    assert confirmed["actor"]["id"] == "mrcc-xb"
    assert exercise.after(confirmed).total_seconds() == 7 * 60


def test_an_exercise_that_was_stopped_goes_on_with_its_counterparts(data: Path) -> None:
    with served(data) as before:
        ordered(
            before,
            "mrcc-xp",
            "asks_question",
            after_minutes=1,
            then=[{"behaviour": "grants", "after_minutes": 3}],
        )
        ref = an_ask(before, "board")
        before.at(minutes=2)
    with served(data) as after:
        after.at(minutes=3)
        assert len(after.of(ref, "question.asked")) == 1
        assert answers(after, ref) == [{"board": "granted"}]
        assert [d["outcome"] for d in counterparts(after)["done"]] == ["done", "done"]


def test_while_the_clock_runs_a_partner_acts_without_anybody_moving_it(exercise: Exercise) -> None:
    ordered(exercise, "mrcc-xp", "grants", after_minutes=1)
    ref = an_ask(exercise, "board")
    posted(exercise, "/simulation/clock", {"rate": 600, "hold": False})
    for _ in range(400):
        if answers(exercise, ref):
            break
        exercise.client.get("/simulation")
    assert answers(exercise, ref) == [{"board": "granted"}]


def test_an_order_that_cannot_be_read_names_its_fields(exercise: Exercise) -> None:
    body = {
        "authority": "",
        "behaviour": "dances",
        "after_minutes": -1,
        "then": [{"behaviour": "neither", "x": 1}],
    }
    answer = exercise.client.post("/simulation/counterpart", json=body)
    assert answer.status_code == 422
    pointers = [p["pointer"] for p in answer.json()["problems"]]
    assert pointers == ["/authority", "/behaviour", "/after_minutes", "/then/0/x"]
    unknown = exercise.client.post(
        "/simulation/counterpart", json={"authority": "mrcc-none", "behaviour": "silent"}
    )
    assert unknown.status_code == 404
    elsewhere = {
        "authority": "mrcc-xb",
        "behaviour": "silent",
        "case": an_ask(exercise, "board"),
        "exchange": 1,
    }
    assert exercise.client.post("/simulation/counterpart", json=elsewhere).status_code == 404
    assert counterparts(exercise)["orders"] == []
