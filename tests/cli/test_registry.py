"""``cna registry``: a register made, imported, searched, matched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import CommandLine


@pytest.fixture
def register(cna: CommandLine, tmp_path: Path) -> Path:
    path = tmp_path / "register.csv.gz"
    ran = cna("registry", "synth", path, "--vessels", 300, "--seed", 7, "--flag", "XA", "--json")
    assert (ran.code, ran.json["vessels"]) == (0, 300)
    return path


def test_a_register_is_imported_once_and_recorded(cna: CommandLine, register: Path) -> None:
    ran = cna("registry", "import", register, "--as-of", "2026-11-01", "--json")
    assert ran.code == 0
    assert (ran.json["version"], ran.json["rows"], ran.json["unchanged"]) == (1, 300, False)
    again = cna("registry", "import", register, "--as-of", "2026-11-01", "--json")
    assert again.json["unchanged"] is True
    exported = cna("ledger", "export", "--stream", "registry").out
    assert exported.count('"type":"register.imported"') == 1
    stats = cna("registry", "stats", "--json").json
    assert [(v["version"], v["state"], v["rows"], v["as_of"]) for v in stats] == [
        (1, "current", 300, "2026-11-01")
    ]


def test_rows_set_aside_are_told_by_line_and_counted_in_the_entry(cna: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text("rid,name,flag\n1,ALBA,XA\n1,TWICE,XA\n,NONE,XA\n", encoding="utf-8")
    ran = cna("registry", "import", path)
    assert ran.code == 0
    assert "2 rows were set aside" in ran.out
    assert "line 3: rid 1 stands in an earlier line" in ran.out
    exported = cna("ledger", "export", "--stream", "registry").out
    assert '"rejected":2' in exported
    assert "TWICE" not in exported


def test_a_file_that_is_no_register_is_3(cna: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    ran = cna("registry", "import", path)
    assert ran.code == 3
    assert "rid" in ran.err
    assert cna("registry", "import", path, "--as-of", "yesterday").code == 3
    assert cna("registry", "stats").code == 1


def test_searching_ranks_and_never_says_found(cna: CommandLine, register: Path) -> None:
    assert cna("registry", "import", register).code == 0
    assert cna("registry", "search").code == 3
    none = cna("registry", "search", "QXZQXZ WVWVW")
    assert none.code == 1
    with cna.running() as running:
        known = running.service.registry.look_up("rid", "X0000005")[0]
    ran = cna("registry", "search", known.name, "--registration-number", known.registration_number, "--json")
    assert ran.code == 0
    assert ran.json["candidates"][0]["rid"] == "X0000005"
    assert ran.json["register"]["version"] == 1
    words = cna("registry", "search", known.name, "--registration-number", known.registration_number).out
    assert "X0000005" in words
    assert " + " in words


def test_searching_before_an_import_is_1(cna: CommandLine) -> None:
    cna.begun()
    ran = cna("registry", "search", "ALBA")
    assert ran.code == 1
    assert "cna registry import" in ran.err


def test_a_file_of_cases_is_matched_without_a_desk(cna: CommandLine, register: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("case_id,name,flag\nc1,NO SUCH VESSEL AT ALL,XA\n", encoding="utf-8")
    ran = cna("registry", "match", "--register", register, "--cases", cases, "--json")
    assert ran.code == 0
    assert ran.json["vessels"] == 300
    assert ran.json["cases"][0]["case_id"] == "c1"
    assert not (cna.data / "desk.sqlite3").exists()
