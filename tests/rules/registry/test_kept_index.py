"""The index of names, kept between starts: the same answers, and nothing that cannot be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cna_service.registry.index import NameIndex, build_index
from cna_service.registry.kept_index import keep_index, read_index
from cna_service.registry.memory import normal_names
from cna_service.registry.synth import synthetic_register
from cna_service.vessels.names import normal_name


@pytest.fixture(scope="module")
def index() -> NameIndex:
    vessels = synthetic_register(2000, seed=3, flags=("XA", "XB", "XC"))
    return build_index((v.rid, v.flag, normal_names(v)) for v in vessels)


def test_a_kept_index_answers_like_the_one_it_was_made_from(index: NameIndex, tmp_path: Path) -> None:
    keep_index(tmp_path, "7-abc", index)
    read = read_index(tmp_path, "7-abc")
    assert read is not None
    for asked in ("GOLDEN HORIZON", "SEA TUNA II", "QUEEN"):
        for flag in ("", "XB", "ZZ"):
            name = normal_name(asked)
            assert read.nearest(name, flag=flag) == index.nearest(name, flag=flag)


def test_another_version_or_a_broken_file_counts_as_absent(index: NameIndex, tmp_path: Path) -> None:
    keep_index(tmp_path, "7-abc", index)
    assert read_index(tmp_path, "8-def") is None
    whole = (tmp_path / "7-abc" / "postings.npy").read_bytes()
    for broken in (b"", whole[: len(whole) // 2], b"no array"):
        (tmp_path / "7-abc" / "postings.npy").write_bytes(broken)
        assert read_index(tmp_path, "7-abc") is None
    (tmp_path / "7-abc" / "index.json").write_text("{")
    assert read_index(tmp_path, "7-abc") is None


def test_only_the_version_in_use_is_kept(index: NameIndex, tmp_path: Path) -> None:
    keep_index(tmp_path, "7-abc", index)
    keep_index(tmp_path, "8-def", index)
    assert [folder.name for folder in tmp_path.iterdir()] == ["8-def"]


def test_a_folder_that_cannot_be_written_stops_nobody(index: NameIndex, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("in the way")
    keep_index(file, "7-abc", index)
    assert read_index(file, "7-abc") is None


def test_vessels_of_the_flag_come_first(index: NameIndex) -> None:
    """A name that thousands share: those of the flag that was told are looked at before the others are cut off."""
    vessels = [(f"{flag}-{n}", flag, [normal_name("SEA STAR")]) for flag in ("XA", "XB") for n in range(400)]
    crowded = build_index(vessels)
    found = crowded.nearest(normal_name("SEA STAR"), 50, flag="XB")
    assert {rid[:2] for rid in found[:200]} == {"XB"}
