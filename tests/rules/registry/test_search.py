"""Candidates with reasons: the right one first, the dangerous ones never alone, nothing called found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.registry.candidates import search_register
from cna_service.registry.memory import MemoryRegister
from cna_service.registry.model import Query, RegisterVessel
from cna_service.registry.rules import Ranking, Suggestion
from cna_service.registry.synth import synthetic_register, valid_imo
from cna_service.vessels.names import is_placeholder

BAR_TEST = RegisterVessel(
    rid="XA-BAR-TEST",
    name="BAR TEST",
    former_names=("MISS CLARA",),
    flag="XA",
    imo=valid_imo(90_001),
    mmsi="288090001",
    call_sign="1ABT7",
    registration_number="XA-900001",
    hull_mark="BF 109",
    homeport="Aldahaven",
    length_m="60.00",
    vessel_type="General Cargo",
)
OTHERS = (
    RegisterVessel(
        rid="N1", name="TWIN SISTER", flag="XA", homeport="Cormar", length_m="12.00", vessel_type="Fishing"
    ),
    RegisterVessel(
        rid="N2", name="TWIN SISTER", flag="XA", homeport="Dunvik", length_m="24.00", vessel_type="Fishing"
    ),
    RegisterVessel(rid="N3", name="No name", flag="XA", imo="PENDING", call_sign="PENDING"),
    RegisterVessel(rid="N4", name="NOT NAMED", flag="XA", imo="PENDING", call_sign="PENDING"),
    RegisterVessel(rid="N5", name="QUARTZ PETREL 937", flag="XB", imo=valid_imo(90_002), call_sign="1BQP1"),
    RegisterVessel(rid="N6", name="QUARTZ PETREL 938", flag="XB", imo=valid_imo(90_003), call_sign="1BQP2"),
)


@pytest.fixture(scope="module")
def register() -> MemoryRegister:
    return MemoryRegister(synthetic_register(3000, seed=7, flags=("XA", "XB"), specials=(BAR_TEST, *OTHERS)))


def ranked(register: MemoryRegister, query: Query) -> Ranking:
    return search_register(query, register.index, register, register.flags)


def rids(ranking: Ranking) -> list[str]:
    return [c.rid for c in ranking.candidates]


@pytest.mark.parametrize(
    "name",
    [
        "BAR TEST",
        "Bar Tset",
        "M/V BAR TEST",
        "BARTEST",
        "TEST BAR",
        "Bravo Alpha Romeo Tango Echo Sierra Tango",
        "MISS CLARA",
    ],
)
def test_every_way_of_telling_the_name_ranks_the_vessel_first(register: MemoryRegister, name: str) -> None:
    assert rids(ranked(register, Query(names=(name,), flag="XA")))[0] == "XA-BAR-TEST"


@pytest.mark.parametrize(
    "query",
    [
        Query(imo=f"IMO {BAR_TEST.imo}"),
        Query(mmsi="288 090 001"),
        Query(call_sign="1-ABT-7"),
        Query(registration_number="XA 0900001"),
        Query(hull_mark="B.F.0109"),
        Query(registration_number="bf-109"),
    ],
)
def test_any_identifier_alone_finds_its_vessel(register: MemoryRegister, query: Query) -> None:
    ranking = ranked(register, query)
    assert ranking.suggestion is Suggestion.FOUND_ONE
    assert rids(ranking)[0] == "XA-BAR-TEST"


def test_identifiers_one_character_away_are_offered_and_said_to_be(register: MemoryRegister) -> None:
    wrong_digit = BAR_TEST.imo[:3] + str((int(BAR_TEST.imo[3]) + 1) % 10) + BAR_TEST.imo[4:]
    for query in (Query(imo=wrong_digit), Query(mmsi="288090010"), Query(call_sign="1A8T7")):
        [meant] = [c for c in ranked(register, query).candidates if c.rid == "XA-BAR-TEST"]
        assert "one character away" in meant.fits[0]


def test_a_valid_imo_of_another_ship_does_not_hide_the_named_one(register: MemoryRegister) -> None:
    ranking = ranked(register, Query(names=("BAR TEST",), flag="XA", imo=valid_imo(90_002)))
    assert ranking.suggestion is Suggestion.SEVERAL
    assert rids(ranking)[0] == "XA-BAR-TEST"
    assert "N5" in rids(ranking)
    assert any("IMO number: registered" in words for words in ranking.candidates[0].misfits)


def test_the_same_name_of_another_ship_is_not_offered_as_the_one(register: MemoryRegister) -> None:
    ranking = ranked(register, Query(names=("BAR TEST",), flag="Panama", imo="9074729", vessel_type="Tanker"))
    assert ranking.suggestion is not Suggestion.FOUND_ONE


def test_two_of_one_name_are_several_until_another_field_tells_them_apart(register: MemoryRegister) -> None:
    ranking = ranked(register, Query(names=("TWIN SISTER",), flag="XA"))
    assert ranking.suggestion is Suggestion.SEVERAL
    assert {"N1", "N2"} <= set(rids(ranking)[:2])
    ranking = ranked(
        register, Query(names=("TWIN SISTER",), flag="XA", homeport="Dunvik", length="about 80 ft")
    )
    assert ranking.suggestion is Suggestion.FOUND_ONE
    assert rids(ranking)[0] == "N2"
    assert "homeport Dunvik" in ranking.candidates[0].fits


def test_numbers_in_names_are_not_misspellings(register: MemoryRegister) -> None:
    ranking = ranked(register, Query(names=("QUARTZ PETREL NO. 938",)))
    assert rids(ranking)[:2] == ["N6", "N5"]
    assert ranking.suggestion is Suggestion.SEVERAL


def test_a_number_for_a_name_with_two_other_digits_is_another_vessel() -> None:
    numbered = RegisterVessel(rid="A", name="IMULA0799KLT", flag="XA", imo=valid_imo(5))
    register = MemoryRegister([numbered, replace(numbered, rid="B", name="IMULA0672KLT", imo=valid_imo(6))])
    ranking = ranked(register, Query(names=("IMULA0672KLT",), imo=valid_imo(5)))
    assert ranking.suggestion is Suggestion.SEVERAL


@pytest.mark.parametrize("placeholder", ["PENDING", "No name", "NOT NAMED", "n/a", "XXXX", "-"])
def test_placeholders_find_nothing(register: MemoryRegister, placeholder: str) -> None:
    query = Query(names=(placeholder,), imo=placeholder, call_sign=placeholder, hull_mark=placeholder)
    ranking = ranked(register, query)
    assert ranking.suggestion is Suggestion.NONE
    assert ranking.candidates == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "'; DROP TABLE register_vessel; --",
        '" OR 1=1',
        "NEAR(a b, 5) AND name:*",
        "%",
        "\x00\x1b\u202e\u2066TSET RAB",
        "BAR TEST " * 1200,
        "🚢" * 500,
        "((((" * 300,
    ],
)
def test_hostile_and_endless_text_is_only_a_name(register: MemoryRegister, hostile: str) -> None:
    query = Query(*[(hostile,), (hostile,), *[hostile] * 10])
    ranking = ranked(register, query)
    assert ranking.suggestion is not Suggestion.FOUND_ONE


@pytest.mark.parametrize("length", ["NaN", "inf", "-3 m", "0", "1e999", "9" * 400, "long"])
def test_a_length_that_is_none_counts_for_nothing(register: MemoryRegister, length: str) -> None:
    with_length = ranked(register, Query(names=("BAR TEST",), length=length))
    without = ranked(register, Query(names=("BAR TEST",)))
    assert with_length.candidates[0].score == without.candidates[0].score


def test_every_candidate_says_what_fits_and_what_does_not(register: MemoryRegister) -> None:
    query = Query(
        names=("BAR TEST",), flag="Panama", length="60 m", homeport="Norburg", vessel_type="Trawler"
    )
    first = ranked(register, query).candidates[0]
    assert set(first.fits) == {"name BAR TEST as asked", "length 60.00 m, asked 60 m"}
    assert set(first.misfits) == {
        "registered to XA, claims Panama",
        "homeport: registered Aldahaven, asked Norburg",
        "type: registered General Cargo, asked Trawler",
    }
    assert first.score == sum(e.points for e in first.evidence)


def test_no_words_call_a_vessel_found_or_verified(register: MemoryRegister) -> None:
    ranking = ranked(register, Query(names=("BAR TEST",), imo=BAR_TEST.imo, flag="XA"))
    words = " ".join([ranking.reason, *ranking.candidates[0].fits, *ranking.candidates[0].misfits]).lower()
    assert "found" not in words
    assert "verified" not in words


def test_json_has_no_floats(register: MemoryRegister) -> None:
    ranking = ranked(register, Query(names=("BAR TEST",), imo=BAR_TEST.imo, length="about 200 ft"))
    json.loads(json.dumps([c.as_json() for c in ranking.candidates]), parse_float=pytest.fail)


def test_an_empty_register_and_an_empty_question() -> None:
    empty = MemoryRegister([])
    assert ranked(empty, Query(names=("BAR TEST",), imo="9074729")).suggestion is Suggestion.NONE
    assert ranked(empty, Query()).suggestion is Suggestion.NONE


@given(
    st.builds(
        Query,
        names=st.lists(st.text(max_size=30), max_size=3).map(tuple),
        imo=st.text(max_size=12),
        call_sign=st.text(max_size=9),
        flag=st.text(max_size=12),
        length=st.text(max_size=12),
        homeport=st.text(max_size=12),
        hull_mark=st.text(max_size=9),
    )
)
def test_any_question_is_ranked_without_raising(register: MemoryRegister, query: Query) -> None:
    scores = [c.score for c in ranked(register, query).candidates]
    assert all(isinstance(score, int) for score in scores)


def test_most_misspelt_names_come_back_among_the_first_five(register: MemoryRegister) -> None:
    vessels = list(synthetic_register(3000, seed=7, flags=("XA", "XB"), specials=(BAR_TEST, *OTHERS)))[
        10:1000:5
    ]
    came_back = 0
    for vessel in vessels:
        at = len(vessel.name) // 2
        misspelt = vessel.name[:at] + "X" + vessel.name[at + 1 :]
        query = Query(
            names=(misspelt,), flag=vessel.flag, homeport=vessel.homeport, length=f"{vessel.length_m} m"
        )
        came_back += vessel.rid in rids(ranked(register, query))[:5]
    assert came_back / len(vessels) > 0.97


@given(st.data())
def test_adding_a_true_identifier_never_lowers_the_right_vessel(
    register: MemoryRegister, data: st.DataObject
) -> None:
    """Whatever else was told of her, an identifier she has can only help."""
    numbers = st.integers(min_value=10, max_value=2999).map(lambda n: f"X{n:07d}")
    rid = data.draw(st.one_of(numbers, st.sampled_from([each.rid for each in (BAR_TEST, *OTHERS)])))
    vessel = register.by_rid([rid]).get(rid, BAR_TEST)
    whole = {"names": (vessel.name,), "flag": vessel.flag, "homeport": vessel.homeport}
    told = {name: whole[name] for name in data.draw(st.sets(st.sampled_from(sorted(whole)), min_size=1))}
    for field in ("imo", "call_sign", "mmsi"):
        value = getattr(vessel, field)
        if not value or is_placeholder(value):
            continue
        before = rids(ranked(register, Query(**told)))
        after = rids(ranked(register, Query(**{**told, field: value})))
        assert vessel.rid in after
        assert vessel.rid not in before or after.index(vessel.rid) <= before.index(vessel.rid)
