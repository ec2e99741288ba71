"""How fast a vessel must have gone from one told position to the next. A figure for a person; it accuses nobody.

Both positions and both instants are told with their slack: what is needed at least takes the shortest way in the
longest time, what is needed at most the longest way in the shortest. On a sphere: 0.5 % is far below what positions
leave open.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

_NM_PER_RADIAN = 3440.07
_METRES_IN_NM = 1852.0
FAST_KN = 30.0
"""More than merchant and fishing vessels make; launches and go-fasts do. A convention of this desk."""
IMPOSSIBLE_KN = 60.0
"""More than any vessel keeps up at sea. A convention of this desk."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A position with the span of time it was told for; ``seq``: the entry that tells it."""

    seq: int
    latitude_e7: int
    longitude_e7: int
    radius_m: int
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Leg:
    """From one sighting to the next. ``knots_least`` None: the two cannot have been the same place at the same time;
    ``knots_most`` None: no bound, for the two instants may be one."""

    first: Sighting
    second: Sighting
    nm: float
    slack_nm: float
    hours_least: float
    hours_most: float

    @property
    def knots_least(self) -> float | None:
        way = max(0.0, self.nm - self.slack_nm)
        if self.hours_most <= 0:
            return 0.0 if way == 0 else None
        return way / self.hours_most

    @property
    def knots_most(self) -> float | None:
        return None if self.hours_least <= 0 else (self.nm + self.slack_nm) / self.hours_least

    @property
    def is_impossible(self) -> bool:
        return self.knots_least is None or self.knots_least > IMPOSSIBLE_KN

    @property
    def is_fast(self) -> bool:
        return self.is_impossible or (self.knots_least or 0.0) > FAST_KN


def legs(sightings: Iterable[Sighting]) -> tuple[Leg, ...]:
    """Between each sighting and the next, by the middle of the time told."""
    ordered = sorted(sightings, key=lambda s: (s.earliest.timestamp() + s.latest.timestamp(), s.seq))
    return tuple(_leg(first, second) for first, second in pairwise(ordered))


def _leg(first: Sighting, second: Sighting) -> Leg:
    hours_most = (
        max(first.latest, second.latest) - min(first.earliest, second.earliest)
    ).total_seconds() / 3600
    hours_least = (second.earliest - first.latest).total_seconds() / 3600
    slack = (first.radius_m + second.radius_m) / _METRES_IN_NM
    return Leg(first, second, distance_nm(first, second), slack, max(0.0, hours_least), hours_most)


def distance_nm(first: Sighting, second: Sighting) -> float:
    """The great circle between two sightings, nautical miles."""
    north, other = math.radians(first.latitude_e7 / 1e7), math.radians(second.latitude_e7 / 1e7)
    east = math.radians((second.longitude_e7 - first.longitude_e7) / 1e7)
    half = math.sin((other - north) / 2) ** 2 + math.cos(north) * math.cos(other) * math.sin(east / 2) ** 2
    return 2 * _NM_PER_RADIAN * math.asin(min(1.0, math.sqrt(half)))


def leg_words(leg: Leg) -> str:
    """``162 nm in 1 h: at least 158 kn. …`` Empty for a speed that any vessel makes."""
    if not leg.is_fast:
        return ""
    if leg.knots_least is None:
        return (
            f"Two positions {leg.nm:.0f} nm apart are told for the same time. Check digits, hemisphere and times with "
            "whoever told them; it may be two vessels."
        )
    most = "" if leg.knots_most is None else f", at most {leg.knots_most:.0f} kn"
    way = f"{leg.nm:.0f} nm in {_hours(leg.hours_most)}"
    needs = f"{way}: she would have needed at least {leg.knots_least:.0f} kn{most}."
    if leg.is_impossible:
        return f"{needs} No vessel keeps that up: check digits, hemisphere and times; it may be two vessels."
    return f"{needs} Only fast craft make that: check the type told, the digits and the times."


def _hours(hours: float) -> str:
    minutes = round(hours * 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
