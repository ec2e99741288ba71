from __future__ import annotations

import pytest

from cna_service.documents.measures import MEASURES, VALUES, Family, measure_words, value_words

MEASURE_CODES = (
    "confirm_registry",
    "stop",
    "board",
    "examine_papers",
    "search",
    "question",
    "sample",
    "copy_documents",
    "seize",
    "hold",
    "follow",
    "detain_vessel",
    "detain_cargo",
    "detain_persons",
    "arrest",
    "hand_over",
    "divert",
    "enter_territorial_sea",
    "overflight",
    "order_to_land",
    "embark_shiprider",
    "technical_assistance",
    "enforce_law",
    "waive_jurisdiction_vessel",
    "waive_jurisdiction_cargo",
    "waive_jurisdiction_persons",
    "disposition",
    "destroy_vessel",
)
NOT_STANDING = {"held", "not_counted", "withdrawn", "left_out"}
ALWAYS = {"more_information", "unclear", "unanswered", "lapsed", "not_asked"} | NOT_STANDING
REGISTRY = {"confirmed", "refuted", "neither"} | ALWAYS
ACT = {
    "granted",
    "granted_with_conditions",
    "denied",
    "flag_state_boards",
    "joint",
    "holding_only",
    "deferred",
} | ALWAYS


def test_every_measure_has_words_of_its_own() -> None:
    assert set(MEASURES) == set(MEASURE_CODES)
    assert len({words.label for words in MEASURES.values()}) == len(MEASURE_CODES)
    assert len({words.act for words in MEASURES.values()}) == len(MEASURE_CODES)


@pytest.mark.parametrize(
    ("family", "codes"), [(Family.REGISTRY, REGISTRY), (Family.ACT, ACT), (Family.WAIVER, ACT)]
)
def test_every_answer_value_has_words(family: Family, codes: set[str]) -> None:
    assert {code for f, code in VALUES if f is family} == codes


@pytest.mark.parametrize("family", list(Family))
def test_no_label_is_part_of_another(family: Family) -> None:
    labels = [words.label for (f, _), words in VALUES.items() if f is family]
    others = [(one, other) for one in labels for other in labels if one != other]
    assert len(set(labels)) == len(labels)
    assert not [pair for pair in others if pair[0] in pair[1]]


def test_the_sentence_of_neither_shares_no_label_with_another_registry_value() -> None:
    neither = VALUES[Family.REGISTRY, "neither"]
    assert "can neither confirm nor deny" in neither.sentence
    assert "refute" not in neither.sentence
    assert "neither" not in VALUES[Family.REGISTRY, "refuted"].sentence


def test_only_the_two_grants_count_as_granted() -> None:
    assert {code for (_, code), words in VALUES.items() if words.is_grant} == {
        "granted",
        "granted_with_conditions",
    }


def test_a_waiver_is_waived_or_reserved_never_granted_or_denied() -> None:
    assert value_words("waive_jurisdiction_cargo", "granted").label == "WAIVED"
    assert value_words("waive_jurisdiction_cargo", "denied").label == "RESERVED"


def test_an_unknown_measure_is_shown_as_told() -> None:
    assert measure_words("shine a light").label == "“shine a light” (as told)"


@pytest.mark.parametrize(
    ("measure", "value"), [("board", "confirmed"), ("confirm_registry", "granted"), ("x", "yes")]
)
def test_a_value_outside_its_table_is_never_a_grant(measure: str, value: str) -> None:
    words = value_words(measure, value)
    assert words.label == f"AS TOLD: “{value}”"
    assert not words.is_grant


def test_the_name_of_a_state_is_not_read_as_a_pattern() -> None:
    said = VALUES[Family.REGISTRY, "confirmed"].said_by("{0}{state}")
    assert said == "{0}{state} confirms that the vessel is on its register."
