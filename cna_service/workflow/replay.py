"""Replaying: folding streams from their first entry on and holding what is stored against it (record.md, derived rows).

Folding reads entries and nothing else, so that an old case comes out as it was whatever ``config/`` says today
(desk-rules 10.1).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from cna_service.cases import store as case_store
from cna_service.cases.tables import case_key, case_row
from cna_service.db.database import Database
from cna_service.db.timers import timer
from cna_service.identity.actors import SERVICE
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import read_reference
from cna_service.kit.instants import to_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger import store as ledger_store
from cna_service.ledger.entry import Erased
from cna_service.ledger.folds import Folded
from cna_service.workflow.derived import write_derived
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.rows import queries
from cna_service.workflow.service import Service
from cna_service.workflow.verification import differences, fresh_folds, wanted_rows


class CaseUnknown(NotFound):
    code = "case-unknown"
    title = "There is no such case"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between what is stored and what the entries say."""

    stream: str
    why: str

    def as_json(self) -> dict[str, str]:
        return {"stream": self.stream, "why": self.why}


@dataclass(frozen=True, slots=True)
class Replayed:
    """``streams`` were folded; ``record`` is the case as folded, in JSON values, where one case was asked for."""

    streams: int
    differences: tuple[Difference, ...]
    record: Mapping[str, Any] | None = None

    @property
    def exit_code(self) -> int:
        return 1 if self.differences else 0

    def as_json(self) -> dict[str, Any]:
        told = {"streams": self.streams, "differences": [d.as_json() for d in self.differences]}
        return told if self.record is None else {**told, "record": self.record}


def stream_of_case(connection: Connection, spoken: str) -> str:
    """The stream of a case by its reference as typed or spoken. Raises CaseUnknown."""
    ref = read_reference(spoken)
    if ref is None:
        raise CaseUnknown(f"{spoken} is no reference: its check character does not fit. Ask for it again.")
    if ledger_store.head(connection, case_stream(ref)) is None:
        raise CaseUnknown(f"There is no case {ref} on this desk.")
    return case_stream(ref)


def replay(service: Service, ref: str | None = None) -> Replayed:
    """Fold one case anew and hold its rows against that; without ``ref`` every stream, into an empty database.

    Nothing of the desk is written. Raises CaseUnknown.
    """
    return replay_stored(service.database, service.desk.log_origin, ref)


def replay_stored(database: Database, log: str, ref: str | None = None) -> Replayed:
    """The same of a database that no service was built on. Raises CaseUnknown."""
    with database.read() as connection:
        if ref is None:
            return _replay_all(connection, log)
        stream = stream_of_case(connection, ref)
        folded = fresh_folds(log).current(connection, stream)
        found = queries.stored(connection, stream)
    wrong = [*_unsound(folded), *differences(found, wanted_rows(folded))]
    return Replayed(1, tuple(Difference(stream, why) for why in wrong), as_plain(folded.of(CASE)))


def rebuild_outdated(service: Service) -> int:
    """Write anew the rows that another meaning of the row wrote, the board's first; returns how many cases.

    Each case is a transaction of its own, so that the desk goes on meanwhile.
    """
    with service.database.read() as connection:
        refs = case_store.outdated(connection)
    for ref in refs:
        with service.tick(SERVICE, [case_stream(ref)], wait=True) as work:
            write_derived(work.connection, work.held[case_stream(ref)])
    return len(refs)


def _replay_all(connection: Connection, log: str) -> Replayed:
    """Every row of the desk must come out of the entries alone, and there must be no others."""
    folds = fresh_folds(log)
    names = ledger_store.stream_names(connection)
    wrong: list[Difference] = []
    with _empty_database() as rebuilt, rebuilt.write() as fresh:
        for name in names:
            folded = folds.current(connection, name)
            if folded.head.seq:
                write_derived(fresh, folded)
            wrong += [Difference(name, why) for why in _unsound(folded)]
        for name in sorted({*names, *queries.streams_with_rows(connection)}):
            found, wanted = queries.stored(connection, name), queries.stored(fresh, name)
            wrong += [Difference(name, why) for why in differences(found, wanted)]
    return Replayed(len(names), tuple(wrong))


def _unsound(folded: Folded) -> Iterator[str]:
    if folded.broken is not None:
        yield f"entry {folded.broken.seq}: {folded.broken.why}"
    if folded.unknown is not None:
        kind = f"{folded.unknown.type} v{folded.unknown.v}"
        yield f"entry {folded.unknown.seq} is of a newer build ({kind}): folded only up to it"


@contextmanager
def _empty_database() -> Iterator[Database]:
    """A database for derived rows alone, gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="cna-replay-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'rows.sqlite3'}")
        try:
            with database.write() as connection:
                for table in (case_row, case_key, timer):
                    table.create(connection)
            yield database
        finally:
            database.close()


def as_plain(value: Any) -> Any:
    """A folded state in JSON values: instants as text, lengths of time in seconds, what is erased by its digest."""
    if isinstance(value, Erased):
        return {"erased": value.digest}
    if isinstance(value, ToldInstant):
        return value.as_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((as_plain(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Decimal) else value
