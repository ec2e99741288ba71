"""The log page: state, entries with seals, one entry as stored, the checkpoint as a file."""

from __future__ import annotations

import json

from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from tests.console.conftest import DeskUnderTest


def seal(desk: DeskUnderTest) -> None:
    desk.running.sequencer.run(desk.clock.now())


def test_an_auditor_sees_the_state_of_the_log(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("auditor")
    page = browser.get("/console/log")
    assert "wait for their place" in page.text
    assert "none yet" in page.text
    assert "not verified yet" in page.text
    seal(desk)
    page = browser.get("/console/log")
    assert "wait for their place" not in page.text
    assert "root" in page.text
    assert "recorded" not in {cell for cell in page.text.split() if cell == "recorded"}


def test_the_checkpoint_can_be_taken_away(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("auditor")
    browser.get("/console/log/checkpoint", status=404)
    seal(desk)
    answer = browser.client.get("/console/log/checkpoint")
    assert answer.text.split("\n")[0] == desk.service.desk.log_origin
    assert "attachment" in answer.headers["content-disposition"]


def test_an_entry_is_shown_as_stored_with_its_private_values_beside_it(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("auditor")
    listed = browser.get("/console/log?stream=desk").links()
    pages = [browser.get(to) for to in listed if to.startswith("/console/log/entries/")]
    added = next(p for p in pages if "officer.added" in p.text and "duty" not in p.path.rsplit("/", 2)[0])
    stored = json.loads("".join(added.tree.find(".//pre").itertext()))
    assert stored["type"] == "officer.added"
    assert "email" not in stored["body"]
    assert "/body/email" in stored["private"]
    assert "auditor@example.test" in added.text
    assert "not the leaf" not in added.text


def test_a_page_of_entries_leads_to_the_older_ones(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("auditor")
    browser.get("/console/log/entries/desk/9999", status=404)
    browser.get("/console/log/entries/nothing/1", status=404)
    older = [to for to in browser.get("/console/log").links() if "before=" in to]
    while older:
        page = browser.get(older[0])
        assert page.heading == "Log"
        older = [to for to in page.links() if "before=" in to]
    assert "desk.born" in page.text


def test_entries_of_every_stream_can_be_chosen(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    desk.give_watch("duty-1")
    browser = desk.signed_in("auditor")
    page = browser.get("/console/log?stream=duty")
    assert "roster.override_added" in page.text
    assert "officer.added" not in page.text


def test_rule_16_4_entries_of_the_calendar_are_hidden_unless_asked_for(desk: DeskUnderTest) -> None:
    with desk.service.write(SERVICE, Action.SERVICE_TICK, "log") as work:
        work.append(Draft("log.heartbeat", {"size": 0, "pending": 0}))
    browser = desk.signed_in("auditor")
    assert "log.heartbeat" not in browser.get("/console/log?stream=log").text
    assert "log.heartbeat" in browser.get("/console/log?stream=log&machine=true").text
