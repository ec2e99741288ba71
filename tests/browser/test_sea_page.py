"""At sea and after in a real browser: the STOP on a phone at night, without a fault that axe knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cna_service.identity.actors import Actor
from cna_service.kit.instants import to_text
from cna_service.workflow.answer import give_answer
from cna_service.workflow.at_sea import record_action
from cna_service.workflow.custody import record_custody
from cna_service.workflow.instruct import give_instruction
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.projections import DESK, OFFICERS
from tests.browser.conftest import SIZES, Desk, axe_faults
from tests.browser.test_case_pages import XB, on_watch, picture

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(exercise=True)


def officer(desk: Desk) -> Actor:
    service = desk.running.service
    with service.read() as reader:
        found = reader.stream(DESK).of(OFFICERS).find("duty-1")
    return found.actor(service.clock.now(), signed_in={"by": "totp", "session": "s-1"})


def boarded(desk: Desk) -> str:
    """XB granted boarding on a condition, the unit was told, boarded and seized; then XB refused."""
    service, duty = desk.running.service, officer(desk)

    def theirs(item: dict[str, Any]) -> None:
        give_answer(service, XB, ref, 1, {"answers": [item], "form": "written"})

    opened = open_case(service, duty, {"channel": "radio", "vessels": [{"name": "BAR TEST"}]})
    ref = str(json.loads(opened.body)["case"])
    ask = {
        "direction": "outbound",
        "authority": "mrcc-xb",
        "measures": ["board", "search"],
        "basis": ["coe-7"],
    }
    open_exchange(service, duty, ref, ask)
    conditions = ["An officer of XB is told first."]
    theirs({"measure": "board", "value": "granted_with_conditions", "conditions": conditions})
    with service.read() as reader:
        seen = reader.stream(f"case:{ref}").head.seq
    passed = {"unit": "cutter, hull 751", "circuit": "HF 5", "passed_to": {"name": "Lt. Moss"}, "seen": seen}
    give_instruction(service, duty, ref, passed)
    for measure in ("board", "seize"):
        act = {"measure": measure, "by_unit": "cutter, hull 751", "happened_at": to_text(service.clock.now())}
        record_action(service, duty, ref, act)
    record_custody(service, duty, ref, {"what": "taken", "persons": ["A. Sailor", "B. Sailor"]})
    theirs({"measure": "board", "value": "denied"})
    return f"{desk.site.url}/console/cases/{ref}"


@pytest.mark.parametrize("size", SIZES)
def test_rule_5_2_the_stop_is_read_from_a_phone(desk: Desk, opened: Callable[..., Page], size: str) -> None:
    page = on_watch(desk, opened(size))
    page.goto(boarded(desk))
    expect(page.get_by_role("heading", name="STOP: what a unit was told no longer holds")).to_be_visible()
    page.get_by_role("link", name="The STOP, ready to read").click()
    expect(page.get_by_text("STOP. STOP. STOP. Instruction 1")).to_be_in_viewport()
    picture(page, f"at-sea-{size}")
    found = axe_faults(page)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert (found, max(0, wide)) == ([], 0)
    page.goto(f"{page.url.split('#')[0]}/do/instruct")
    picture(page, f"at-sea-instruct-{size}")
    assert axe_faults(page) == []
