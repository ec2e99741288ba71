"""Positions as typed: the words stay, the point is what the digits say, what is impossible is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.vessels.positions import Position, display, possible_readings, read_position, told_position

WRITTEN = [
    "14°03.5'N 074°22.1'W",
    "14 03.5 N 74 22.1 W",
    "N14 03.5 W074 22.1",
    "14-03.5N 074-22.1W",
    "1403.5N 07422.1W",
    "LAT 14-03.5N LONG 074-22.1W",
    "LAT14-03.5N LON74-22.1W",
    "14°03,5'N 074°22,1'O",
    "14º03.5´N 074º22.1´W",
    "14d03.5N 74d22.1W",
    "14 degrees 03.5 minutes north, 74 degrees 22.1 minutes west",
    "14°03.5' Norte 074°22.1' Oeste",
    "posn 14-03.5N 074-22.1W at 1340Z",
    "14°03'30\"N 074°22'06\"W",
    "140330N 0742206W",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_every_way_of_writing_gives_the_same_point(text: str) -> None:
    position = read_position(text)
    assert (position.latitude, position.longitude) == ("14.0583333", "-74.3683333")
    assert position.text == text
    assert position.problems == ()


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("14.0583, -74.3683", ("14.0583", "-74.3683")),
        ("14.0583N, 74.3683W", ("14.0583", "-74.3683")),
        ("-14.0, +179.99", ("-14", "179.99")),
        ("S 05 12.3 E 120 00.1", ("-5.205", "120.0016667")),
        ("0°00'N 000°00'E", ("0", "0")),
        ("90N 180W", ("90", "-180")),
    ],
)
def test_other_points(text: str, point: tuple[str, str]) -> None:
    position = read_position(text)
    assert (position.latitude, position.longitude) == point


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("91°N 074°22'W", "latitude ends at 90"),
        ("14°N 181°W", "longitude ends at 180"),
        ("14°63'N 074°22'W", "63 minutes"),
        ("14°03'75\"N 074°22'W", "75 seconds"),
        ("14-03N", "longitude is missing"),
        ("074-22W", "latitude is missing"),
        ("14 03.5 74 22.1", "north or south"),
        ("14.05 74.36", "north or south"),
        ("14N 74W and 15N 75W", "more than one position"),
        ("12345N 07422W", "more than one way"),
    ],
)
def test_what_cannot_be_right_names_field_reason_and_fix_and_is_kept(text: str, why: str) -> None:
    position = read_position(text, pointer="/vessels/0/positions/0")
    assert not position.has_point
    assert position.text == text
    [problem] = position.problems
    assert why in problem.why
    assert problem.pointer == "/vessels/0/positions/0"
    assert problem.told == text
    assert problem.fix


@pytest.mark.parametrize(
    "text",
    [
        "145 nm south of Cabo Rojo",
        "5 nm N of 14-03N 074-22W",
        "just north of 14-03N 074-22W",
        "off the coast",
        "",
        "?",
    ],
)
def test_words_stay_words_without_a_point_and_without_a_complaint(text: str) -> None:
    assert read_position(text) == Position(text)


def test_the_radius_is_half_of_the_last_place_typed_or_what_was_said() -> None:
    assert read_position("14N 074W").radius_m == 78574
    assert read_position("14-03N 074-22W").radius_m == 1310
    assert read_position("14-03.5N 074-22.1W").radius_m == 131
    assert read_position("14-03.5N 074-22.1W ± 2 nm").radius_m == 3704


def test_shown_in_degrees_and_decimal_minutes_no_finer_than_told() -> None:
    assert display(read_position("14.0583, -74.3683")) == "14°03.498'N 074°22.098'W"
    assert display(read_position("1403.5N 07422.1W")) == "14°03.5'N 074°22.1'W"
    assert display(read_position("14N 074W")) == "14°00'N 074°00'W"
    assert display(read_position("14-59.99N 179-59.99E ± 1 nm")) == "15°00'N 180°00'E"
    assert display(read_position("south of the cape")) == "south of the cape"


def test_json_has_strings_and_whole_numbers_only() -> None:
    told = read_position("14-03.5N 074-22.1W").as_json()
    assert json.loads(json.dumps(told), parse_float=pytest.fail) == {
        "text": "14-03.5N 074-22.1W",
        "point": {"latitude": "14.0583333", "longitude": "-74.3683333"},
        "radius_m": 131,
    }
    assert read_position("somewhere").as_json()["point"] is None


def test_a_point_in_json_is_taken_beside_its_text() -> None:
    told = {"text": "near the buoy", "point": {"latitude": "14.05", "longitude": "-74.36"}, "radius_m": 500}
    position = told_position(told, pointer="/position")
    assert position.as_json() == told


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"latitude": "91", "longitude": "0"}, "/p/latitude"),
        ({"latitude": "1", "longitude": "NaN"}, "/p/longitude"),
        ({"latitude": "1", "longitude": None}, "/p/longitude"),
        ({"latitude": 1e400, "longitude": 0}, "/p/latitude"),
        (17, "/p"),
    ],
)
def test_a_point_that_cannot_be_right_is_a_problem_of_its_field(value: object, pointer: str) -> None:
    position = told_position(value, pointer="/p")
    assert not position.has_point
    assert [p.pointer for p in position.problems] == [pointer]


@given(st.integers(-90 * 600, 90 * 600), st.integers(-180 * 600, 180 * 600))
def test_what_is_shown_reads_back_as_the_same_point(south_north: int, west_east: int) -> None:
    def shown(tenths: int, letters: str, width: int) -> str:
        degrees, rest = divmod(abs(tenths), 600)
        return f"{degrees:0{width}d}°{rest // 10:02d}.{rest % 10}'{letters[tenths < 0]}"

    text = f"{shown(south_north, 'NS', 2)} {shown(west_east, 'EW', 3)}"
    assert display(read_position(text)) == text


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    position = read_position(text)
    assert position.text == text
    assert not (position.has_point and position.problems)


def test_a_very_long_text_is_read_in_no_time() -> None:
    assert read_position("1 " * 50_000).text.startswith("1 ")


ALL_FOUR = ("14°03.5'N 074°22.1'E", "14°03.5'N 074°22.1'W", "14°03.5'S 074°22.1'E", "14°03.5'S 074°22.1'W")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14°03.5' 074°22.1'", ALL_FOUR),
        ("14 03.5 074 22.1", ALL_FOUR),
        ("1403.5 07422.1", ALL_FOUR),
        ("lat 14 03.5 lon 74 22.1", ALL_FOUR),
        ("14°03.5'N 074°22.1'", ALL_FOUR[:2]),
        ("14-03.5 074-22.1 W", (ALL_FOUR[1], ALL_FOUR[3])),
    ],
)
def test_a_missing_hemisphere_offers_what_it_may_mean_and_chooses_none(
    typed: str, meant: tuple[str, ...]
) -> None:
    position = read_position(typed)
    assert not position.has_point and possible_readings(typed) == meant
    assert all(reading in position.problems[0].fix for reading in meant)


@pytest.mark.parametrize(
    "typed", ["14°03.5'N", "95 200", "14°03.5'N 074°22.1'W", "145 nm south of the cape", ""]
)
def test_what_lacks_no_letter_or_has_no_pair_offers_nothing(typed: str) -> None:
    assert possible_readings(typed) == ()
