"""Ticks and commands on the same streams of two nodes, for as long as is asked: deadlocks, and what was lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import create_engine, text

from tests.bench import _stand as stand
from tests.bench._paging_drills import Rows
from tests.bench._paging_stand import CLOCK, scene

_DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def soak(seconds: float) -> dict[str, Any]:
    with scene("postgresql", nodes=2, rung=2) as at:
        until = CLOCK.monotonic() + seconds
        stop = threading.Event()

        def submitting(_: int) -> int:
            sent = 0
            while not stop.is_set() and CLOCK.monotonic() < until:
                with lock:
                    n = at.sent
                at.submit(1, gap=0.02)
                sent += at.sent > n
            return sent

        lock = threading.Lock()
        with ThreadPoolExecutor(1) as pool:
            sent = sum(pool.map(submitting, range(1)))
        engine = create_engine(at.database_url)
        with engine.connect() as connection:
            deadlocks = connection.execute(_DEADLOCKS).scalar_one()
        engine.dispose()
        rows = Rows(at)
        stand.pause(3.0)
        found = {"seconds": seconds, "submitted": sent, "deadlocks": deadlocks, "states": dict(rows.states())}
        rows.close()
        return found
