"""What officers arrange on the page Watch, and what a supervisor finds there."""

from __future__ import annotations

import re

from tests.console.browser import Browser
from tests.console.conftest import DeskUnderTest


def rostered(desk: DeskUnderTest) -> Browser:
    for officer in ("duty-1", "duty-2"):
        desk.enrol(officer, "duty_officer")
    boss = desk.signed_in("supervisor")
    boss.submit(
        boss.get("/console/watch"),
        "/console/watch/roster",
        duty_officer__officers=["duty-1", "duty-2"],
        kind="daily",
        hand_over="08:00",
        from_="2026-11-20",
    )
    return boss


def test_an_officer_notes_his_absence_and_the_next_one_stands_in(desk: DeskUnderTest) -> None:
    rostered(desk)
    browser = desk.sign_in("duty-1")
    page = browser.submit(
        browser.get("/console/watch"), "/console/watch/absences", to="2026-12-05 08:00", reason="leave"
    )
    assert "The absence is noted" in page.text
    assert "Lieutenant Duty-1 is absent" in page.text
    assert "for Lieutenant Duty-1, away" in page.text
    assert "Lieutenant Duty-1 would be duty officer and is absent; Lieutenant Duty-2 has it" in page.text
    page = browser.submit(page, "/console/watch/absences/end")
    assert "Nobody is noted absent." in page.text


def test_a_swap_is_asked_for_and_accepted_on_the_page(desk: DeskUnderTest) -> None:
    rostered(desk)
    one = desk.sign_in("duty-1")
    page = one.get("/console/watch")
    options = [
        o.get("value") for o in page.tree.findall(".//select[@id='swap-given']/option") if o.get("value")
    ]
    page = one.submit(page, "/console/watch/swaps", given=str(options[0]), other="duty-2", reason="wedding")
    assert "Nothing changes until it is accepted" in page.text
    assert "Waiting for an answer" in page.text
    two = desk.sign_in("duty-2")
    page = two.get("/console/watch")
    fields = [*page.fields("/console/watch/swaps/settle"), ("act", "accept")]
    page = two.post("/console/watch/swaps/settle", fields)
    assert "the watches have changed hands" in page.text
    assert "Accepted" in page.text


def test_a_swap_without_a_watch_says_what_is_missing(desk: DeskUnderTest) -> None:
    rostered(desk)
    browser = desk.sign_in("duty-1")
    page = browser.submit(
        browser.get("/console/watch"), "/console/watch/swaps", status=422, given="", other=""
    )
    assert "The watch is missing" in page.text
    assert "Who is asked is missing" in page.text


def test_an_override_in_place_of_another_is_typed_as_an_officer_types(desk: DeskUnderTest) -> None:
    boss = rostered(desk)
    page = boss.submit(
        boss.get("/console/watch"),
        "/console/watch/overrides",
        officer="duty-1",
        kind="replace",
        instead_of="duty-2",
        to="48 h",
        reason="course",
    )
    assert "instead of Lieutenant Duty-2" in page.text
    wrong = boss.submit(
        page, "/console/watch/overrides", status=422, officer="duty-1", kind="replace", to="2 h", reason="x"
    )
    assert "Instead of is missing" in wrong.text


def test_the_address_of_a_calendar_is_shown_once_and_can_be_revoked(desk: DeskUnderTest) -> None:
    rostered(desk)
    browser = desk.sign_in("duty-1")
    page = browser.submit(browser.get("/console/watch"), "/console/watch/calendars")
    found = re.search(r"/api/v1/duty/[\w-]+\.ics", page.html)
    assert found is not None
    feed = browser.client.get(found[0])
    assert feed.status_code == 200
    assert "SUMMARY:Duty officer: Lieutenant Duty-1" in feed.text
    page = browser.get("/console/watch")
    assert found[0] not in page.html
    page = browser.submit(page, "/console/watch/calendars/end")
    assert "The address answers no more" in page.text
    assert browser.client.get(found[0]).status_code == 404


def test_what_is_to_mend_stands_on_the_page(desk: DeskUnderTest) -> None:
    rostered(desk)
    page = desk.sign_in("duty-2").get("/console/watch")
    assert "Within a day: Nobody at all is deputy" in page.text
    assert "has no proved contact that wakes him" in page.text
