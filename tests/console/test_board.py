"""The board says what runs out first, for whom, and never counts down to nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cna_service.identity.actors import Actor
from cna_service.workflow import acknowledge, opening
from cna_service.workflow.fire import fire_due
from cna_service.workflow.projections import DESK, OFFICERS
from tests.console.browser import Browser, Page
from tests.console.conftest import DeskUnderTest


class Exercise:
    """An exercise desk whose law is adopted, with requests in and out."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self.desk = desk
        self.browser: Browser = desk.signed_in("supervisor")
        with desk.service.read() as reader:
            officer = reader.stream(DESK).of(OFFICERS).find("supervisor")
        self.officer: Actor = officer.actor(desk.clock.now(), signed_in={"by": "totp"})

    def opened(self, vessel: str, **exchange: object) -> str:
        body = {"channel": "mail", "vessels": [{"name": vessel}], "exchange": {"form": "written", **exchange}}
        return str(json.loads(opening.open_case(self.desk.service, self.officer, body).body)["case"])

    def asked_under(self, provision: str, vessel: str = "BAR TEST", **more: object) -> str:
        told = {
            "offences": ["terrorism" if provision.startswith("sua") else "narcotics"],
            "zone": "high_seas",
        }
        return self.opened(
            vessel, state="XB", measures=["board", "search"], basis=[provision], **(told | more)
        )

    def row(self, ref: str) -> str:
        page = self.board()
        rows = page.tree.findall(f".//tr[@id='row-{ref}']")
        assert rows, page.text
        return " ".join("".join(rows[0].itertext()).split())

    def board(self) -> Page:
        return self.browser.get("/console/")


@pytest.fixture
def exercise(make_desk: Callable[..., DeskUnderTest]) -> Exercise:
    return Exercise(make_desk(exercise=True))


def test_rule_5_1_a_clock_with_an_effect_counts_down_and_says_to_whom(exercise: Exercise) -> None:
    ref = exercise.asked_under("sua-8bis-5-d")
    assert "begins with our acknowledgement of the request" in exercise.row(ref)
    acknowledge.acknowledge_request(exercise.desk.service, exercise.officer, ref, 1, {})
    exercise.desk.clock.forward(minutes=10)
    row = exercise.row(ref)
    assert "in 3 h 50 min: deemed granted to them" in row
    assert "no answer for" not in row


def test_rule_5_1_a_clock_whose_expiry_gives_nothing_is_no_countdown(exercise: Exercise) -> None:
    ref = exercise.asked_under("coe-7")
    exercise.desk.clock.forward(hours=3, minutes=50)
    row = exercise.row(ref)
    assert "no answer for 3 h 50 min · silence gives nothing, at any time" in row
    assert "in 10 min" not in row


def test_rule_1_1_a_limit_that_the_caller_states_counts_down_where_silence_would_count_against_us(
    exercise: Exercise,
) -> None:
    until = "2026-11-21T20:12:00Z"
    ref = exercise.opened(
        "AURORA STAR",
        state="XB",
        measures=["board"],
        limit_stated=until,
        limit_stated_by="the caller",
        silence_stated="silence is consent",
    )
    row = exercise.row(ref)
    assert "they say: silence is consent; not verified by us" in row
    assert "Claimed, not verified by us" in row
    assert "due 212012Z NOV 26" in row


def test_rule_3_3_decide_by_stands_above_due(exercise: Exercise) -> None:
    ref = exercise.asked_under("coe-7")
    row = exercise.row(ref)
    due, decide = row.index("due 2122", row.index("decide by")), row.index("decide by")
    assert decide < due


def test_what_runs_out_first_is_on_top_and_a_lapse_before_it(exercise: Exercise) -> None:
    later = exercise.asked_under("coe-7", "LATER")
    exercise.desk.clock.forward(minutes=5)
    sooner = exercise.opened("SOONER", state="XB", measures=["board"], limit_stated="2026-11-21T19:00:00Z")
    exercise.desk.clock.forward(hours=5)
    exercise.browser = exercise.desk.sign_in("supervisor")
    fire_due(exercise.desk.service)
    text = exercise.board().text
    assert text.index(sooner) < text.index(later)
    assert "ran out; effect not recorded by anyone" in text


def test_a_case_says_who_holds_it_and_who_asks(exercise: Exercise) -> None:
    ref = exercise.asked_under("coe-7", "BAR TEST")
    row = exercise.row(ref)
    assert ref.startswith("X-")
    for words in (
        "BAR TEST",
        "They ask us: State XB",
        "NO ANSWER",
        "not verified who asks",
        "being summoned",
    ):
        assert words in row


def test_an_alert_is_taken_once_and_tapping_twice_harms_nothing(exercise: Exercise) -> None:
    exercise.asked_under("coe-7")
    page = exercise.browser.get("/console/alerts")
    assert "Nobody has taken it" in page.text
    where = "/console/alerts/acknowledge"
    taken = exercise.browser.submit(page, where)
    assert "The alert is yours" in taken.text
    assert "The alert is yours" in exercise.browser.submit(page, where).text
    other = exercise.desk.signed_in("decider")
    fields = dict(page.fields(where))
    fields["form_token"] = dict(other.get("/console/alerts").fields("/console/sign-out"))["form_token"]
    assert (
        other.post(where, fields, status=409).heading == "Somebody holds this alert already, or it is closed"
    )


def test_attempts_are_listed_with_the_provider_s_word(exercise: Exercise) -> None:
    exercise.asked_under("coe-7")
    page = exercise.browser.get("/console/alerts")
    assert "EXERCISE Lieutenant Ana Reyes" in page.text
    assert "SMS" in page.text
    assert "pending" in page.text


def test_closed_cases_have_a_page_of_their_own(exercise: Exercise) -> None:
    assert exercise.browser.get("/console/?closed=true").heading == "Closed cases"
