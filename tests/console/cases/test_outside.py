"""Registers of others from the case's page: asked by machine, or recorded by the officer who looked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cna_service.kit.clock import SystemClock
from cna_service.registry.fishing_watch import FishingWatch
from cna_service.registry.psix import PsixRegister
from tests.console.browser import ORIGIN
from tests.console.cases.night import Night
from tests.workflow.registers import TOKEN, CoastGuard, FishingWatchServer, Place, serving

CLOCK = SystemClock()


@pytest.fixture
def two_registers(night: Night) -> Iterator[Place]:
    with serving(CoastGuard()) as place, serving(FishingWatchServer()) as watch:
        psix, fishing = PsixRegister(place.url, CLOCK), FishingWatch(watch.url, TOKEN, CLOCK)
        reached = night.desk.service.reached
        reached.registers, reached.register_seconds = {psix.name: psix, fishing.name: fishing}, 2.0
        yield place
        reached.registers = {}


def path_of(ref: str, form: str) -> str:
    return f"/console/cases/{ref}/outside/{form}"


def test_one_button_asks_every_register_and_the_case_shows_what_each_said(
    night: Night, two_registers: Place
) -> None:
    ref = night.request()
    page = night.browser.get(f"/console/cases/{ref}/outside")
    assert page.heading == "Registers of others"
    assert "Asked with what the case knows" in page.text
    shown = night.browser.submit(page, path_of(ref, "ask")).text
    assert "US Coast Guard PSIX: 1 vessel" in shown
    assert "BAR TEST, flag US" in shown
    assert "By her own AIS:" in shown
    assert "OSPREY 7" in shown
    assert "2014-02-01 to 2021-06-30" in shown
    assert "As it was then; it may be otherwise now." in shown


def test_one_that_is_down_says_nothing_of_the_vessel(night: Night, two_registers: Place) -> None:
    ref = night.request()
    two_registers.always = 503
    shown = night.browser.submit(
        night.browser.get(f"/console/cases/{ref}/outside"), path_of(ref, "ask"), sources=["psix"]
    ).text
    assert "not answered: it answered with an error (503)" in shown
    assert "This says nothing of the vessel." in shown


def test_what_was_seen_in_equasis_is_kept_with_its_picture(night: Night) -> None:
    ref = night.request()
    path = f"/console/cases/{ref}/outside"
    page = night.browser.get(path)
    assert "An exercise asks nobody outside by machine" in page.text
    fields = {n: v for n, v in page.fields(path_of(ref, "seen")) if n != "attachments"}
    fields |= {"source": "equasis", "shown": "GREY HERON, IMO 9321483, Panama", "outcome": "one"}
    picture = {"attachments": ("screen.png", b"\x89PNG as it was", "image/png")}
    answer = night.browser.client.post(
        path_of(ref, "seen"), data=fields, files=picture, headers={"Origin": ORIGIN}, follow_redirects=True
    )
    assert answer.status_code == 200, answer.text[:500]
    case = night.case(ref)
    assert "Seen by hand: Equasis" in case.text
    assert "GREY HERON, IMO 9321483, Panama" in case.text
    link = next(a for a in case.tree.findall(".//a") if (a.text or "") == "screen.png")
    file = night.browser.client.get(link.get("href"))
    assert file.content == b"\x89PNG as it was"
    assert file.headers["content-disposition"].startswith("attachment")


def test_what_is_missing_stands_beside_its_field_and_what_was_typed_stays(night: Night) -> None:
    ref = night.request()
    path = f"/console/cases/{ref}/outside"
    page = night.browser.submit(
        night.browser.get(path),
        path_of(ref, "seen"),
        status=422,
        source="other",
        shown="",
        words="I looked twice",
    )
    assert "What it showed is missing" in page.text
    assert "Which register is missing" in page.text
    assert ("words", "I looked twice") in page.fields(path_of(ref, "seen"))
    assert "Nobody has looked into another register." in night.case(ref).text


def test_a_form_of_another_site_is_refused_though_it_carries_files(night: Night) -> None:
    ref = night.request()
    fields = {"source": "equasis", "shown": "x", "form_token": "forged"}
    answer = night.browser.client.post(
        path_of(ref, "seen"),
        data=fields,
        files={"attachments": ("a.png", b"x")},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 403
    assert "Nobody has looked into another register." in night.case(ref).text
