"""References that can be spoken over a radio in four languages, and identifiers that sort by time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.kit.ids import ALPHABET, alert_code, check_character, new_reference, read_reference, uuid7

NOW = datetime(2026, 11, 21, 18, 3, tzinfo=UTC)
ALIKE = ("BV", "CSZ", "GJ", "MN", "IY", "KQ")
SIX = st.text(alphabet=ALPHABET, min_size=6, max_size=6)


def test_rule_1_6_no_two_letters_of_a_reference_sound_alike() -> None:
    assert all(len(set(group) & set(ALPHABET)) <= 1 for group in ALIKE)
    assert not set("01OI") & set(ALPHABET)


def test_rule_9_4_references_carry_no_running_number() -> None:
    made = [new_reference() for _ in range(200)]
    assert len(set(made)) == 200
    assert made != sorted(made)


@given(SIX)
def test_a_reference_is_read_however_it_was_written(six: str) -> None:
    reference = f"{six[:4]}-{six[4:]}{check_character(six)}"
    assert read_reference(reference.lower().replace("-", " ")) == reference
    assert read_reference(f"X-{reference}") == f"X-{reference}"


@given(SIX, st.integers(0, 5), st.sampled_from(ALPHABET))
def test_one_slip_of_the_tongue_is_found(six: str, at: int, other: str) -> None:
    if other == six[at]:
        return
    slipped = six[:at] + other + six[at + 1 :]
    assert read_reference(slipped + check_character(six)) is None


@given(SIX, st.integers(0, 4))
def test_two_neighbours_swapped_are_found(six: str, at: int) -> None:
    if six[at] == six[at + 1]:
        return
    swapped = six[:at] + six[at + 1] + six[at] + six[at + 2 :]
    assert read_reference(swapped + check_character(six)) is None


@pytest.mark.parametrize("nothing", ["", "R4T7", "R4T7-HA", "O4T7-HAX", "R4T7-HAXX", "☃"])
def test_what_is_no_reference_is_not_read(nothing: str) -> None:
    assert read_reference(nothing) is None


def test_entries_of_one_moment_have_identifiers_of_that_moment() -> None:
    first, later = uuid.UUID(uuid7(NOW)), uuid.UUID(uuid7(NOW + timedelta(seconds=1)))
    assert first.version == 7
    assert first.variant == uuid.RFC_4122
    assert first.int >> 80 == int(NOW.timestamp() * 1000)
    assert first < later


def test_rule_2_1_a_code_is_four_random_digits() -> None:
    codes = {alert_code() for _ in range(300)}
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert len(codes) > 200
