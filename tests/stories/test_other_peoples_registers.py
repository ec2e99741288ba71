"""Nights on which another register was looked into: what it said, what it did not say, and what nobody waited for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cna_service.registry.breaker import Breaker
from cna_service.registry.fishing_watch import FishingWatch
from cna_service.registry.outside_http import RegisterHttp
from cna_service.registry.psix import PsixRegister
from cna_service.workflow.case_reading import case_file, case_view
from cna_service.workflow.outside_registers import look_outside
from cna_service.workflow.searching import search_for_case
from tests.stories.people import Story
from tests.workflow.registers import TOKEN, CoastGuard, FishingWatchServer, Place, serving
from tests.workflow.requests import BAR_TEST


class Registers:
    """The Coast Guard and Global Fishing Watch, as the desk reaches them tonight."""

    def __init__(self, story: Story, stack: ExitStack) -> None:
        clock = story.desk.clock
        self.coast_guard: Place = stack.enter_context(serving(CoastGuard()))
        self.fishing_watch: Place = stack.enter_context(serving(FishingWatchServer()))
        psix = PsixRegister(self.coast_guard.url, clock, RegisterHttp(clock, Breaker(clock)))
        fishing = FishingWatch(self.fishing_watch.url, TOKEN, clock)
        reached = story.desk.service.reached
        reached.registers, reached.register_seconds = {psix.name: psix, fishing.name: fishing}, 1.0


@pytest.fixture
def registers(story: Story) -> Iterator[Registers]:
    with ExitStack() as stack:
        yield Registers(story, stack)


def a_request_is_taken(story: Story, **request: Any) -> None:
    """The officer on watch has it, and what reached the telephone is read."""
    story.a_request_arrives(**(request or BAR_TEST))
    story.officer("duty-1").receives_sms()
    story.officer("duty-1").replies("1 {code}")
    story.desk.forget_messages()


def asks(story: Story, *sources: str) -> dict[str, str]:
    body = {"sources": list(sources)} if sources else {}
    told = story.desk.do(look_outside, "duty-1", story.ref, **body)
    return {r["source"]: r["words"] for r in told["results"]}


def lookups(story: Story) -> list[dict[str, Any]]:
    return list(story.desk.record_json(story.ref)["outside_lookups"])


def test_at_three_in_the_morning_one_question_brings_both_answers(story: Story, registers: Registers) -> None:
    a_request_is_taken(story)
    assert asks(story) == {"psix": "1 vessel", "global-fishing-watch": "1 vessel"}
    psix, fishing = lookups(story)[0]["results"]
    assert psix["records"][0]["registered"][0]["flag"] == "US"
    assert fishing["records"][0]["self_reported"][0]["name"] == "OSPREY 7", "what she says of herself, apart"


def test_the_coast_guard_is_down_and_the_officer_answers_all_the_same(
    story: Story, registers: Registers
) -> None:
    a_request_is_taken(story)
    registers.coast_guard.always = "hang"
    assert asks(story, "psix") == {"psix": "not answered: no answer within 1 s"}
    story.acknowledges_the_request("duty-1")
    story.answers("duty-1", board="denied")
    assert story.desk.types(story.ref)[-1] != "outside.looked_up"
    assert "answer.conveyed" in story.desk.types(story.ref)
    story.desk.forget_messages()


def test_three_failures_running_and_nobody_is_asked_until_a_minute_has_passed(
    story: Story, registers: Registers
) -> None:
    a_request_is_taken(story)
    registers.coast_guard.always = 503
    for _ in range(3):
        assert "(503)" in asks(story, "psix")["psix"]
    questions = len(registers.coast_guard.asked)
    assert asks(story, "psix")["psix"].startswith("not asked: it failed repeatedly")
    assert len(registers.coast_guard.asked) == questions
    registers.coast_guard.always = None
    story.minutes_pass(2)
    story.desk.forget_messages()
    assert asks(story, "psix") == {"psix": "1 vessel"}


def test_found_in_another_register_is_no_verdict_on_ours(story: Story, registers: Registers) -> None:
    a_request_is_taken(story)
    asks(story)
    story.desk.do(search_for_case, "duty-1", story.ref)
    (search,) = story.desk.case(story.ref).searches
    assert search["verdict"] == "undecided", "nothing is found without a person's verdict"
    assert all(i["value"] == "unanswered" for i in story.desk.record_json(story.ref)["exchanges"][0]["items"])


def test_equasis_is_looked_into_by_hand_and_its_picture_is_there_a_year_later(story: Story) -> None:
    a_request_is_taken(story)
    screen = b"\x89PNG the page as it was at 0258"
    file = {"name": "equasis.png", "media_type": "image/png", "base64": base64.b64encode(screen).decode()}
    told: dict[str, Any] = {
        "source": "equasis",
        "seen": "BAR TEST, IMO 9321483, Panama since 02/2014",
        "outcome": "one",
    }
    told |= {"attachments": [file], "seen_at": "2026-11-21T13:58:00Z"}
    story.desk.do(look_outside, "duty-1", story.ref, **told)
    story.desk.sleep(days=365)
    (lookup,) = lookups(story)
    assert case_file(story.desk.service, story.ref, lookup["attachments"][0]["blob"]).content == screen
    says = [line.says for s in case_view(story.desk.service, story.ref).stretches for line in s.lines]
    assert "Looked by hand into Equasis: one vessel that it may be" in says


def test_the_register_says_something_else_the_next_night_and_both_stand(
    story: Story, registers: Registers
) -> None:
    a_request_is_taken(story)
    asks(story, "psix")
    registers.coast_guard.register.vessels[0]["CountryLookupName"] = "PANAMA"
    story.desk.sleep(hours=1)
    asks(story, "psix")
    flags = [x["results"][0]["records"][0]["registered"][0]["flag"] for x in lookups(story)]
    assert flags == ["US", "PA"]
    assert [x["asked_at"][11:16] for x in lookups(story)] == ["14:03", "15:03"]


def test_a_ship_that_no_register_knows_is_not_refuted(story: Story, registers: Registers) -> None:
    vessel = {**BAR_TEST["vessels"][0], "names": ["NO SUCH SHIP"]}
    registers.fishing_watch.register.entries = []
    a_request_is_taken(story, **{**BAR_TEST, "vessels": [vessel]})
    assert set(asks(story).values()) == {"it has no such vessel"}
    assert [r["outcome"] for r in lookups(story)[0]["results"]] == ["nothing", "nothing"]
    assert all(i["value"] == "unanswered" for i in story.desk.record_json(story.ref)["exchanges"][0]["items"])
