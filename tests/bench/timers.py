"""How many timers one node fires in a second, and how late they are with a hundred thousand armed.

Firing is what the desk does: the stream's lock, its fold, a rung climbed with its entry, codes, message and timers, all
in one commit for up to 64 streams. The armed rows belong to nobody and lie in the future: they are what the look for
due ones must not walk through.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from cna_service.bootstrap import Running
from cna_service.db import timers
from cna_service.db.idempotency import Key
from cna_service.identity.actors import authority_actor
from cna_service.kit.clock import SystemClock
from cna_service.workflow.fire import fire_due
from cna_service.workflow.receive import Arrival, receive
from tests.bench import _stand as stand
from tests.bench._paging_drills import Rows, lateness
from tests.bench._paging_stand import CLOCK, Scene, company, config, cpu_seconds
from tests.bench.paging import met
from tests.database import sqlite_url
from tests.faults import rig
from tests.faults.rig import Place

ARMED = 100_000


class Ahead:
    """The machine's clock, so much later when it is told to be."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self.by = timedelta()

    def now(self) -> datetime:
        return self._clock.now() + self.by

    def monotonic(self) -> float:
        return self._clock.monotonic()


@contextlib.contextmanager
def a_desk(kind: str, clock: Ahead, *, rung: int | None = None) -> Iterator[tuple[Running, Scene]]:
    """In this process, with ``ARMED`` timers; nothing of it runs yet."""
    with tempfile.TemporaryDirectory() as name, stand.database(kind) as url, company() as company_url:
        folder = Path(name)
        place = Place(
            str(folder / "desk"), url or sqlite_url(folder), f"http://127.0.0.1:{stand.free_port()}",
            company_url, config(folder / "config", rung=rung or 120),
        )  # fmt: skip
        rig.begin(place)
        running = rig.build(place, clock=clock, machine=clock)
        _arm(running, clock.now() + timedelta(days=1))
        yield running, Scene(folder, place.database_url, company_url, place.config or "")
        running.stop()


def _arm(running: Running, begin: datetime) -> None:
    rung = {"kind": "rung", "subject": "1", "n": 0, "failures": 0}
    instants = [begin + timedelta(seconds=n) for n in range(ARMED)]
    rows = [rung | {"stream": f"armed:{n}", "due_at": at, "wanted_at": at} for n, at in enumerate(instants)]
    with running.service.database.write() as connection:
        connection.execute(insert(timers.timer), rows)


def _receive(running: Running, n: int) -> None:
    actor = authority_actor(rig.AUTHORITY, state="XB", name="XB")
    arrival = Arrival(rig.submission(n), "application/json")
    receive(running.service, actor, arrival, Key("authority:x", f"k{n}", "0" * 64))


def rate(kind: str, cases: int, *, is_cold: bool) -> dict[str, Any]:
    """So many cases' second rungs are due at once; ``is_cold``: as after a start, nothing is folded yet."""
    clock = Ahead()
    with a_desk(kind, clock) as (running, _):
        for n in range(cases):
            _receive(running, n)
        clock.by = timedelta(seconds=121)
        if is_cold:
            running.service.folds.forget()
        began, before, looked = CLOCK.monotonic(), cpu_seconds(), 0
        while found := fire_due(running.service):
            looked += found
        spent = CLOCK.monotonic() - began
        fired = cases / spent
        return {
            "fired": cases,
            "per_second": {"measured": round(fired, 1), "target": 500, "met": fired >= 500},
            "cpu_ms_each": round((cpu_seconds() - before) / cases * 1000, 2),
            "per_second_of_processor": round(cases / (cpu_seconds() - before), 1),
            "streams_looked_at": looked,
        }


def looking(kind: str) -> dict[str, Any]:
    """The look for due timers, which every tick begins with, when none is due."""
    with a_desk(kind, Ahead()) as (running, _):
        took = []
        for _ in range(100):
            began = CLOCK.monotonic()
            assert fire_due(running.service) >= 0
            took.append(CLOCK.monotonic() - began)
        return {"ms": stand.percentiles(took)}


def late(kind: str, cases: int, rung: int, gap: float) -> dict[str, Any]:
    with a_desk(kind, Ahead(), rung=rung) as (running, scene):
        running.start()
        for n in range(cases):
            _receive(running, n)
            stand.pause(gap)
        stand.pause(rung + 2)
        rows = Rows(scene)
        found = lateness(rows, rung)
        rows.close()
        told = stand.percentiles(found)
        return {"p99_s": met(told["p99"] / 1000, 1.2), "p50_s": told["p50"] / 1000, "fired": len(found)}


def measure(kind: str, *, is_quick: bool) -> dict[str, Any]:
    many = 200 if is_quick else 2000
    return {
        "warm": rate(kind, many, is_cold=False),
        "cold": rate(kind, many, is_cold=True),
        "look_with_100000_armed": looking(kind),
        "lateness_with_100000_armed": late(kind, 30 if is_quick else 300, 5 if is_quick else 20, 0.05),
    }


def main() -> None:
    asked = stand.options(__doc__ or "")
    found = {kind: measure(kind, is_quick=asked.quick) for kind in ("sqlite", "postgresql")}
    stand.report({"bench": "timers", "quick": asked.quick, "armed": ARMED, **found}, as_json=asked.json)


if __name__ == "__main__":
    main()
