"""``cna duty`` and ``cna clock``."""

from __future__ import annotations

from tests.cli.commands import CommandLine


def test_who_has_the_watch(exercise: CommandLine) -> None:
    exercise.begun()
    ran = exercise("duty", "now", "--json")
    assert ran.code == 0
    assert ran.json["posts"]["duty_officer"] in {"duty-1", "duty-2"}
    assert ran.json["posts"]["supervisor"] == "sup-1"
    assert "duty_officer" in exercise("duty", "now", "--at", "2027-03-01T12:00Z").out
    assert exercise("duty", "now", "--at", "tomorrow").code == 3


def test_gaps_and_shifts(exercise: CommandLine, cna: CommandLine) -> None:
    exercise.begun()
    assert exercise("duty", "gaps").code == 0
    shifts = exercise("duty", "export", "--days", 7, "--json").json
    assert {s["post"] for s in shifts} == {"duty_officer", "deputy", "supervisor"}
    cna.begun()
    ran = cna("duty", "gaps", "--days", 3, "--json")
    assert ran.code == 1
    assert {s["officer"] for s in ran.json} == {None}
    assert cna("duty", "now").code == 1


def test_the_clock(cna: CommandLine) -> None:
    cna.begun()
    ran = cna("clock", "status", "--json")
    assert ran.code == 0
    assert ran.json["quality"]["src"] == "machine"
    assert ran.json["steps"] == []
    assert "No jump was recorded." in cna("clock", "status").out


def test_a_clock_that_nobody_doubts_cannot_be_accepted(exercise: CommandLine) -> None:
    exercise.begun()
    ran = exercise("clock", "accept", "--by", "sup-1", "--reason", "compared")
    assert ran.code == 1
    assert "nothing to judge" in ran.err
    assert exercise("clock", "accept", "--by", "duty-1", "--reason", "compared").code == 1
    assert exercise("clock", "reject", "--by", "sup-1").code == 3
