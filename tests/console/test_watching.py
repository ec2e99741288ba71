"""The page of the desk itself: whether it can wake somebody, and who watches it."""

from __future__ import annotations

import pytest

from cna_service.identity.actors import SERVICE
from cna_service.workflow.heartbeats import expect_heartbeat
from cna_service.workflow.projections import DESK, WATCHING
from tests.console.conftest import DeskUnderTest

PAGE = "/console/desk"


@pytest.mark.parametrize("role", ["duty_officer", "supervisor", "auditor"])
def test_whoever_sits_at_the_desk_sees_that_nobody_can_be_woken(desk: DeskUnderTest, role: str) -> None:
    page = desk.signed_in(role).get(PAGE)
    assert "CANNOT WAKE ANYBODY" in page.text
    assert "The engine has not ticked" in page.text
    assert "None is set up: when this desk is dark, nobody outside notices" in page.text


def test_the_administrator_rehearses_and_records_what_was_seen(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("administrator")
    page = browser.get(PAGE)
    page = browser.submit(page, f"{PAGE}/rehearsal", minutes="10")
    assert "A rehearsal goes on until" in page.text
    desk.clock.forward(seconds=3)
    assert "REHEARSAL: no signal is given" in browser.get("/console/handbook").whole_text
    page = browser.submit(page, f"{PAGE}/rehearsed", status=422, rang="yes", reached="")
    assert "name each officer whose telephone rang" in page.text
    page = browser.submit(browser.get(PAGE), f"{PAGE}/rehearsed", rang="yes", reached="Lt Ada Example")
    assert "it rang" in page.text
    with desk.service.read() as reader:
        state = reader.stream(DESK).of(WATCHING)
    assert state.rehearsal is not None and state.rehearsal.rang
    assert state.rehearsing_until is None


def test_a_duty_officer_sees_it_and_changes_nothing(desk: DeskUnderTest) -> None:
    expect_heartbeat(desk.service, SERVICE, {"name": "mail", "every_minutes": 5})
    text = desk.signed_in("duty_officer").get(PAGE).text
    assert "mail" in text
    assert "Mute mail" not in text and "Rehearse it" not in text


def test_an_outside_job_is_muted_for_a_time(desk: DeskUnderTest) -> None:
    expect_heartbeat(desk.service, SERVICE, {"name": "mail", "every_minutes": 5})
    browser = desk.signed_in("supervisor")
    page = browser.submit(
        browser.get(PAGE), f"{PAGE}/jobs/mail/mute", hours="4", reason="The server is moved."
    )
    assert "Muted until" in page.text


def test_what_nodes_and_self_tests_say_stands_there(desk: DeskUnderTest) -> None:
    from cna_service.identity.permissions import Action
    from cna_service.ledger.entry import Draft
    from cna_service.workflow import nodes

    nodes.begin(desk.service, "a:8000")
    nodes.beat(desk.service, "a:8000", {"tick": 0.2})
    channel = {"channel": "sms", "provider": "twilio", "result": "came_back", "accepted_ms": 310}
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        told = {"alert": "a-1", "result": "passed", "channels": [channel]}
        work.append(Draft("self_test.finished", told))
    text = desk.signed_in("supervisor").get(PAGE).text
    assert "a:8000" in text and "running" in text
    assert "taken after 0.3 s" in text
