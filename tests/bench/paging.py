"""The watch under load and under fire: B1 to B7 of the drills, on SQLite, and on PostgreSQL with two nodes.

Every desk is the product in processes of its own, at a telephone company that costs next to nothing. A summons's time
runs from the commit of its entry to the request that reaches the company, on one monotonic clock. Each figure stands
beside its target, and beside what a bare loop needs that only posts. ``--soak`` runs ticks and commands on the same
streams of two nodes for so many minutes and counts deadlocks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.bench import _stand as stand
from tests.bench._paging_drills import (
    clock_set_back,
    database_restart,
    killed_in_flight,
    provider_down,
    rungs_on_time,
)
from tests.bench._paging_soak import soak
from tests.bench._paging_stand import CLOCK, scene
from tests.faults import rig

SLOTS = 50


@dataclass(frozen=True)
class Size:
    """How much of each part: whole, or ``--quick``."""

    sparse: int
    gap: float
    burst: int
    in_flight: int
    outage: float
    rungs: int
    rung: int


WHOLE = Size(sparse=60, gap=2.0, burst=2000, in_flight=20, outage=15.0, rungs=100, rung=60)
QUICK = Size(sparse=10, gap=0.3, burst=200, in_flight=10, outage=4.0, rungs=20, rung=5)


def met(measured: float, target: float) -> dict[str, Any]:
    return {"measured": round(measured, 3), "target": target, "met": measured <= target}


def sparse(kind: str, nodes: int, size: Size) -> dict[str, Any]:
    with scene(kind, nodes=nodes) as at:
        at.submit(2, gap=0.5)
        at.forget()
        before = at.cpu()
        at.submit(size.sparse, gap=size.gap)
        stand.wait_for(lambda: len(at.latencies()) >= size.sparse, 30)
        told = stand.percentiles(at.latencies())
        return {
            "p50_ms": met(told["p50"], 50),
            "p95_ms": met(told["p95"], 250),
            "max_ms": met(told["max"], 1500),
            "alerts": len(at.latencies()),
            "cpu_ms_per_alert_all_in": round((at.cpu() - before) / size.sparse * 1000, 1),
            "bare_p50_ms": bare(at.company_url, 20, 1)["p50_ms"],
        }


def burst(kind: str, nodes: int, size: Size) -> dict[str, Any]:
    """So many requests were received while nobody sent; then the nodes begin to. Another officer is summoned last."""
    with scene(kind, nodes=nodes, held=True) as at:
        at.order(latency=0.1)
        at.submit(size.burst, connections=4)
        at.nodes[0].post("/bench/administrator")
        before = at.cpu()
        let_go = min(node.post("/bench/let-go")["at"] for node in at.nodes)
        stand.wait_for(
            lambda: len({a["sending"] for a in at.arrivals() if a["to"] == rig.DUTY}) >= size.burst, 300
        )
        arrivals = sorted(at.arrivals(), key=lambda a: float(a["at"]))
        stand.pause(1.0)
        reached = {a["sending"] for a in arrivals if a["to"] == rig.DUTY}
        other = next(n for n, a in enumerate(arrivals) if a["to"] == rig.ADMINISTRATOR)
        plain = bare(at.company_url, min(size.burst, 500), SLOTS)
        last = arrivals[-1]["at"] - let_go
        return {
            "first_s": met(arrivals[0]["at"] - let_go, 0.3),
            "last_s": met(last, 15.0 * size.burst / WHOLE.burst),
            "per_second": round(len(arrivals) / last, 1),
            "lost": met(size.burst - len(reached), 0),
            "repeated": len(arrivals) - len({a["sending"] for a in arrivals}),
            "fair": {"other_officer_came_as": met(other + 1, SLOTS * nodes + 1), "asked_as": size.burst + 1},
            "cpu_ms_per_alert": round((at.cpu() - before) / size.burst * 1000, 1),
            "bare_per_second": plain["per_second"],
            "ratio_to_bare": round(len(arrivals) / last / plain["per_second"], 3),
        }


def bare(url: str, count: int, threads: int) -> dict[str, Any]:
    """What a loop costs that only posts by the same SDK: no database, no record."""
    line = rig.telephony(url)
    line.prepare()

    def one(n: int) -> float:
        began = CLOCK.monotonic()
        line.send_sms(to=rig.DUTY, text=f"bare {n}", callback_url="http://127.0.0.1:9/", reference=str(n))
        return CLOCK.monotonic() - began

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(threads)))
        began = CLOCK.monotonic()
        took = list(pool.map(one, range(count)))
        spent = CLOCK.monotonic() - began
    line.close()
    return {"per_second": round(count / spent, 1), "p50_ms": stand.percentiles(took)["p50"]}


PARTS: dict[str, Callable[[str, int, Size], dict[str, Any]]] = {
    "B1 sparse": sparse,
    "B2 burst": burst,
    "B3 kill -9 in flight": lambda kind, nodes, size: killed_in_flight(kind, nodes, size.in_flight, met),
    "B4 provider 500": lambda kind, nodes, size: provider_down(kind, nodes, size.outage, met),
    "B5 database restart": lambda kind, nodes, _: database_restart(kind, nodes, met),
    "B6 rung": lambda kind, nodes, size: rungs_on_time(kind, nodes, size.rungs, size.rung, met),
    "B7 clock back one hour": lambda kind, nodes, _: clock_set_back(kind, nodes, met),
}


def measure(kind: str, nodes: int, size: Size, only: str) -> dict[str, Any]:
    found: dict[str, Any] = {"nodes": nodes}
    for name, part in PARTS.items():
        if name.startswith(only):
            began = CLOCK.monotonic()
            found[name] = part(kind, nodes, size)
            print(f"{kind}: {name}: {CLOCK.monotonic() - began:.0f} s", file=sys.stderr)
    return found


def main() -> None:
    asked = stand.options(__doc__ or "")
    if asked.soak:
        stand.report({"bench": "paging", "soak": soak(asked.soak * 60)}, as_json=asked.json)
        return
    size = QUICK if asked.quick else WHOLE
    found = {
        "sqlite": measure("sqlite", 1, size, asked.only),
        "postgresql": measure("postgresql", 2, size, asked.only),
    }
    stand.report({"bench": "paging", "quick": asked.quick, **found}, as_json=asked.json)


if __name__ == "__main__":
    main()
