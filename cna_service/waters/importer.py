"""Maps of the authorities' own: polygons from GeoJSON or a zipped shapefile, checked whole before anything is kept."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cna_service.kit.errors import Invalid, Problem
from cna_service.vessels.states import is_fictional, state_from_words, states
from cna_service.waters.packed import Degrees, pack

_STATE_FIELDS = ("state", "ISO_SOV1", "ISO_TER1", "SOVEREIGN1", "iso_a3", "ISO_A3", "A3", "country", "STATE")
"""Properties in which public sources name the State; Marine Regions uses ISO_SOV1 and SOVEREIGN1."""
LARGEST = 200 * 1024 * 1024
_MOST_POINTS = 5_000_000


class ZonesUnreadable(Invalid):
    code = "zones-unreadable"
    title = "The map cannot be taken"


@dataclass(frozen=True, slots=True)
class ReadMap:
    """``polygons``: State (alpha-2) and rings of each. ``set_aside``: (feature's number from 1, why)."""

    polygons: tuple[tuple[str, tuple[Degrees, ...]], ...]
    set_aside: tuple[tuple[int, str], ...]
    sha256: str

    def packed(self, facts: Mapping[str, Any]) -> bytes:
        return pack(self.polygons, facts)

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(sorted({state for state, _ in self.polygons}))


def read_map(path: Path, *, state: str = "", field: str = "") -> ReadMap:
    """The polygons of a file. ``state``: whose all of them are; else ``field`` names the property that says so (without
    it the usual ones are tried).

    Raises ZonesUnreadable: not such a file, cut off, no polygon with a known State, or too many points.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable("/file", path.name, f"cannot be opened: {error.strerror}") from error
    if len(content) > LARGEST:
        raise _unreadable("/file", path.name, "is larger than 200 MB", "cut it to the waters you need")
    features = list(_features(content, path.name))
    polygons: list[tuple[str, tuple[Degrees, ...]]] = []
    set_aside: list[tuple[int, str]] = []
    for number, (properties, geometry) in enumerate(features, start=1):
        whose = _state(properties, state, field)
        try:
            found = [(whose, tuple(rings)) for rings in _polygons(geometry)] if whose else []
        except (TypeError, ValueError, KeyError, IndexError) as error:
            set_aside.append((number, f"its geometry cannot be read: {error}"[:200]))
            continue
        if not whose:
            set_aside.append((number, "it names no State that is known"))
        elif not found:
            set_aside.append((number, "it has no polygon; lines enclose nothing"))
        polygons += found
    if not polygons:
        first = f"; the first feature: {set_aside[0][1]}" if set_aside else ""
        raise _unreadable("/file", path.name, f"holds no polygon of a known State{first}",
                          "name the State with --state, or the property with --state-field")  # fmt: skip
    if sum(len(ring) for _, rings in polygons for ring in rings) > _MOST_POINTS:
        raise _unreadable("/file", path.name, f"has more than {_MOST_POINTS} points", "simplify it first")
    return ReadMap(tuple(polygons), tuple(set_aside), hashlib.sha256(content).hexdigest())


def _unreadable(
    pointer: str, told: str, why: str, fix: str = "give GeoJSON, or a zipped shapefile"
) -> ZonesUnreadable:
    return ZonesUnreadable(f"{told} {why}", Problem(pointer, told, why, fix))


def _features(content: bytes, name: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    if content[:2] == b"PK":
        yield from _of_shapefile(content, name)
        return
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise _unreadable("/file", name, f"is not GeoJSON: {error}") from error
    if not isinstance(told, dict):
        raise _unreadable("/file", name, "is not GeoJSON: the document is no object")
    features = told.get("features") if told.get("type") == "FeatureCollection" else [told]
    for each in features if isinstance(features, list) else []:
        geometry = each.get("geometry", each) if isinstance(each, dict) else None
        properties = each.get("properties") if isinstance(each, dict) else None
        yield (
            properties if isinstance(properties, dict) else {},
            geometry if isinstance(geometry, dict) else {},
        )


def _of_shapefile(content: bytes, name: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    import shapefile

    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = {Path(n).suffix.lower(): n for n in archive.namelist()}
        projection = archive.read(members[".prj"]).decode("latin-1") if ".prj" in members else "GEOGCS"
        if "PROJCS" in projection.upper():
            raise _unreadable("/file", name, "is not in degrees", "export it in WGS 84 (EPSG:4326)")
        parts = {kind: io.BytesIO(archive.read(members[f".{kind}"])) for kind in ("shp", "shx", "dbf")}
        with shapefile.Reader(**parts) as reader:
            for each in reader.iterShapeRecords():
                yield each.record.as_dict(), each.shape.__geo_interface__
    # What is cut off fails wherever the library happens to stand: in its own words or in those of struct.
    except (
        KeyError,
        IndexError,
        ValueError,
        zipfile.BadZipFile,
        shapefile.ShapefileException,
        struct.error,
        EOFError,
        OSError,
    ) as error:
        raise _unreadable("/file", name, f"is no whole zipped shapefile: {error}") from error


def _state(properties: Mapping[str, Any], given: str, field: str) -> str | None:
    told = [given] if given else [str(properties.get(f) or "") for f in ([field] if field else _STATE_FIELDS)]
    found = (state_from_words(words) for words in told if words)
    return next((code for code in found if code and (code in states() or is_fictional(code))), None)


def _polygons(geometry: Mapping[str, Any]) -> Iterator[list[Degrees]]:
    kind, many = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        for each in geometry["geometries"]:
            yield from _polygons(each)
        return
    if kind not in ("Polygon", "MultiPolygon") or not many:
        return
    for polygon in [many] if kind == "Polygon" else many:
        yield [_ring(ring) for ring in polygon]


def _ring(ring: Sequence[Any]) -> Degrees:
    points = np.array([[float(p[0]), float(p[1])] for p in ring], dtype=float)
    if len(points) < 3 or not np.isfinite(points).all():
        raise ValueError("a ring has fewer than three points, or one that is no number")
    if (np.abs(points[:, 0]) > 180.0).any() or (np.abs(points[:, 1]) > 90.0).any():
        raise ValueError("a point lies outside -180 to 180 or -90 to 90 degrees")
    return points if (points[0] == points[-1]).all() else np.concatenate([points, points[:1]])
