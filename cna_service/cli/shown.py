"""Printing: JSON for programs, lines and aligned columns for people."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from cna_service.kit.instants import date_time_group, to_text


def show(asked: Namespace, value: Any, words: Iterable[str]) -> None:
    """Print ``value`` where JSON is asked for, else the lines."""
    if asked.json:
        print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))
        return
    for line in words:
        print(line)


def columns(rows: Sequence[Sequence[object]], head: Sequence[str] = ()) -> list[str]:
    """Rows under each other, each column as wide as its widest value."""
    table = (
        [tuple(map(str, head)), *(tuple(map(str, row)) for row in rows)]
        if head
        else [tuple(map(str, row)) for row in rows]
    )
    if not table:
        return []
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def bar(words: str, width: int = 32) -> Callable[[int, int], None]:
    """A bar on standard error that says how much of a file was read."""

    def told(read: int, whole: int) -> None:
        done = min(width, width * read // max(whole, 1))
        end = "\n" if read >= whole else ""
        rest = "·" * (width - done)
        print(
            f"\r{words} {'█' * done}{rest} {min(100, 100 * read // max(whole, 1)):3d} %",
            end=end,
            file=sys.stderr,
            flush=True,
        )

    return told


def instant(at: datetime | None) -> str:
    """``211403Z NOV 26 (2026-11-21T14:03Z)``; ``-`` for none."""
    return "-" if at is None else f"{date_time_group(at)} ({at:%Y-%m-%dT%H:%MZ})"


def _plain(value: object) -> str:
    return to_text(value) if isinstance(value, datetime) else str(value)
