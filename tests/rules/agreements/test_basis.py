"""What a cited basis is read as, and that unknown words are read as nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.agreements.basis import cited, match_basis
from tests.rules.agreements.exercise_law import CATALOGUE

CITED = [
    ("CETS 156 art. 6", ["coe-6", "coe-7"]),
    ("cets 156, article 6", ["coe-6", "coe-7"]),
    ("CoE art 7", ["coe-7", "coe-9"]),
    ("Council of Europe 1995 art. 14(2)", ["coe-14-2", "coe-13"]),
    ("SUA 8bis(5)(d)", ["sua-8bis-5-d", "sua-8bis-5-a", "sua-8bis-5-c"]),
    ("SUA 2005, art. 8 bis (5) (d)", ["sua-8bis-5-d", "sua-8bis-5-a", "sua-8bis-5-c"]),
    ("UN 1988 art. 17(3)", ["un-17-3", "un-17-4", "un-17-7"]),
    ("UN 1988 art. 17(3)(a)", ["un-17-3", "un-17-4", "un-17-7"]),
    ("art. 17(4) of the 1988 Convention", ["un-17-4", "un-17-7"]),
    ("San José 16(3)", ["sj-16-3", "sj-6-4", "sj-16-5"]),
    ("SAN JOSE AGREEMENT (2003), arts 16(2) and 12(1)(b)", ["sj-16-2", "sj-6-4", "sj-16-5", "sj-12-1-b"]),
    ("Palermo Protocol art. 8(2)", ["som-8-2", "som-8-4", "som-8-5"]),
    ("Council of Europe Agreement (CETS 156) art. 6", ["coe-6", "coe-7"]),
    ("UNCLOS 110", ["unclos-110"]),
    ("XA-XP art. 4", ["xp-4"]),
    ("UN 1988 art. 17(4) and CETS 156 art. 7", ["un-17-4", "un-17-7", "coe-7", "coe-9"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "provisions"), CITED)
def test_cited_articles_are_found(text: str, provisions: list[str]) -> None:
    assert match_basis(CATALOGUE, text) == provisions


@pytest.mark.parametrize(
    "text",
    ["", "art. 7", "our good relations", "CETS 156 art. 99", "CETS 1567 art. 7", "Mare Liberum 16(3)", "156"],
)
def test_unknown_words_are_read_as_nothing(text: str) -> None:
    assert match_basis(CATALOGUE, text) == []


def test_an_instrument_without_an_article_gives_what_is_asked_under_it() -> None:
    assert match_basis(CATALOGUE, "under CETS 156") == ["coe-7", "coe-14-2"]
    assert [c.agreement for c in cited(CATALOGUE, "CoE and SUA")] == ["cets156", "sua2005"]


def test_a_date_is_no_article() -> None:
    (found,) = cited(CATALOGUE, "San José, our note of 16 November")
    assert found.provisions == ()


def test_the_long_title_of_cets_156_does_not_cite_the_un_convention() -> None:
    text = CATALOGUE.agreements["cets156"].title
    assert [c.agreement for c in cited(CATALOGUE, text)] == ["cets156"]


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    assert all(p in CATALOGUE.by_id for p in match_basis(CATALOGUE, text))
    assert all(p in CATALOGUE.by_id for p in match_basis(CATALOGUE, "CETS 156 " + text))
