"""What does not fit among identifiers and flag, and that passing is never called verified."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.vessels.allocations import MmsiKind, mmsi_kind, state_of_call_sign, states_of_mmsi
from cna_service.vessels.identifiers import Severity, check_identifiers, imo_check_digit, is_imo
from cna_service.vessels.states import alpha3, are_kin, is_fictional, state_from_words, state_name, states
from cna_service.vessels.us_numbers import hull_identification_number, official_number, state_number


def test_the_imo_check_digit_of_the_resolution() -> None:
    assert imo_check_digit("907472") == 9
    assert is_imo("IMO 9074729")
    assert is_imo("９０７４７２９")
    assert not is_imo("9074728")
    assert not is_imo("0000000")
    assert not is_imo("907472")


@given(st.integers(100_000, 999_999), st.integers(0, 5))
def test_every_swap_of_neighbours_is_noticed(six: int, at: int) -> None:
    number = f"{six}{imo_check_digit(str(six))}"
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if at < 5 and swapped != number:
        assert not is_imo(swapped)


def test_a_failing_imo_weighs_heavily_and_says_what_to_do() -> None:
    [finding] = check_identifiers(imo="9074728")
    assert (finding.field, finding.severity) == ("imo", Severity.HIGH)
    assert "have it read again" in finding.words
    assert finding.base_rate is not None


def test_nothing_is_ever_called_verified() -> None:
    assert check_identifiers(imo="9074729", mmsi="353123456", call_sign="3EXY", flag="Panama") == []
    told = check_identifiers(imo="1", mmsi="2", call_sign="x", flag="nowhere")
    assert not any(word in f.words.lower() for f in told for word in ("verified", "valid", "confirmed"))


@pytest.mark.parametrize(
    ("told", "field", "severity", "words"),
    [
        ({"imo": "12"}, "imo", Severity.HIGH, "seven digits"),
        (
            {"mmsi": "338123456", "flag": "PA"},
            "mmsi",
            Severity.MEDIUM,
            "United States of America, not to Panama",
        ),
        ({"mmsi": "111234567"}, "mmsi", Severity.MEDIUM, "aircraft"),
        ({"mmsi": "12345"}, "mmsi", Severity.HIGH, "nine digits"),
        ({"mmsi": "299123456"}, "mmsi", Severity.MEDIUM, "allocated to no State"),
        ({"call_sign": "WDG2611", "flag": "Panamanian"}, "call_sign", Severity.MEDIUM, "not to Panama"),
        ({"call_sign": "PT-12345-CM"}, "call_sign", Severity.LOW, "registration number"),
        ({"call_sign": "OYAB", "flag": "FRO"}, "call_sign", Severity.LOW, "allocated to Denmark"),
        ({"call_sign": "1ABC"}, "call_sign", Severity.MEDIUM, "no allocated series"),
        ({"flag": "Ruritania"}, "flag", Severity.LOW, "No State"),
    ],
)
def test_findings(told: dict[str, str], field: str, severity: Severity, words: str) -> None:
    [finding] = check_identifiers(**told)
    assert (finding.field, finding.severity) == (field, severity)
    assert words in finding.words


@pytest.mark.parametrize("placeholder", ["PENDING", "n/a", "XXXX", "-", "", "  ", "none"])
def test_placeholders_say_nothing(placeholder: str) -> None:
    assert check_identifiers(imo=placeholder, mmsi=placeholder, call_sign=placeholder) == []


def test_gravest_first() -> None:
    told = check_identifiers(imo="9074728", mmsi="338123456", call_sign="OYAB", flag="FO")
    assert [f.severity for f in told] == [Severity.HIGH, Severity.MEDIUM, Severity.LOW]


def test_fictional_states_have_no_allocations_to_disagree_with() -> None:
    assert is_fictional("XA")
    assert check_identifiers(mmsi="299123456", call_sign="1ABC", flag="XA") == []
    [finding] = check_identifiers(mmsi="353123456", flag="XA")
    assert "Panama, not to XA" in finding.words


def test_mmsi_kinds() -> None:
    told = (
        "353123456",
        "035312345",
        "003531234",
        "111353123",
        "835312345",
        "983531234",
        "993531234",
        "970123456",
    )
    assert [mmsi_kind(m) for m in told] == [k for k in MmsiKind if k is not MmsiKind.NONE]
    assert mmsi_kind("100000000") is MmsiKind.NONE
    assert states_of_mmsi("003531234") == ("PA",)
    assert set(states_of_mmsi("306123456")) == {"BQ", "CW", "SX"}


def test_call_sign_series_that_are_split_by_the_third_letter() -> None:
    assert state_of_call_sign("SSA1") == "EG"
    assert state_of_call_sign("SSN1") == "SD"
    assert state_of_call_sign("3DA2") == "SZ"
    assert state_of_call_sign("3DN2") == "FJ"
    assert state_of_call_sign("W1AW") == "US"
    assert state_of_call_sign("JM6659") == "JP"
    assert state_of_call_sign("Q1") is None


def test_states_by_code_name_and_adjective() -> None:
    for words in ("PA", "PAN", "Panama", "panamanian", " PANAMA "):
        assert state_from_words(words) == "PA"
    assert state_from_words("Curacao") == state_from_words("Curaçao") == "CW"
    assert state_from_words("xa") == "XA"
    assert state_from_words("NIS") == "NO"
    assert state_from_words("Atlantis") is None
    assert alpha3("PA") == "PAN"
    assert state_name("XA") == "XA"
    assert are_kin("GB", "IM")
    assert not are_kin("GB", "FR")


def test_no_code_or_word_stands_for_two_states() -> None:
    known = states()
    assert len({s.alpha3 for s in known.values()}) == len(known) == 249
    for code, state in known.items():
        assert (
            state_from_words(code) == state_from_words(state.alpha3) == state_from_words(state.name) == code
        )


def test_numbers_of_the_united_states() -> None:
    mississippi = state_number("MI 1234 AB")
    assert mississippi is not None
    assert (mississippi.issuer, mississippi.postal) == ("Mississippi", "MS")
    assert state_number("WN567EFG") is not None
    assert state_number("NH 1234 BDX") is None
    assert state_number("CF 1234 AO") is None
    assert state_number("ZZ 1234 AB") is None
    assert official_number("O.N. D123456") == official_number("123456") == "123456"
    assert official_number("12345") is None
    assert hull_identification_number("US-ABC12345D404") == "ABC12345D404"
    assert hull_identification_number("ABC1234OD404") is None


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_text_breaks_the_checks(text: str, flag: str) -> None:
    for finding in check_identifiers(imo=text, mmsi=text, call_sign=text, flag=flag):
        assert "\u202e" not in finding.words
        assert "\x00" not in finding.words
