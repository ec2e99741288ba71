"""What is known of the maps' weakness, and of coasts that no map made from a coast can draw: shipped tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files(__package__) / "known" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))


@cache
def _areas() -> tuple[tuple[float, float, float, float, float, str], ...]:
    return tuple(
        (
            float(row["south"]),
            float(row["north"]),
            float(row["west"]),
            float(row["east"]),
            float(row["extra_nm"]),
            f"{row['name']}: {row['why']}",
        )
        for row in _rows("weak_areas.csv")
    )


def weak_area(longitude: float, latitude: float) -> tuple[str, float] | None:
    """Why the shipped limits are weak at a point, and by how many nautical miles more they may be off there."""
    for south, north, west, east, extra, words in _areas():
        is_within = west <= longitude <= east if west <= east else (longitude >= west or longitude <= east)
        if south <= latitude <= north and is_within:
            return words, extra
    return None


@cache
def _exceptions() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("exceptions.csv"):
        found[row["state"]] = (*found.get(row["state"], ()), row["words"])
    return found


def exceptions_of(state: str) -> tuple[str, ...]:
    """Sentences to show beside every answer about that State (alpha-2)."""
    return _exceptions().get(state, ())
