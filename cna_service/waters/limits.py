"""Polygons of one kind of zone, asked two things: who has this point, and how far is the nearest edge of whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from cna_service.waters.packed import Degrees, Polygons
from cna_service.waters.sphere import Lines, Nearest


@dataclass(frozen=True, slots=True)
class Edge:
    """The nearest edge: whose, how far away in nautical miles, and where."""

    code: str
    nm: float
    longitude: float
    latitude: float


class Zones:
    """Built once from what was unpacked, then only read: any number of threads may ask."""

    def __init__(self, polygons: Polygons, *, without: Collection[str] = ()) -> None:
        """``without``: codes whose polygons are left out, because somebody with a better map answers for them."""
        self.facts = polygons.facts
        keep = np.array([code not in without for code in polygons.codes], dtype=bool)
        ring_owner = np.repeat(np.arange(len(polygons.codes), dtype=np.int32), polygons.rings)
        kept_rings = keep[ring_owner] if len(ring_owner) else np.zeros(0, dtype=bool)
        kept_points = np.repeat(kept_rings, polygons.points)
        degrees, points = polygons.degrees[kept_points], polygons.points[kept_rings]
        self._codes = tuple(c for c, is_kept in zip(polygons.codes, keep, strict=True) if is_kept)
        self._owner = np.repeat(np.arange(len(self._codes), dtype=np.int32), polygons.rings[keep])
        self._lines = Lines(degrees, points)
        self._shapes = _shapes(degrees, points, polygons.rings[keep])
        self._tree = shapely.STRtree(self._shapes)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self._codes)

    def at(self, longitude: float, latitude: float) -> tuple[str, ...]:
        """The codes of every polygon that has the point, each once, in the order of the map."""
        point = shapely.Point(longitude, latitude)
        # The tree knows boxes; the polygons themselves are prepared, the point is not.
        candidates = np.sort(self._tree.query(point))
        found = candidates[shapely.intersects(self._shapes[candidates], point)]
        return tuple(dict.fromkeys(self._codes[n] for n in found.tolist()))

    def nearest_edge(self, longitude: float, latitude: float, *, within_nm: float) -> Edge | None:
        """None where no edge lies within ``within_nm``."""
        found: Nearest | None = self._lines.nearest(longitude, latitude, within_nm=within_nm)
        if found is None:
            return None
        return Edge(self._codes[int(self._owner[found.line])], found.nm, found.longitude, found.latitude)


def _shapes(
    degrees: Degrees, points: npt.NDArray[np.int32], rings: npt.NDArray[np.int32]
) -> npt.NDArray[np.object_]:
    """Polygons from rings; prepared, because the same few hundred are asked again and again."""
    ring_ends = np.concatenate([[0], np.cumsum(points)])
    polygon_ends = np.concatenate([[0], np.cumsum(rings)])
    shapes: npt.NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, degrees, (ring_ends, polygon_ends)
    )
    shapely.prepare(shapes)
    return shapes
