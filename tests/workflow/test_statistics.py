"""Statistics for auditors and negotiators: what stands in the figures, and what is left out."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from cna_service.kit.errors import Invalid
from cna_service.workflow import statistics as counted
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.asked import Asked
from cna_service.workflow.closing import link_cases
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST


def figures(desk: LiveDesk, **told: str) -> Any:
    return counted.as_json(counted.statistics(desk.service, desk.officer("aud-1"), Asked(told)))


def table(desk: LiveDesk, name: str) -> list[dict[str, str]]:
    found = counted.statistics(desk.service, desk.officer("aud-1"), Asked({}))
    return list(csv.DictReader(io.StringIO(counted.as_csv(found, name))))


def test_times_are_medians_with_their_number_by_agreement_state_and_year(desk: LiveDesk) -> None:
    for minutes in (10, 30, 200):
        ref = received(desk)
        desk.advance(minutes=minutes)
        desk.do(acknowledge_request, "duty-1", ref, 1)
        answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "api"}])
        desk.forget_messages()
    ref = asked(desk, "board")
    desk.clock.at += timedelta(minutes=65)
    told = figures(desk)
    [inbound] = [g for g in told["by"]["direction"] if g["direction"] == "inbound"]
    assert inbound["acknowledged"] == {"n": 3, "median_s": 1800, "least_s": 600, "most_s": 12_000}
    assert inbound["answered"]["n"] == 3
    [outbound] = [g for g in told["by"]["direction"] if g["direction"] == "outbound"]
    assert outbound["answered"] == {"n": 0, "median_s": None, "least_s": None, "most_s": None}
    assert outbound["unanswered"] == 1
    assert {g["state"] for g in told["by"]["state"]} == {"XB", "XP"}
    assert [g["year"] for g in told["by"]["year"]] == [2026]
    assert {g["agreement"] for g in told["by"]["agreement"]} >= {"xa-xp"} or told["by"]["agreement"]
    assert figures(desk, state="XP")["total"]["exchanges"] == 1
    rows = table(desk, "exchanges")
    assert [r["direction"] for r in rows] == ["inbound"] * 3 + ["outbound"]
    assert rows[-1]["case"] == ref


def test_d7_two_refusals_of_one_vessel_once_a_person_has_linked_the_cases(desk: LiveDesk) -> None:
    first = received(desk, **_vessel("CALEDONIA STAR"))
    answer(desk, first, values={"board": "denied"})
    desk.forget_messages()
    desk.clock.at += timedelta(minutes=1)
    second = received(desk, **_vessel("CALEDONIA STAR"))
    answer(desk, second, values={"board": "denied"})
    apart = figures(desk)["refusals"]
    assert (apart["refusals"], apart["vessels"]) == (2, 2)
    desk.do(link_cases, "duty-1", second, case=first, reason="the same hull, her name spelt otherwise")
    told = figures(desk)["refusals"]
    assert (told["refusals"], told["vessels"]) == (2, 1)
    assert told["by_vessel"][0]["cases"] == [first, second]
    assert [r["refusals"] for r in table(desk, "refusals")] == ["2"]


def _vessel(name: str) -> dict[str, Any]:
    vessel = {"names": [name], "flag_claimed": "XA"}
    return {**BAR_TEST, "vessels": [vessel], "measures": ["board"]}


def test_a_limit_that_ran_out_before_an_answer_is_overdue_and_silence_is_no_answer(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    desk.advance(hours=3)
    told = figures(desk)["total"]
    assert (told["overdue"], told["unanswered"], told["answered"]["n"]) == (1, 1, 0)
    assert told["measures"] == {"board": {"unanswered": 1}}


def test_what_cannot_be_read_is_named(desk: LiveDesk) -> None:
    with pytest.raises(Invalid) as refused:
        figures(desk, **{"from": "2027-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"})
    assert [p.pointer for p in refused.value.problems] == ["/to"]


def test_a_cell_never_begins_a_formula(desk: LiveDesk) -> None:
    ref = received(desk, **_vessel("=HYPERLINK"))
    answer(desk, ref, values={"board": "denied"})
    assert table(desk, "refusals")[0]["vessel"].startswith("'=")
