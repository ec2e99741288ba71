"""Backing the desk up while it works, verified after writing; and putting a backup back into an empty place.

A backup is one folder: a copy of the database (attachments, policy texts and the log are rows in it), the secrets,
the policy files, and ``MANIFEST.json``, written last, with the SHA-256 of each. Whoever has it has the keys.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from cna_service.db import backup as copies
from cna_service.db.backup import BackupFailed, CopyMissing, NotEmpty
from cna_service.db.database import Database
from cna_service.db.migrate import migrate
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Conflict
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.ledger.queries import first_entry
from cna_service.ledger.verify_report import SOUND, UNDECIDED, Report
from cna_service.workflow.log_keys import log_verifiers
from cna_service.workflow.projections import DESK, LOG
from cna_service.workflow.seeding import BornExercise, BornReal
from cna_service.workflow.service import Service
from cna_service.workflow.verification import verify_stored

MANIFEST, SECRETS, CONFIG = "MANIFEST.json", "secrets", "config"
FORMAT = 1


class BackupDamaged(Conflict):
    """A file of a backup is missing or is not the one that was written."""

    code: ClassVar[str] = "backup-damaged"
    title: ClassVar[str] = "The backup is not as it was written"


@dataclass(frozen=True, slots=True)
class Backup:
    """``manifest`` as written; ``report``: the verification of the copy, None where it could not be opened here."""

    folder: Path
    manifest: Mapping[str, Any]
    report: Report | None

    @property
    def exit_code(self) -> int:
        return UNDECIDED if self.report is None else self.report.exit_code


@dataclass(frozen=True, slots=True)
class Restored:
    """``report``: the verification of what was put back. ``config``: where the policy files of the backup lie."""

    manifest: Mapping[str, Any]
    report: Report
    config: Path


def backup(
    service: Service, actor: Actor, folder: Path, *, keys: Path, config: Path, scratch: Database | None = None
) -> Backup:
    """Back up into a folder that is empty or not there yet; record it if the copy proved sound.

    ``keys`` and ``config`` are the folders of secrets and policy files. A copy of SQLite is put back into a temporary
    file and verified there; one of PostgreSQL into ``scratch``, an empty database, if one is given. Raises
    NotPermitted, NotEmpty, BackupFailed, DatabaseUnavailable.
    """
    require(actor, Action.BACKUP_MAKE)
    _make_empty(folder)
    with _as_failure(folder):
        copies.backup(service.database, folder)
        _copy_files(keys, folder / SECRETS, "*")
        _copy_files(config, folder / CONFIG, "*.toml")
        with _put_back(service.database, folder, scratch) as copy:
            report = None if copy is None else _verified(copy, folder / SECRETS)
        manifest = _manifest(service, folder, report)
        _write(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n")
    if report is not None and report.exit_code == SOUND:
        with service.write(actor, Action.BACKUP_MAKE, LOG) as work:
            told = {"size": report.size, "root": report.root, "entries": report.entries}
            work.append(Draft("backup.made", {"folder": str(folder.absolute()), "verified": True, **told}))
    return Backup(folder, manifest, report)


def restore(folder: Path, data: Path, database: Database, *, exercise: bool) -> Restored:
    """Make a desk from a backup, in an empty folder and an empty database; verify what was put back.

    The desk stays what it was born, real or exercise (desk-rules 15.1). Raises CopyMissing, BackupDamaged, NotEmpty,
    BornReal, BornExercise, BackupFailed; nothing is left behind then.
    """
    manifest = read_manifest(folder)
    _refuse_other_kind(manifest, exercise=exercise)
    _make_empty(data)
    try:
        with _as_failure(data):
            _copy_files(folder / SECRETS, data / SECRETS, "*")
            _copy_files(folder / CONFIG, data / CONFIG, "*.toml")
            copies.restore(folder, database)
        migrate(database)
    except BaseException:
        database.close()
        for each in data.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        raise
    return Restored(manifest, _verified(database, data / SECRETS), data / CONFIG)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose every file is as it was written. Raises CopyMissing, BackupDamaged."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {each["path"]: each["sha256"] for each in told["files"]}
    except OSError:
        raise CopyMissing(
            f"{folder} holds no {MANIFEST}: it is no backup, or one that was cut off."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise BackupDamaged(f"{folder / MANIFEST} cannot be read. Take another backup.") from None
    if told.get("format") != FORMAT:
        raise BackupDamaged(
            f"{folder / MANIFEST} is of format {told.get('format')}: restore it with its own build."
        )
    for path, sha256 in files.items():
        if not (folder / path).is_file() or _sha256(folder / path) != sha256:
            raise BackupDamaged(f"{folder / path} is missing or was changed. Take another backup.")
    return told


def _refuse_other_kind(manifest: Mapping[str, Any], *, exercise: bool) -> None:
    if manifest["exercise"] and not exercise:
        raise BornExercise("The backup is of an exercise and stays one: add --exercise.")
    if exercise and not manifest["exercise"]:
        raise BornReal("The backup is of a real desk and stays one: leave out --exercise.")


def _verified(database: Database, keys: Path) -> Report:
    with database.read() as connection:
        first = first_entry(connection, DESK)
    return verify_stored(database, "" if first is None else first["log"], log_verifiers(keys))


@contextmanager
def _put_back(source: Database, folder: Path, scratch: Database | None) -> Iterator[Database | None]:
    """The copy as a database of its own, gone at the end; None where there is no place to put it back."""
    if not source.is_sqlite:
        if scratch is not None:
            copies.restore(folder, scratch)
        yield scratch
        return
    with tempfile.TemporaryDirectory(prefix=".verify-", dir=folder) as place:
        copy = Database(f"sqlite:///{Path(place) / 'copy.sqlite3'}")
        try:
            copies.restore(folder, copy)
            yield copy
        finally:
            copy.close()


def _manifest(service: Service, folder: Path, report: Report | None) -> dict[str, Any]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {
        "format": FORMAT,
        "made_at": to_text(service.clock.now()),
        "build": service.desk.build,
        "log": service.desk.log_origin,
        "state": service.desk.state,
        "exercise": service.desk.is_exercise,
        "keys": [key.vkey for key in log_verifiers(folder / SECRETS)],
        "verified": None if report is None else report.as_json(0),
        "files": [
            {"path": str(p.relative_to(folder)), "size": p.stat().st_size, "sha256": _sha256(p)}
            for p in files
        ],
    }


def _make_empty(folder: Path) -> None:
    """The folder, readable by its owner only. Raises NotEmpty if anything is in it."""
    with _as_failure(folder):
        if folder.is_dir() and any(folder.iterdir()):
            raise NotEmpty(f"{folder} holds files already; name an empty or new folder")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def _copy_files(source: Path, target: Path, pattern: str) -> None:
    target.mkdir(mode=0o700)
    for path in sorted(source.rglob(pattern)):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(place, path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """A new file, readable by its owner only, on disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _as_failure(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        named = error.filename or folder
        raise BackupFailed(f"{named} cannot be read or written: {error.strerror or error}") from error
