"""Distances on the Earth from a point to lines: the nearest one by chords of the sphere, its length on WGS 84.

Chords need no map projection, so that the antimeridian and the poles are places like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cna_service.waters.packed import Degrees

if TYPE_CHECKING:
    from pyproj import Geod

METRES_IN_NM = 1852.0
EARTH_NM = 3440.07
"""Mean radius in nautical miles."""
_CHUNK = 32
_AT_THE_SEAM = 179.999
_AT_A_POLE = 89.9
_WINDOWS = (30.0, 120.0, 480.0, 2000.0, 11_000.0)
"""Nautical miles within which a line is looked for, one after the other; the last is half way round the Earth."""

Floats = npt.NDArray[np.float64]


@cache
def _wgs84() -> Geod:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def metres(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """The shortest way between two points, along the ellipsoid."""
    return float(_wgs84().inv(longitude, latitude, other_longitude, other_latitude)[2])


@dataclass(frozen=True, slots=True)
class Nearest:
    """The point of the lines that is nearest; ``line``: which of them, in the order given."""

    nm: float
    longitude: float
    latitude: float
    line: int


class Lines:
    """Many lines, indexed by boxes of at most 32 segments; read by any number of threads."""

    def __init__(self, degrees: Degrees, lengths: npt.NDArray[np.int32]) -> None:
        """``lengths``: number of points of each line, in the order of ``degrees``. Segments along the seam of the map
        at 180° and along a pole are edges of the paper, not of the sea, and are left out."""
        self._degrees = degrees
        self._line_of = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        starts = np.flatnonzero(_segments(degrees, self._line_of)).astype(np.int32)
        self._starts = starts
        bounds = np.arange(0, len(starts), _CHUNK)
        self._bounds = bounds
        if len(starts):
            first, second = degrees[starts], degrees[starts + 1]
            self._low = np.minimum.reduceat(np.minimum(first, second), bounds)
            self._high = np.maximum.reduceat(np.maximum(first, second), bounds)

    def nearest(
        self, longitude: float, latitude: float, *, within_nm: float = _WINDOWS[-1]
    ) -> Nearest | None:
        """None where no line lies within ``within_nm``."""
        if not len(self._starts):
            return None
        for window in _WINDOWS:
            reach = min(window, within_nm)
            found = self._in_window(longitude, latitude, reach)
            if found is not None and found.nm <= reach:
                return found
            if reach >= within_nm:
                return None
        return None

    def _in_window(self, longitude: float, latitude: float, reach_nm: float) -> Nearest | None:
        chunks = np.flatnonzero(_near(self._low, self._high, longitude, latitude, reach_nm / 60.0))
        if not len(chunks):
            return None
        ends = np.minimum(self._bounds[chunks] + _CHUNK, len(self._starts))
        picked = np.concatenate([np.arange(a, b) for a, b in zip(self._bounds[chunks], ends, strict=True)])
        starts = self._starts[picked]
        point = _unit(np.array([[longitude, latitude]]))[0]
        foot = _feet(point, _unit(self._degrees[starts]), _unit(self._degrees[starts + 1]))
        best = int(np.argmin(((foot - point) ** 2).sum(axis=1)))
        east, north = _degrees(foot[best])
        nm = metres(longitude, latitude, east, north) / METRES_IN_NM
        return Nearest(nm, east, north, int(self._line_of[starts[best]]))


def _segments(degrees: Degrees, line_of: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Whether a segment of the sea begins at each point."""
    if len(degrees) < 2:
        return np.zeros(len(degrees), dtype=bool)
    first, second = degrees[:-1], degrees[1:]
    is_seam = (np.abs(first[:, 0]) > _AT_THE_SEAM) & (np.abs(second[:, 0]) > _AT_THE_SEAM)
    is_pole = (np.abs(first[:, 1]) > _AT_A_POLE) & (np.abs(second[:, 1]) > _AT_A_POLE)
    return np.append((line_of[:-1] == line_of[1:]) & ~is_seam & ~is_pole, False)


def _near(
    low: Floats, high: Floats, longitude: float, latitude: float, reach: float
) -> npt.NDArray[np.bool_]:
    """Which boxes come within ``reach`` degrees of latitude; boxes across 180° are met from either side."""
    rows = (low[:, 1] <= latitude + reach) & (high[:, 1] >= latitude - reach)
    widest = abs(latitude) + reach
    if widest >= 89.0:
        return rows
    east = reach / np.cos(np.radians(widest))
    if east >= 180.0:
        return rows
    columns = np.zeros(len(low), dtype=bool)
    for turn in (-360.0, 0.0, 360.0):
        columns |= (low[:, 0] <= longitude + turn + east) & (high[:, 0] >= longitude + turn - east)
    return rows & columns


def _unit(degrees: Degrees) -> Floats:
    east, north = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def _feet(point: Floats, first: Floats, second: Floats) -> Floats:
    """The nearest point of each chord, put back on the sphere."""
    along = second - first
    length = np.maximum((along**2).sum(axis=1), 1e-18)
    share = np.clip(((point - first) * along).sum(axis=1) / length, 0.0, 1.0)
    foot = first + share[:, None] * along
    found: Floats = foot / np.linalg.norm(foot, axis=1)[:, None]
    return found


def _degrees(unit: Floats) -> tuple[float, float]:
    return float(np.degrees(np.arctan2(unit[1], unit[0]))), float(
        np.degrees(np.arcsin(np.clip(unit[2], -1, 1)))
    )
