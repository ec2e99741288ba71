"""B3 to B7: what is broken while the desk works, and how long until it works again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import select

from cna_service.db.database import Database
from cna_service.db.outbox import ACCEPTED, DELIVERED, outbox
from cna_service.ledger import store
from cna_service.ledger import tables as t
from tests.bench import _stand as stand
from tests.bench._paging_stand import CLOCK, Scene, scene
from tests.database import PostgresServer

Met = Callable[[float, float], dict[str, Any]]
REACHED = (ACCEPTED, DELIVERED)


class Rows:
    """The desk's rows, looked at from outside."""

    def __init__(self, at: Scene) -> None:
        self._database = Database(at.database_url)

    def states(self) -> Counter[str]:
        with self._database.read() as connection:
            return Counter(connection.execute(select(outbox.c.state)).scalars())

    def are_reached(self, count: int) -> bool:
        states = self.states()
        return sum(states[s] for s in REACHED) >= count

    def entries(self, kind: str, log: str) -> list[Any]:
        """Every entry of one type, with what it says."""
        with self._database.read() as connection:
            streams = connection.execute(
                select(t.ledger_entry.c.stream).where(t.ledger_entry.c.type == kind).distinct()
            ).scalars()
            found = [store.read_entries(connection, log, stream).entries for stream in list(streams)]
        return [entry for entries in found for entry in entries if entry.type == kind]

    def log(self) -> str:
        with self._database.read() as connection:
            name: str = connection.execute(select(t.ledger_entry.c.log).limit(1)).scalar_one()
            return name

    def close(self) -> None:
        self._database.close()


def killed_in_flight(kind: str, nodes: int, count: int, met: Met) -> dict[str, Any]:
    """The company is slow to answer; every node is killed while it waits, and one is started again."""
    with scene(kind, nodes=nodes) as at:
        at.order(latency=4.0, receipts=False)
        at.submit(count)
        stand.wait_for(lambda: len(at.arrivals()) >= min(count, 8 * nodes), 30)
        for node in at.nodes:
            node.kill()
        in_flight = len(at.arrivals())
        at.order(latency=0.0)
        place = at.nodes[0].place
        at.nodes.clear()
        rows = Rows(at)
        node = at.start(place=place)
        ready_after = node.wait_until_ready()
        ready = CLOCK.monotonic()
        at.submit(1)
        stand.wait_for(lambda: len(at.latencies()) >= 1, 30)
        resumed = CLOCK.monotonic() - ready
        stand.wait_for(lambda: rows.are_reached(count + 1), 60)
        resolved = CLOCK.monotonic() - ready
        rows.close()
        arrivals = Counter(a["sending"] for a in at.arrivals())
        return {
            "in_flight": in_flight,
            "ready_after_s": round(ready_after, 2),
            "resumed_s": met(resumed, 2.0),
            "in_flight_resolved_s": met(resolved, 17.0),
            "lost": count + 1 - len(arrivals),
            "repeated": met(sum(arrivals.values()) - len(arrivals), in_flight),
        }


def provider_down(kind: str, nodes: int, outage: float, met: Met) -> dict[str, Any]:
    """It answers 500 to everything for a while; nobody is forgotten."""
    count = 20
    with scene(kind, nodes=nodes) as at:
        rows = Rows(at)
        at.order(failing=True)
        at.submit(count)
        stand.pause(outage)
        at.order(failing=False)
        well = CLOCK.monotonic()

        def everybody() -> bool:
            return len({a["text"].removesuffix(" (repeat)") for a in at.arrivals() if a["taken"]}) >= count

        # By SMS, or by the call that follows a contact given up: each case's person is reached on one of them.
        stand.wait_for(lambda: everybody() or _people_reached(rows) >= count, 120)
        done = CLOCK.monotonic()
        tries = len(at.arrivals())
        reached = _people_reached(rows)
        rows.close()
        return {"reached_after_s": met(done - well, 17.0), "lost": met(count - reached, 0), "requests": tries}


def _people_reached(rows: Rows) -> int:
    with rows._database.read() as connection:
        query = select(outbox.c.stream).where(outbox.c.state.in_(REACHED)).distinct()
        return len(connection.execute(query).all())


def database_restart(kind: str, nodes: int, met: Met) -> dict[str, Any]:
    if kind == "sqlite":
        return {"not_applicable": "the database is a file of the desk's own process"}
    server = PostgresServer(durable=True)
    server.start()
    try:
        with scene(kind, nodes=nodes, server=server) as at:
            at.submit(2)
            server.restart(down_for=3.0)
            began = CLOCK.monotonic()
            for node in at.nodes:
                stand.wait_for(lambda node=node: stand.is_ready(node.url), 30)  # type: ignore[misc]
            ready = CLOCK.monotonic() - began
            at.submit(1, gap=0.01)
            stand.wait_for(lambda: len(at.latencies()) >= 3, 30)
            return {"ready_after_s": met(ready, 5.0), "sent_after_s": met(CLOCK.monotonic() - began, 6.0)}
    finally:
        server.stop()


def rungs_on_time(kind: str, nodes: int, count: int, rung: int, met: Met) -> dict[str, Any]:
    """The second rung of so many climbs, spread over time: how late each was climbed."""
    with scene(kind, nodes=nodes, rung=rung) as at:
        # No receipt may bring another contact before the rung.
        at.submit(count, gap=0.1)
        stand.pause(rung + 2)
        rows = Rows(at)
        late = lateness(rows, rung)
        rows.close()
        told = stand.percentiles(late)
        return {
            "p99_s": met(told["p99"] / 1000, 1.2),
            "early": sum(x < 0 for x in late),
            "climbed": len(late),
        }


def lateness(rows: Rows, rung: int) -> list[float]:
    """Seconds by which each second rung was climbed later than ``rung`` seconds after its alert was raised."""
    log = rows.log()
    raised = {e.body["alert"]: e.recorded_at for e in rows.entries("alert.raised", log)}
    return [
        (e.recorded_at - raised[e.body["alert"]]).total_seconds() - rung
        for e in rows.entries("rung.climbed", log)
        if e.body["rung"] == 2 and e.body["round"] == 1
    ]


def clock_set_back(kind: str, nodes: int, met: Met) -> dict[str, Any]:
    """Every node's wall clock goes back an hour, as on one machine."""
    with scene(kind, nodes=nodes, ahead=True) as at:
        at.submit(2, gap=0.2)
        for node in at.nodes:
            node.post("/bench/clock", {"by": -3600})
        at.forget()
        at.submit(4, gap=0.5)
        stand.wait_for(lambda: len(at.latencies()) >= 4, 30)
        stand.pause(2.0)
        ages = [float(httpx.get(f"{node.url}/bench/tick").json()["age"]) for node in at.nodes]
        rows = Rows(at)
        steps = len([e for e in rows.entries("clock.stepped", rows.log()) if e.stream == "desk"])
        rows.close()
        return {
            "sent_after_ms": met(max(at.latencies()) * 1000, 1500),
            "tick_age_s": met(max(ages), 1.5),
            "step_recorded": steps,
        }
