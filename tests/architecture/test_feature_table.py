"""The handbook's table of features: whatever is said to be ours names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "cna_service" / "console" / "handbook" / "feature-table.md"
NOT_PAGING = {50, 78, 87, 88, 89}
"""Rows that come with the mailbox, with identity and with the log."""


def rows() -> list[tuple[int, str, str]]:
    """Number, our mark, what shows it."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    return [(int(row[0]), row[-2], row[-1]) for row in cells]


def test_every_row_is_there_once() -> None:
    assert [number for number, _, _ in rows()] == list(range(1, 93))


def test_whatever_is_ours_names_a_test_that_exists() -> None:
    wrong = []
    for number, mark, shown in rows():
        if not mark.startswith(("Y", "P")):
            continue
        found = re.fullmatch(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", shown)
        if found is None:
            wrong.append((number, "names no test"))
            continue
        path = ROOT / found[1]
        name = found[2] or "test_"
        if not path.is_file() or not re.search(
            rf"^\s*def {name}", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            wrong.append((number, f"{shown} is not there"))
    assert wrong == []


def test_only_what_belongs_to_other_work_is_left_to_it() -> None:
    assert {number for number, mark, _ in rows() if mark.startswith("with ")} == NOT_PAGING
