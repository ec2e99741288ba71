"""``cna backup`` and ``cna restore``: verified after writing, into an empty place, of the same kind for ever."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from tests.cli.commands import OFFICER, CommandLine


@pytest.fixture
def saved(cna: CommandLine, tmp_path: Path) -> Path:
    cna.begun()
    assert cna("backup", tmp_path / "saved").code == 0
    return tmp_path / "saved"


def test_a_backup_holds_database_secrets_policy_and_manifest(cna: CommandLine, saved: Path) -> None:
    manifest = json.loads((saved / "MANIFEST.json").read_text())
    files = {f["path"] for f in manifest["files"]}
    assert {"database.sqlite3", "secrets/log-key", "secrets/token-key.pem", "config/ladders.toml"} <= files
    assert manifest["exercise"] is False
    assert manifest["verified"]["exit_code"] == 0
    assert {oct(p.stat().st_mode & 0o777) for p in saved.rglob("*") if p.is_file()} == {"0o600"}
    assert oct(saved.stat().st_mode & 0o777) == "0o700"
    assert '"type":"backup.made"' in cna("ledger", "export", "--stream", "log").out
    assert str(saved) not in cna("ledger", "export").out
    assert any(
        r["about"] == "backup" and r["level"] == "well" for r in cna("check", "--json").json["remarks"]
    )


def test_what_was_backed_up_comes_back_and_goes_on(cna: CommandLine, saved: Path, tmp_path: Path) -> None:
    old = cna("officer", "list").out
    moved = tmp_path / "moved"
    ran = cna.bare("restore", saved, "--data", moved, "--json")
    assert (ran.code, ran.json["verified"]["findings"]) == (0, [])
    assert cna.bare("officer", "list", "--data", moved).out == old
    assert cna.bare("officer", "add", "--role", "auditor", *OFFICER, "--data", moved).code == 0
    assert cna.bare("ledger", "verify", "--data", moved).code == 0
    assert cna.bare("case", "replay", "--all", "--data", moved).code == 0


def test_a_place_that_is_not_empty_is_refused(cna: CommandLine, saved: Path, tmp_path: Path) -> None:
    ran = cna("backup", saved)
    assert ran.code == 1
    assert "empty or new folder" in ran.err
    before = sorted(p.name for p in cna.data.iterdir())
    assert cna("restore", saved).code == 1
    assert sorted(p.name for p in cna.data.iterdir()) == before
    assert cna.bare("restore", tmp_path / "nothing", "--data", tmp_path / "new").code == 1
    assert not (tmp_path / "new").exists()


def test_rule_15_1_a_backup_stays_what_it_was_born(cna: CommandLine, saved: Path, tmp_path: Path) -> None:
    ran = cna.bare("restore", saved, "--data", tmp_path / "new", "--exercise")
    assert ran.code == 1
    assert "real desk" in ran.err
    assert not (tmp_path / "new").exists()


def test_a_changed_file_of_a_backup_is_refused(cna: CommandLine, saved: Path, tmp_path: Path) -> None:
    ladders = saved / "config" / "ladders.toml"
    ladders.write_bytes(ladders.read_bytes() + b"# changed\n")
    ran = cna.bare("restore", saved, "--data", tmp_path / "new")
    assert ran.code == 1
    assert "ladders.toml is missing or was changed" in ran.err
    (saved / "MANIFEST.json").write_text("{}")
    assert cna.bare("restore", saved, "--data", tmp_path / "new").code == 1


def test_rule_8_1_cited_texts_travel_in_the_backup(cna: CommandLine, saved: Path, tmp_path: Path) -> None:
    cna.bare("restore", saved, "--data", tmp_path / "new")
    old, new = (
        cna.bare("ledger", "verify", "--data", folder, "--json").json["policies"]
        for folder in (cna.data, tmp_path / "new")
    )
    assert old == new > 0


def test_a_log_that_was_tampered_with_makes_no_sound_backup(cna: CommandLine, tmp_path: Path) -> None:
    cna.begun()
    statement = "UPDATE ledger_entry SET type = 'desk.changed' WHERE stream = 'desk' AND seq = 2"
    cna.tamper(statement, fence="ledger_entry_fence_UPDATE")
    ran = cna("backup", tmp_path / "saved")
    assert ran.code == 1
    assert "NOT SOUND" in ran.out
    assert '"type":"backup.made"' not in cna("ledger", "export", "--stream", "log").out


def test_a_backup_while_others_write_is_whole(cna: CommandLine, tmp_path: Path) -> None:
    cna.begun()
    with cna.running() as running:
        from cna_service.workflow.upkeep import heartbeat

        done = threading.Event()

        def write() -> None:
            while not done.is_set():
                heartbeat(running.service)
                running.sequencer.run(running.service.clock.now())

        writer = threading.Thread(target=write)
        writer.start()
        try:
            ran = cna("backup", tmp_path / "saved", "--json")
        finally:
            done.set()
            writer.join()
    assert (ran.code, ran.json["verified"]["findings"]) == (0, [])
    assert cna.bare("restore", tmp_path / "saved", "--data", tmp_path / "moved").code == 0
    assert cna("ledger", "verify").code == 0
