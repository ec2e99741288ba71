"""Word between the nodes of one PostgreSQL that somebody is to be summoned: NOTIFY, by a connection of its own.

A hint and nothing more. Every node looks by itself each second; while the line is down, summonses of other nodes wait
that long. One word for whatever was asked for since the last one, and outside the transactions that asked: NOTIFY
takes one lock of the whole server at commit.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable

import psycopg
import structlog
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL

CHANNEL = "cna_asked"
_LISTEN = SQL("LISTEN {}").format(Identifier(CHANNEL))
_NOTIFY = SQL("NOTIFY {}").format(Identifier(CHANNEL))
AGAIN_AFTER = 1.0
"""Seconds between two tries to open the line."""
PROBED_AFTER = 5.0
"""Seconds of silence after which the line is tried: one that broke without a word would be silent for ever."""

log = structlog.get_logger(__name__)


class Notices:
    """Owns one thread and one connection. ``woken`` is called, on that thread, when another node has asked."""

    def __init__(self, url: URL, woken: Callable[[], None]) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._woken = woken
        self._ear: socket.socket | None = None
        self._mouth: socket.socket | None = None
        self._stopping = threading.Event()
        self.listening = threading.Event()
        """Set while the line is open."""
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def start(self) -> None:
        self._ear, self._mouth = socket.socketpair()
        self._mouth.setblocking(False)
        self._thread.start()

    def tell(self) -> None:
        """Something was asked for and is committed. Never waits, never raises."""
        if self._mouth is not None:
            with contextlib.suppress(OSError):
                self._mouth.send(b"!")

    def stop(self) -> None:
        self._stopping.set()
        if self._ear is None or self._mouth is None:
            return
        self.tell()
        self._thread.join(5.0)
        self._mouth.close()
        self._ear.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5) as line:
                    line.execute(_LISTEN)
                    self.listening.set()
                    # Whatever was asked for while nobody listened.
                    self._woken()
                    self._attend(line)
            except (psycopg.Error, OSError) as error:
                log.warning("the line between the nodes is down", error=type(error).__name__)
            finally:
                self.listening.clear()
            self._stopping.wait(AGAIN_AFTER)

    def _attend(self, line: psycopg.Connection) -> None:
        ear = self._ear
        assert ear is not None
        while not self._stopping.is_set():
            ready, _, _ = select.select([line.fileno(), ear.fileno()], [], [], PROBED_AFTER)
            if ear.fileno() in ready:
                ear.recv(65536)
                line.execute(_NOTIFY)
            elif not ready:
                line.execute("SELECT 1")
            mine = line.info.backend_pid
            if [note for note in line.notifies(timeout=0) if note.pid != mine]:
                self._woken()
