"""An empty desk says on every page how to begin, and leads from the one-time link to a signed-in officer."""

from __future__ import annotations

import pytest

from tests.console.conftest import PASSWORD, DeskUnderTest


def test_an_empty_desk_says_how_to_begin(desk: DeskUnderTest) -> None:
    browser = desk.browser()
    page = browser.get("/")
    assert page.heading == "Sign in"
    assert "cna officer add --role administrator" in page.text


def test_no_page_but_sign_in_is_shown_to_a_stranger(desk: DeskUnderTest) -> None:
    desk.enrol("admin", "administrator")
    browser = desk.browser()
    for path in ("/console/", "/console/watch", "/console/log", "/console/handbook", "/console/officers"):
        assert browser.get(path).heading == "Sign in"


def test_a_one_time_link_sets_password_and_code_and_is_spent(desk: DeskUnderTest) -> None:
    link = desk.add("admin", "administrator")
    page = desk.open_link("admin", link)
    assert page.heading == "Sign in"
    assert "Password and code are set" in page.text
    spent = desk.browser().get(link, status=404)
    assert spent.heading.startswith("This link is not valid any more")


def test_looking_at_a_link_does_not_use_it(desk: DeskUnderTest) -> None:
    link = desk.add("admin", "administrator")
    for _ in range(3):
        desk.browser().get(link)
    assert desk.open_link("admin", link).heading == "Sign in"


def test_a_link_names_every_field_that_is_wrong(desk: DeskUnderTest) -> None:
    link = desk.add("admin", "administrator")
    browser = desk.browser()
    page = browser.submit(browser.get(link), link, status=422, password=PASSWORD, repeated="another", code="")
    assert "Password again is not the same as the password above" in page.text
    assert "Code is missing" in page.text
    page = browser.submit(page, link, status=422, password="short", repeated="short", code="123456")
    assert "is shorter than 12 characters" in page.text
    page = browser.submit(page, link, status=422, password=PASSWORD, repeated=PASSWORD, code="000000")
    assert "Code is not the one that the generator shows" in page.text


def test_signing_in_leads_to_the_page_that_was_asked_for(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.browser()
    page = browser.get("/console/watch?done=watch-taken")
    assert page.heading == "Sign in"
    page = browser.submit(
        page, "/console/sign-in", account="duty-1", password=PASSWORD, code=desk.code("duty-1")
    )
    assert page.path == "/console/watch"


@pytest.mark.parametrize(
    "to", ["https://evil.test/", "//evil.test", "/console//evil.test", "/console/\\evil"]
)
def test_signing_in_leads_nowhere_else(desk: DeskUnderTest, to: str) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.browser()
    page = browser.get("/console/sign-in")
    page = browser.submit(
        page, "/console/sign-in", account="duty-1", password=PASSWORD, code=desk.code("duty-1"), next_=to
    )
    assert page.path == "/console/"


def test_every_page_of_an_empty_desk_says_how_to_begin(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("supervisor")
    board = browser.get("/console/")
    assert "No open case" in board.text
    assert "open a call" in board.text
    assert "Nobody is on the roster yet" in browser.get("/console/watch").text
    assert "No open alert" in browser.get("/console/alerts").text
    assert "of 44" in browser.get("/console/adoption").text or "0 of" in browser.get("/console/adoption").text


def test_without_a_telephone_company_every_page_says_so(desk: DeskUnderTest) -> None:
    assert "CANNOT WAKE ANYBODY" in desk.browser().get("/console/sign-in").whole_text
    browser = desk.signed_in("duty_officer")
    for path in ("/console/", "/console/watch", "/console/alerts", "/console/rules", "/console/log"):
        assert "CANNOT WAKE ANYBODY" in browser.get(path).whole_text


def test_the_head_says_whose_desk_what_time_and_who_has_the_watch(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    assert "Nobody has the watch" in browser.get("/console/").whole_text
    desk.give_watch("duty-officer")
    head = browser.get("/console/").whole_text
    assert "Watch: Lieutenant Duty-Officer" in head
    assert "211803Z NOV 26" in head or "211804Z NOV 26" in head
