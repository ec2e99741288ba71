"""Lengths and speeds as told: bounds, units, and words that are no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.vessels.quantities import read_quantity, told_quantity


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("about 60 ft", "54", "66", "ft"),
        ("60 feet approx", "54", "66", "ft"),
        ("20-25 ft", "20", "25", "ft"),
        ("25 to 20 ft", "20", "25", "ft"),
        ("between 20 and 25 m", "20", "25", "m"),
        ("18 kn", "18", "18", "kn"),
        ("60'", "60", "60", "ft"),
        ("12,5 m", "12.5", "12.5", "m"),
        ("1,200 kg", "1200", "1200", "kg"),
        ("over 30 m", "30", None, "m"),
        ("less than 20 metros", None, "20", "m"),
        ("40 ft 6 in", "40.5", "40.5", "ft"),
        ("LOA 14.40 m", "14.4", "14.4", "m"),
        ("14.4", "14.4", "14.4", None),
        ("NaN", None, None, None),
        ("-5 m", None, None, None),
        ("1e400 m", None, None, None),
        ("long", None, None, None),
        ("9" * 80 + " m", None, None, None),
        ("", None, None, None),
    ],
)
def test_words_to_bounds(text: str, low: str | None, high: str | None, unit: str | None) -> None:
    assert read_quantity(text).as_json() == {"text": text, "low": low, "high": high, "unit": unit}


def test_in_metres_only_with_a_unit_of_length() -> None:
    assert read_quantity("100 ft").in_metres() == (Decimal("30.48"), Decimal("30.48"))
    assert read_quantity("18 kn").in_metres() == (None, None)
    assert read_quantity("14.4").in_metres() == (None, None)
    assert read_quantity("14.4").in_metres(unit_if_none="m") == (Decimal("14.4"), Decimal("14.4"))


def test_a_quantity_in_json() -> None:
    quantity, problem = told_quantity(
        {"text": "a bit", "low": "1", "high": "2.50", "unit": "feet"}, pointer="/length"
    )
    assert problem is None
    assert quantity is not None
    assert quantity.as_json() == {"text": "a bit", "low": "1", "high": "2.5", "unit": "ft"}
    assert told_quantity("60 ft", pointer="/length")[0] == read_quantity("60 ft")


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        float("nan"),
        float("inf"),
        True,
        ["60"],
        {"low": "NaN"},
        {"low": "2", "high": "1"},
        {"low": True},
    ],
)
def test_what_is_no_quantity_names_the_field_and_the_fix(value: object) -> None:
    _, problem = told_quantity(value, pointer="/length")
    assert problem is not None
    assert problem.pointer == "/length"
    assert "60 ft" in problem.fix


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    quantity = read_quantity(text)
    assert quantity.text == text
    assert quantity.low is None or quantity.high is None or quantity.low <= quantity.high
