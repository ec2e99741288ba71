"""Thirty-two senders at once: ``python -m tests.bench._client PORT TOKEN CONNECTIONS SECONDS``; prints JSON.

Bare sockets and requests written beforehand, so that the client is not what is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid

from cna_service.kit.clock import SystemClock
from tests.bench._desk import percentiles
from tests.faults import rig

WARM = 2.0
_clock = SystemClock()


def _request(port: int, token: str, n: int) -> bytes:
    body = rig.submission(n)
    head = (
        f"POST /api/v1/submissions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {uuid.uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _sender(port: int, token: str, first: int, until: float, took: list[tuple[float, float, int]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    n = first
    while _clock.monotonic() < until:
        request = _request(port, token, n)
        began = _clock.monotonic()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        took.append((began, _clock.monotonic(), int(head.split()[1])))
        n += 1
    writer.close()


async def _all(port: int, token: str, connections: int, seconds: float) -> dict[str, object]:
    took: list[tuple[float, float, int]] = []
    counts = _clock.monotonic() + WARM
    until = counts + seconds
    await asyncio.gather(*(_sender(port, token, 1_000_000 * c, until, took) for c in range(connections)))
    counted = [(b, e, s) for b, e, s in took if b >= counts and e <= until]
    statuses = {str(s): sum(1 for *_, x in counted if x == s) for s in {s for *_, s in counted}}
    good = [e - b for b, e, s in counted if s == 201]
    found: dict[str, object] = {"per_second": round(len(good) / seconds, 1), "answers": statuses}
    return found | (percentiles(good) if good else {})


def main() -> None:
    port, token, connections, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(_all(int(port), token, int(connections), float(seconds)))))


if __name__ == "__main__":
    main()
