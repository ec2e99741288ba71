"""The pages Watch and Rosters in a real browser: without script, on a phone, without a fault that axe knows."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from cna_service.identity.actors import SERVICE
from cna_service.kit.instants import to_text
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster import set_roster
from cna_service.workflow.roster_absences import note_absence
from cna_service.workflow.roster_swaps import ask_swap
from tests.browser.conftest import SIZES, Desk, axe_faults

pytestmark = pytest.mark.browser


def rostered(desk: Desk, page: Page) -> None:
    desk.enrol(page, "duty-1", "duty_officer", "Lt Ada Moss")
    desk.enrol(page, "sup-1", "supervisor", "Cdr Ines Vale")
    service = desk.running.service
    nights = {"post": "duty_officer", "kind": "daily", "hand_over": "08:00", "from": "2026-01-01"}
    rotations = [
        {**nights, "officers": ["sup-1", "duty-1"], "between": ["20:00", "08:00"], "holidays": "not"},
        {**nights, "officers": ["duty-1"]},
    ]
    body = {"roster": "desk", "zone": "Europe/Lisbon", "holidays": "PT", "rotations": rotations}
    set_roster(service, SERVICE, {**body, "fallback": {"deputy": "sup-1"}})
    now = service.clock.now()
    with service.read() as reader:
        boss = reader.stream(DESK).of(OFFICERS).find("sup-1").actor(now)
    note_absence(
        service, boss, {"from": to_text(now + timedelta(days=6)), "to": to_text(now + timedelta(days=8))}
    )
    turn = {
        "post": "deputy",
        "from": to_text(now + timedelta(days=2)),
        "to": to_text(now + timedelta(days=3)),
    }
    ask_swap(service, boss, {"other": "duty-1", "given": turn})


@pytest.mark.parametrize("size", SIZES)
def test_a_supervisor_reads_and_changes_rosters(desk: Desk, opened: Callable[..., Page], size: str) -> None:
    page = opened(size, javascript=size == "desk")
    rostered(desk, page)
    desk.sign_in(page, "sup-1")
    for path in (
        "watch",
        "watch/rosters",
        "watch/rosters/desk/edit",
        "watch/rosters/desk/history",
        "watch/import",
    ):
        page.goto(f"{desk.site.url}/console/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        if size == "desk":
            assert axe_faults(page) == [], path
        if folder := os.environ.get("CNA_PICTURES"):
            page.screenshot(path=str(Path(folder) / f"{size}-{path.replace('/', '-')}.png"), full_page=True)
    page.goto(f"{desk.site.url}/console/watch/rosters/desk/edit")
    page.get_by_role("button", name="Another rotation").click()
    assert page.get_by_text("Rotation 4", exact=True).count() == 1
    page.get_by_role("button", name="Put this roster in force").click()
    assert "The roster is in force." in page.locator("main").inner_text()
