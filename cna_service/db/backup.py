"""Copying the whole database while others write, and putting a copy back into an empty place (desk-rules 12.1).

SQLite copies itself (its online backup); PostgreSQL is copied by ``pg_dump`` and ``pg_restore`` of its own release.
A copy is one file: attachments, policy texts and the log are rows. Keys and secret files are not in it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from cna_service.db.database import Database, DatabaseUnavailable
from cna_service.kit.errors import Conflict, NotFound, Unavailable

SQLITE_COPY, POSTGRES_COPY = "database.sqlite3", "database.pgdump"

_LONGEST = 6 * 60 * 60
"""Seconds after which a program that does not end is ended."""

_OBJECTS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
"""

# How libpq is told where the server is; the password goes this way and not into the list of running programs.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
    "options": "PGOPTIONS",
}


class BackupFailed(Unavailable):
    code = "backup-failed"
    title = "The copy could not be made or put back"


class CopyMissing(NotFound):
    code = "copy-missing"
    title = "There is no copy of this kind of database in that folder"


class NotEmpty(Conflict):
    code = "not-empty"
    title = "A copy is put back into an empty place only"


def backup(database: Database, folder: Path, *, programs: Path | None = None) -> Path:
    """Copy the database into ``folder`` as of one instant; on disk when this returns the file.

    ``programs`` is where ``pg_dump`` is, if not on the PATH. Raises NotEmpty if the folder holds a copy already,
    BackupFailed (nothing is left behind), DatabaseUnavailable.
    """
    copy = folder / (SQLITE_COPY if database.is_sqlite else POSTGRES_COPY)
    unfinished = copy.with_name(copy.name + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if copy.exists():
            raise NotEmpty(f"{copy} exists already; name another folder")
        if database.is_sqlite:
            _copy_sqlite(_file_of(database), unfinished)
        else:
            _run_postgres("pg_dump", ["--format=custom", f"--file={unfinished}"], database.url, programs)
        _settle(unfinished, copy)
    except OSError as error:
        raise BackupFailed(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        _drop(unfinished)
    return copy


def restore(folder: Path, target: Database, *, programs: Path | None = None) -> None:
    """Put the copy in ``folder`` back into ``target``: a file that does not exist yet, or an empty database.

    All or nothing. Raises CopyMissing, NotEmpty, BackupFailed, DatabaseUnavailable.
    """
    copy = folder / (SQLITE_COPY if target.is_sqlite else POSTGRES_COPY)
    if not copy.is_file():
        raise CopyMissing(f"{copy} does not exist")
    if target.is_sqlite:
        # A connection opened before would go on in the file that was there.
        target.close()
        _restore_sqlite(copy, _file_of(target))
    else:
        _refuse_unless_empty(target)
        # One transaction: a copy that cannot be read to its end leaves the database empty.
        options = ["--single-transaction", "--exit-on-error", "--no-owner", str(copy)]
        _run_postgres("pg_restore", [f"--dbname={target.url.database}", *options], target.url, programs)


def _restore_sqlite(copy: Path, path: Path) -> None:
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")]
    for each in (path, *beside):
        if each.exists() and each.stat().st_size:
            raise NotEmpty(f"{each} exists; move it away first")
    unfinished = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy_sqlite(copy, unfinished)
        _settle(unfinished, path)
    except OSError as error:
        raise BackupFailed(f"{path.parent} cannot be written: {error.strerror or error}") from error
    finally:
        _drop(unfinished)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Everything committed when it begins, in one step: writers go on in the write-ahead log meanwhile."""
    target.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            # One file, nothing beside it; the service switches back when it opens it.
            new.execute("PRAGMA journal_mode=DELETE")
            found = new.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} cannot be copied: {error}") from error
    if found != ("ok",):
        raise BackupFailed(f"{source} is damaged: {found[0]}")


def _settle(unfinished: Path, path: Path) -> None:
    """Safely on disk, then under its name, readable by its owner only."""
    unfinished.chmod(0o600)
    _fsync(unfinished)
    unfinished.replace(path)
    _fsync(path.parent)


def _drop(unfinished: Path) -> None:
    with suppress(OSError):
        unfinished.unlink(missing_ok=True)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_unless_empty(target: Database) -> None:
    try:
        with target.read() as connection:
            found = connection.execute(text(_OBJECTS)).scalar_one()
    except DBAPIError as error:
        raise DatabaseUnavailable(f"The database cannot be reached: {error.orig}") from error
    if found:
        raise NotEmpty(
            f"the database {target.url.database} holds {found} tables and indexes; create an empty one"
        )


def _run_postgres(name: str, options: list[str], url: URL, programs: Path | None) -> None:
    program = shutil.which(name, path=None if programs is None else str(programs))
    if program is None:
        where = "on the PATH" if programs is None else f"in {programs}"
        raise BackupFailed(f"{name} is not {where}; install the client programs of the server's release")
    command = [program, "--no-password", *options]
    try:
        done = subprocess.run(  # noqa: S603 - the program is the operator's own, the options are ours
            command,
            env=_environment(url),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_LONGEST,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackupFailed(f"{program} did not run to its end: {error}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupFailed(f"{name} failed: {said[0] if said else f'exit code {done.returncode}'}")


def _environment(url: URL) -> Mapping[str, str]:
    told: dict[str, object] = {name: value for name, value in url.query.items() if isinstance(value, str)}
    own = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    told |= {name: value for name, value in own.items() if value is not None}
    told["dbname"] = url.database
    known = {_VARIABLES[name]: str(value) for name, value in told.items() if name in _VARIABLES and value}
    return dict(os.environ) | known


def _file_of(database: Database) -> Path:
    if database.path is None or str(database.path) == ":memory:":
        raise BackupFailed("a database without a file cannot be copied")
    return database.path
