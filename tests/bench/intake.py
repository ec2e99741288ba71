"""Submissions per second at 32 connections, on SQLite and PostgreSQL, beside a bare one-row insert in the same process.

The ratio is the figure: machines are shared and noisy. Every submission is a case with its entries, clocks and a
summons that is really sent to the simulated telephone company in the same process.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.bench import _stand as stand
from tests.bench._breakdown import breakdown

CONNECTIONS = 32


def submission(n: int) -> bytes:
    vessel = {"names": [f"BENCH {n}"], "flag_claimed": "XA", "claimed_how": "flag flown", "type": "freighter"}
    position = {"text": "14°03.5'N 074°22.1'W", "at": "2026-11-21T13:40:00Z"}
    body = {
        "requester_reference": f"B-{n}",
        "legal_basis": [{"text": "CETS 156 art. 6"}],
        "offences": ["narcotics"],
        "measures": ["confirm_registry", "board", "search"],
        "vessels": [{**vessel, "positions": [position]}],
        "grounds": "packages thrown overboard",
    }
    return json.dumps(body).encode()


def measure(kind: str, requests: int) -> dict[str, Any]:
    with stand.database(kind) as url, stand.desk(["-m", "tests.bench._bare"], database_url=url) as desk:
        bearer = {"Authorization": f"Bearer {stand.token(desk.url, authority='mrcc-xb')}"}
        whole = [stand.post("/api/v1/submissions", submission(n), bearer) for n in range(requests)]
        rows = [stand.post("/bare", submission(n), {}) for n in range(requests)]
        stand.drive(desk.port, rows[:64], connections=CONNECTIONS)
        stand.drive(desk.port, whole[:64], connections=CONNECTIONS)
        bare = stand.drive(desk.port, rows, connections=CONNECTIONS)
        # Officers who are called while we measure are part of the price.
        submissions = stand.drive(desk.port, whole[64:], connections=CONNECTIONS)
        one_by_one = stand.drive(desk.port, whole[:64], connections=1)
        httpx.post(f"{desk.url}/simulation/clock", json={"hold": True}, timeout=90)
    ratio = round(submissions["per_second"] / bare["per_second"], 3)
    return {"submissions": submissions, "bare_insert": bare, "one_connection": one_by_one, "ratio": ratio}


def main() -> None:
    asked = stand.options(__doc__ or "")
    found = {kind: measure(kind, asked.requests) for kind in ("sqlite", "postgresql")}
    told = {"bench": "intake", "connections": CONNECTIONS, **found, "where_the_time_goes": breakdown()}
    stand.report(told, as_json=asked.json)


if __name__ == "__main__":
    main()
