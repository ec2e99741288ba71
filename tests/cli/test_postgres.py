"""The same commands on PostgreSQL; a backup of it is verified in an empty database of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands import OFFICER, CommandLine
from tests.database import binaries

pytestmark = pytest.mark.postgres


@pytest.fixture
def on_postgres(
    cna: CommandLine, fresh_postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    monkeypatch.setenv("CNA_DATABASE_URL", fresh_postgres_url())
    monkeypatch.setenv("PATH", f"{binaries()}{os.pathsep}{os.environ['PATH']}")
    assert cna("officer", "add", "--role", "administrator", *OFFICER).code == 0
    return cna


def test_a_desk_on_postgresql(on_postgres: CommandLine) -> None:
    assert [o["id"] for o in on_postgres("officer", "list", "--json").json] == ["admin-1"]
    assert on_postgres("ledger", "verify", "--record").code == 0
    assert on_postgres("case", "replay", "--all").code == 0
    assert "database: PostgreSQL" in on_postgres("check").out
    assert not (on_postgres.data / "desk.sqlite3").exists()


def test_rule_15_1_on_postgresql_too(on_postgres: CommandLine) -> None:
    assert on_postgres("ledger", "verify", "--exercise").code == 1


def test_a_backup_is_verified_where_there_is_an_empty_database(
    on_postgres: CommandLine,
    tmp_path: Path,
    fresh_postgres_url: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = on_postgres("backup", tmp_path / "unverified")
    assert ran.code == 2
    assert "NOT VERIFIED" in ran.out
    assert on_postgres("backup", tmp_path / "saved", "--scratch", fresh_postgres_url()).code == 0
    monkeypatch.setenv("CNA_DATABASE_URL", fresh_postgres_url())
    assert on_postgres.bare("restore", tmp_path / "saved", "--data", tmp_path / "new").code == 0
    listed = on_postgres.bare("officer", "list", "--data", tmp_path / "new", "--json").json
    assert [o["id"] for o in listed] == ["admin-1"]


def test_a_database_that_does_not_answer_is_2(cna: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNA_DATABASE_URL", f"postgresql://nobody@/none?host={cna.data.parent}")
    assert cna("ledger", "verify").code == 2
    ran = cna("check", "--json")
    assert ran.code == 1
    assert any(r["about"] == "database" and r["level"] == "wrong" for r in ran.json["remarks"])
