"""Registers of others in a real browser, on a phone: ask, see who answered, and record Equasis with its picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cna_service.kit.clock import SystemClock
from cna_service.registry.fishing_watch import FishingWatch
from cna_service.registry.psix import PsixRegister
from tests.browser.conftest import SIZES, Desk, axe_faults
from tests.browser.test_case_pages import on_watch, picture, request
from tests.workflow.registers import TOKEN, CoastGuard, FishingWatchServer, serving

pytestmark = pytest.mark.browser
CLOCK = SystemClock()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(exercise=True)


@pytest.mark.parametrize("size", SIZES)
def test_registers_of_others_are_asked_and_seen_from_a_phone(
    desk: Desk, opened: Callable[..., Page], size: str
) -> None:
    page = on_watch(desk, opened(size))
    case = request(desk)
    with serving(CoastGuard()) as coast_guard, serving(FishingWatchServer()) as watch:
        psix, fishing = PsixRegister(coast_guard.url, CLOCK), FishingWatch(watch.url, TOKEN, CLOCK)
        desk.running.service.reached.registers = {psix.name: psix, fishing.name: fishing}
        page.goto(f"{case}/outside")
        picture(page, f"outside-{size}")
        assert axe_faults(page) == []
        page.get_by_role("button", name="Ask them and record the answers").click()
        expect(page.get_by_text("US Coast Guard PSIX: ").first).to_be_visible()
    page.goto(f"{case}/outside")
    page.get_by_label("Register", exact=True).select_option("equasis")
    page.get_by_label("What it showed").fill("BAR TEST, IMO 9321483, Panama since 02/2014")
    screen = {"name": "equasis.png", "mimeType": "image/png", "buffer": b"\x89PNG as it was"}
    page.get_by_label("Picture of the screen").set_input_files(screen)
    page.get_by_role("button", name="Record what I saw").click()
    expect(page.get_by_role("link", name="equasis.png")).to_be_visible()
    picture(page, f"outside-case-{size}")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert (axe_faults(page), max(0, wide)) == ([], 0)
