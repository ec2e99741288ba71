"""From the commit of a submission to the request that reaches the telephone company: sparse, and a burst.

The commit is bounded from outside by when the 201 arrived; the telephone company notes when it was asked.
"""

from __future__ import annotations

import threading
from typing import Any

import httpx

from tests.bench import _stand as stand
from tests.bench.intake import submission


def sparse(desk: stand.Desk, bearer: dict[str, str], count: int, gap: float) -> list[dict[str, float]]:
    with httpx.Client(base_url=desk.url, headers=bearer) as client:
        pause = threading.Event()
        for n in range(count):
            client.post("/api/v1/submissions", content=submission(100_000 + n)).raise_for_status()
            pause.wait(gap)
    return arrivals(desk)


def arrivals(desk: stand.Desk) -> list[dict[str, float]]:
    """Per summons, seconds from the entry's commit to the company's receipt, on one monotonic clock."""
    found: list[dict[str, float]] = httpx.get(f"{desk.url}/bench/arrivals", timeout=30).json()
    return found


def measure(kind: str, *, sparse_count: int, burst: int) -> dict[str, Any]:
    with stand.database(kind) as url, stand.desk(["-m", "tests.bench._watched"], database_url=url) as desk:
        bearer = {"Authorization": f"Bearer {stand.token(desk.url, authority='mrcc-xb')}"}
        first = [each["seconds"] for each in sparse(desk, bearer, sparse_count, 0.5)]
        httpx.post(f"{desk.url}/bench/forget")
        whole = [stand.post("/api/v1/submissions", submission(200_000 + n), bearer) for n in range(burst)]
        stand.drive(desk.port, whole, connections=32)
        stand.wait_for(lambda: len(arrivals(desk)) >= burst, 120)
        found = arrivals(desk)
    in_burst = [each["seconds"] for each in found]
    return {
        "sparse": {"alerts": len(first), "ms": stand.percentiles(first)},
        "burst": {"alerts": len(in_burst), "ms": stand.percentiles(in_burst), "lost": burst - len(in_burst)},
    }


def main() -> None:
    asked = stand.options(__doc__ or "")
    found = {kind: measure(kind, sparse_count=60, burst=500) for kind in ("sqlite", "postgresql")}
    stand.report({"bench": "paging", **found}, as_json=asked.json)


if __name__ == "__main__":
    main()
