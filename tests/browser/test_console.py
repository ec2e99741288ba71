"""The console in a real browser: from the one-time link to the board, on a phone and on a desk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cna_service.identity.actors import SERVICE
from cna_service.workflow import opening
from tests.browser.conftest import SIZES, Desk, axe_faults

pytestmark = pytest.mark.browser

PAGES = {
    "board": "/console/",
    "watch": "/console/watch",
    "relief": "/console/relief",
    "alerts": "/console/alerts",
    "rules": "/console/rules?requesting=ES&requested=IT&offences=narcotics&zone=high_seas",
    "adoption": "/console/adoption",
    "provision": "/console/adoption/coe-7",
    "law": "/console/adoption/facts",
    "changes": "/console/adoption/changes",
    "claims": "/console/rules?requesting=US&requested=PA%2CLR&offences=narcotics&zone=high_seas",
    "unread": "/console/adoption/psi-liberia2004-op",
    "log": "/console/log",
    "entry": "/console/log/entries/desk/1",
    "handbook": "/console/handbook/getting-started",
}


def picture(page: Page, name: str) -> None:
    """Kept for a person to look at, where ``CNA_PICTURES`` names a folder."""
    if folder := os.environ.get("CNA_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def with_cases(desk: Desk) -> None:
    for n, (state, measures) in enumerate([("ES", ["confirm_registry"]), ("XB", ["board", "search"])]):
        body = {
            "channel": "phone",
            "vessels": [{"name": f"AURORA STAR {n}", "call_sign": "HO1234"}],
            "exchange": {
                "state": state,
                "measures": measures,
                "basis": ["coe-7"],
                "offences": ["narcotics"],
                "limit_stated": None,
            },
        }
        opening.open_case(desk.running.service, SERVICE, body)


@pytest.mark.parametrize("size", SIZES)
def test_from_the_link_to_the_board(desk: Desk, opened: Callable[..., Page], size: str) -> None:
    page = opened(size)
    page.goto(desk.site.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("main").get_by_text("cna officer add --role")).to_be_visible()
    picture(page, f"{size}-empty")
    page.goto(desk.add("duty-1", "duty_officer", "Lieutenant Ana Ruiz"))
    picture(page, f"{size}-link")
    assert axe_faults(page) == []
    desk.enrol(page, "duty-2", "duty_officer", "Lieutenant Benoit Lacroix")
    picture(page, f"{size}-sign-in")
    assert axe_faults(page) == []
    desk.sign_in(page, "duty-2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Board")
    picture(page, f"{size}-board-empty")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_accessible_and_fits_the_screen(
    desk: Desk, opened: Callable[..., Page], size: str, dark: bool
) -> None:
    page = opened(size, dark=dark)
    desk.enrol(page, "legal-1", "legal_adviser", "Dr Ines Prado")
    desk.enrol(page, "sup-1", "supervisor", "Commander Carla Nunes")
    with_cases(desk)
    found: list[str] = []
    for officer in ("sup-1", "legal-1"):
        desk.sign_in(page, officer)
        for name, path in PAGES.items():
            page.goto(f"{desk.site.url}{path}")
            picture(page, f"{size}-{'dark' if dark else 'light'}-{officer}-{name}")
            found += [f"{name}: {each}" for each in axe_faults(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            found += [f"{name}: {wide} px wider than the screen"] if wide > 0 else []
    assert found == []


def test_the_accounts_are_accessible(desk: Desk, opened: Callable[..., Page]) -> None:
    page = opened("phone")
    desk.enrol(page, "admin-1", "administrator", "Chief Petty Officer Ruth Adler")
    desk.sign_in(page, "admin-1")
    for name, path in {"list": "", "new": "/new", "one": "/admin-1"}.items():
        page.goto(f"{desk.site.url}/console/officers{path}")
        picture(page, f"phone-officers-{name}")
        assert axe_faults(page) == []


def test_an_exercise_is_seen_to_be_one(make_desk: Callable[..., Desk], opened: Callable[..., Page]) -> None:
    desk = make_desk(exercise=True)
    page = opened("phone")
    page.goto(desk.site.url)
    expect(page.locator(".exercise-band")).to_be_in_viewport()
    picture(page, "phone-exercise")
    assert axe_faults(page) == []


def test_without_javascript_every_form_works(desk: Desk, opened: Callable[..., Page]) -> None:
    page = opened("phone", javascript=False)
    desk.enrol(page, "duty-1", "duty_officer", "Lieutenant Ana Ruiz")
    desk.sign_in(page, "duty-1")
    with_cases(desk)
    page.goto(f"{desk.site.url}/console/")
    expect(page.get_by_text("AURORA STAR 0")).to_be_visible()
    page.goto(f"{desk.site.url}/console/watch")
    page.get_by_label("Reason", exact=True).fill("first night")
    page.get_by_role("button", name="I take the watch").click()
    expect(page.get_by_text("You have the watch.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_the_board_shows_a_new_case_by_itself(desk: Desk, opened: Callable[..., Page]) -> None:
    page = opened()
    desk.enrol(page, "duty-1", "duty_officer", "Lieutenant Ana Ruiz")
    desk.sign_in(page, "duty-1")
    expect(page.get_by_role("heading", name="No open case")).to_be_visible()
    with_cases(desk)
    expect(page.get_by_text("AURORA STAR 0")).to_be_visible(timeout=15_000)
    assert axe_faults(page) == []


def test_a_lost_connection_is_said_and_taken_back(desk: Desk, opened: Callable[..., Page]) -> None:
    page = opened("phone")
    desk.enrol(page, "duty-1", "duty_officer", "Lieutenant Ana Ruiz")
    desk.sign_in(page, "duty-1")
    with_cases(desk)
    page.reload()
    desk.site.unplug()
    expect(page.locator("#stale")).to_contain_text("Connection lost", timeout=30_000)
    expect(page.get_by_text("AURORA STAR 0")).to_be_visible()
    picture(page, "phone-stale")
    desk.site.plug_in()
    expect(page.locator("#stale")).to_be_hidden(timeout=30_000)


def test_updates_can_be_paused(desk: Desk, opened: Callable[..., Page]) -> None:
    page = opened()
    desk.enrol(page, "duty-1", "duty_officer", "Lieutenant Ana Ruiz")
    desk.sign_in(page, "duty-1")
    page.get_by_role("button", name="Pause updates").click()
    expect(page.locator("#stale")).to_contain_text("Updates are paused")
    page.get_by_role("button", name="Resume updates").click()
    expect(page.locator("#stale")).to_be_hidden()
