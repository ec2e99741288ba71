"""The same ship again: earlier cases are offered to the officer, however the name was spelt; nothing is merged."""

from __future__ import annotations

import pytest

from cna_service.workflow.alike import other_cases
from cna_service.workflow.closing import close_case
from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.replay import replay
from cna_service.workflow.searching import search_for_case
from tests.workflow.desk import LiveDesk


def opened(desk: LiveDesk, name: str) -> str:
    return str(
        desk.do(open_case, "duty-1", channel="phone", vessels=[{"name": name, "how": "as_heard"}])["case"]
    )


def offered(desk: LiveDesk, ref: str) -> dict[str, str]:
    with desk.service.read() as reader:
        return {o.ref: o.shares for o in other_cases(reader, reader.stream(case_stream(ref)).of(CASE))}


@pytest.mark.parametrize("name", ["AL-RASHIDA", "ALRASHEEDA", "M/V Al Rachida", "AL RASHIDAH"])
def test_an_earlier_case_is_offered_under_another_spelling(desk: LiveDesk, name: str) -> None:
    first = opened(desk, "AL RASHIDAH")
    desk.do(close_case, "duty-1", first, waived="nothing is owed")
    opened(desk, "BAR TEST")
    assert list(offered(desk, opened(desk, name))) == [first]


def test_another_number_is_another_ship(desk: LiveDesk) -> None:
    opened(desk, "LUCKY DRAGON 7")
    assert offered(desk, opened(desk, "LUCKY DRAGON 77")) == {}


def test_the_register_record_that_officers_found_makes_two_spellings_one_vessel(desk: LiveDesk) -> None:
    refs = [opened(desk, name) for name in ("KESTREL BAY", "ORION TRADER")]
    assert offered(desk, refs[1]) == {}
    for ref in refs:
        desk.do(search_for_case, "duty-1", ref, verdict="found", rid="X0000011")
    assert offered(desk, refs[1]) == {refs[0]: "register record"}
    assert replay(desk.service).exit_code == 0
