"""``cna serve``: one process serves a SQLite desk, others read and write beside it, and it stops when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cna_service.kit.clock import SystemClock
from tests.cli.commands import OFFICER, CommandLine

PATIENCE = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


@contextmanager
def served(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    """A desk in a process of its own: the process, its address, the file of its log."""
    port, log = free_port(), data.with_suffix(".log")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CNA_")}
    environment["CNA_CLOCK_STATE"] = "unknown"
    command = [
        sys.executable,
        "-m",
        "cna_service",
        "serve",
        "--data",
        str(data),
        "--port",
        str(port),
        *options,
    ]
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(process, url, log)
        yield process, url, log
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    clock = SystemClock()
    until = clock.monotonic() + PATIENCE
    while process.poll() is None and clock.monotonic() < until:
        try:
            get(f"{url}/readyz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"it did not become ready: {log.read_text()}")


@pytest.mark.slow
def test_a_desk_is_served_beside_other_commands_and_stops_when_told(cna: CommandLine, tmp_path: Path) -> None:
    with served(cna.data) as (process, url, log):
        assert {t["code"] for t in get(f"{url}/readyz")["degraded"]} == {
            "no-telephony",
            "no-mail",
            "no-officers",
        }
        second = cna("serve", "--port", free_port())
        assert second.code == 1
        assert f"is served at {url}" in second.err
        assert "PostgreSQL" in second.err
        link = cna("officer", "add", "--role", "administrator", *OFFICER, "--json").json["link"]
        assert link.startswith(f"{url}/console/link/")
        assert {t["code"] for t in get(f"{url}/readyz")["degraded"]} >= {"nobody-on-watch"}
        assert cna("backup", tmp_path / "saved").code == 0
        assert cna("ledger", "verify").code == 0
        began = SystemClock().monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert SystemClock().monotonic() - began < 10
        events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
        assert events[-2:] == ["stopping", "stopped"]
    assert cna("ledger", "verify").code == 0


@pytest.mark.slow
def test_an_exercise_is_served_with_its_simulation(exercise: CommandLine) -> None:
    with served(exercise.begun().data, "--exercise") as (process, url, _):
        assert get(f"{url}/readyz") == {"ready": True, "why": [], "degraded": []}
        assert "duty-1" in {o["id"] for o in get(f"{url}/simulation")["officers"]}
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0


def test_a_port_that_is_taken_is_named(cna: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = cna("serve", "--port", port)
    assert ran.code == 2
    assert f"port {port}: Address already in use. Name another with --port." in ran.err
    assert not (cna.data / "desk.sqlite3").exists()
