"""``cna duty fallback``: the page that connects callers while the desk is dark (desk-rules 11.3)."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import CommandLine


def test_rule_11_3_the_page_is_written_confirmed_and_its_age_is_told(
    exercise: CommandLine, tmp_path: Path
) -> None:
    exercise.begun()
    before = exercise("duty", "fallback", "--json")
    assert (before.code, before.json["stale"]) == (1, "never")
    assert exercise("duty", "fallback", "--confirm").code == 1
    file = tmp_path / "fallback.xml"
    written = exercise("duty", "fallback", "--out", file)
    assert written.code == 0
    assert "rings duty-" in written.out
    assert "<Dial" in file.read_text(encoding="utf-8")
    confirmed = exercise("duty", "fallback", "--confirm", "called, the deputy answered", "--json")
    assert (confirmed.code, confirmed.json["stale"]) == (0, None)
    assert exercise("duty", "fallback").code == 0
