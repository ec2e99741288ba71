"""Searching for a case: every search is an entry, and a person says what was found."""

from __future__ import annotations

from tests.console.browser import Page
from tests.console.cases.night import Night


def searched(night: Night, ref: str, **typed: str) -> Page:
    path = f"/console/cases/{ref}/search"
    return night.browser.submit(night.browser.get(path), path, **typed)


def choices(page: Page) -> list[str]:
    return [e.get("value") or "" for e in page.tree.findall(".//input[@name='choice']")]


def test_the_question_is_filled_in_from_what_the_case_knows(night: Night) -> None:
    ref = night.request()
    sent = dict(night.browser.get(f"/console/cases/{ref}/search").fields(f"/console/cases/{ref}/search"))
    assert (sent["names"], sent["call_sign"], sent["flag"]) == ("BAR TEST", "XA2345", "XA")


def test_a_search_is_recorded_before_anybody_judged_it(night: Night) -> None:
    ref = night.request()
    page = searched(night, ref)
    assert "record X0000000" in page.text and "Fits" in page.text and "Does not fit" in page.text
    made = night.record(ref).searches[0]
    assert made["verdict"] == "undecided" and made["register"]["version"] == 1
    assert "No verdict yet" in night.case(ref).text


def test_the_officer_s_verdict_names_one_record(night: Night) -> None:
    ref = night.request()
    page = searched(night, ref)
    action = f"/console/cases/{ref}/searches/1/verdict"
    night.browser.submit(page, action, choice="found:X0000000", words="Name and port agree.")
    judged = night.record(ref).searches[0]
    assert (judged["verdict"], judged["rid"]) == ("found", "X0000000")
    assert "Verdict: this record is meant, X0000000" in night.case(ref).text


def test_several_candidates_are_said_to_be_several(night: Night) -> None:
    ref = night.request(vessels=[{"names": ["SANTA CLARA"]}])
    page = searched(night, ref)
    assert night.record(ref).searches[0]["suggestion"] == "several"
    assert "Several candidates" in page.text and "about as likely as another: ask further" in page.text
    night.browser.submit(page, f"/console/cases/{ref}/searches/1/verdict", choice="several")
    assert night.record(ref).searches[0]["verdict"] == "several"


def test_no_record_found_is_not_worded_as_refuted(night: Night) -> None:
    ref = night.request(vessels=[{"names": ["QWZXJ VVKQ"], "imo": "9999999"}])
    page = searched(night, ref)
    action = f"/console/cases/{ref}/searches/1/verdict"
    after = night.browser.submit(page, action, choice="not_found")
    for shown in (page.text, after.text):
        assert "refuted" not in shown.lower()
    assert "no record found in this register" in after.text
    assert "says nothing of the vessel's nationality" in page.text


def test_a_search_needs_no_verdict_to_be_followed_by_another(night: Night) -> None:
    ref = night.request()
    searched(night, ref)
    page = searched(night, ref, names="BAR TESTE")
    assert len(night.record(ref).searches) == 2
    assert "Earlier searches" in page.text


def test_rule_1_5_tied_candidates_come_with_the_question_that_separates_them(night: Night) -> None:
    page = searched(night, night.request(vessels=[{"names": ["SANTA CLARA"]}]))
    assert "Ask now, it separates them best" in page.text and "What is her home port?" in page.text
    assert "SALPORT, DUNWICK" in page.text
    alone = searched(night, night.request())
    assert "it separates them best" not in alone.text


def test_a_register_is_chosen_and_what_it_was_then_is_kept_with_the_search(night: Night) -> None:
    ref = night.request()
    page = searched(night, ref, register="national", at="now")
    made = night.record(ref).searches[0]
    assert made["register"]["id"] == "national" and made["at"] in page.text


def test_a_register_that_held_nothing_then_is_named_beside_its_field(night: Night) -> None:
    ref = night.request()
    path = f"/console/cases/{ref}/search"
    page = night.browser.submit(
        night.browser.get(path), path, status=422, at="2001-01-01 00:00", names="BAR TESTA"
    )
    assert "was empty at 2001-01-01" in page.text and not night.record(ref).searches
    assert ("names", "BAR TESTA") in page.fields(path)
