"""The stand: a desk in a process of its own, PostgreSQL beside it, a small HTTP client, figures as JSON."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cna_service.kit.clock import SystemClock
from tests.database import PostgresServer

CLOCK = SystemClock()
ROOT = Path(__file__).resolve().parents[2]


def options(what: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--requests", type=int, default=400, help="how many requests of each kind")
    parser.add_argument(
        "--quick", action="store_true", help="the shape of it in a minute, no figures to publish"
    )
    parser.add_argument(
        "--soak", type=float, default=0, metavar="MINUTES", help="instead: run on for so long"
    )
    parser.add_argument("--only", default="", help="only the parts whose name begins so, such as B2")
    return parser.parse_args()


def report(found: dict[str, Any], *, as_json: bool) -> None:
    found["machine"] = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }
    print(json.dumps(found, indent=None if as_json else 2))


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the largest, in milliseconds."""
    ordered = sorted(seconds)
    at = {f"p{n}": ordered[min(len(ordered) - 1, int(len(ordered) * n / 100))] for n in (50, 95, 99)}
    return {name: round(value * 1000, 2) for name, value in {**at, "max": ordered[-1]}.items()}


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """The setting for a fresh database of a kind: empty for SQLite, a URL for PostgreSQL."""
    if kind == "sqlite":
        yield ""
        return
    # As durable as a real one: the figures are worth nothing with flushes left out.
    server = PostgresServer(durable=True)
    server.start()
    try:
        yield server.url(server.fresh())
    finally:
        server.stop()


@dataclass
class Desk:
    url: str
    port: int
    data: Path
    process: subprocess.Popen[bytes]
    ready_after: float

    @property
    def resident_mb(self) -> float:
        words = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").split()
        return round(int(words[words.index("VmRSS:") + 1]) / 1024, 1)


@contextlib.contextmanager
def desk(command: Sequence[str], *, database_url: str = "", data: Path | None = None) -> Iterator[Desk]:
    """A desk served by ``command`` plus port and folder, ready; stopped at the end."""
    port = free_port()
    folder = data or Path(tempfile.mkdtemp(prefix="cna-bench-"))
    env = {**os.environ, "CNA_DATABASE_URL": database_url}
    began = CLOCK.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port), "--data", str(folder)],
        cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        while not is_ready(url):
            if process.poll() is not None or CLOCK.monotonic() - began > 90:
                raise SystemExit("the desk did not become ready")
        yield Desk(url, port, folder, process, CLOCK.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def token(url: str, **who: str) -> str:
    answer: str = httpx.post(f"{url}/simulation/token", json=who).json()["access_token"]
    return answer


async def _connection(port: int, todo: asyncio.Queue[bytes], expect: bytes, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        try:
            request = todo.get_nowait()
        except asyncio.QueueEmpty:
            writer.close()
            return
        began = CLOCK.monotonic()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        took.append(CLOCK.monotonic() - began)
        if not head.startswith(b"HTTP/1.1 " + expect):
            raise SystemExit(f"unexpected answer: {head[:60]!r} {body[:300]!r}")


def drive(
    port: int, requests: Sequence[bytes], *, connections: int = 32, expect: bytes = b"201"
) -> dict[str, Any]:
    """Send them over so many connections at once; requests per second and percentiles."""
    took: list[float] = []

    async def all_of_them() -> None:
        todo: asyncio.Queue[bytes] = asyncio.Queue()
        for request in requests:
            todo.put_nowait(request)
        work: list[Awaitable[None]] = [_connection(port, todo, expect, took) for _ in range(connections)]
        await asyncio.gather(*work)

    began = CLOCK.monotonic()
    asyncio.run(all_of_them())
    spent = CLOCK.monotonic() - began
    return {"requests": len(requests), "per_second": round(len(requests) / spent, 1), "ms": percentiles(took)}


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {len(body)}",
        "Content-Type: application/json",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def wait_for(done: Callable[[], bool], seconds: float) -> None:
    until = CLOCK.monotonic() + seconds
    while not done():
        if CLOCK.monotonic() > until:
            raise SystemExit("it took too long")
        pause(0.01)
