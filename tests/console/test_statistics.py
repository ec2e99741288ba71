"""The statistics page: figures with the number they rest on, and the same as files."""

from __future__ import annotations

from typing import Any

from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import DESK, OFFICERS
from tests.console.conftest import DeskUnderTest


def a_case(desk: DeskUnderTest, **more: Any) -> None:
    with desk.service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).find("duty-officer")
    exchange = {"state": "XB", "measures": ["confirm_registry", "board"], **more}
    body = {"channel": "phone", "vessels": [{"name": "BAR TEST"}], "exchange": exchange}
    open_case(desk.service, officer.actor(desk.clock.now()), body)


def test_an_auditor_sees_the_figures_and_takes_them_away(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("auditor")
    assert "No exchange falls into this." in browser.get("/console/statistics").text
    desk.enrol("duty-officer", "duty_officer")
    a_case(desk)
    page = browser.get("/console/statistics?from=2026-01-01&state=xb")
    assert "By agreement" in page.text
    assert "none measured" in page.text
    [groups, *_] = [to for to in page.links() if "groups.csv" in to]
    lines = browser.client.get(groups).text.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("inbound,request,none,XB,2026,1,1,1,")
    assert browser.client.get("/console/statistics/exchanges.csv?state=XC").text.count("\n") == 1


def test_dates_that_cannot_be_read_are_named_on_the_form(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("auditor")
    page = browser.get("/console/statistics?from=2027-01-01&to=2026-01-01", status=422)
    assert "is not after the beginning" in page.text


def test_an_administrator_sees_no_statistics(desk: DeskUnderTest) -> None:
    desk.signed_in("administrator").get("/console/statistics", status=403)
