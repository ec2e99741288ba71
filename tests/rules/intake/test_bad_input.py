"""What arrives wrong is kept as told and marked, row by row (what is refused and what is kept)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cna_service.intake.submission import Reading, read_submission
from cna_service.kit import canonical


def read(**fields: Any) -> Reading:
    return read_submission(json.dumps(fields).encode())


def problem(reading: Reading, pointer: str) -> dict[str, Any]:
    """The problem of that place; it names what was told, why and how to mend it."""
    found = [p for p in reading.problems if p.pointer == pointer]
    assert found, f"no problem at {pointer}: {[p.pointer for p in reading.problems]}"
    assert found[0].why
    assert found[0].fix
    return found[0].as_json()


def the_draft(reading: Reading) -> dict[str, Any]:
    assert reading.draft is not None
    canonical.encode(reading.draft)
    return dict(reading.draft)


def test_an_empty_object_is_a_submission_of_one_vessel_nobody_described() -> None:
    reading = read()
    assert the_draft(reading) == {"vessels": [{}], "items": []}
    assert reading.problems == ()


def test_an_unknown_field_is_named() -> None:
    reading = read(colour="grey", vessels=[{"sails": 2}])
    assert problem(reading, "/colour")["told"] == "grey"
    assert problem(reading, "/vessels/0/sails")["told"] == "2"


@pytest.mark.parametrize(
    ("fields", "pointer", "kept"),
    [
        ({"measures": ["teleport"]}, "/measures/0", {"items": [{"vessel": 1, "measure": "teleport"}]}),
        ({"offences": ["jaywalking"]}, "/offences/0", {"offences": ["jaywalking"]}),
        ({"zone": "the moon"}, "/zone", {"zone": "the moon"}),
        ({"kind": "poem"}, "/kind", {"kind": "poem"}),
    ],
)
def test_an_unknown_enum_value_is_kept_as_told(
    fields: dict[str, Any], pointer: str, kept: dict[str, Any]
) -> None:
    reading = read(**fields)
    assert problem(reading, pointer)["fix"].startswith("one of: ")
    assert kept.items() <= the_draft(reading).items()


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"requester_reference": {"a": 1}}, "/requester_reference"),
        ({"requester_reference": True}, "/requester_reference"),
        ({"assurance_like_treatment": "yes"}, "/assurance_like_treatment"),
        ({"vessels": "BAR TEST"}, "/vessels"),
        ({"vessels": ["BAR TEST"]}, "/vessels/0"),
        ({"vessels": [{"persons_on_board": "four"}]}, "/vessels/0/persons_on_board"),
        ({"vessels": [{"persons_on_board": 4.5}]}, "/vessels/0/persons_on_board"),
        ({"vessels": [{"persons_on_board": -1}]}, "/vessels/0/persons_on_board"),
        ({"vessels": [{"flag_claimed": "Panama"}]}, "/vessels/0/flag_claimed"),
        ({"contact": "call me"}, "/contact"),
        ({"legal_basis": {"text": "CETS 156"}}, "/legal_basis"),
        ({"measures": "board"}, "/measures"),
        ({"attachments": [7]}, "/attachments/0"),
    ],
)
def test_a_wrong_type_in_a_field_is_kept_and_marked(fields: dict[str, Any], pointer: str) -> None:
    reading = read(**fields)
    assert problem(reading, pointer)
    the_draft(reading)


def test_a_single_value_where_a_list_is_wanted_is_read_as_a_list_of_one() -> None:
    assert the_draft(read(measures="board"))["items"] == [{"vessel": 1, "measure": "board"}]


@pytest.mark.parametrize("text", ["91°N 010°E", "14°63'N 074°W", "north of the island", ""])
def test_an_impossible_position_is_kept_as_told_without_a_point(text: str) -> None:
    reading = read(vessels=[{"positions": [{"text": text, "at": "2026-11-21T13:40:00Z"}]}])
    kept = the_draft(reading)["vessels"][0]["positions"][0]
    assert kept["text"] == text
    assert kept.get("point") is None
    if "°" in text:
        assert problem(reading, "/vessels/0/positions/0")


def test_a_position_keeps_its_words_and_gets_a_point_with_an_uncertainty() -> None:
    reading = read(vessels=[{"positions": [{"text": "14°03.5'N 074°22.1'W", "at": "2026-11-21T13:40:00Z"}]}])
    kept = the_draft(reading)["vessels"][0]["positions"][0]
    assert reading.problems == ()
    assert kept["text"] == "14°03.5'N 074°22.1'W"
    assert kept["point"]
    assert kept["radius_m"] is not None


@pytest.mark.parametrize("told", ["2026-11-21T16:00:00", "21 Nov, 1600", 1763740800, ["2026"], ""])
def test_a_time_without_zone_or_no_time_at_all_starts_nothing_and_is_kept(told: Any) -> None:
    reading = read(reply_wanted_by=told)
    kept = the_draft(reading)["reply_wanted_by"]
    assert "Z or an offset" in problem(reading, "/reply_wanted_by")["fix"]
    assert (kept["earliest"], kept["latest"]) == (None, None)
    assert kept["text"] == (told if isinstance(told, str) else json.dumps(told))


def test_a_failing_imo_number_is_kept_and_marked() -> None:
    reading = read(vessels=[{"imo": "9074728"}])
    assert problem(reading, "/vessels/0/imo")["told"] == "9074728"
    assert the_draft(reading)["vessels"][0]["imo"] == "9074728"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"a": ', "no valid JSON at line 1, column 7"),
        (b"", "no valid JSON at line 1, column 1"),
        (b"{'a': 1}", "no valid JSON at line 1, column 2"),
        (b"[1, 2]", "the JSON is no object"),
        (b'"text"', "the JSON is no object"),
        (b"null", "the JSON is no object"),
        ('{"a": "é"}'.encode("latin-1"), "byte 7 is not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "byte 0 is not UTF-8"),
        (b"[" * 200_000, "no valid JSON"),
    ],
)
def test_what_cannot_be_read_at_all_says_where_and_how_to_mend_it(content: bytes, why: str) -> None:
    reading = read_submission(content)
    assert reading.draft is None
    assert reading.why == why
    assert reading.fix


def test_a_byte_order_mark_is_no_reason_to_refuse() -> None:
    reading = read_submission(b"\xef\xbb\xbf" + b'{"requester_reference": "A-1"}')
    assert the_draft(reading)["requester_reference"] == "A-1"


def test_nul_and_lone_surrogates_cannot_enter_the_log() -> None:
    content = b'{"grounds": "a\\u0000b\\ud800c", "\\ud800": 1, "vessels": [{"names": ["\\udfff"]}]}'
    draft = the_draft(read_submission(content))
    assert draft["grounds"] == "a\ufffdb?c"
    assert "\x00" not in json.dumps(draft)


def test_huge_texts_are_cut_in_the_draft_and_say_so() -> None:
    reading = read(grounds="x" * 1_000_000, requester_reference="y" * 1_000_000)
    draft = the_draft(reading)
    assert len(draft["grounds"]) <= 20_001
    assert len(draft["requester_reference"]) <= 501
    assert "in the submission as received" in problem(reading, "/grounds")["why"]


def test_floats_stay_as_they_were_written() -> None:
    draft = the_draft(read_submission(b'{"vessels": [{"length": 18.40, "hull_mark": 1.10}], "unit": 1e400}'))
    assert draft["vessels"][0]["length"]["text"] == "18.40"
    assert draft["vessels"][0]["hull_mark"] == "1.10"
    assert draft["unit"] == "1e400"


@pytest.mark.parametrize("figure", [b"NaN", b"Infinity", b"-Infinity"])
def test_not_a_number_is_text(figure: bytes) -> None:
    assert the_draft(read_submission(b'{"unit": ' + figure + b"}"))["unit"] == figure.decode()


def test_an_integer_of_any_length_is_kept_as_told() -> None:
    content = b'{"unit": ' + b"9" * 5000 + b', "vessels": [{"persons_on_board": ' + b"9" * 5000 + b"}]}"
    reading = read_submission(content)
    the_draft(reading)
    assert problem(reading, "/vessels/0/persons_on_board")


def test_deep_nesting_where_a_value_stands_is_kept_as_text() -> None:
    content = b'{"unit": ' + b"[" * 500 + b"]" * 500 + b"}"
    the_draft(read_submission(content))


def test_a_key_twice_keeps_the_bytes_and_reads_the_last() -> None:
    assert the_draft(read_submission(b'{"unit": "a", "unit": "b"}'))["unit"] == "b"


def test_a_measure_without_vessel_is_meant_for_every_vessel() -> None:
    reading = read(measures=["board", {"measure": "search", "vessel": 2}], vessels=[{}, {}])
    assert the_draft(reading)["items"] == [
        {"vessel": 1, "measure": "board"},
        {"vessel": 2, "measure": "board"},
        {"vessel": 2, "measure": "search"},
    ]


def test_a_measure_for_a_vessel_that_is_not_there_is_asked_for_all_and_marked() -> None:
    reading = read(measures=[{"measure": "board", "vessel": 3}], vessels=[{}])
    assert problem(reading, "/measures/0/vessel")
    assert the_draft(reading)["items"] == [{"vessel": 1, "measure": "board"}]


def test_no_more_is_asked_than_an_exchange_holds_and_the_rest_is_named() -> None:
    reading = read(vessels=[{}] * 50, measures=["m" * 70 + str(n) for n in range(150)])
    items = the_draft(reading)["items"]
    assert len(canonical.encode(items)) <= 33_000
    assert items[0] == {"vessel": 1, "measure": "m" * 70 + "0"}
    assert problem(reading, "/measures")["told"] == "7500 items"
