from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.documents.answer_content import content
from cna_service.documents.answer_pdf import PdfNotMade, render, set_pages, templates
from cna_service.documents.content import Fact
from cna_service.documents.measures import MEASURES, VALUES
from cna_service.documents.model import AnsweredItem, WrittenAnswer
from tests.rules.documents.making import (
    ANSWER,
    LEAF,
    LOG_LINE,
    OURS,
    REGISTER,
    item,
    pages_of,
    squeezed,
    with_items,
)


def read(answer: WrittenAnswer) -> str:
    return squeezed(" ".join(pages_of(render(answer))))


def test_every_measure_and_every_value_is_on_the_page() -> None:
    items = tuple(
        item(measure.code, value)
        for measure in MEASURES.values()
        for f, value in VALUES
        if f is measure.family
    )
    told = read(with_items(*items))
    for one in items:
        words = VALUES[MEASURES[one.measure].family, one.value]
        assert f"{one.measure} {words.label} {one.value}" in told


def test_the_page_says_what_the_mail_says() -> None:
    answer = with_items(
        item("board", "granted_with_conditions", conditions=("report in 3 h",), words="Yes, board her."),
        item("confirm_registry", "refuted"),
        register=(REGISTER,),
        standing_note="called back",
    )
    said, told = content(answer), read(answer)
    facts: tuple[Fact, ...] = (*said.facts, *said.vessels, *said.conditions, *said.register, *said.decision)
    for words in (said.title, said.tally, *(line for fact in facts for line in fact.lines), *said.remarks):
        assert words in told
    for row in said.rows:
        assert all(words in told for words in (row.sentence, *row.lines, *row.words))


def test_a_measure_nobody_answered_is_shown() -> None:
    told = read(ANSWER)
    assert "divert NO ANSWER unanswered No answer has been given to this. It is not granted." in told
    assert "Not granted vessel 1 (BAR TEST): Divert: NO ANSWER" in told


def test_d2_neither_is_not_refuted() -> None:
    told = read(with_items(item("confirm_registry", "neither")))
    assert "XA can neither confirm nor deny" in told
    assert "refut" not in told.lower()


def test_times_stand_in_utc_and_in_the_partners_zone() -> None:
    assert (
        "211403Z NOV 26 (2026-11-21T14:03:22Z); 09:03 on 21 Nov 2026 in America/Bogota (UTC-05:00)"
        in read(ANSWER)
    )


def many_pages() -> WrittenAnswer:
    return with_items(*(item(code, "unanswered") for code in MEASURES), exercise=True)


def test_every_page_has_case_seq_leaf_page_number_and_exercise_mark() -> None:
    pages = [squeezed(page) for page in pages_of(render(many_pages()))]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Case R4T7-HAX, seq 7 Page {number} of {len(pages)}" in page
        assert f"leaf {LEAF}" in page
        assert "EXERCISE EXERCISE EXERCISE" in page


def test_the_real_desk_has_no_exercise_mark() -> None:
    assert "EXERCISE" not in read(ANSWER)


def test_rule_16_1_every_page_ends_with_the_log_line() -> None:
    assert all(squeezed(page).endswith(LOG_LINE) for page in pages_of(render(many_pages())))


@pytest.mark.parametrize(
    "text",
    [
        '#import "@preview/cetz:0.2.0": *',
        "#panic()",
        "$x^2$ and $ alone",
        "\\ \\# \\u{41}",
        "*bold* _low_ `raw` ``` open",
        "[ unclosed ( { <label> @ref",
        "// gone? /* gone?",
        "= heading",
        '"}, "exercise": null, {"',
    ],
)
def test_markup_in_foreign_text_is_printed_as_it_is(text: str) -> None:
    answer = with_items(
        item("board", "granted_with_conditions", conditions=(text,), words=text),
        delegation=text,
        their_reference=text,
    )
    assert read(answer).count(text) >= 4


def test_long_names_other_scripts_and_accents_are_kept() -> None:
    long = "W" * 300
    told = read(
        with_items(AnsweredItem(1, long, "board", "denied"), ours=replace(OURS, name="Çirkin Ñandú Łódź"))
    )
    assert long in told.replace(" ", "")
    assert "Çirkin Ñandú Łódź" in told
    assert "DENIED denied" in told


def test_the_same_answer_gives_the_same_bytes() -> None:
    assert render(ANSWER) == render(replace(ANSWER))
    assert render(ANSWER) != render(replace(ANSWER, seq=8))


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_makes_a_page_on_which_the_answer_stands(text: str) -> None:
    answer = with_items(
        AnsweredItem(1, text, text, text, (text,), words=text, at_expiry=text),
        item("board", "granted"),
        their_reference=text,
        marking=text,
        language=text,
    )
    assert "Board board GRANTED granted" in read(answer)


def test_rule_8_1_templates_can_be_kept_whole_under_their_hash() -> None:
    kept = templates()
    assert [t.path for t in kept] == ["documents/templates/answer.typ", "documents/templates/letter.typ"]
    assert all(t.sha256 == hashlib.sha256(t.text.encode()).hexdigest() for t in kept)


def test_a_page_that_cannot_be_set_is_unavailable_and_quotes_nothing_of_the_letter() -> None:
    with pytest.raises(PdfNotMade) as refused:
        set_pages("answer.typ", '{"title": "secret words"', 0)
    assert "secret" not in refused.value.detail
    assert refused.value.facts == {"template": "answer.typ"}
