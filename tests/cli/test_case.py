"""``cna case``: the board, a case, its entries, and deriving it anew."""

from __future__ import annotations

import json

import pytest

from cna_service.identity.actors import authority_actor
from cna_service.workflow.receive import Arrival, receive
from tests.cli.commands import CommandLine
from tests.workflow.requests import BAR_TEST


@pytest.fixture
def ref(exercise: CommandLine) -> str:
    """The reference of a case that XB began."""
    with exercise.begun().running() as running:
        actor = authority_actor("mrcc-xb", state="XB", name="MRCC XB")
        reply = receive(running.service, actor, Arrival(json.dumps(BAR_TEST).encode(), "application/json"))
    return str(json.loads(reply.body)["case"])


def test_the_board_and_one_case(exercise: CommandLine, ref: str) -> None:
    listed = exercise("case", "list", "--json").json["cases"]
    assert [(c["ref"], c["state"]) for c in listed] == [(ref, "XB")]
    assert ref in exercise("case", "list").out
    assert exercise("case", "list", "--closed", "--json").json["cases"] == []
    shown = exercise("case", "show", ref.replace("-", " ").lower(), "--json")
    assert shown.code == 0
    assert shown.json["ref"] == ref
    assert shown.json["clocks"]
    words = exercise("case", "show", ref).out
    assert "BAR TEST" in words
    assert "exchange 1: inbound, XB" in words


def test_a_case_as_it_was(exercise: CommandLine, ref: str) -> None:
    assert exercise("case", "show", ref, "--seq", 1, "--json").json["seq"] == 1
    ran = exercise("case", "show", ref, "--as-of", "2020-01-01T00:00Z")
    assert ran.code == 1
    assert exercise("case", "show", "X-AAAA-AAA").code == 1


def test_entries_are_opened_with_their_seals(exercise: CommandLine, ref: str) -> None:
    told = exercise("case", "entries", ref, "--json").json
    assert [e["seq"] for e in told] == list(range(1, len(told) + 1))
    first = told[0]
    assert {"stream", "type", "recorded_at", "actor", "body", "leaf", "index", "seal"} <= set(first)
    assert first["type"] == "submission.received"
    assert first["seal"] == "sealed"
    assert "packages thrown overboard" in json.dumps(first["body"])
    assert "submission.received" in exercise("case", "entries", ref).out


def test_replaying_finds_no_difference_and_then_the_one_that_was_made(
    exercise: CommandLine, ref: str
) -> None:
    ran = exercise("case", "replay", ref, "--json")
    assert (ran.code, ran.json["differences"]) == (0, [])
    assert ran.json["record"]["ref"] == ref
    assert exercise("case", "replay", "--all").code == 0
    exercise.tamper("UPDATE case_row SET state = 'XC' WHERE ref = :ref", ref=ref)
    for which in (ref, "--all"):
        ran = exercise("case", "replay", which)
        assert ran.code == 1
        assert f"case:{ref}: the search row differs from its entries in state" in ran.out
    assert exercise("case", "replay", "R4T7-HAX").code == 1
