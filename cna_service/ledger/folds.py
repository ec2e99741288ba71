"""Folding streams into states, and keeping what was folded.

A :class:`Projection` says how one slice reads a stream; :class:`Folds` applies all of them entry by entry and
caches the immutable result by (stream, seq, leaf). The cache is filled only after commit, so that what was
rolled back is never seen (record.md, "The fold").
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from cna_service.ledger import store
from cna_service.ledger.entry import Entry, TypeTable
from cna_service.ledger.store import ChainBroken, Head

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Projection(Generic[S]):
    """How one slice reads streams: ``streams`` are names, or prefixes that end in a colon."""

    name: str
    streams: tuple[str, ...]
    begin: Callable[[str], S]
    apply: Callable[[S, Entry], S]

    def reads(self, stream: str) -> bool:
        return any(stream == s or (s.endswith(":") and stream.startswith(s)) for s in self.streams)


@dataclass(frozen=True, slots=True)
class Folded:
    """A stream folded up to ``head``. ``unknown`` is the first entry of a newer build: then it is read-only."""

    stream: str
    head: Head
    recorded_at: datetime | None
    states: Mapping[str, Any]
    broken: ChainBroken | None = None
    unknown: Entry | None = None

    def of(self, projection: Projection[S]) -> S:
        state: S = self.states[projection.name]
        return state


class Folds:
    """All projections over one log, with a cache for the process. Safe to call from several threads."""

    def __init__(
        self, log: str, types: TypeTable, projections: Iterable[Projection[Any]], keep: int = 20_000
    ) -> None:
        self.log = log
        self.types = types
        self._projections = tuple(projections)
        self._kept: OrderedDict[str, Folded] = OrderedDict()
        self._newer: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._keep = keep

    @property
    def newer(self) -> frozenset[str]:
        """The streams in which this process has met an entry of a newer build: left to nodes that run it."""
        return self._newer

    def begin(self, stream: str) -> Folded:
        states = {p.name: p.begin(stream) for p in self._projections if p.reads(stream)}
        return Folded(stream, Head(0, None), None, states)

    def current(self, connection: Connection, stream: str, head: Head | None = None) -> Folded:
        """The stream folded up to its newest entry in this transaction's view. Raises StreamNotFound."""
        at = head or store.head(connection, stream)
        if at is None:
            raise store.StreamNotFound(stream)
        with self._lock:
            kept = self._kept.get(stream)
        if kept is not None and kept.head == at:
            return kept
        # A cached fold of entries that this view does not have (another node's newer commit) cannot be a start.
        start = kept if kept is not None and kept.head.seq < at.seq else self.begin(stream)
        return self._read(connection, start, at)

    def as_of(
        self, connection: Connection, stream: str, *, seq: int | None = None, at: datetime | None = None
    ) -> Folded:
        """The stream as it was: up to entry ``seq``, or the longest beginning recorded at or before ``at``."""
        if store.head(connection, stream) is None:
            raise store.StreamNotFound(stream)
        reading = store.read_entries(connection, self.log, stream, until=seq)
        entries = list(reading.entries)
        while at is not None and entries and entries[-1].recorded_at > at:
            entries.pop()
        return self._apply(self.begin(stream), entries, reading.broken)

    def extend(self, folded: Folded, entry: Entry) -> Folded:
        return self._apply(folded, (entry,), folded.broken)

    def keep(self, folded: Folded) -> None:
        """Remember a fold whose entries are committed."""
        with self._lock:
            if folded.unknown is not None:
                self._newer |= {folded.stream}
            kept = self._kept.get(folded.stream)
            if kept is None or kept.head.seq <= folded.head.seq:
                self._kept[folded.stream] = folded
                self._kept.move_to_end(folded.stream)
            while len(self._kept) > self._keep:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Drop what was folded; it is folded again when it is asked for."""
        with self._lock:
            self._kept.clear()

    def _read(self, connection: Connection, start: Folded, at: Head) -> Folded:
        reading = store.read_entries(connection, self.log, start.stream, after=start.head, until=at.seq)
        folded = self._apply(start, reading.entries, start.broken or reading.broken)
        if folded.head == at:
            return folded
        # Entries are gone from the end, or changed with their leaves. What is appended now continues the head that
        # the stream's row names: the gap stays to be seen, and no number is given twice.
        why = "the entries there are do not lead to the newest entry that the stream names"
        broken = folded.broken or ChainBroken(start.stream, min(folded.head.seq + 1, at.seq), why)
        return replace(folded, head=at, broken=broken)

    def _apply(self, folded: Folded, entries: Iterable[Entry], broken: ChainBroken | None) -> Folded:
        states, head, unknown, at = dict(folded.states), folded.head, folded.unknown, folded.recorded_at
        readers = [p for p in self._projections if p.name in states]
        for entry in entries:
            if unknown is None and self.types.get(entry.type, entry.v) is None:
                unknown = entry
            if unknown is None:
                for projection in readers:
                    states[projection.name] = projection.apply(states[projection.name], entry)
            head, at = Head(entry.seq, entry.leaf), entry.recorded_at
        return replace(folded, head=head, recorded_at=at, states=states, broken=broken, unknown=unknown)
