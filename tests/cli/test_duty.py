"""``cna duty`` and ``cna clock``."""

from __future__ import annotations

import json
from pathlib import Path

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


def test_a_roster_is_exported_and_read_back(exercise: CommandLine, tmp_path: Path) -> None:
    exercise.begun()
    before = exercise("duty", "export", "--json").json
    file = tmp_path / "rosters.toml"
    file.write_text(exercise("duty", "export").out.replace('"UTC"', '"Europe/Lisbon"'))
    assert exercise("duty", "import", file, "--by", "sup-1").out.startswith("Would be put in force")
    assert exercise("duty", "export", "--json").json == before
    assert exercise("duty", "import", file, "--by", "sup-1", "--apply", "--reason", "winter").code == 0
    assert [r["rotations"] for r in exercise("duty", "export", "--json").json] == [
        r["rotations"] for r in before
    ]
    as_json = tmp_path / "rosters.json"
    as_json.write_text(json.dumps(before))
    assert exercise("duty", "import", as_json, "--by", "sup-1", "--apply").code == 0
    assert exercise("duty", "import", file, "--by", "duty-1", "--apply").code == 1
    assert exercise("duty", "import", file, "--by", "ghost").code == 3
    file.write_text(file.read_text().replace("Europe/Lisbon", "Mars"))
    assert exercise("duty", "import", file, "--by", "sup-1").code == 3
    file.write_text("[[rosters]\n")
    assert exercise("duty", "import", file, "--by", "sup-1").code == 3
    assert exercise("duty", "import", tmp_path / "none", "--by", "sup-1").code == 2


def test_a_calendar_goes_out_and_comes_in_line_by_line(exercise: CommandLine, tmp_path: Path) -> None:
    exercise.begun()
    out = exercise("duty", "export", "--calendar", "desk").out
    assert out.startswith("BEGIN:VCALENDAR")
    assert exercise("duty", "export", "--calendar", "none").code == 1
    file = tmp_path / "watch.ics"
    file.write_text(out)
    ran = exercise("duty", "import", file, "--by", "sup-1", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["problems"] == []
    assert ran.json["applied"] is False
    file.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20261130T080000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    nobody = exercise("duty", "import", file, "--by", "sup-1", "--apply")
    assert (nobody.code, "names nobody" in nobody.out, "Nothing was changed." in nobody.out) == (
        1,
        True,
        True,
    )


def test_the_preview_of_clock_changes(exercise: CommandLine, tmp_path: Path) -> None:
    exercise.begun()
    assert (
        exercise("duty", "preview").out.strip()
        == "No roster goes by a zone whose clock changes within two years."
    )
    file = tmp_path / "roster.toml"
    file.write_text(
        '[[rosters]]\nroster = "desk"\nzone = "Australia/Lord_Howe"\n\n[[rosters.rotations]]\npost = "duty_officer"\n'
        'officers = ["duty-1", "duty-2"]\nkind = "daily"\nhand_over = "08:00"\nfrom = 2026-11-16\n'
    )
    assert exercise("duty", "import", file, "--by", "sup-1", "--apply").code == 0
    said = exercise("duty", "preview").out
    assert "+11:00 to +10:30" in said
    assert "24 h 30" in said
    assert "23 h 30" in said
