"""The sentences of certificates: every one there is, none says more than it is given, faults named with their place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cna_service.workflow
from cna_service.agreements.measures import MEASURE_ANSWERS, REGISTRY_ANSWERS
from cna_service.documents.wording import PapersUnreadable, read_wording, shipped_text

SHIPPED = read_wording(shipped_text())


def test_every_sentence_that_is_said_stands_in_the_file() -> None:
    folder = Path(cna_service.workflow.__file__).parent
    said: set[str] = set()
    for path in [*folder.glob("certif*.py")]:
        said |= set(re.findall(r'(?:say|note)\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert len(said) > 20
    assert said - SHIPPED.sentences.keys() == set()


def test_every_answer_has_a_sentence() -> None:
    for value in REGISTRY_ANSWERS:
        assert f"registry_{value}" in SHIPPED.sentences
    for value in set(MEASURE_ANSWERS) - {"unanswered", "not_asked", "lapsed"}:
        assert f"measure_{value}" in SHIPPED.sentences or value in REGISTRY_ANSWERS


def test_practice_r14_no_sentence_says_confirmed_and_searched_stands_with_its_register_alone() -> None:
    for key, sentence in SHIPPED.sentences.items():
        assert re.search(r"\bconfirmed\b|\bauthori[sz]ed\b", sentence) is None, key
        assert "searched" not in sentence or key == "looked_up", key


def test_rule_8_3_no_sentence_speaks_as_a_person() -> None:
    for key, sentence in SHIPPED.sentences.items():
        assert re.search(r"\b(I|my|we|our)\b", sentence) is None, key


def test_what_is_filled_in_cannot_pose_as_a_line_of_ours() -> None:
    said = SHIPPED.say("request_words", words="one\ntwo\u202e $words")
    assert "\n" not in said
    assert "[U+202E]" in said
    assert "$words" in said


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('as_of = "The answer', 'as_of = "The $vessel answer', "/sentence/as_of"),
        ('no_basis = "No', 'no_basi = "No', "/sentence/no_basis"),
        ('kinds = ["registry_answer"]', 'kinds = ["poem"]', "/kinds"),
        ('side = "outbound"', 'side = "sideways"', "/side"),
        ('en = "We can', 'de = "Wir', "/ready/neither_confirm_nor_deny"),
        ('version = "', "version = 7 #", "/version"),
    ],
)
def test_every_fault_is_named_with_its_place(old: str, new: str, where: str) -> None:
    with pytest.raises(PapersUnreadable) as refused:
        read_wording(shipped_text().replace(old, new, 1))
    assert any(where in p.pointer for p in refused.value.problems), refused.value.detail


def test_broken_toml_is_refused() -> None:
    with pytest.raises(PapersUnreadable):
        read_wording("version = ")
