"""Who has the watch: shown, taken, overridden, rostered."""

from __future__ import annotations

from tests.console.conftest import DeskUnderTest


def test_an_officer_takes_the_watch_at_once(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.submit(browser.get("/console/watch"), "/console/watch/take", reason="first night")
    assert "You have the watch" in page.text
    assert "Watch: Lieutenant Duty-Officer" in page.whole_text


def test_a_form_sent_twice_is_carried_out_once(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/watch")
    for _ in range(2):
        shown = browser.submit(page, "/console/watch/take", reason="double tap")
        assert "You have the watch" in shown.text
    assert shown.text.count("Lieutenant Duty-Officer, duty officer") == 1


def test_taking_a_watch_that_one_has_is_refused_in_words(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    browser.submit(browser.get("/console/watch"), "/console/watch/take", reason="first")
    again = browser.submit(browser.get("/console/watch"), "/console/watch/take", status=409, reason="again")
    assert again.heading == "You have that watch already"


def test_what_was_typed_stays_when_something_is_wrong(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("supervisor")
    page = browser.get("/console/watch")
    again = browser.submit(
        page,
        "/console/watch/overrides",
        status=422,
        officer="duty-1",
        from_="tomorrow",
        to="",
        reason="Lt Ruiz is ill",
    )
    assert "From Invalid isoformat string: 'tomorrow'" in again.text or "From" in again.text
    assert "Until is missing" in again.text
    typed = dict(again.fields("/console/watch/overrides"))
    assert (typed["officer"], typed["from"], typed["reason"]) == ("duty-1", "tomorrow", "Lt Ruiz is ill")
    assert again.tree.find(".//input[@id='override-to']").get("aria-invalid") == "true"


def test_a_supervisor_adds_and_ends_an_override(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("supervisor")
    page = browser.submit(
        browser.get("/console/watch"),
        "/console/watch/overrides",
        officer="duty-1",
        to="2026-11-22T06:00Z",
        reason="night",
    )
    assert "The override is recorded" in page.text
    assert "Watch: Lieutenant Duty-1" in page.whole_text
    page = browser.submit(page, "/console/watch/overrides/end", reason="back early")
    assert "Nobody has the watch" in page.whole_text


def test_a_supervisor_sets_the_roster(desk: DeskUnderTest) -> None:
    for officer in ("duty-1", "duty-2"):
        desk.enrol(officer, "duty_officer")
    browser = desk.signed_in("supervisor")
    page = browser.submit(
        browser.get("/console/watch"),
        "/console/watch/roster",
        duty_officer__officers=["duty-1", "duty-2"],
        deputy__officers=["duty-2"],
        kind="daily",
        hand_over="08:00",
        from_="2026-11-20",
    )
    assert "The roster is in force" in page.text
    assert "Watch: Lieutenant Duty-2" in page.whole_text
    assert page.text.count("Lieutenant Duty-1") > 2


def test_a_roster_without_officers_and_with_a_wrong_hour_is_refused_field_by_field(
    desk: DeskUnderTest,
) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("supervisor")
    page = browser.get("/console/watch")
    again = browser.submit(page, "/console/watch/roster", status=422)
    assert "tick at least one duty officer" in again.text
    again = browser.submit(
        again,
        "/console/watch/roster",
        status=422,
        duty_officer__officers="duty-1",
        hand_over="8 in the morning",
    )
    assert "Hand-over is no hand-over time: write MON 08:00" in again.text


def test_a_duty_officer_sees_no_form_that_he_may_not_send(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/watch")
    assert page.actions() == [
        "/console/sign-out",
        "/console/watch/take",
        "/console/watch/absences",
        "/console/watch/calendars",
    ]
    sent = [
        *page.fields("/console/watch/take"),
        ("officer", "duty-officer"),
        ("to", "2026-11-22T06:00Z"),
        ("reason", "x"),
    ]
    assert (
        browser.post("/console/watch/overrides", sent, status=403).heading == "Your role does not allow this"
    )
