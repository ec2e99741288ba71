"""Maps as one small file: rings of polygons by their State, in whole ten-thousandths of a degree (11 m), compressed.

The file is LZMA of: one line of JSON (what it is, where from, counts), then int32 arrays of the number of rings of each
polygon, the number of points of each ring, and the differences from point to point, first all longitudes, then all
latitudes; little-endian.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

UNITS = 10_000
"""Steps in a degree."""

Degrees = npt.NDArray[np.float64]
"""Points as rows of longitude and latitude in degrees."""


class MapUnreadable(ValueError):
    """The file is not such a map, or not whole."""


@dataclass(frozen=True, slots=True)
class Polygons:
    """``codes``: one for each polygon. ``rings``: how many rings it has, the outer one first. ``points``: of each ring.
    ``degrees``: all points, each ring closed."""

    codes: tuple[str, ...]
    rings: npt.NDArray[np.int32]
    points: npt.NDArray[np.int32]
    degrees: Degrees
    facts: Mapping[str, Any]


def pack(polygons: Sequence[tuple[str, Sequence[Degrees]]], facts: Mapping[str, Any]) -> bytes:
    """``polygons``: code and rings of each. ``facts``: source, as_of, terms: whatever whoever reads it must know."""
    rings = np.array([len(own) for _, own in polygons], dtype="<i4")
    every = [ring for _, own in polygons for ring in own]
    points = np.array([len(ring) for ring in every], dtype="<i4")
    steps = np.rint(np.concatenate(every) * UNITS).astype("<i4") if every else np.zeros((0, 2), "<i4")
    differences = np.diff(steps, axis=0, prepend=np.zeros((1, 2), "<i4"))
    head = {**facts, "codes": [code for code, _ in polygons], "rings": len(rings), "points": len(points)}
    content = json.dumps(head, ensure_ascii=True, sort_keys=True).encode() + b"\n"
    content += rings.tobytes() + points.tobytes() + np.ascontiguousarray(differences.T, dtype="<i4").tobytes()
    return lzma.compress(content)


def unpack(content: bytes) -> Polygons:
    """Raises MapUnreadable."""
    try:
        head_line, _, rest = lzma.decompress(content).partition(b"\n")
        head = json.loads(head_line)
        numbers = np.frombuffer(rest, dtype="<i4")
        rings, numbers = np.split(numbers, [head.pop("rings")])
        points, numbers = np.split(numbers, [head.pop("points")])
        steps = np.cumsum(numbers.reshape(2, int(points.sum())), axis=1, dtype=np.int32)
    except (lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise MapUnreadable(f"it is no map of this kind: {error}") from error
    codes = tuple(head.pop("codes"))
    if int(rings.sum()) != len(points) or len(codes) != len(rings):
        raise MapUnreadable("its counts do not agree")
    return Polygons(codes, rings, points, steps.T / UNITS, head)
