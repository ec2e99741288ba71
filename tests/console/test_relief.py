"""The page Relief: what is handed over, who signs it, checking in."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from cna_service.identity.actors import SERVICE
from cna_service.kit.instants import to_text
from cna_service.workflow import roster, watch_check_in
from cna_service.workflow.fire import fire_due
from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, WATCH_LIFE
from cna_service.workflow.relief import SheetMoved
from cna_service.workflow.waking import Hindrance, Waking
from tests.console.browser import Browser
from tests.console.conftest import DeskUnderTest

RELIEF = "/console/relief"


def two_officers(desk: DeskUnderTest) -> tuple[Browser, Browser]:
    """Ana has the watch for an hour, then Ben for twelve; both are signed in."""
    desk.enrol("ana", "duty_officer")
    desk.enrol("ben", "duty_officer")
    now = desk.clock.now()
    for officer, begins, ends in (("ana", 0, 1), ("ben", 1, 13)):
        body = {"post": "duty_officer", "officer": officer, "reason": "the first night"}
        span = {"from": to_text(now + timedelta(hours=begins)), "to": to_text(now + timedelta(hours=ends))}
        roster.add_override(desk.service, SERVICE, body | span)
    fire_due(desk.service)
    return desk.sign_in("ana"), desk.sign_in("ben")


def opens_a_case(desk: DeskUnderTest, officer: str) -> str:
    with desk.service.read() as reader:
        actor = (
            reader.stream(DESK).of(OFFICERS).find(officer).actor(desk.clock.now(), signed_in={"by": "totp"})
        )
    reply = open_case(desk.service, actor, {"channel": "phone", "summary": "a trawler"})
    return str(json.loads(reply.body)["case"])


def test_both_sign_before_the_change_and_it_is_complete_with_it(desk: DeskUnderTest) -> None:
    ana, ben = two_officers(desk)
    ref = opens_a_case(desk, "ana")
    page = ana.get(RELIEF)
    assert ref in page.text
    assert "has not signed" in page.text
    ana.submit(page, f"{RELIEF}/note", words="The master answers on channel 16 only.")
    signed = ana.submit(ana.get(RELIEF), f"{RELIEF}/sign", words="All is said.")
    assert "Your signature is recorded" in signed.text
    theirs = ben.get(RELIEF)
    assert "The master answers on channel 16 only." in theirs.text
    ben.submit(theirs, f"{RELIEF}/sign")
    desk.clock.forward(hours=1)
    fire_due(desk.service)
    after = ben.get(RELIEF)
    assert "signed by both" in after.text
    assert "is not signed" not in after.whole_text


def test_every_page_says_that_a_relief_is_not_signed(desk: DeskUnderTest) -> None:
    ana, ben = two_officers(desk)
    desk.clock.forward(hours=1)
    fire_due(desk.service)
    assert "is not signed: the going and the coming officer sign it" in ben.get("/console/").whole_text
    ana.submit(ana.get(RELIEF), f"{RELIEF}/sign")
    ben.submit(ben.get(RELIEF), f"{RELIEF}/sign")
    desk.clock.forward(seconds=5)
    assert "is not signed" not in ben.get("/console/").whole_text


def test_a_case_that_came_since_must_be_looked_at_first(desk: DeskUnderTest) -> None:
    ana, _ = two_officers(desk)
    page = ana.get(RELIEF)
    ref = opens_a_case(desk, "ben")
    refused = ana.submit(page, f"{RELIEF}/sign", status=409)
    assert refused.heading == SheetMoved.title
    assert ref in refused.text
    assert "Your signature is recorded" in ana.submit(ana.get(RELIEF), f"{RELIEF}/sign").text


def test_a_supervisor_ends_a_relief_whose_officer_is_gone(desk: DeskUnderTest) -> None:
    two_officers(desk)
    supervisor = desk.signed_in("supervisor")
    assert f"{RELIEF}/complete" not in supervisor.get(RELIEF).html
    desk.clock.forward(hours=1)
    fire_due(desk.service)
    page = supervisor.get(RELIEF)
    wanting = supervisor.submit(page, f"{RELIEF}/complete", status=422, reason="")
    assert "Reason is missing" in wanting.text
    done = supervisor.submit(supervisor.get(RELIEF), f"{RELIEF}/complete", reason="She left by boat.")
    assert "ended by Lieutenant Supervisor" in done.text


def test_who_is_on_neither_side_sees_the_sheet_and_signs_nothing(desk: DeskUnderTest) -> None:
    two_officers(desk)
    assert f"{RELIEF}/sign" not in desk.signed_in("duty_officer").get(RELIEF).html


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_has_no_part_in_the_watch_has_no_sheet(desk: DeskUnderTest, role: str) -> None:
    browser = desk.signed_in(role)
    browser.get(RELIEF, status=403)
    assert RELIEF not in browser.get("/console/handbook").html


def test_checking_in_while_the_desk_can_wake_nobody(desk: DeskUnderTest) -> None:
    ana, _ = two_officers(desk)
    assert f"{RELIEF}/check-in" not in ana.get(RELIEF).html
    dark = Waking(desk.clock.now(), (Hindrance("no-proof", "No telephone channel proved itself."),))
    watch_check_in.look(desk.service, dark)
    desk.clock.forward(minutes=31)
    fire_due(desk.service)
    page = ana.get("/console/")
    assert "CHECK-IN MISSED since" in page.whole_text
    shown = ana.submit(ana.get(RELIEF), f"{RELIEF}/check-in")
    assert "You are recorded as being at the console" in shown.text
    desk.clock.forward(seconds=5)
    assert "CHECK-IN MISSED" not in ana.get("/console/").whole_text


def test_how_long_before_his_watch_he_is_told(desk: DeskUnderTest) -> None:
    ana, _ = two_officers(desk)
    wrong = ana.submit(ana.get(RELIEF), f"{RELIEF}/notices", status=422, minutes_before="a day")
    assert "send up to 3 whole numbers" in wrong.text
    ana.submit(ana.get(RELIEF), f"{RELIEF}/notices", minutes_before="1440, 30")
    with desk.service.read() as reader:
        assert reader.stream(DUTY).of(WATCH_LIFE).wish_of("ana") == (1440, 30)
