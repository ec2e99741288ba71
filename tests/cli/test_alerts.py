"""``cna alerts tonight``, ``cna exercise announce``, ``cna maintenance announce``."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cli.commands import CommandLine


def test_who_is_called_tonight(exercise: CommandLine, cna: CommandLine) -> None:
    exercise.begun()
    ran = exercise("alerts", "tonight")
    assert ran.code == 0
    assert "rung 1" in ran.out
    assert "sms" in ran.out
    told = exercise("alerts", "tonight", "--kind", "wrong_codes", "--json").json
    assert told["steps"][0]["people"][0]["officer"] == "sup-1"
    assert exercise("alerts", "tonight", "--at", "three").code == 3


def test_rule_15_2_an_exercise_is_announced_and_ended(exercise: CommandLine) -> None:
    exercise.begun()
    told = ("--to", "2099-01-01T00:00:00Z", "--who", "XA and XB", "--by", "sup-1")
    assert exercise("exercise", "announce", *told).code == 3
    now = datetime.fromisoformat(exercise("clock", "status", "--json").json["clock"])
    until = (now + timedelta(hours=8)).isoformat()
    ran = exercise("exercise", "announce", "--to", until, "--who", "XA and XB", "--by", "sup-1")
    assert ran.code == 0, ran.err
    assert "XA and XB" in ran.out
    assert exercise("exercise", "announce", "--by", "sup-1").code == 3
    assert exercise("exercise", "announce", "--end", "--by", "sup-1").out.strip() == "Nothing is announced."
    assert exercise("exercise", "announce", "--end", "--by", "sup-1").code == 1
    assert exercise("maintenance", "announce", "--end", "--by", "sup-1").code == 1
