"""A real desk as ``cna serve`` runs it, started and ended by a benchmark: ``python -m tests.bench._desk PLACE MODE``.

MODE ``whole`` is everything at work; ``intake`` answers requests only: nothing ticks, sends or seals.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from cna_service.app import create_app
from cna_service.cli.access import AccessLog
from cna_service.cli.logs import configure_logging
from tests.faults import rig
from tests.faults.rig import Place

ROOT = Path(__file__).parents[2]


def end_with_input(server: uvicorn.Server) -> None:
    """Whoever started us holds our standard input; when he is gone, or closes it, the server ends."""

    def wait() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()


def main() -> None:
    place, mode = Place(**json.loads(sys.argv[1])), sys.argv[2]
    configure_logging()
    running = rig.build(place)
    listening = socket.create_server(("127.0.0.1", int(place.public_url.rpartition(":")[2])), backlog=1024)
    app = AccessLog(create_app(running), running.service.machine)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    end_with_input(server)
    if mode == "whole":
        running.start()
    print("ready", flush=True)
    server.run(sockets=[listening])
    running.stop()


@contextmanager
def child(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A program of the benchmarks, ready; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{module}", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if "CNA_BENCH_LOG" not in os.environ else None,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        said = process.stdout.readline()
        if said != "ready\n":
            raise RuntimeError(f"{module} did not start (CNA_BENCH_LOG=1 shows why): {said!r}")
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        process.stdout.close()


@contextmanager
def a_desk(place: Place, mode: str = "whole") -> Iterator[subprocess.Popen[str]]:
    with child("_desk", json.dumps(place.as_json()), mode) as process:
        yield process


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 and the longest, in milliseconds."""
    found = sorted(seconds)
    at: dict[str, Any] = {f"p{p}_ms": found[min(len(found) - 1, len(found) * p // 100)] for p in (50, 95, 99)}
    at["max_ms"] = found[-1]
    return {name: round(value * 1000, 2) for name, value in at.items()}


if __name__ == "__main__":
    main()
