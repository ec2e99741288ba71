"""The pages of a case in a real browser: a night's request from the call to the conveyed answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cna_service.identity.actors import authority_actor
from cna_service.kit.instants import from_text
from cna_service.workflow.receive import Arrival, receive
from tests.browser.conftest import SIZES, Desk, axe_faults
from tests.console.cases.night import REQUEST

pytestmark = pytest.mark.browser

XB = authority_actor("mrcc-xb", state="XB", name="EXERCISE: Maritime Rescue and Law Enforcement Centre of XB")
PAGES = {
    "case": "",
    "search": "/search",
    "rule card": "/exchanges/1/basis",
    "log a call": "/do/communication",
    "claim": "/do/claim",
    "new exchange": "/exchanges/new",
    "decision": "/exchanges/1/decision",
    "answer": "/exchanges/1/answer",
    "lapse": "/exchanges/1/lapse",
}


def picture(page: Page, name: str) -> None:
    """Kept for a person to look at, where ``CNA_PICTURES`` names a folder."""
    if folder := os.environ.get("CNA_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def request(desk: Desk) -> str:
    content = json.dumps(REQUEST).encode()
    reply = receive(desk.running.service, XB, Arrival(content, "application/json", "api"))
    return f"{desk.site.url}/console/cases/{json.loads(reply.body)['case']}"


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(exercise=True)


def on_watch(desk: Desk, page: Page) -> Page:
    desk.enrol(page, "night-1", "duty_officer", "Lieutenant Ines Prado")
    desk.sign_in(page, "night-1")
    return page


@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_a_case_is_accessible_and_fits_the_screen(
    desk: Desk, opened: Callable[..., Page], size: str
) -> None:
    page = on_watch(desk, opened(size))
    case = request(desk)
    pages = {name: f"{case}{path}" for name, path in PAGES.items()}
    found: list[str] = []
    for name, path in {**pages, "call": f"{desk.site.url}/console/calls/new"}.items():
        page.goto(path)
        for folded in page.locator("main details > summary").all():
            folded.click()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            picture(page, f"{size}-{scheme}-{name}")
            found += [f"{name}, {scheme}: {each}" for each in axe_faults(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{name}: {wide} px wider than the screen"] if wide > 0 else []
    assert found == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_night_from_the_call_to_the_conveyed_answer(
    desk: Desk, opened: Callable[..., Page], javascript: bool
) -> None:
    page = on_watch(desk, opened("phone", javascript=javascript))
    page.goto(f"{desk.site.url}/console/calls/new")
    page.get_by_text("2 min ago").click()
    page.locator("#f-caller-name").fill("Lt. Gómez")
    page.locator("#f-authority").fill("mrcc-xb")
    page.get_by_label("Name of the vessel").fill("BAR TEST")
    page.get_by_label("The name was taken").select_option("spelt")
    page.locator("label[for=m-board]").click()
    page.get_by_label("Time limit they state").fill("2 h")
    page.get_by_role("button", name="Open the case").first.click()
    expect(page.get_by_text("The case is open.")).to_be_visible()
    case = page.url.split("?")[0]
    page.get_by_role("link", name="Answer", exact=True).click()
    page.get_by_label("Board, vessel 1: BAR TEST").select_option("granted")
    page.get_by_role("button", name="Review what will be recorded").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This will be recorded")
    assert axe_faults(page) == [] if javascript else True
    page.get_by_role("button", name="Record this answer").click()
    page.get_by_role("link", name="By telephone, from a script").click()
    page.get_by_label("Who is listening: name").fill("Lt. Gómez")
    page.locator("#f-listener-office").fill("MRCC XB")
    page.get_by_label("Or our code, as they read it back").fill(case.rsplit("/", 1)[1])
    page.get_by_role("button", name="They are on the line").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Read this out")
    picture(page, "phone-script")
    assert axe_faults(page) == [] if javascript else True
    page.get_by_label("What they read back").fill("Board, granted.")
    page.get_by_text("Agreed: as said").click()
    page.get_by_role("button", name="The call has ended").click()
    expect(page.get_by_text("The conveyance is recorded.")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_rule_2_4_the_line_stays_in_sight_and_covers_nothing_that_has_the_focus(
    desk: Desk, opened: Callable[..., Page], size: str
) -> None:
    page = on_watch(desk, opened(size))
    page.goto(f"{request(desk)}/exchanges/1/answer")
    last = page.get_by_role("button", name="Review what will be recorded")
    last.focus()
    line = page.locator("#case-line")
    expect(line).to_be_in_viewport()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        covered = page.evaluate(
            """() => {
                const line = document.getElementById("case-line"), at = document.activeElement;
                if (line.contains(at) || !document.querySelector("main").contains(at)) return false;
                return at.getBoundingClientRect().top < line.getBoundingClientRect().bottom - 1;
            }"""
        )
        assert not covered


def test_rule_1_4_the_first_keystroke_is_told_in_the_desk_s_time(
    desk: Desk, opened: Callable[..., Page]
) -> None:
    page = on_watch(desk, opened())
    page.goto(f"{desk.site.url}/console/calls/new")
    kept = page.locator("[data-first-keystroke]")
    assert kept.input_value() == ""
    page.locator("#f-caller-name").type("L")
    told = kept.input_value()
    sent = page.locator("body").get_attribute("data-now") or ""
    assert 0 <= (from_text(told) - from_text(sent)).total_seconds() < 60
    page.locator("#f-caller-name").type("t")
    assert kept.input_value() == told


def test_a_page_that_lies_open_says_that_something_came(desk: Desk, opened: Callable[..., Page]) -> None:
    page = on_watch(desk, opened("phone"))
    case = request(desk)
    page.goto(f"{case}/do/note")
    note = opened("phone")
    desk.sign_in(note, "night-1")
    note.goto(case)
    page.get_by_label("Note").fill("A second pair of eyes.")
    page.get_by_role("button", name="Add the note").click()
    expect(note.get_by_text("since you opened this page")).to_be_visible(timeout=20_000)


def test_what_is_pressed_while_a_caller_speaks_is_large(desk: Desk, opened: Callable[..., Page]) -> None:
    page = on_watch(desk, opened("phone"))
    page.goto(f"{desk.site.url}/console/calls/new")
    small = page.evaluate(
        """() => [...document.querySelectorAll(".call :is(label, input, select, button)")]
            .filter((e) => e.checkVisibility() && !e.matches("label:not([class*=box__], [class*=radio__])"))
            .filter((e) => !["checkbox", "radio", "hidden"].includes(e.type))
            .filter((e) => e.getBoundingClientRect().height < 44)
            .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []
