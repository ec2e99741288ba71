"""A log for tests: a few types, a key, commands of one entry, and the hand of an owner who passes the triggers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, text

from cna_service.db.database import Database
from cna_service.db.fences import make_insert_only
from cna_service.db.types import metadata
from cna_service.ledger import store, tables
from cna_service.ledger.entry import Draft, Entry, EntryType, TypeTable
from cna_service.ledger.folds import Folds, Projection
from cna_service.ledger.keys import Ed25519Signer
from cna_service.ledger.sequencer import Sequencer
from cna_service.ledger.store import Stamp
from cna_service.ledger.verify import RowCheck, verify
from cna_service.ledger.verify_report import Report

LOG = "cna.example/test"
BEGAN = datetime(2026, 11, 21, 18, 3, tzinfo=UTC)
TYPES = TypeTable(
    (
        EntryType("note.added", "a note", ("/words¶", "/by/name", "/lines/*")),
        EntryType("file.kept", "bytes kept beside the entry", ("/sha256", "/attachments/*/sha256")),
        EntryType("rule.cited", "a text is relied on"),
        EntryType("clock.stepped", "the clock was wrong"),
    )
)
COUNT: Projection[tuple[int, ...]] = Projection("count", ("case:",), lambda _: (), lambda s, e: (*s, e.seq))
STAMP_ACTOR = {"kind": "officer", "id": "u-1"}


@dataclass
class LogBook:
    """Every command takes a second of its own; ``now`` is the instant of the next."""

    database: Database
    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(LOG, bytes(32)))
    now: datetime = BEGAN

    def __post_init__(self) -> None:
        self.folds = Folds(LOG, TYPES, [COUNT])
        self.sequencer = Sequencer(self.database, LOG, self.signer)

    def begin(self) -> LogBook:
        metadata.create_all(
            self.database.engine, tables=[t for t in metadata.sorted_tables if _is_ours(t.name)]
        )
        with self.database.write() as connection:
            make_insert_only(connection, tables.INSERT_ONLY)
        return self

    def open(self, *streams: str) -> None:
        with self.database.write() as connection:
            for name in streams:
                store.open_stream(connection, name)

    def add(self, stream: str, body: Mapping[str, Any] | None = None, type: str = "note.added") -> Entry:
        self.now += timedelta(seconds=1)
        with self.database.write() as connection:
            head = store.lock_streams(connection, [stream])[stream]
            kind = TYPES.get(type, 1)
            assert kind is not None
            stamp = Stamp(LOG, self.now, STAMP_ACTOR)
            given = {"n": 1} if body is None else body
            return store.append(connection, kind, Draft(type, given), stream, head, stamp)

    def add_file(self, stream: str, content: bytes, **fields: Any) -> Entry:
        with self.database.write() as connection:
            blob = store.put_blob(connection, content, "text/plain", self.now)
        digest = hashlib.sha256(content).hexdigest()
        body = {"blob": blob, "size": len(content), "sha256": digest} | fields
        return self.add(stream, body, "file.kept")

    def cite(self, stream: str, words: str) -> Entry:
        with self.database.write() as connection:
            digest = store.put_policy(connection, "rules.toml", words)
        return self.add(stream, {"policy_sha256": digest, "ladder_copy": {"sha256": digest}}, "rule.cited")

    def seal(self) -> int:
        return self.sequencer.run(self.now)

    def verify(
        self,
        *,
        signers: Iterable[Ed25519Signer] | None = None,
        row_check: RowCheck | None = None,
        **more: Any,
    ) -> Report:
        keys = [each.verifier for each in (signers if signers is not None else [self.signer])]
        with self.database.read() as connection:
            return verify(connection, LOG, keys, TYPES, row_check=row_check, **more)

    def as_owner(self, *statements: str, **values: Any) -> None:
        """Change rows past every trigger and foreign key, as whoever owns the file or the server can."""
        if self.database.is_sqlite:
            with self.database.engine.connect() as link:
                link.connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]
                for name in _triggers(
                    link.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger'")
                ):
                    link.exec_driver_sql(f"DROP TRIGGER {name}")
                for statement in statements:
                    link.execute(text(statement), values)
                link.commit()
                link.connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]
        else:
            with self.database.write() as link:
                for table in metadata.sorted_tables:
                    if _is_ours(table.name):
                        link.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
                for statement in statements:
                    link.execute(text(statement), values)

    def erase(self, stream: str, seq: int, *, path: str = "") -> None:
        """Delete the disclosures of an entry whose path begins with ``path``; that is allowed."""
        c = tables.ledger_disclosure.c
        where = (c.entry_id == self.entry_id(stream, seq)) & c.path.startswith(path)
        with self.database.write() as connection:
            connection.execute(delete(tables.ledger_disclosure).where(where))

    def entry_id(self, stream: str, seq: int) -> int:
        query = "SELECT entry_id FROM ledger_entry WHERE stream = :stream AND seq = :seq"
        with self.database.read() as connection:
            found: int = connection.execute(text(query), {"stream": stream, "seq": seq}).scalar_one()
            return found

    def value(self, query: str, **values: Any) -> Any:
        with self.database.read() as connection:
            return connection.execute(text(query), values).scalar_one()


def _is_ours(table: str) -> bool:
    return table.startswith("ledger_") or table in {
        "stream",
        "blob",
        "policy",
        "outbox",
        "timer",
        "idempotency",
    }


def _triggers(rows: Iterable[Any]) -> list[str]:
    return [row[0] for row in rows]
