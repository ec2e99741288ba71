"""``cna registry``: a register made, imported, searched, matched."""

from __future__ import annotations

from pathlib import Path

import pytest

from cna_service.cli.parser_register import REGISTER_LAYOUTS
from cna_service.registry.layouts import LAYOUTS
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


def test_several_registers_each_with_its_layout_and_searched_by_name(
    cna: CommandLine, register: Path, tmp_path: Path
) -> None:
    own, mapping = tmp_path / "small.csv", tmp_path / "small.toml"
    own.write_text("no;nome\n7;ESTRELA DO NORTE\n", encoding="utf-8")
    mapping.write_text(
        'delimiter = ";"\n[columns]\nrid = "no"\nname = "nome"\n[constants]\nflag = "PT"\n', encoding="utf-8"
    )
    assert cna("registry", "import", register).code == 0
    small = ("--register", "small", "--layout", "mapped", "--mapping", mapping, "--json")
    taken = cna("registry", "import", own, *small)
    assert (taken.code, taken.json["register"], taken.json["rows"]) == (0, "small", 1)
    found = cna("registry", "search", "ESTRELA DO NORTE", "--register", "small", "--json")
    assert [c["rid"] for c in found.json["candidates"]] == ["7"]
    assert found.json["register"]["id"] == "small"
    national = cna("registry", "search", "ESTRELA DO NORTE", "--json").json
    assert "7" not in [c["rid"] for c in national["candidates"]]
    assert [v["rows"] for v in cna("registry", "stats", "--register", "small", "--json").json] == [1]
    assert cna("registry", "search", "ESTRELA", "--register", "nowhere").code == 1


def test_a_register_is_searched_as_it_was(cna: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    for name in ("OLD NAME", "NEW NAME"):
        path.write_text(f"rid,name,flag\n1,{name},XA\n", encoding="utf-8")
        assert cna("registry", "import", path).code == 0
    first, second = (v["imported_at"] for v in reversed(cna("registry", "stats", "--json").json))
    then = cna("registry", "search", "OLD NAME", "--at", first, "--json").json
    assert (then["register"]["version"], then["candidates"][0]["vessel"]["name"]) == (1, "OLD NAME")
    assert cna("registry", "search", "OLD NAME", "--at", second, "--json").json["register"]["version"] == 2
    assert cna("registry", "search", "OLD NAME", "--at", "2001-01-01T00:00:00Z").code == 1
    assert cna("registry", "search", "OLD NAME", "--at", "yesterday").code == 3


def test_a_file_of_a_fleet_without_a_day_is_refused_with_the_fix(cna: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text("Country of Registration;CFR\n", encoding="utf-8")
    ran = cna("registry", "import", path, "--layout", "eu-fleet")
    assert ran.code == 3
    assert "--as-of" in ran.err
    assert cna("registry", "import", path, "--as-of", "soon").code == 3


def test_the_layouts_of_the_command_line_are_those_of_the_register() -> None:
    assert REGISTER_LAYOUTS == LAYOUTS
