"""Names made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.vessels.kinds import kind_of
from cna_service.vessels.names import (
    LONGEST,
    NOTHING,
    former_names,
    is_placeholder,
    names_in_brackets,
    normal_name,
)


@pytest.mark.parametrize(
    ("told", "normal"),
    [
        ("M/V Sea Star", "SEA STAR"),
        ("M.V. HARU", "HARU"),
        ("F/V BERNADETTE MARIE", "BERNADETTE MARIE"),
        ("MFV BORIS #", "BORIS"),
        ("NAVE LOS GEMELOS (EX N/K)", "LOS GEMELOS"),
        ("KOTO MARU NO.15", "KOTO MARU 15"),
        ("BALD EAGLE TWO", "BALD EAGLE 2"),
        ("ESTRELLA TRES", "ESTRELLA 3"),
        ("SEA STAR IV", "SEA STAR 4"),
        ("SEA STAR 1I", "SEA STAR 2"),
        ("SEA STAR 004", "SEA STAR 4"),
        ("PLAYA MIX", "PLAYA MIX"),
        ("THREE SISTERS", "THREE SISTERS"),
        ("Bravo Alfa Romeo  Tango Echo Sierra Tango", "BARTEST"),
        ("OSCAR MIKE", "OSCAR MIKE"),
        ("X-RAY YANKEE ZULU 7", "XYZ 7"),
        ("MAJA-GRÄDDNOS", "MAJA GRADDNOS"),
        ("ＦＵＬＬ ＷＩＤＴＨ", "FULL WIDTH"),
        ("A\x00\u202eB", "A B"),
        ("'; DROP TABLE vessel; --", "DROP TABLE VESSEL"),
        ("MV", "MV"),
        ("(FISHING)", "FISHING"),
    ],
)
def test_comparable_forms(told: str, normal: str) -> None:
    assert normal_name(told).normal == normal


@pytest.mark.parametrize(
    "told", ["PENDING", "No name", "N/A", "xxxx", "-", "", "??", "Not named", "0", "\x00"]
)
def test_placeholders_are_no_name(told: str) -> None:
    assert is_placeholder(told)
    assert normal_name(told) is NOTHING


def test_digits_and_glued_form() -> None:
    name = normal_name("LU RONG YUAN YU 937")
    assert (name.digits, name.glued) == ("937", "LURONGYUANYU937")


def test_names_within_names() -> None:
    assert former_names("ONE; TWO ;;") == ["ONE", "TWO"]
    assert names_in_brackets("NEW (ex OLD STAR)") == ["OLD STAR"]
    assert names_in_brackets("NEW (EX N/K)") == []


@given(st.text(max_size=300))
def test_any_text_gives_a_short_plain_form(text: str) -> None:
    name = normal_name(text)
    assert len(name.glued) <= LONGEST * 2
    assert name.normal.isascii()
    assert name.glued == "".join(name.tokens)


def test_ten_thousand_characters() -> None:
    assert 0 < len(normal_name("SEA STAR " * 1200).normal) <= LONGEST


def test_kinds_of_vessels() -> None:
    assert kind_of("LLT") == kind_of("Liners - Longliners") == ("fishing", "line")
    assert kind_of("Fully Cellular Containership") == ("cargo", "container")
    assert kind_of("go-fast") == ("small craft", "")
    assert kind_of("LNG") == ("cargo", "tanker")
    assert kind_of("something") is None


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("uve i jota i a", "VIJIA"),
        ("eme a erre i ene a", "MARINA"),
        ("be a erre te e ese te", "BARTEST"),
        ("B de Barcelona A de Alicante R de Roma", "BAR"),
        ("B comme Berthe A comme Anatole R comme Raoul", "BAR"),
        ("S as in Sierra E for Echo A as in Alfa", "SEA"),
        ("hache o equis ye zeta uve doble", "HOXYZW"),
        ("agá esse dábliu", "HSW"),
        ("SIERRA ECHO ALFA STAR", "SEA STAR"),
        # Names that only look like spelling.
        ("OSCAR MIKE", "OSCAR MIKE"),
        ("MARIA DE LA O", "MARIA DE LA O"),
        ("A E I", "A E 1"),
        ("ROSA DE ABRIL", "ROSA DE ABRIL"),
        ("QUE TE VE", "QUE TE VE"),
        ("VICTOR DE BARCELONA", "VICTOR DE BARCELONA"),
    ],
)
def test_rule_1_5_letters_spelt_in_the_callers_language_are_decoded(told: str, meant: str) -> None:
    assert normal_name(told).normal == meant


@given(st.text(max_size=40))
def test_a_comparable_name_is_comparable_to_itself(text: str) -> None:
    once = normal_name(text)
    assert normal_name(once.normal).glued == once.glued or not once.normal
