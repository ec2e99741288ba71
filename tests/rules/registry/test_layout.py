"""Register files: good rows, bad rows by line number, and files that are none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cna_service.registry.layout import Reject, file_digest, read_register
from cna_service.registry.match import load_register, match_cases
from cna_service.registry.model import RegisterVessel
from cna_service.registry.rules import RegisterUnreadable
from cna_service.registry.synth import synthetic_register, valid_imo, write_register
from cna_service.vessels.identifiers import check_identifiers

HEADER = "rid,name,prev_names,flag,imo,length_m,n_src\n"


def written(tmp_path: Path, content: str | bytes, name: str = "register.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_row_becomes_a_vessel_with_unknown_columns_kept(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + 'V1,"STAR, SEA",OLD ONE;OLDER,PAN,9074729,20.5,3\n')
    assert list(read_register(path)) == [
        RegisterVessel(
            rid="V1",
            name="STAR, SEA",
            former_names=("OLD ONE", "OLDER"),
            flag="PA",
            imo="9074729",
            length_m="20.5",
            rest={"n_src": "3"},
        )
    ]


def test_bad_rows_are_set_aside_by_line_number(tmp_path: Path) -> None:
    lines = [
        "V1,A,,XA,,,",
        "V1,B,,XA,,,",
        ",C,,XA,,,",
        "V4,D,,XA",
        "V5,,,XA,,,",
        f"V6,{'N' * 501},,XA,,,",
        "V7,E\0,,XA,,,",
    ]
    rows = list(read_register(written(tmp_path, HEADER + "\n".join(lines) + "\n\nV9,LAST,,XA,,,\n")))
    assert [row.rid for row in rows if isinstance(row, RegisterVessel)] == ["V1", "V9"]
    rejects = [row for row in rows if isinstance(row, Reject)]
    assert [row.line for row in rejects] == [3, 4, 5, 6, 7, 8]
    reasons = ["earlier line", "no rid", "4 columns", "neither a name", "501 characters", "NUL"]
    assert all(reason in row.why for reason, row in zip(reasons, rejects, strict=True))
    assert "\0" not in rejects[-1].row


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("rid,imo\nV1,1\n", "no column name, flag"),
        ("", "no column rid, name, flag"),
        ("rid,name,flag,name\n", "name twice"),
        (HEADER.encode() + b"V1,\xff\xfe,,XA,,,\n", "not UTF-8"),
        (gzip.compress(HEADER.encode() * 500, mtime=0)[:-40], "breaks off or is damaged"),
        (b"\x1f\x8bnot gzip at all", "breaks off or is damaged"),
        (HEADER + 'V1,"open,,XA,,,\n', "not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(RegisterUnreadable, match=words):
        list(read_register(written(tmp_path, content)))


def test_a_missing_column_names_the_fix(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable) as told:
        list(read_register(written(tmp_path, "rid,imo\n")))
    assert "prev_names" in told.value.problems[0].fix


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for read in (file_digest, lambda path: list(read_register(path))):
        with pytest.raises(RegisterUnreadable, match="cannot be opened"):
            read(tmp_path / "none.csv")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + HEADER.encode() + b"V1,A,,XA,,,\n")
    assert len(list(read_register(path))) == 1


@pytest.mark.parametrize("name", ["made.csv", "made.csv.gz"])
def test_a_synthetic_register_reads_back_as_it_was_made(tmp_path: Path, name: str) -> None:
    made = list(synthetic_register(300, seed=3, flags=("XA", "XB")))
    assert write_register(tmp_path / name, made) == 300
    assert list(read_register(tmp_path / name)) == made


def test_a_synthetic_register_is_the_same_for_a_seed_and_holds_what_tests_need() -> None:
    made = list(synthetic_register(2000, seed=3))
    assert made == list(synthetic_register(2000, seed=3))
    assert made != list(synthetic_register(2000, seed=4))
    assert len({v.rid for v in made}) == 2000
    assert len({v.name for v in made}) < 2000
    assert any(v.former_names for v in made)
    assert any(not v.imo and not v.call_sign for v in made)
    assert [check_identifiers(v.imo, v.mmsi, v.call_sign, v.flag) for v in made] == [[]] * 2000


def test_specials_come_first() -> None:
    special = RegisterVessel(rid="S", name="BAR TEST", flag="XA", imo=valid_imo(1))
    assert next(iter(synthetic_register(5, seed=1, specials=(special,)))) == special
    assert len(list(synthetic_register(5, seed=1, specials=(special,)))) == 5


def test_matching_a_file_of_cases(tmp_path: Path) -> None:
    register = load_register(written(tmp_path, HEADER + "V1,SEA STAR,,XA,,,\nV2,OTHER,,XA,,,\nbad\n"))
    cases = written(tmp_path, "case_id,name,flag\nC1,SEA STAR,XA\nC2,UNHEARD OF,XA\n", "cases.csv")
    ticks = iter(range(100))
    first, second = match_cases(register, cases, lambda: next(ticks) / 1000)
    assert first.as_json() == {
        "case_id": "C1",
        "verdict": "found",
        "reason": "One vessel fits clearly better than any other.",
        "candidates": [{"rid": "V1", "score": first.ranking.candidates[0].score}],
        "milliseconds": 1.0,
    }
    assert second.as_json()["verdict"] == "none"
    with pytest.raises(RegisterUnreadable, match="case_id"):
        list(match_cases(register, written(tmp_path, "name\nX\n", "bad.csv"), lambda: 0.0))
