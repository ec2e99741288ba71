"""The register answers to what is typed on the call form, in a real browser on a telephone (desk-rules 1.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk, axe_faults
from tests.browser.test_case_pages import on_watch, picture, request

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(exercise=True)


def test_rule_1_5_the_question_appears_while_the_name_is_typed_and_typing_goes_on(
    desk: Desk, opened: Callable[..., Page]
) -> None:
    page = on_watch(desk, opened("phone"))
    page.goto(f"{desk.site.url}/console/calls/new")
    name = page.get_by_label("Name of the vessel", exact=False).first
    name.press_sequentially("SANTA CLARA", delay=20)
    expect(page.locator("#look")).to_contain_text("What is her home port?")
    expect(name).to_be_focused()
    expect(name).to_have_value("SANTA CLARA")
    picture(page, "phone-look")
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    name.fill("BAR TEST")
    expect(page.locator("#look")).to_contain_text("One candidate stands out")
    assert page.url.endswith("/console/calls/new")


def test_rule_1_5_without_scripts_a_button_does_the_same(desk: Desk, opened: Callable[..., Page]) -> None:
    page = on_watch(desk, opened("phone", javascript=False))
    page.goto(f"{desk.site.url}/console/calls/new")
    page.get_by_label("Name of the vessel", exact=False).first.fill("SANTA CLARA")
    page.get_by_role("button", name="Look in the register first").click()
    expect(page.locator("#look")).to_contain_text("What is her home port?")
    expect(page.locator("#f-vessels-0-name")).to_have_value("SANTA CLARA")


def test_the_waters_stand_on_the_case_page_and_are_kept_with_one_tap(
    desk: Desk, opened: Callable[..., Page]
) -> None:
    page = on_watch(desk, opened("phone"))
    page.goto(request(desk))
    expect(page.locator(".waters")).to_contain_text("Outside every territorial sea that the map draws")
    page.get_by_role("button", name="Keep what the map says").click()
    expect(page.locator(".waters")).to_contain_text("Kept in this case as entry")
    picture(page, "phone-waters")
    assert axe_faults(page) == []
