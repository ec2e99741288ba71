"""The threads that wait for the outside: a fixed number, so that no more is claimed than can be sent now."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from cna_service.db.outbox import Claimed

log = structlog.get_logger(__name__)


class Senders:
    def __init__(self, slots: int, send: Callable[[Claimed], None]) -> None:
        self._slots = slots
        self._send = send
        self._busy = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="send")

    @property
    def free(self) -> int:
        with self._lock:
            return self._slots - self._busy

    @property
    def busy(self) -> int:
        with self._lock:
            return self._busy

    def take(self, claimed: Claimed, done: Callable[[], None]) -> None:
        with self._lock:
            self._busy += 1
        self._pool.submit(self._run, claimed, done)

    def stop(self) -> None:
        self._pool.shutdown(wait=True)

    def _run(self, claimed: Claimed, done: Callable[[], None]) -> None:
        try:
            self._send(claimed)
        except Exception:
            # The row stays claimed; its lease runs out and somebody asks the provider what became of it.
            log.exception(
                "a sending failed in a way nobody expected", sending=claimed.id, channel=claimed.channel
            )
        finally:
            with self._lock:
                self._busy -= 1
            done()
