"""What the cited agreement also wants."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cna_service.agreements.wanted import wanted
from tests.rules.agreements.exercise_law import CATALOGUE

FULL: dict[str, Any] = {
    "requester": {"office": "MRCC"},
    "contact": {"name": "duty officer"},
    "investigating_authority": "narcotics police",
    "offences": ["narcotics"],
    "measures": ["confirm_registry", "board"],
    "grounds": "packages thrown overboard",
    "intended_action": "board by cutter",
    "assurance_like_treatment": True,
    "vessels": [
        {
            "names": ["BAR TEST"],
            "flag_claimed": "XA",
            "description": "grey hull",
            "positions": [{"text": "14°03.5'N 074°22.1'W"}],
        }
    ],
}


def named(submission: dict[str, Any], *provisions: str) -> set[tuple[str, str]]:
    return {(w["field"], w["wanted_by"]) for w in wanted(CATALOGUE, provisions, submission)}


def test_a_full_request_wants_nothing_more_under_cets_156() -> None:
    assert named(FULL, "coe-6", "coe-7") == set()


def test_the_assurance_of_like_treatment_is_named_with_its_letter() -> None:
    without = {**FULL, "assurance_like_treatment": None}
    assert named(without, "coe-7") == {("assurance_like_treatment", "coe-21-d")}
    assert named({**FULL, "assurance_like_treatment": False}, "coe-7") == {
        ("assurance_like_treatment", "coe-21-d")
    }


def test_an_empty_request_is_told_everything_at_once_and_once_only() -> None:
    found = wanted(CATALOGUE, ["coe-6", "coe-7"], {})
    fields = [f["field"] for f in found]
    assert len(fields) == len(set(fields)) == 11
    assert {"contact", "investigating_authority", "vessels/0/positions", "grounds", "measures"} <= set(fields)
    assert all(f["words"] for f in found)


def test_each_vessel_is_looked_at() -> None:
    two = {**FULL, "vessels": [*FULL["vessels"], {"registration_number": "R 1", "flag_claimed": "XA"}]}
    assert named(two, "coe-7") == {("vessels/1/description", "coe-21-b"), ("vessels/1/positions", "coe-21-b")}


def test_nationality_must_be_asked_in_the_same_request() -> None:
    assert ("measures", "coe-21-b") in named({**FULL, "measures": ["board"]}, "coe-7")
    mixed = {**FULL, "measures": [{"measure": "confirm_registry", "vessel": 1}]}
    assert ("measures", "coe-21-b") not in named(mixed, "coe-7")


def test_un_1988_prescribes_nothing_and_sua_asks_if_possible() -> None:
    assert named({}, "un-17-3", "un-17-4") == set()
    assert ("vessels/0/imo", "sua-8bis-2") in named(FULL, "sua-8bis-5-d")


def test_an_unknown_provision_is_passed_over() -> None:
    assert named({}, "no-such") == set()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*FULL, "x"]), JSON))
def test_no_submission_is_an_error(submission: dict[str, Any]) -> None:
    for each in wanted(CATALOGUE, ["coe-7", "sua-8bis-5-d", "sj-6-4"], submission):
        assert each["wanted_by"]
