"""The directory's pages: who is listed for what, on whose word each number stands, what officers find out of it."""

from __future__ import annotations

from tests.console.cases.night import Night

XB = "/console/directory/mrcc-xb"


def test_the_directory_says_in_words_what_nobody_verified(night: Night) -> None:
    browser = night.browser
    page = browser.get("/console/directory")
    for words in (
        "Not verified by us",
        "Panama Maritime Authority",
        "No number or address is listed",
        "+15550102",
    ):
        assert words in page.text, words
    one = browser.get("/console/directory/ie-foreign-minister")
    assert one.heading == "Minister for Foreign Affairs (Ireland)"
    assert "Not verified by us" in one.text and "I reached them" not in one.text


def test_practice_r7_the_directory_is_shown_as_it_was_at_an_instant(night: Night) -> None:
    browser = night.browser
    page = browser.get("/console/directory?state=XB&function=registry")
    assert "Ship Register of XB" in page.text and "Ministry of Justice of XB" not in page.text
    past = browser.get("/console/directory?at=2020-01-01T00:00:00Z")
    assert "Nobody is listed for that" in past.text and "010000Z JAN 20" in past.text
    assert "In force at" in browser.get("/console/directory?at=noon", status=422).text


def test_an_officer_proves_a_number_and_marks_a_wrong_one(night: Night) -> None:
    browser = night.browser
    before = browser.get(XB)
    assert "on the word of EXERCISE" in before.text
    path = f"{XB}/verify"
    page = browser.submit(before, path, contact="c1", spoke_to="Lt. Gómez", happened_at="now")
    assert "It is recorded" in page.text and "who spoke to Lt. Gómez" in page.text
    again = browser.submit(browser.get(XB), path, status=422, contact="c1", spoke_to="")
    assert "Whom you spoke to" in again.text
    page = browser.submit(browser.get(XB), f"{XB}/doubt", contact="c1", why="wrong_number")
    assert "Found wrong: do not use" in page.text


def test_a_supervisor_enters_a_number_that_nobody_verified_yet(night: Night) -> None:
    officer, supervisor = night.browser, night.as_role("supervisor")
    assert "Enter a number or address" not in officer.get(XB).text
    typed = {"kind": "phone", "value": "+15550777", "reason": "their letter", "hours": "always"}
    page = supervisor.submit(supervisor.get(XB), f"{XB}/contacts", **typed)
    assert "+15550777" in page.text and "day and night" in page.text
    assert "Not verified by us" in page.text
