"""Reading the log for people and programs (seals, checkpoints, the oldest entry that waits) and, as stored, for
verification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, null, select, type_coerce
from sqlalchemy.types import NullType

from cna_service.kit import canonical
from cna_service.ledger import tables as t
from cna_service.ledger.tree_store import newest_checkpoint_size


@dataclass(frozen=True, slots=True)
class Seal:
    """Where an entry stands in the tree. ``state``: recorded (no checkpoint covers it yet) or sealed."""

    index: int | None
    state: str


def seals(connection: Connection, log: str, stream: str) -> Mapping[int, Seal]:
    """The seal of every entry of a stream, by ``seq``."""
    signed = newest_checkpoint_size(connection, log)
    e, leaf = t.ledger_entry.c, t.ledger_leaf.c
    query = (
        select(e.seq, leaf.idx)
        .select_from(t.ledger_entry.outerjoin(t.ledger_leaf, leaf.entry_id == e.entry_id))
        .where((e.log == log) & (e.stream == stream))
    )
    return {
        row.seq: Seal(row.idx, "sealed" if row.idx is not None and row.idx < signed else "recorded")
        for row in connection.execute(query)
    }


@dataclass(frozen=True, slots=True)
class LogState:
    size: int
    signed_size: int
    note: str | None
    signed_at: datetime | None
    pending: int
    oldest_pending_at: datetime | None
    entries: int


def log_state(connection: Connection, log: str) -> LogState:
    """The head, its newest signature, and what still waits for a place."""
    c = t.ledger_checkpoint.c
    newest = connection.execute(
        select(t.ledger_checkpoint).where(c.log == log).order_by(c.size.desc()).limit(1)
    ).first()
    pending, oldest = connection.execute(
        select(func.count(), func.min(t.ledger_entry.c.recorded_at)).select_from(
            t.ledger_pending.join(t.ledger_entry, t.ledger_entry.c.entry_id == t.ledger_pending.c.entry_id)
        )
    ).one()
    size = connection.execute(
        select(func.coalesce(func.max(t.ledger_head.c.size), 0)).where(t.ledger_head.c.log == log)
    ).scalar_one()
    entries = connection.execute(select(func.count()).select_from(t.ledger_entry)).scalar_one()
    return LogState(
        size=size,
        signed_size=newest.size if newest else 0,
        note=newest.note if newest else None,
        signed_at=newest.signed_at if newest else None,
        pending=pending,
        oldest_pending_at=oldest,
        entries=entries,
    )


def newest_recorded_at(connection: Connection, log: str) -> datetime | None:
    """What the clock said when the entry with the highest number was written; None in an empty log."""
    c = t.ledger_entry.c
    query = select(c.recorded_at).where(c.log == log).order_by(c.entry_id.desc()).limit(1)
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


class BodyRow(NamedTuple):
    """``body``: the bytes of the entry as hashed (RFC 8785), private values as digests."""

    stream: str
    seq: int
    type: str
    recorded_at: datetime
    body: bytes


def bodies_between(
    connection: Connection, log: str, types: Iterable[str], since: datetime, until: datetime, limit: int
) -> list[BodyRow]:
    """Entries of these types recorded from ``since`` to before ``until``, in the order in which they were written."""
    e = t.ledger_entry.c
    query = (
        select(e.stream, e.seq, e.type, e.recorded_at, t.ledger_body.c.body)
        .join(t.ledger_body, t.ledger_body.c.entry_id == e.entry_id)
        .where(e.log == log, e.type.in_(list(types)), e.recorded_at >= since, e.recorded_at < until)
        .order_by(e.entry_id)
        .limit(limit)
    )
    return [BodyRow(*row) for row in connection.execute(query)]


def streams(connection: Connection, prefixes: Iterable[str] = ("",)) -> list[tuple[str, int]]:
    """Every stream with the number of its newest entry."""
    query = select(t.stream.c.name, t.stream.c.head_seq).order_by(t.stream.c.name)
    wanted = tuple(prefixes)
    return [(r.name, r.head_seq) for r in connection.execute(query) if r.name.startswith(wanted)]


class Stored(NamedTuple):
    """An entry exactly as its rows hold it: no column type applied, so that a changed row can be read too.

    None stands for a row that is missing. ``idx`` is None for an entry without a place in the tree; ``placed``
    is then the leaf in the queue, else the one in the tree.
    """

    idx: int | None
    placed: Any
    entry_id: int
    log: Any
    stream: Any
    seq: Any
    type: Any
    recorded_at: Any
    leaf: Any
    body: Any


def stored_entries(connection: Connection, log: str, batch: int = 500) -> Iterator[list[Stored]]:
    """Everything in the tree by index, then what has no index by ``entry_id``, a batch at a time."""
    leaf, waiting = t.ledger_leaf.c, t.ledger_pending.c
    in_tree = (
        select(leaf.idx, _raw(leaf.leaf), leaf.entry_id, *_entry_columns())
        .select_from(
            t.ledger_leaf.outerjoin(t.ledger_entry, t.ledger_entry.c.entry_id == leaf.entry_id).outerjoin(
                t.ledger_body, t.ledger_body.c.entry_id == leaf.entry_id
            )
        )
        .where(leaf.log == log)
        .order_by(leaf.idx)
        .limit(batch)
    )
    yield from _batches(connection, in_tree, leaf.idx, 0)
    entry = t.ledger_entry.c
    outside = (
        select(null(), _raw(waiting.leaf), entry.entry_id, *_entry_columns())
        .select_from(
            t.ledger_entry.outerjoin(t.ledger_leaf, (leaf.entry_id == entry.entry_id) & (leaf.log == log))
            .outerjoin(t.ledger_pending, waiting.entry_id == entry.entry_id)
            .outerjoin(t.ledger_body, t.ledger_body.c.entry_id == entry.entry_id)
        )
        .where(leaf.entry_id.is_(None))
        .order_by(entry.entry_id)
        .limit(batch)
    )
    yield from _batches(connection, outside, entry.entry_id, 2)


def stored_disclosures(connection: Connection, entry_ids: Sequence[int]) -> Iterator[tuple[int, Any, Any]]:
    """(entry, path, text) of the private values of these entries, as stored."""
    c = t.ledger_disclosure.c
    query = select(c.entry_id, _raw(c.path), _raw(c.disclosure))
    for start in range(0, len(entry_ids), 500):
        for row in connection.execute(query.where(c.entry_id.in_(entry_ids[start : start + 500]))):
            yield row[0], row[1], row[2]


class StoredHead(NamedTuple):
    size: int
    root: Any
    frontier: Any


def stored_heads(connection: Connection, log: str, batch: int = 2000) -> Iterator[StoredHead]:
    """Every head of the log by size."""
    c = t.ledger_head.c
    query = select(c.size, _raw(c.root), _raw(c.frontier)).where(c.log == log).order_by(c.size).limit(batch)
    for rows in _keyset(connection, query, c.size, 0):
        yield from (StoredHead(*row) for row in rows)


def stored_checkpoints(connection: Connection, log: str, batch: int = 500) -> Iterator[tuple[int, Any]]:
    """(size, note) of every checkpoint of the log by size."""
    c = t.ledger_checkpoint.c
    query = select(c.size, _raw(c.note)).where(c.log == log).order_by(c.size).limit(batch)
    for rows in _keyset(connection, query, c.size, 0):
        yield from ((row[0], row[1]) for row in rows)


def stored_streams(connection: Connection, batch: int = 2000) -> Iterator[tuple[str, Any, Any]]:
    """(name, number of the newest entry, its leaf) of every stream by name."""
    c = t.stream.c
    query = select(c.name, _raw(c.head_seq), _raw(c.head_leaf)).order_by(c.name).limit(batch)
    for rows in _keyset(connection, query, c.name, 0):
        yield from ((row[0], row[1], row[2]) for row in rows)


def stored_tile(connection: Connection, log: str, level: int, n: int) -> Any:
    c = t.ledger_tile.c
    query = select(_raw(c.hashes)).where((c.log == log) & (c.level == level) & (c.n == n))
    return connection.execute(query).scalar_one_or_none()


def tiles_stored(connection: Connection, log: str) -> int:
    query = select(func.count()).select_from(t.ledger_tile).where(t.ledger_tile.c.log == log)
    return connection.execute(query).scalar_one()


def stored_blob(connection: Connection, blob_id: str) -> tuple[Any, Any] | None:
    """(size, bytes) as stored; None if there is no such blob."""
    c = t.blob.c
    row = connection.execute(select(_raw(c.size), _raw(c.bytes)).where(c.id == blob_id)).first()
    return None if row is None else (row[0], row[1])


def stored_texts(connection: Connection) -> Iterator[tuple[Any, Any]]:
    """(sha256, text) of every policy text that is kept."""
    c = t.policy.c
    for digest in list(connection.execute(select(c.sha256).order_by(c.sha256)).scalars()):
        text = connection.execute(select(_raw(c.text)).where(c.sha256 == digest)).scalar_one()
        yield digest, text


def without_entry(connection: Connection) -> Mapping[str, int]:
    """How many rows of bodies, private values and the queue belong to no entry, by table; none should."""
    counts = {}
    for table in (t.ledger_body, t.ledger_disclosure, t.ledger_pending):
        joined = table.outerjoin(t.ledger_entry, t.ledger_entry.c.entry_id == table.c.entry_id)
        query = select(func.count()).select_from(joined).where(t.ledger_entry.c.entry_id.is_(None))
        counts[table.name] = connection.execute(query).scalar_one()
    return counts


def waiting_twice(connection: Connection) -> int:
    """How many entries of the queue have an index already; none should."""
    both = t.ledger_pending.join(t.ledger_leaf, t.ledger_leaf.c.entry_id == t.ledger_pending.c.entry_id)
    return connection.execute(select(func.count()).select_from(both)).scalar_one()


def _entry_columns() -> tuple[ColumnElement[Any], ...]:
    c = t.ledger_entry.c
    return (
        _raw(c.log),
        _raw(c.stream),
        _raw(c.seq),
        _raw(c.type),
        _raw(c.recorded_at),
        _raw(c.leaf),
        _raw(t.ledger_body.c.body),
    )


def _raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, NullType())


def _batches(
    connection: Connection, query: Select[Any], key: ColumnElement[Any], at: int
) -> Iterator[list[Stored]]:
    for rows in _keyset(connection, query, key, at):
        yield [Stored(*row) for row in rows]


def _keyset(
    connection: Connection, query: Select[Any], key: ColumnElement[Any], at: int
) -> Iterator[Sequence[Any]]:
    """The rows of ``query`` by batches; ``key``, which orders it, is column number ``at`` of a row."""
    rows = connection.execute(query).all()
    while rows:
        yield rows
        rows = connection.execute(query.where(key > rows[-1][at])).all()


def newest_root(connection: Connection, log: str) -> bytes | None:
    """The root of the newest head; None for a log without one."""
    c = t.ledger_head.c
    query = select(c.root).where(c.log == log).order_by(c.size.desc()).limit(1)
    found: bytes | None = connection.execute(query).scalar_one_or_none()
    return found


def first_entry(connection: Connection, stream: str) -> Mapping[str, Any] | None:
    """The envelope of entry 1 of a stream, whatever log it was written for; private values closed. None without one.

    Raises NotCanonical where the stored bytes were changed.
    """
    of_stream = (t.ledger_entry.c.stream == stream) & (t.ledger_entry.c.seq == 1)
    query = (
        select(t.ledger_body.c.body)
        .join(t.ledger_entry, t.ledger_entry.c.entry_id == t.ledger_body.c.entry_id)
        .where(of_stream)
        .order_by(t.ledger_entry.c.entry_id)
        .limit(1)
    )
    stored: bytes | None = connection.execute(query).scalar_one_or_none()
    return None if stored is None else canonical.decode(stored)
