"""``Service``: everything a verb needs, and ``write``, through which alone the log is written.

Order inside ``write`` (record.md, "A command"): permission; locks; then the clock, in a statement of its own; then
the fold. Derived rows and the outbox are written last, in the same transaction; what is committed is woken.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from cna_service.db import idempotency, outbox
from cna_service.db.database import Database
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.clock import Clock, SystemClock
from cna_service.kit.second_clock import SecondClock
from cna_service.ledger import store
from cna_service.ledger.folds import Folded, Folds
from cna_service.ledger.notes import Verifier
from cna_service.ledger.store import Head, Stamp
from cna_service.registry.search import RegisterSearch
from cna_service.waters.atlas import Atlas
from cna_service.waters.store import imported_maps
from cna_service.workflow.access import Access
from cna_service.workflow.derived import write_derived
from cna_service.workflow.desk import Desk
from cna_service.workflow.outside import Reached
from cna_service.workflow.policies import Policies
from cna_service.workflow.work import NothingAppended, Work


@dataclass(slots=True)
class Wakes:
    """Whoever waits for work is woken after a commit; a hint only, every waiter also looks by itself."""

    _listeners: list[Callable[[], None]] = field(default_factory=list)
    _nodes: list[Callable[[], None]] = field(default_factory=list)

    def listen(self, wake: Callable[[], None]) -> None:
        self._listeners.append(wake)

    def tell_nodes(self, tell: Callable[[], None]) -> None:
        """``tell``: called when something is to be sent, so that other nodes hear of it."""
        self._nodes.append(tell)

    def wake(self) -> None:
        for listener in self._listeners:
            listener()

    def asked(self) -> None:
        for tell in self._nodes:
            tell()


@dataclass(frozen=True)
class Service:
    """Built once by ``bootstrap``. ``clock`` is case time (manual in an exercise), ``machine`` the machine's."""

    desk: Desk
    database: Database
    folds: Folds
    clock: Clock
    machine: Clock
    policies: Policies
    access: Access
    registry: RegisterSearch
    log_keys: tuple[Verifier, ...] = ()
    wakes: Wakes = field(default_factory=Wakes)
    reached: Reached = field(default_factory=Reached)
    clock_quality: Callable[[], Mapping[str, Any]] = dict
    second_clock: SecondClock = field(default_factory=lambda: SecondClock(SystemClock()))
    """What providers and monitors said of the time: a second source beside the machine (desk-rules 11.4)."""
    _cited: set[str] = field(default_factory=set)
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the process is to end: whoever waits on purpose stops waiting."""

    @cached_property
    def atlas(self) -> Atlas:
        """Whose waters a point lies in, by the shipped maps and those that were imported."""
        return Atlas(imported_maps(self.database))

    @contextmanager
    def write(self, actor: Actor, action: Action, *streams: str, key: Key | None = None) -> Iterator[Work]:
        """Run one command. The block appends entries; leaving it commits them with their rows and messages.

        Raises NotPermitted, StreamNotFound, IdempotencyMismatch, Replayed (the stored answer of a twin),
        NothingAppended, DatabaseUnavailable.
        """
        require(actor, action)
        with self.database.write() as connection:
            if key is not None:
                idempotency.begin(connection, key, self.machine.now())
            work = self._begin(connection, actor, streams)
            yield work
            self._finish(work, key)
        self._committed(work)

    @contextmanager
    def tick(
        self, actor: Actor, streams: Iterable[str], *, wait: bool = False, first: bool = False
    ) -> Iterator[Work]:
        """Like ``write``, and it may find nothing to do; without ``wait``, over those of the streams that nobody
        holds just now; ``first``, before every other writer of this machine."""
        require(actor, Action.SERVICE_TICK)
        with self.database.write(first=first) as connection:
            heads = store.lock_streams(connection, streams, skip_locked=not wait)
            work = self._work(connection, actor, heads, "")
            yield work
            self.derive(work)
        self._committed(work)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A consistent view of the log and its rows."""
        with self.database.read() as connection:
            yield Reader(connection, self.folds, self.clock.now())

    def _begin(self, connection: Connection, actor: Actor, streams: tuple[str, ...]) -> Work:
        heads = store.lock_streams(connection, streams) if streams else {}
        return self._work(connection, actor, heads, streams[0] if streams else "")

    def _work(self, connection: Connection, actor: Actor, heads: Mapping[str, Head], stream: str) -> Work:
        # After the locks: read inside the locking statement the clock would be older than the grant.
        now = self.clock.now()
        held = {name: self.folds.current(connection, name, head) for name, head in heads.items()}
        return Work(
            connection,
            self.folds,
            self.stamp(actor, now),
            actor,
            now,
            stream,
            held,
            cited=self._cited,
            zone=self.desk.zone,
        )

    def stamp(self, actor: Actor, now: datetime) -> Stamp:
        sw = {"build": self.desk.build}
        return Stamp(self.desk.log_origin, now, actor.as_entry(), dict(self.clock_quality()), sw)

    def _finish(self, work: Work, key: Key | None) -> None:
        if not work.appended:
            raise NothingAppended(f"the command on {work.stream!r} appended nothing")
        self.derive(work)
        if key is not None:
            idempotency.finish(work.connection, key, work.reply or Reply(204, b""))

    def derive(self, work: Work) -> None:
        """Write what the entries still need and what follows from them: search rows, timers, sendings."""
        store.flush(work.connection, work.rows)
        for name in sorted({e.stream for e in work.appended}):
            write_derived(work.connection, work.held[name])
        outbox.ask(work.connection, work.sendings, work.now)

    def _committed(self, work: Work) -> None:
        for folded in work.held.values():
            self.folds.keep(folded)
        self._cited.update(work.citing)
        # A tick that found its streams busy must not wake itself at once.
        if work.appended or work.sendings:
            self.wakes.wake()
        if work.sendings:
            self.wakes.asked()


@dataclass(frozen=True, slots=True)
class Reader:
    connection: Connection
    folds: Folds
    now: datetime

    def stream(self, name: str) -> Folded:
        """The stream as it is now. Raises StreamNotFound."""
        folded = self.folds.current(self.connection, name)
        # What a read transaction sees is committed.
        self.folds.keep(folded)
        return folded
