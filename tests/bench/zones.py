"""How far the shipped limits lie from the official ones: the 12 nm line of NOAA, a point every 4 km along it.

Each point lies on the official limit, so that its distance to the nearest shipped limit is the error. Beside it the
plain way, a coast plus twelve miles, and the one figure that matters at sea: how often a point on the very limit is
called "outside".
"""

from __future__ import annotations

import argparse
import io
import itertools
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cna_service.waters.atlas import Atlas
from cna_service.waters.rules import TERRITORIAL_NM, Where
from cna_service.waters.sphere import metres
from tests.bench import _stand as stand

FILE, SHAPES = "ref_us_maritime_limits_shp.zip", "USMaritimeLimitsNBoundaries"
APART_M = 4000.0
TARGET_P95_NM = 1.2
_FAR = 600.0

Point = tuple[float, float, str]


def points(path: Path) -> Iterator[Point]:
    """Longitude, latitude and region, every 4 km along the lines that are a limit of the territorial sea."""
    import shapefile

    with zipfile.ZipFile(path) as archive:
        parts = {kind: io.BytesIO(archive.read(f"{SHAPES}.{kind}")) for kind in ("shp", "shx", "dbf")}
    with shapefile.Reader(**parts) as reader:
        for each in reader.iterShapeRecords():
            if each.record["TS"] == 1 and each.record["FEAT_TYPE"] == "Maritime Limit":
                ends = [*each.shape.parts, len(each.shape.points)]
                for first, last in itertools.pairwise(ends):
                    yield from _along(each.shape.points[first:last], each.record["REGION"])


def _along(line: list[tuple[float, float]], region: str) -> Iterator[Point]:
    left = 0.0
    for (x, y), (to_x, to_y) in itertools.pairwise(line):
        length, at = metres(x, y, to_x, to_y), left
        while at < length:
            yield x + at / length * (to_x - x), y + at / length * (to_y - y), region
            at += APART_M
        left = at - length


def measure(data: Path) -> dict[str, Any]:
    began = stand.CLOCK.monotonic()
    atlas = Atlas()
    atlas.look(0.0, 0.0, radius_m=0)
    loaded = stand.CLOCK.monotonic() - began
    errors, buffered, seconds = [], [], []
    said: Counter[str] = Counter()
    regions: dict[str, list[float]] = {}
    for x, y, region in points(data / FILE):
        start = stand.CLOCK.monotonic()
        found = atlas.look(x, y, radius_m=0)
        seconds.append(stand.CLOCK.monotonic() - start)
        errors.append(found.limit.nm if found.limit else _FAR)
        buffered.append(abs((_FAR if found.coast_nm is None else found.coast_nm) - TERRITORIAL_NM))
        said[found.where.value] += 1
        regions.setdefault(region, []).append(errors[-1])
    shipped, plain = _spread(errors), _spread(buffered)
    return {
        "bench": "zones",
        "points": len(errors),
        "limits": shipped,
        "coast_plus_12_nm": plain,
        "ratio_p95": round(shipped["p95_nm"] / plain["p95_nm"], 3),
        "said_of_points_on_the_limit": dict(said),
        "wrongly_outside": said[Where.OUTSIDE.value],
        "regions": {name: {"points": len(own), **_spread(own)} for name, own in sorted(regions.items())},
        "ms": stand.percentiles(seconds),
        "loaded_after_s": round(loaded, 2),
        "target": {"p95_nm": TARGET_P95_NM, "met": shipped["p95_nm"] <= TARGET_P95_NM},
    }


def _spread(errors: list[float]) -> dict[str, float]:
    p50, p95, p99 = (round(float(value), 2) for value in np.percentile(errors, (50, 95, 99)))
    within = round(float((np.array(errors) <= 1.0).mean()), 4)
    return {"median_nm": p50, "p95_nm": p95, "p99_nm": p99, "within_1_nm": within}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--data", type=Path, required=True, help=f"folder that holds {FILE}")
    asked = parser.parse_args()
    if not (asked.data / FILE).is_file():
        print(f"{asked.data / FILE} is not there.", file=sys.stderr)
        return 2
    stand.report(measure(asked.data), as_json=asked.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
