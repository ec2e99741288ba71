"""One summons and what an officer may do with it; who is called tonight; history; what is announced."""

from __future__ import annotations

from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.workflow.projections import ALERTS, DESK
from cna_service.workflow.summon import raise_alert
from tests.console.browser import Browser, Page
from tests.console.conftest import DeskUnderTest


def an_alert(desk: DeskUnderTest, kind: str = "desk_trouble") -> str:
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        return raise_alert(desk.service, work, kind)


def opened(browser: Browser, alert: str) -> Page:
    return browser.get(f"/console/alerts/one?stream=desk&alert={alert}")


def standing(desk: DeskUnderTest, alert: str) -> object:
    with desk.service.read() as reader:
        return reader.stream(DESK).of(ALERTS).by_id[alert]


def test_every_open_alert_leads_to_what_can_be_done_with_it(desk: DeskUnderTest) -> None:
    alert = an_alert(desk)
    browser = desk.signed_in("supervisor")
    page = browser.get("/console/alerts")
    assert f"/console/alerts/one?stream=desk&amp;alert={alert}" in page.html
    assert "How often one contact is called at most" in page.text
    page = opened(browser, alert)
    assert page.heading == "The desk needs repair"
    for heading in ("Call one more person", "Hand it over", "Let it rest", "Close it", "Who was tried"):
        assert heading in page.text


def test_one_more_person_is_called_from_the_page(desk: DeskUnderTest) -> None:
    alert = an_alert(desk)
    desk.enrol("duty-2", "duty_officer")
    browser = desk.signed_in("supervisor")
    page = browser.submit(
        opened(browser, alert), "/console/alerts/one/person", officer="duty-2", reason="He knows it."
    )
    assert "The person is being called" in page.text
    assert "Duty-2" in opened(browser, alert).text


def test_it_is_handed_over_given_back_rests_is_closed_and_reopened(desk: DeskUnderTest) -> None:
    alert = an_alert(desk)
    desk.enrol("duty-2", "duty_officer")
    browser = desk.signed_in("supervisor")
    page = browser.submit(opened(browser, alert), "/console/alerts/one/hand_over", officer="duty-2")
    assert "Until he takes it nobody holds it" in page.text
    page = browser.submit(
        opened(browser, alert), "/console/alerts/one/rest", until="20 min", reason="On the phone."
    )
    assert "it rests until then" in page.text
    browser.submit(opened(browser, alert), "/console/alerts/acknowledge")
    page = browser.submit(opened(browser, alert), "/console/alerts/one/give_back")
    assert "given back" in page.text
    page = browser.submit(opened(browser, alert), "/console/alerts/one/close", reason="Repaired.")
    assert "The summons is closed" in page.text
    page = browser.submit(opened(browser, alert), "/console/alerts/one/reopen")
    assert "taken up again" in page.text


def test_what_was_typed_stays_when_something_is_wrong(desk: DeskUnderTest) -> None:
    alert = an_alert(desk)
    browser = desk.signed_in("supervisor")
    again = browser.submit(
        opened(browser, alert), "/console/alerts/one/rest", status=422, until="some day", reason="Later."
    )
    typed = dict(again.fields("/console/alerts/one/rest"))
    assert (typed["until"], typed["reason"]) == ("some day", "Later.")
    assert again.tree.find(".//input[@id='rest-until']").get("aria-invalid") == "true"


def test_an_alert_that_is_none_is_a_plain_page(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("supervisor")
    assert browser.get("/console/alerts/one?stream=case:nothing&alert=x", status=404).heading
    assert browser.get("/console/alerts/one?stream=log&alert=x", status=404).heading


def test_who_is_called_tonight_rung_by_rung(desk: DeskUnderTest) -> None:
    desk.enrol("sup-9", "supervisor")
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/alerts/tonight")
    assert "Passed over 1" in page.text
    assert "nobody on the post" in page.text
    page = browser.get("/console/alerts/tonight?kind=wrong_codes&at=0300Z")
    assert "Sup-9" in page.text
    assert "This cannot be read" in browser.get("/console/alerts/tonight?at=yesterdayish").text


def test_history_with_its_figures_and_as_a_table(desk: DeskUnderTest) -> None:
    alert = an_alert(desk)
    browser = desk.signed_in("supervisor")
    browser.submit(opened(browser, alert), "/console/alerts/acknowledge")
    desk.clock.forward(seconds=1)
    page = browser.get("/console/alerts/history")
    assert "The desk needs repair" in page.text
    assert "Lieutenant Supervisor" in page.text
    answer = browser.client.get("/console/alerts/history.csv")
    assert answer.text.splitlines()[0].startswith("alert,case,kind,urgency,raised_at")
    assert alert in answer.text


def test_rule_15_2_an_announced_exercise_stands_on_every_page_until_it_is_over(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("supervisor")
    page = browser.submit(
        browser.get("/console/announcements"),
        "/console/announcements",
        what="exercise",
        to="8 h",
        who="The desk of XB and ours",
        words="NIGHT WATCH 26",
    )
    assert "It is announced" in page.text
    board = browser.get("/console/")
    assert "An exercise is on" in board.whole_text
    assert "The desk of XB and ours" in board.whole_text
    browser.submit(browser.get("/console/announcements"), "/console/announcements/end")
    assert "An exercise is on" not in browser.get("/console/").whole_text
    again = browser.submit(browser.get("/console/announcements"), "/console/announcements", status=422, to="")
    assert "Until is missing" in again.text


def test_row_37_the_page_names_the_case_that_it_may_repeat(desk: DeskUnderTest) -> None:
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        raise_alert(desk.service, work, "repeated_request", facts={"repeats": "R4T7-HAX"})
    page = desk.signed_in("supervisor").get("/console/alerts")
    assert "Perhaps the same as case R4T7-HAX" in page.text
