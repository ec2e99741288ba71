"""The threads that wait for the outside, a fixed number, so that no more is claimed than can be sent now; and the one
that records what became of their tries, all those together that ended while it recorded the last ones.

Dying with results not yet recorded leaves their rows ``sending``: at most one for each slot, since a slot is free
again only when its result stands in the record.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from cna_service.db.database import DatabaseUnavailable
from cna_service.db.outbox import Claimed
from cna_service.workflow.deliver import Tried

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 64
PAUSE = 0.5
LAST_WORDS = 5.0
"""How long a node that stops goes on trying to record; then its leases run out and the provider is asked."""

Done = Callable[[], None]


class Senders:
    def __init__(
        self, slots: int, send: Callable[[Claimed], Tried], record: Callable[[Sequence[Tried]], None]
    ) -> None:
        self._slots = slots
        self._send = send
        self._record = record
        self._busy = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="send")
        self._results: queue.SimpleQueue[tuple[Tried, Done] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._recorder = threading.Thread(target=self._record_all, name="record", daemon=True)

    @property
    def free(self) -> int:
        with self._lock:
            return self._slots - self._busy

    @property
    def busy(self) -> int:
        with self._lock:
            return self._busy

    def take(self, claimed: Claimed, done: Done) -> None:
        with self._lock:
            self._busy += 1
            if self._recorder.ident is None:
                # A desk that is put together to answer one command never sends.
                self._recorder.start()
        self._pool.submit(self._run, claimed, done)

    def stop(self) -> None:
        """Sends in flight end, and what became of them is recorded."""
        self._pool.shutdown(wait=True)
        self._stopping.set()
        self._results.put(None)
        if self._recorder.ident is not None:
            self._recorder.join(LAST_WORDS)

    def _run(self, claimed: Claimed, done: Done) -> None:
        try:
            self._results.put((self._send(claimed), done))
        except Exception:
            # The row stays claimed; its lease runs out and somebody asks the provider what became of it.
            log.exception(
                "a sending failed in a way nobody expected", sending=claimed.id, channel=claimed.channel
            )
            self._free([done])

    def _record_all(self) -> None:
        while (first := self._results.get()) is not None:
            batch, ends = [first], False
            while len(batch) < MOST_AT_ONCE and not self._results.empty():
                following = self._results.get()
                if following is None:
                    ends = True
                    break
                batch.append(following)
            self._record_one_batch([tried for tried, _ in batch])
            self._free([done for _, done in batch])
            if ends:
                return

    def _record_one_batch(self, tried: list[Tried]) -> None:
        """Until it stands: what is known to be sent must not be sent again because the database was away."""
        while True:
            try:
                self._record(tried)
            except DatabaseUnavailable:
                log.warning("results wait for the database", count=len(tried))
                if self._stopping.wait(PAUSE):
                    return
            except Exception:
                log.exception("a result could not be recorded")
                return
            else:
                return

    def _free(self, dones: list[Done]) -> None:
        with self._lock:
            self._busy -= len(dones)
        # The same for all of them: whoever claims next is woken once.
        for done in dict.fromkeys(dones):
            done()
