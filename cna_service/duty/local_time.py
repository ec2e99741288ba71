"""Wall-clock times in a named zone as instants, by four written rules:

1. a period starts at the first occurrence of its wall time;
2. a period ends at the last occurrence of its wall time;
3. a hand-over in a repeated hour happens at the first of the two instants;
4. a wall time that a clock change skips means the first instant after the gap.

Zones come from the ``tzdata`` package, not from the machine, so that all nodes share one version of them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import metadata, resources
from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name such as ``Europe/Lisbon``. Raises ValueError for a name that is none."""
    if _NAME.fullmatch(name):
        file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
        if file.is_file():
            with file.open("rb") as content:
                return ZoneInfo.from_file(content, key=name)
    raise ValueError(f"{name!r} is no time zone; write an IANA name such as Europe/Lisbon")


def tzdata_version() -> str:
    """The version of the zone rules in use, such as ``2026.1``; entries that fix instants name it."""
    return metadata.version("tzdata")


def first_occurrence(wall: datetime, where: ZoneInfo) -> datetime:
    """The first instant (UTC) that a naive wall time means; after a gap, the gap's end."""
    return _instant(wall, where, fold=0)


def last_occurrence(wall: datetime, where: ZoneInfo) -> datetime:
    """The last instant (UTC) that a naive wall time means; after a gap, the gap's end."""
    return _instant(wall, where, fold=1)


def hand_over(wall: datetime, where: ZoneInfo) -> datetime:
    """The instant (UTC) of a hand-over at a wall time: in a repeated hour the first of the two."""
    return first_occurrence(wall, where)


def wall_time(instant: datetime, where: ZoneInfo) -> datetime:
    """What a clock on the wall shows, naive."""
    return instant.astimezone(where).replace(tzinfo=None, fold=0)


def _instant(wall: datetime, where: ZoneInfo, *, fold: int) -> datetime:
    instant = wall.replace(tzinfo=where, fold=fold).astimezone(UTC)
    return instant if wall_time(instant, where) == wall else _end_of_gap(wall, where)


def _end_of_gap(wall: datetime, where: ZoneInfo) -> datetime:
    """The change lies between the two instants that the offsets after and before it give for the wall time."""
    readings = [wall.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1)]
    before, after = min(readings), max(readings)
    old = before.astimezone(where).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(where).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
