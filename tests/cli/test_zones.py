"""``cna zones``: a map of the authority's own, and whose waters a position lies in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import CommandLine

FAR_OUT = [[-20, 35], [-15, 35], [-15, 40], [-20, 40], [-20, 35]]


@pytest.fixture
def own_map(tmp_path: Path) -> Path:
    sea = {"type": "Polygon", "coordinates": [FAR_OUT]}
    features = [
        {"type": "Feature", "properties": {"ISO_SOV1": state}, "geometry": sea}
        for state in ("PRT", "Atlantis")
    ]
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def imported(cna: CommandLine, path: Path) -> CommandLine:
    ran = cna(
        "zones", "import", path, "--as-of", "2026-01-31", "--source", "Hydrographic office", "--terms", "own"
    )
    assert ran.code == 0, ran.err
    assert "1 polygons of PT" in ran.out
    assert "feature 2: it names no State that is known" in ran.out
    return cna


def test_a_map_of_the_authoritys_own_counts_is_an_entry_and_can_be_retired(
    cna: CommandLine, own_map: Path
) -> None:
    imported(cna, own_map)
    there = cna("zones", "at", "37-00N", "017-00W", "--json")
    assert (there.code, there.json["waters"]["where"], there.json["waters"]["states"]) == (
        0,
        "inside",
        ["PT"],
    )
    assert there.json["waters"]["sources"][0]["name"] == "Hydrographic office"
    listed = cna("zones", "list", "--json").json
    assert [(m["id"], m["kind"], m["polygons"]) for m in listed] == [(1, "territorial_sea", 1)]
    assert cna("zones", "retire", 1, "--reason", "superseded").code == 0
    assert cna("zones", "at", "37-00N", "017-00W", "--json").json["waters"]["where"] == "outside"
    log = cna("ledger", "export", "--stream", "registry").out
    assert log.count('"type":"zones.imported"') == 1
    assert log.count('"type":"zones.retired"') == 1
    assert cna("zones", "retire", 1, "--reason", "again").code == 1


def test_a_newer_map_of_the_same_name_replaces_the_older(cna: CommandLine, own_map: Path) -> None:
    imported(cna, own_map)
    imported(cna, own_map)
    assert [m["id"] for m in cna("zones", "list", "--json").json] == [2]


@pytest.mark.parametrize("content", [b"\x00binary", b"{}", b"PK\x03\x04half a file"])
def test_a_file_that_is_no_map_changes_nothing(cna: CommandLine, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    ran = cna("zones", "import", path, "--as-of", "2026-01-31")
    assert ran.code == 3
    assert "/file:" in ran.err
    assert cna("zones", "list", "--json").json == []


def test_possibly_is_no_yes(exercise: CommandLine) -> None:
    """A mile from the line nothing is certain, and the exit status says so."""
    assert exercise("migrate").code == 0
    near = exercise("zones", "at", "36°20'N", "006°30'W")
    assert near.code == 2
    assert "possibly inside ES" in near.out
    assert "give or take" in near.out
    assert exercise("zones", "at", "36-00N", "012-30W").code == 0
    wrong = exercise("zones", "at", "91-00N", "012-30W")
    assert wrong.code == 3
    assert "position" in wrong.err
