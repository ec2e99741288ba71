"""A drill on a real desk, as the officer sees it (desk-rules 15.3)."""

from __future__ import annotations

from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import DESK, OFFICERS
from tests.console.browser import Browser
from tests.console.conftest import DeskUnderTest


def opened(desk: DeskUnderTest, **body: object) -> str:
    with desk.service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).find("duty-officer")
    reply = open_case(desk.service, officer.actor(desk.clock.now()), {"channel": "phone", **body})
    return reply.body.decode().split('"case":"')[1].split('"')[0]


def on_watch(desk: DeskUnderTest) -> Browser:
    browser = desk.signed_in("duty_officer")
    desk.give_watch("duty-officer")
    return browser


def test_rule_15_3_a_drill_is_drawn_apart_and_a_real_event_in_it_is_one_tap(desk: DeskUnderTest) -> None:
    browser = on_watch(desk)
    drill = opened(desk, as_exercise=True, vessels=[{"name": "TARGET ONE"}])
    assert "Exercises: nothing in them is real" in browser.get("/console/").text
    page = browser.get(f"/console/cases/{drill}")
    assert "opened as an exercise and stays one" in page.text
    page = browser.submit(page, f"/console/cases/{drill}/real-event")
    assert page.path != f"/console/cases/{drill}"
    assert page.heading.endswith("vessel 1 (no name known)")
    assert "opened as an exercise and stays one" not in page.text


def test_rule_15_3_the_word_in_a_call_offers_an_exercise_case_beside_it(desk: DeskUnderTest) -> None:
    browser = on_watch(desk)
    ask = {"state": "DE", "measures": ["board"], "text": "EXERCISE EXERCISE EXERCISE we request boarding"}
    real = opened(desk, exchange=ask)
    page = browser.get(f"/console/cases/{real}")
    assert "takes this case for real until an officer says otherwise" in page.text
    page = browser.submit(page, f"/console/cases/{real}/as-exercise")
    assert "opened as an exercise and stays one" in page.text
    assert real in page.text
