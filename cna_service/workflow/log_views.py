"""The log for auditors: its state, its entries with their seals, one entry with its bytes and private values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.kit.errors import NotFound
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger import store as ledger_store
from cna_service.ledger.disclosures import paragraphs
from cna_service.ledger.entry import Entry, Erased
from cna_service.ledger.queries import LogState
from cna_service.ledger.store import Head
from cna_service.workflow import queries
from cna_service.workflow.projections import DESK_STATE, LOG, TYPES
from cna_service.workflow.queries import ListedEntry
from cna_service.workflow.service import Service

MACHINE_TYPES = frozenset({"log.heartbeat", "log.verified", "checkpoint.stamped"})
"""What the log says of itself by the calendar; hidden on pages for people unless asked for (desk-rules 16.4)."""


class EntryNotFound(NotFound):
    code = "entry-not-found"
    title = "The log has no such entry"


@dataclass(frozen=True, slots=True)
class LogPage:
    """``root`` in hex, None before the first checkpoint; ``checkpoint_age`` since its signature."""

    now: datetime
    origin: str
    state: LogState
    root: str | None
    checkpoint_age: timedelta | None
    last_verified: Mapping[str, Any] | None
    streams: tuple[tuple[str, int], ...]
    stream: str | None
    entries: tuple[ListedEntry, ...]
    before: int | None
    meanings: Mapping[str, str]
    shows_machine: bool


def log_page(
    service: Service, *, stream: str | None = None, before: int | None = None, machine: bool = False
) -> LogPage:
    """The state of the log and fifty entries, the newest first; ``machine`` shows those of the calendar too."""
    origin = service.desk.log_origin
    with service.read() as reader:
        connection = reader.connection
        state = ledger_queries.log_state(connection, origin)
        listed, older = queries.entries(
            connection, origin, stream=stream, before=before, hidden=() if machine else MACHINE_TYPES
        )
        return LogPage(
            now=reader.now,
            origin=origin,
            state=state,
            root=_root(state.note),
            # Signed by the machine's clock, which runs while an exercise holds case time.
            checkpoint_age=None if state.signed_at is None else service.machine.now() - state.signed_at,
            last_verified=reader.stream(LOG).of(DESK_STATE).last_verified,
            streams=tuple(ledger_queries.streams(connection)),
            stream=stream,
            entries=listed,
            before=older,
            meanings={each.name: each.means for each in TYPES},
            shows_machine=machine,
        )


def _root(note: str | None) -> str | None:
    """The third line of a checkpoint (C2SP tlog-checkpoint): the root, in base64."""
    return None if note is None else note.split("\n")[2]


def checkpoint(service: Service) -> str:
    """The newest signed checkpoint, as a signed note. Raises NotFound before the first one."""
    with service.read() as reader:
        note = ledger_queries.log_state(reader.connection, service.desk.log_origin).note
    if note is None:
        raise NotFound("No checkpoint is signed yet; the sequencer signs the first one within a second.")
    return note


@dataclass(frozen=True, slots=True)
class PrivateValue:
    """A private value of an entry, where it stands, its salted digest, and what is left of it."""

    path: str
    digest: str
    value: object
    is_erased: bool
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class EntryPage:
    entry: Entry
    means: str
    canonical: str
    sha256: str
    size: int
    seal: str
    index: int | None
    private: tuple[PrivateValue, ...]
    is_broken: str | None
    has_next: bool


def entry_page(service: Service, stream: str, seq: int, *, may_open: bool) -> EntryPage:
    """One entry as stored. Private values are shown to those who read cases only. Raises EntryNotFound."""
    origin = service.desk.log_origin
    with service.read() as reader:
        connection = reader.connection
        data = queries.stored_bytes(connection, origin, stream, seq)
        if data is None:
            raise EntryNotFound(f"{stream} has no entry {seq}.")
        before = ledger_store.read_entries(connection, origin, stream, until=seq, after=Head(seq - 2, None))
        if not before.entries or before.entries[-1].seq != seq:
            raise EntryNotFound(f"{stream} entry {seq}: the stored bytes cannot be read; verify the log.")
        entry = before.entries[-1]
        seal = ledger_queries.seals(connection, origin, stream).get(seq)
        newest = ledger_store.head(connection, stream)
        broken = reader.stream(stream).broken
    return EntryPage(
        entry=entry,
        means=next((t.means for t in TYPES if (t.name, t.v) == (entry.type, entry.v)), "not known here"),
        canonical=json.dumps(json.loads(data), indent=2, ensure_ascii=False, sort_keys=True),
        sha256=hashlib.sha256(b"\x00" + data).hexdigest(),
        size=len(data),
        seal=seal.state if seal else "recorded",
        index=seal.index if seal else None,
        private=tuple(_private(entry, may_open=may_open)),
        is_broken=None if broken is None else str(broken),
        has_next=newest is not None and newest.seq > seq,
    )


def _private(entry: Entry, *, may_open: bool) -> Iterator[PrivateValue]:
    for path, digest in sorted(entry.private.items()):
        found = _at(entry.body, path.removeprefix("/body"))
        erased = isinstance(found, Erased)
        shown = None if erased or not may_open else found
        yield PrivateValue(path, digest, shown, erased, is_withheld=not erased and not may_open)


def _at(body: Any, path: str) -> Any:
    """The opened value at a JSON pointer, None where nothing is left."""
    value = body
    for step in path.split("/")[1:]:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list | tuple) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, str) and step.isdigit():
            # Verbatim text is committed paragraph by paragraph (desk-rules 9.3).
            parts = paragraphs(value)
            return parts[int(step)] if int(step) < len(parts) else None
        else:
            return None
    return value
