"""Reading and appending entries: the only SQL on streams, entries, bodies, disclosures, blobs and policy texts.

Who appends holds the row of the stream (``lock_streams``) from before the entry's number is drawn until commit,
so order within a stream is order of ``entry_id`` (ledger.md 2.4).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cna_service.kit import canonical
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import from_optional, from_text, to_text
from cna_service.kit.told import told_instant
from cna_service.ledger import tables as t
from cna_service.ledger.disclosures import Committed, commit, open_body
from cna_service.ledger.entry import Body, Draft, Entry, EntryType
from cna_service.ledger.tree import leaf_hash

MAX_ENTRY = 60 * 1024
"""Bytes; C2SP entry bundles carry a 16-bit length. What is longer goes into a blob."""


class EntryTooLarge(Conflict):
    code = "entry-too-large"
    title = "An entry may not pass 60 KiB; longer text belongs into an attachment"


class StreamNotFound(NotFound):
    code = "stream-not-found"
    title = "There is no such stream"


class StreamExists(Conflict):
    code = "stream-exists"
    title = "That stream exists already"


class ChainBroken(Exception):
    """The stored bytes of a stream do not fit together: shown in red, told to the administrator, never hidden."""

    def __init__(self, stream: str, seq: int, why: str) -> None:
        super().__init__(f"{stream} entry {seq}: {why}")
        self.stream, self.seq, self.why = stream, seq, why


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a stream: its number and leaf; (0, None) for a stream just begun."""

    seq: int
    leaf: str | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the service adds to each entry of one command."""

    log: str
    recorded_at: datetime
    actor: Body
    clock: Body = field(default_factory=dict)
    sw: Body = field(default_factory=dict)


def open_stream(connection: Connection, name: str) -> Head:
    """Begin a stream; its row is the lock. Raises StreamExists."""
    # One statement: two nodes may begin the same stream at once.
    on_postgres = connection.dialect.name == "postgresql"
    begin = postgresql.insert(t.stream) if on_postgres else sqlite.insert(t.stream)
    row = {"name": name, "head_seq": 0, "head_leaf": None}
    begun = begin.values(row).on_conflict_do_nothing().returning(t.stream.c.name)
    if connection.execute(begun).first() is None:
        raise StreamExists(name)
    return Head(0, None)


def lock_streams(
    connection: Connection, names: Iterable[str], *, skip_locked: bool = False
) -> dict[str, Head]:
    """Lock the rows in ascending order and return their heads; with ``skip_locked``, only those that are free.

    Raises StreamNotFound for one that does not exist (without ``skip_locked``).
    """
    wanted = sorted(set(names))
    query = select(t.stream).where(t.stream.c.name.in_(wanted)).order_by(t.stream.c.name)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=skip_locked)
    heads = {r.name: Head(r.head_seq, _hex(r.head_leaf)) for r in connection.execute(query)}
    if not skip_locked:
        for name in wanted:
            if name not in heads:
                raise StreamNotFound(name)
    return heads


# Built once: putting a statement together costs several times what it costs to run.
_HEAD_OF = select(t.stream).where(t.stream.c.name == bindparam("name"))


def head(connection: Connection, name: str) -> Head | None:
    row = connection.execute(_HEAD_OF, {"name": name}).first()
    return None if row is None else Head(row.head_seq, _hex(row.head_leaf))


def stream_names(connection: Connection, prefix: str = "") -> list[str]:
    query = (
        select(t.stream.c.name)
        .where(t.stream.c.name.startswith(prefix, autoescape=True))
        .order_by(t.stream.c.name)
    )
    return list(connection.execute(query).scalars())


@dataclass(slots=True)
class Rows:
    """Entries appended and not yet written: one command writes all of its own together, at its end."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    """Of each entry, in the same order: its bytes, and its disclosures by path."""

    def mark(self) -> int:
        """Where the rows end now, to come back to when a savepoint is rolled back."""
        return len(self.entries)

    def back_to(self, mark: int) -> None:
        del self.entries[mark:]
        del self.bodies[mark:]


def append(
    connection: Connection,
    kind: EntryType,
    draft: Draft,
    stream: str,
    at: Head,
    stamp: Stamp,
    rows: Rows | None = None,
) -> Entry:
    """Write one entry after ``at`` in a stream whose row the caller has locked. Raises EntryTooLarge.

    With ``rows`` nothing is written yet; the caller owes a ``flush`` before its commit.
    """
    committed = commit(draft.body, kind, lambda: secrets.token_bytes(16))
    data = canonical.encode(_envelope(draft, stream, at, stamp, committed))
    if len(data) > MAX_ENTRY:
        raise EntryTooLarge(f"{draft.type} would take {len(data)} bytes")
    leaf = leaf_hash(data)
    row = {"log": stamp.log, "stream": stream, "seq": at.seq + 1, "type": draft.type}
    opened = {d.path: d.text for d in committed.disclosures}
    owed = Rows() if rows is None else rows
    owed.entries.append(row | {"recorded_at": stamp.recorded_at, "leaf": leaf})
    owed.bodies.append((data, opened))
    if rows is None:
        flush(connection, owed)
    return _entry(data, leaf, opened)


def _envelope(draft: Draft, stream: str, at: Head, stamp: Stamp, committed: Committed) -> dict[str, Any]:
    """The entry as one object (record.md, "Streams and entries"), without what is absent or empty."""
    whole: dict[str, Any] = {
        "v": draft.v,
        "log": stamp.log,
        "stream": stream,
        "seq": at.seq + 1,
        "prev": at.leaf,
        "id": uuid7(stamp.recorded_at),
        "type": draft.type,
        "happened_at": None if draft.happened_at is None else draft.happened_at.as_json(),
        "told_at": None if draft.told_at is None else to_text(draft.told_at),
        "recorded_at": to_text(stamp.recorded_at),
        "clock": dict(stamp.clock),
        "actor": dict(stamp.actor),
        "basis": None if draft.basis is None else dict(draft.basis),
        "seen": draft.seen,
        "private": dict(committed.digests),
        "sw": dict(stamp.sw),
    }
    return {k: v for k, v in whole.items() if v is not None and v != {}} | {"body": committed.body}


_HEAD = (
    update(t.stream)
    .where(t.stream.c.name == bindparam("b_name"))
    .values(head_seq=bindparam("b_seq"), head_leaf=bindparam("b_leaf"))
)


def flush(connection: Connection, rows: Rows) -> None:
    """Write appended entries, in their order, with all that belongs to them; ``rows`` is empty afterwards."""
    if not rows.entries:
        return
    numbered = insert(t.ledger_entry).returning(t.ledger_entry.c.entry_id, sort_by_parameter_order=True)
    ids = list(connection.execute(numbered, rows.entries).scalars())
    bodies = [{"entry_id": i, "body": data} for i, (data, _) in zip(ids, rows.bodies, strict=True)]
    pending = [{"entry_id": i, "leaf": e["leaf"]} for i, e in zip(ids, rows.entries, strict=True)]
    disclosures = [
        {"entry_id": i, "path": path, "disclosure": text}
        for i, (_, opened) in zip(ids, rows.bodies, strict=True)
        for path, text in opened.items()
    ]
    for table, owed in (
        (t.ledger_body, bodies),
        (t.ledger_pending, pending),
        (t.ledger_disclosure, disclosures),
    ):
        if owed:
            connection.execute(insert(table), owed)
    heads = {
        e["stream"]: {"b_name": e["stream"], "b_seq": e["seq"], "b_leaf": e["leaf"]} for e in rows.entries
    }
    connection.execute(_HEAD, list(heads.values()))
    rows.back_to(0)


@dataclass(frozen=True, slots=True)
class Reading:
    """Entries of a stream as stored, and the first place where they do not fit together, if any."""

    entries: tuple[Entry, ...]
    broken: ChainBroken | None = None


def read_entries(
    connection: Connection, log: str, stream: str, *, after: Head = Head(0, None), until: int | None = None
) -> Reading:
    """The entries after ``after``, each checked to follow the one before: number, ``prev``, leaf.

    A stream that does not fit together is still read, as far as its bytes can be read: the desk must be able to
    answer; whoever shows it shows ``broken`` too.
    """
    c = t.ledger_entry.c
    query = (
        select(c.entry_id, c.seq, c.leaf, t.ledger_body.c.body)
        .join(t.ledger_body, t.ledger_body.c.entry_id == c.entry_id)
        .where((c.log == log) & (c.stream == stream) & (c.seq > after.seq))
        .order_by(c.seq)
    )
    if until is not None:
        query = query.where(c.seq <= until)
    rows = connection.execute(query).all()
    opened = _disclosures(connection, [r.entry_id for r in rows])
    entries: list[Entry] = []
    broken: ChainBroken | None = None
    for row in rows:
        try:
            entry = _entry(row.body, row.leaf, opened.get(row.entry_id, {}))
        except (ValueError, KeyError) as error:
            broken = broken or ChainBroken(stream, row.seq, f"the stored bytes cannot be read: {error}")
            continue
        if leaf_hash(row.body) != row.leaf:
            broken = broken or ChainBroken(stream, row.seq, "the stored bytes do not give the stored leaf")
        elif entry.seq != after.seq + 1 or entry.prev != after.leaf:
            broken = broken or ChainBroken(stream, row.seq, "the entry does not follow the one before it")
        entries.append(entry)
        after = Head(entry.seq, entry.leaf)
    return Reading(tuple(entries), broken)


def _disclosures(connection: Connection, ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for start in range(0, len(ids), 500):
        where = t.ledger_disclosure.c.entry_id.in_(ids[start : start + 500])
        for row in connection.execute(select(t.ledger_disclosure).where(where)):
            found.setdefault(row.entry_id, {})[row.path] = row.disclosure
    return found


def _entry(data: bytes, leaf: bytes, opened: Mapping[str, str]) -> Entry:
    raw = canonical.decode(data)
    digests = raw.get("private", {})
    happened = raw.get("happened_at")
    return Entry(
        stream=raw["stream"],
        seq=raw["seq"],
        id=raw["id"],
        type=raw["type"],
        v=raw["v"],
        recorded_at=from_text(raw["recorded_at"]),
        actor=raw.get("actor", {}),
        body=open_body(raw["body"], digests, opened),
        leaf=leaf.hex(),
        prev=raw.get("prev"),
        log=raw["log"],
        happened_at=None if happened is None else told_instant(happened),
        told_at=from_optional(raw.get("told_at")),
        basis=raw.get("basis"),
        seen=raw.get("seen"),
        clock=raw.get("clock", {}),
        private=digests,
        sw=raw.get("sw", {}),
    )


def put_blob(connection: Connection, data: bytes, media_type: str, now: datetime) -> str:
    """Keep bytes as they came; returns the blob's id."""
    blob_id = uuid7(now)
    connection.execute(
        insert(t.blob).values(id=blob_id, size=len(data), media_type=media_type[:120], bytes=data)
    )
    return blob_id


def blob(connection: Connection, blob_id: str) -> tuple[str, bytes]:
    """Media type and bytes. Raises NotFound."""
    row = connection.execute(select(t.blob).where(t.blob.c.id == blob_id)).first()
    if row is None:
        raise NotFound(f"no stored file {blob_id}")
    return row.media_type, row.bytes


def put_policy(connection: Connection, path: str, text: str) -> str:
    """Keep a text that an entry cites, whole, under its SHA-256 (desk-rules 8.1); returns the digest in hex."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    if connection.execute(select(t.policy.c.sha256).where(t.policy.c.sha256 == digest)).first() is None:
        row = {"sha256": digest, "path": path, "text": text}
        # Two nodes may cite the same new text at once; on SQLite there is one writer.
        on_postgres = connection.dialect.name == "postgresql"
        once = postgresql.insert(t.policy).on_conflict_do_nothing() if on_postgres else insert(t.policy)
        connection.execute(once.values(row))
    return digest


def policy(connection: Connection, digest: str) -> str | None:
    """The text kept under a digest, None if nothing cites it."""
    found: str | None = connection.execute(
        select(t.policy.c.text).where(t.policy.c.sha256 == digest)
    ).scalar_one_or_none()
    return found


def _hex(leaf: bytes | None) -> str | None:
    return None if leaf is None else leaf.hex()
