"""The register answers while the call form is open, and names the one question that separates candidates
(desk-rules 1.5)."""

from __future__ import annotations

from tests.console.browser import Page
from tests.console.cases.night import Night

NEW = "/console/calls/new"
LOOK = "/console/calls/look"


def looked(night: Night, **typed: str) -> Page:
    """What the form's script fetches while somebody types."""
    fields = dict(night.browser.get(NEW).fields(NEW)) | {n.replace("__", "/"): v for n, v in typed.items()}
    return night.browser.post(LOOK, fields)


def cases(night: Night) -> str:
    return night.browser.get("/console/").text


def test_rule_1_5_while_the_form_is_open_the_register_says_what_fits(night: Night) -> None:
    before = cases(night)
    page = looked(night, vessels__0__name="BAR TEST")
    assert "One candidate stands out" in page.html and "X0000000" in page.html
    assert "nothing is found without a verdict" in page.html
    assert cases(night) == before


def test_rule_1_5_one_question_separates_several_and_is_read_out_in_four_languages(night: Night) -> None:
    page = looked(night, vessels__0__name="SANTA CLARA")
    assert "Several candidates" in page.html
    for words in ("What is her home port?", "¿Cuál es su puerto base?", "Qual é o porto de registo?"):
        assert words in page.html


def test_rule_1_5_the_question_stands_in_the_callers_language_and_in_english(night: Night) -> None:
    page = looked(night, vessels__0__name="SANTA CLARA", told__language="español")
    first, second = page.html.index("¿Cuál es su puerto base?"), page.html.index("What is her home port?")
    assert first < second and "Qual" not in page.html


def test_rule_1_5_the_answer_to_the_question_settles_it(night: Night) -> None:
    page = looked(night, vessels__0__name="SANTA CLARA", vessels__0__homeport="Salport")
    assert "What is her home port?" not in page.html
    assert page.html.index("X0000004") < page.html.index("X0000005")


def test_what_is_in_no_register_is_not_said_to_be_refuted(night: Night) -> None:
    page = looked(night, vessels__0__name="QWZXJ VVKQ")
    assert "Not found in the register searched. That refutes nothing" in page.html


def test_a_flag_alone_lists_no_fleet_and_odd_words_break_nothing(night: Night) -> None:
    assert "as soon as a name or a number is typed" in looked(night, vessels__0__flag_claimed="XA").html
    for odd in ("\x00\u202e'; DROP TABLE vessel;--", "A" * 10_000, '"*NEAR(', "١٢٣ سفينة"):
        looked(night, vessels__0__name=odd)


def test_without_a_script_a_button_looks_and_keeps_all_that_was_typed(night: Night) -> None:
    before = cases(night)
    page = night.browser.submit(
        night.browser.get(NEW),
        NEW,
        vessels__0__name="SANTA CLARA",
        caller__name="Lt. Gómez",
        authority="XB",
        exchange__measures=["board"],
        act="look",
    )
    assert page.heading == "New call" and "What is her home port?" in page.text
    kept = page.fields(NEW)
    assert ("caller/name", "Lt. Gómez") in kept and ("exchange/measures", "board") in kept
    assert cases(night) == before
    assert "The case is open" in night.browser.submit(page, NEW).text


def test_enter_in_a_field_opens_the_case_as_ever(night: Night) -> None:
    """A browser presses the first button of the form."""
    first = next(e for e in night.browser.get(NEW).form(NEW).iter("button"))
    assert first.get("value") is None


def test_a_position_without_hemisphere_offers_its_readings_beside_the_field(night: Night) -> None:
    page = night.browser.submit(
        night.browser.get(NEW), NEW, status=422, vessels__0__position="14°03.5' 074°22.1'"
    )
    for reading in ("14°03.5'N 074°22.1'W", "14°03.5'S 074°22.1'E"):
        assert reading in page.text
