"""Whose waters a point lies in: distances, what is said near a limit, maps that the authority brings."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.vessels.positions import read_position
from cna_service.waters.atlas import Atlas
from cna_service.waters.importer import ZonesUnreadable, read_map
from cna_service.waters.limits import Zones
from cna_service.waters.packed import MapUnreadable, pack, unpack
from cna_service.waters.rules import Found, Where, judge
from cna_service.waters.sphere import METRES_IN_NM, Lines, metres

LONGITUDES = st.floats(-180, 180, allow_nan=False)
LATITUDES = st.floats(-90, 90, allow_nan=False)


def square(west: float, south: float, east: float, north: float) -> np.ndarray:
    return np.array([[west, south], [east, south], [east, north], [west, north], [west, south]], dtype=float)


def zones(*polygons: tuple[str, np.ndarray]) -> Zones:
    return Zones(unpack(pack([(code, [ring]) for code, ring in polygons], {"source": "a test"})))


def test_a_map_comes_back_as_it_was_packed() -> None:
    lake = square(10.2, 10.2, 10.4, 10.4)
    packed = pack(
        [("PRT", [square(10, 10, 11, 11), lake]), ("ESP", [square(-1, -1, 0, 0)])], {"as_of": "2026"}
    )
    read = unpack(packed)
    assert read.codes == ("PRT", "ESP")
    assert read.rings.tolist() == [2, 1]
    assert read.facts == {"as_of": "2026"}
    assert np.allclose(read.degrees[5:10], lake, atol=1e-4)
    assert zones(("PRT", square(10, 10, 11, 11))).at(10.5, 10.5) == ("PRT",)


@pytest.mark.parametrize("broken", [b"", b"no map at all", pack([], {})[:-8]])
def test_a_map_that_is_none_is_told(broken: bytes) -> None:
    with pytest.raises(MapUnreadable):
        unpack(broken)


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_the_nearest_point_of_a_short_line_is_one_of_it(x: float, y: float, at_x: float, at_y: float) -> None:
    """Wherever line and point lie, poles and antimeridian too: never further off than either end."""
    line = np.array([[at_x, at_y], [at_x, max(-90.0, min(90.0, at_y + 0.01))]])
    found = Lines(line, np.array([2], dtype=np.int32)).nearest(x, y)
    if found is None:
        assert abs(at_x) > 179.999 or abs(at_y) > 89.8
        return
    ends = [metres(x, y, float(px), float(py)) / METRES_IN_NM for px, py in line]
    assert min(ends) - 1.5 <= found.nm <= min(ends) * 1.01 + 0.01


def test_a_line_is_met_across_the_antimeridian() -> None:
    lines = Lines(np.array([[-179.9, -17.0], [-179.9, -18.0]]), np.array([2], dtype=np.int32))
    found = lines.nearest(179.9, -17.5)
    assert found is not None
    assert found.nm == pytest.approx(0.2 * 60 * np.cos(np.radians(17.5)), rel=0.01)


def test_the_seam_of_the_map_is_no_limit() -> None:
    fiji = zones(("FJI", square(177, -19, 180, -16)), ("FJI", square(-180, -19, -178, -16)))
    edge = fiji.nearest_edge(179.99, -17.5, within_nm=600)
    assert edge is not None
    assert edge.nm > 80


def found(**facts: object) -> Found:
    base: dict[str, object] = {
        "states": (),
        "limit_state": "PT",
        "limit_nm": 40.0,
        "coast_nm": 52.0,
        "is_on_land": False,
    }
    return Found(**{**base, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({"states": ("PT",), "limit_nm": 9.0, "coast_nm": 3.0}, Where.INSIDE),
        ({"states": ("PT",), "limit_nm": 2.0, "coast_nm": 10.0}, Where.POSSIBLY_INSIDE),
        ({"limit_nm": 2.9, "coast_nm": 15.0}, Where.POSSIBLY_INSIDE),
        ({"limit_nm": 3.5, "coast_nm": 15.6}, Where.OUTSIDE),
        ({"limit_nm": None, "limit_state": None, "coast_nm": None}, Where.OUTSIDE),
        # Land within reach round which the map draws no limit.
        ({"limit_nm": 90.0, "coast_nm": 10.0}, Where.POSSIBLY_INSIDE),
        ({"limit_nm": 90.0, "coast_nm": 90.0, "gap": ("an islet is missing", 20.0)}, Where.NOT_KNOWN),
        ({"states": ("PT",), "is_on_land": True, "limit_nm": 1.0}, Where.INSIDE),
    ],
)
def test_near_a_limit_nothing_is_certain(facts: dict[str, object], where: Where) -> None:
    assert judge(found(**facts), radius_m=0).where is where


def test_what_the_position_leaves_open_counts_too() -> None:
    assert judge(found(limit_nm=8.0, coast_nm=20.0), radius_m=1000).where is Where.OUTSIDE
    loose = judge(found(limit_nm=8.0, coast_nm=20.0), radius_m=12_000)
    assert loose.where is Where.POSSIBLY_INSIDE
    assert any("may be off by 6 nm" in words for words in loose.caveats)


def test_zones_further_out_are_estimates_and_say_so() -> None:
    kinds = lambda nm: [
        (b.kind, b.is_estimate) for b in judge(found(limit_nm=nm, coast_nm=nm + 12), radius_m=0).beyond
    ]
    assert kinds(10.0) == [("contiguous_zone", True), ("within_200_nm", True)]
    assert kinds(100.0) == [("within_200_nm", True)]
    assert kinds(189.0) == []


# --- the shipped map ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas()


@pytest.mark.parametrize(
    ("typed", "where", "states"),
    [
        ("38°35'N 009°25'W", Where.INSIDE, ("PT",)),
        ("36°00'N 012°30'W", Where.OUTSIDE, ()),
        ("17°45.0'S 179°59.0'W", Where.INSIDE, ("FJ",)),
        ("40°26.0'N 003°42.0'W", Where.INSIDE, ("ES",)),
        ("27°00.0'S 105°00.0'W", Where.NOT_KNOWN, ()),
        ("90°N 000°E", Where.OUTSIDE, ()),
    ],
)
def test_places_everybody_knows(atlas: Atlas, typed: str, where: Where, states: tuple[str, ...]) -> None:
    waters = atlas.waters_of(read_position(typed))
    assert waters is not None
    assert (waters.where, waters.states) == (where, states)
    assert all(source.as_of and source.terms and len(source.sha256) == 64 for source in waters.sources)


def test_a_position_on_land_is_pointed_out(atlas: Atlas) -> None:
    waters = atlas.waters_of(read_position("40°26.0'N 003°42.0'W"))
    assert waters is not None and waters.is_on_land
    assert any("on land" in words for words in waters.caveats)


def test_words_without_a_point_have_no_waters(atlas: Atlas) -> None:
    assert atlas.waters_of(read_position("145 nm south of the cape")) is None


@given(LONGITUDES, LATITUDES, st.integers(0, 20_000_000))
def test_every_point_of_the_earth_has_an_answer(atlas: Atlas, x: float, y: float, radius: int) -> None:
    told = atlas.look(x, y, radius_m=radius).as_json()
    assert json.dumps(told)
    assert told["where"] in {w.value for w in Where}


# --- maps of the authority's own ---------------------------------------------------------------------------------


def geojson(path: Path, *features: tuple[dict[str, object], dict[str, object]]) -> Path:
    document = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in features],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def polygon(*ring: tuple[float, float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(p) for p in ring]]}


SEA = polygon((-20, 35), (-15, 35), (-15, 40), (-20, 40), (-20, 35))


def test_an_imported_map_speaks_for_its_state_and_the_shipped_one_is_silent(tmp_path: Path) -> None:
    """Off Portugal a box far out is drawn as its sea: now only that is, and the coast itself is not."""
    read = read_map(geojson(tmp_path / "own.json", ({"ISO_SOV1": "PRT"}, SEA)))
    assert read.states == ("PT",)
    content = read.packed({"source": "hydrographic office", "as_of": "2026-01-31", "terms": "own"})
    own = Atlas(lambda: [(1, "territorial_sea", lambda: content)])
    inside = own.look(-17.0, 37.0, radius_m=10)
    assert (inside.where, inside.states) == (Where.INSIDE, ("PT",))
    assert inside.limit is not None and inside.limit.uncertainty_nm < 1
    assert own.look(-9.0, 37.9, radius_m=10).states == ()
    assert own.look(-3.7, 40.4, radius_m=10).states == ("ES",)
    assert inside.sources[0].name == "hydrographic office"


def test_a_zone_that_is_drawn_is_no_estimate(tmp_path: Path) -> None:
    read = read_map(geojson(tmp_path / "zone.json", ({}, SEA)), state="PT")
    content = read.packed({"source": "s"})
    waters = Atlas(lambda: [(1, "contiguous_zone", lambda: content)]).look(-17.0, 37.0, radius_m=0)
    assert [(b.kind, b.state, b.is_estimate) for b in waters.beyond if b.kind == "contiguous_zone"] == [
        ("contiguous_zone", "PT", False)
    ]


def test_features_that_cannot_be_taken_are_told_one_by_one(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    beyond = polygon((0, 0), (200, 0), (200, 5), (0, 0))
    path = geojson(
        tmp_path / "mixed.json",
        ({"state": "PT"}, SEA),
        ({"state": "Atlantis"}, SEA),
        ({"state": "PT"}, line),
        ({"state": "PT"}, beyond),
    )
    read = read_map(path)
    assert [number for number, _ in read.set_aside] == [2, 3, 4]
    assert "no State" in read.set_aside[0][1]
    assert "no polygon" in read.set_aside[1][1]
    assert "outside" in read.set_aside[2][1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"{",
        b"[]",
        b'{"type": "FeatureCollection", "features": 7}',
        b"PK\x03\x04 cut off",
    ],
)
def test_what_is_no_map_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(ZonesUnreadable):
        read_map(path)


def shapefile_zip(path: Path, *, cut: int | None = None, projection: str = "GEOGCS[WGS 84]") -> Path:
    import shapefile

    parts = {name: io.BytesIO() for name in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts) as writer:
        writer.field("ISO_TER1", "C")
        writer.poly([[[-20, 35], [-20, 40], [-15, 40], [-15, 35], [-20, 35]]])
        writer.record("PRT")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"own.{name}", content.getvalue()[:cut] if name == "shp" else content.getvalue())
        archive.writestr("own.prj", projection)
    return path


def test_a_zipped_shapefile_is_read_and_one_cut_short_or_in_metres_is_refused(tmp_path: Path) -> None:
    assert read_map(shapefile_zip(tmp_path / "own.zip")).states == ("PT",)
    with pytest.raises(ZonesUnreadable):
        read_map(shapefile_zip(tmp_path / "cut.zip", cut=60))
    with pytest.raises(ZonesUnreadable, match="degrees"):
        read_map(shapefile_zip(tmp_path / "metres.zip", projection="PROJCS[UTM 29N]"))
