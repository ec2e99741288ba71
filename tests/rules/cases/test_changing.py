"""A changed copy is what ``dataclasses.replace`` makes."""

from __future__ import annotations

import dataclasses

import pytest

from cna_service.cases.changing import replace
from cna_service.cases.record import CaseRecord, Fact, Vessel
from cna_service.cases.record_sea import Sea


@pytest.mark.parametrize(
    ("value", "changed"),
    [
        (CaseRecord("R4T7-HAX", seq=3), {"seq": 4, "leaf": "ab"}),
        (Vessel(1), {"facts": ()}),
        (Sea(), {"actions": ({"action": 1},)}),
    ],
)
def test_a_changed_copy_equals_the_slow_one(value: object, changed: dict[str, object]) -> None:
    before = repr(value)
    made = replace(value, **changed)
    assert made == dataclasses.replace(value, **changed)  # type: ignore[type-var]
    assert repr(value) == before
    assert type(made) is type(value)


def test_a_field_there_is_none_of_is_refused() -> None:
    with pytest.raises(TypeError, match="no wind"):
        replace(Vessel(1), wind=3)


def test_a_copy_stays_frozen() -> None:
    made = replace(Vessel(1), n=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.n = 3  # type: ignore[misc]
    assert Fact.__dataclass_params__.frozen  # type: ignore[attr-defined]
