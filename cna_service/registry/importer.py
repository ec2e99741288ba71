"""Importing a register file as a new version, in chunks, so that the desk goes on writing meanwhile.

Nothing of an import is visible before its last row is in; an import that breaks off leaves the old version current.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from cna_service.db.database import Database
from cna_service.registry import store
from cna_service.registry.layout import Reject, file_digest
from cna_service.registry.layouts import Source, read
from cna_service.registry.model import RegisterVessel
from cna_service.registry.opened import Progress, no_progress
from cna_service.registry.rules import ImportOvertaken, RegisterUnreadable
from cna_service.registry.store import Register, RegisterVersion

CHUNK = 2000
_MOST_REJECTS = 10_000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; ``is_unchanged`` if file and date are those of the current version and nothing was done."""

    version: RegisterVersion
    rows: int
    rejects: tuple[Reject, ...]
    is_unchanged: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "register": self.version.register,
            "version": self.version.number,
            "as_of": self.version.as_of,
            "sha256": self.version.sha256,
            "rows": self.rows,
            "rejects": [{"line": r.line, "why": r.why} for r in self.rejects],
            "unchanged": self.is_unchanged,
        }


def import_register(
    database: Database,
    known: Register,
    source: Source,
    *,
    now: datetime,
    as_of: str | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Import a file as the new current version of a register.

    ``as_of`` is the date of the register itself, YYYY-MM-DD. Raises RegisterUnreadable (nothing changes; also when
    there is not one good row) and ImportOvertaken if another import of the same register began meanwhile.
    """
    digest = file_digest(source.path)
    with database.read() as connection:
        current = store.current_version(connection, known.id)
        if current is not None and (current.sha256, current.as_of) == (digest, as_of):
            rejects = tuple(store.rejects_of(connection, current.id))
            return ImportReport(current, current.rows, rejects, is_unchanged=True)
    rows = read(source, progress)
    return import_rows(database, known, rows, now=now, as_of=as_of, sha256=digest)


def import_rows(
    database: Database,
    known: Register,
    rows: Iterable[RegisterVessel | Reject],
    *,
    now: datetime,
    as_of: str | None,
    sha256: str,
) -> ImportReport:
    """As ``import_register``, from rows already read; ``sha256`` is of whatever they were read from."""
    with database.write() as connection:
        store.declare(connection, known)
        version = store.begin_version(connection, of=known.id, now=now, sha256=sha256, as_of=as_of)
    try:
        taken, rejects = _take(database, version, rows)
        if taken == 0:
            raise RegisterUnreadable(f"the file has no usable row; {len(rejects)} rows were set aside")
        with database.write() as connection:
            if not store.make_current(connection, version, rows=taken, rejects=len(rejects)):
                raise ImportOvertaken
            version = store.version_of(connection, version.id)
    except BaseException:
        with database.write() as connection:
            store.abandon(connection, version.id)
        raise
    _drop_unfinished(database, known.id)
    return ImportReport(version, taken, tuple(rejects))


def _take(
    database: Database, version: RegisterVersion, rows: Iterable[RegisterVessel | Reject]
) -> tuple[int, list[Reject]]:
    taken, rejects = 0, list[Reject]()
    for chunk in _chunks(iter(rows)):
        with database.write() as connection:
            if not store.add(connection, version.id, chunk):
                raise ImportOvertaken
        taken += sum(isinstance(row, RegisterVessel) for row in chunk)
        rejects += [row for row in chunk if isinstance(row, Reject)]
        if len(rejects) > _MOST_REJECTS:
            first = f"the first, line {rejects[0].line}: {rejects[0].why}"
            raise RegisterUnreadable(f"more than {_MOST_REJECTS} rows cannot be used; {first}")
    return taken, rejects


def _chunks(rows: Iterator[RegisterVessel | Reject]) -> Iterator[list[RegisterVessel | Reject]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _drop_unfinished(database: Database, register: str) -> None:
    gone = 1
    while gone:
        with database.write() as connection:
            gone = store.drop_abandoned(connection, register, CHUNK)
