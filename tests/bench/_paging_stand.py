"""A telephone company, a database, and one desk or two nodes of it, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from cna_service import bootstrap
from cna_service.settings import Settings
from tests.bench import _stand as stand
from tests.database import PostgresServer, sqlite_url
from tests.faults import rig
from tests.faults.rig import Place

CLOCK = stand.CLOCK
HERTZ = os.sysconf("SC_CLK_TCK")


def config(folder: Path, *, rung: int | None = None) -> str:
    """The shipped policy, whose climbs wait a hundred times as long; with ``rung``, the second rung comes after so
    many seconds."""
    shipped = bootstrap.config_folder(Settings())
    if rung is None:
        return rig.patient_config(folder)
    shutil.copytree(shipped, folder)
    ladders = folder / "ladders.toml"
    ladders.write_text(re.sub(r"after_seconds = 120\b", f"after_seconds = {rung}", ladders.read_text()))
    return str(folder)


@dataclass
class Node:
    place: Place
    process: subprocess.Popen[bytes]
    began: float

    @property
    def url(self) -> str:
        return self.place.public_url

    def post(self, path: str, told: Any = None) -> Any:
        return httpx.post(f"{self.url}{path}", json=told, timeout=60).json()

    def wait_until_ready(self) -> float:
        """Seconds from the start of its process until it said so."""
        stand.wait_for(lambda: self.process.poll() is not None or stand.is_ready(self.url), 90)
        if self.process.poll() is not None:
            raise SystemExit("a node ended by itself")
        return CLOCK.monotonic() - self.began

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return cpu_of(self.process.pid)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


def cpu_of(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / HERTZ


def cpu_seconds() -> float:
    """Processor time of this process so far."""
    return cpu_of(os.getpid())


@dataclass
class Scene:
    """One desk at one telephone company. ``nodes`` in the order in which they were started."""

    folder: Path
    database_url: str
    company_url: str
    config: str
    token: str = ""
    nodes: list[Node] = field(default_factory=list)
    sent: int = 0

    def place(self) -> Place:
        port = stand.free_port()
        return Place(str(self.folder / "desk"), self.database_url, f"http://127.0.0.1:{port}", self.company_url,
                     self.config)  # fmt: skip

    def start(self, *, held: bool = False, ahead: bool = False, place: Place | None = None) -> Node:
        place = place or self.place()
        command = [sys.executable, "-m", "tests.bench._node", json.dumps(place.as_json())]
        command += ["--ahead"] if ahead else []
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *(["--held"] if held else [])], cwd=stand.ROOT, stdout=log, stderr=log
            )
        node = Node(place, process, CLOCK.monotonic())
        self.nodes.append(node)
        return node

    def submit(self, count: int = 1, *, gap: float = 0.0, connections: int = 8) -> None:
        """Requests come in, at all nodes in turn; each is answered 201."""
        alive = [n for n in self.nodes if n.process.poll() is None]
        bearer = {"Authorization": f"Bearer {self.token}"}
        numbers = range(self.sent, self.sent + count)
        self.sent += count
        for n in numbers if gap else ():
            answer = httpx.post(f"{alive[n % len(alive)].url}/api/v1/submissions", content=rig.submission(n),
                                headers=bearer | {"Idempotency-Key": f"k{n}"}, timeout=60)  # fmt: skip
            answer.raise_for_status()
            stand.pause(gap)
        for k, node in enumerate(() if gap else alive):
            port = int(node.url.rpartition(":")[2])
            whole = [
                stand.post("/api/v1/submissions", rig.submission(n), bearer | {"Idempotency-Key": f"k{n}"})
                for n in numbers[k :: len(alive)]
            ]
            if whole:
                stand.drive(port, whole, connections=connections)

    def arrivals(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.company_url}/arrivals", timeout=30).json()
        return found

    def order(self, **told: Any) -> None:
        httpx.post(f"{self.company_url}/order", json=told).raise_for_status()

    def forget(self) -> None:
        httpx.post(f"{self.company_url}/forget").raise_for_status()

    def commits(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for node in self.nodes:
            if node.process.poll() is None:
                found |= httpx.get(f"{node.url}/bench/commits", timeout=30).json()
        return found

    def latencies(self) -> list[float]:
        """Seconds from each summons's commit to the request that reached the company first."""
        committed, first = self.commits(), {}
        for each in self.arrivals():
            first.setdefault(each["sending"], each["at"])
        return [at - committed[s] for s, at in first.items() if s in committed]

    def cpu(self) -> float:
        return sum(node.cpu() for node in self.nodes)


@contextlib.contextmanager
def company() -> Iterator[str]:
    port = stand.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench._provider", "--port", str(port)], cwd=stand.ROOT
    )
    url = f"http://127.0.0.1:{port}"
    try:
        stand.wait_for(lambda: _answers(url), 30)
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/arrivals", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@contextlib.contextmanager
def scene(
    kind: str,
    *,
    nodes: int = 1,
    held: bool = False,
    ahead: bool = False,
    rung: int | None = None,
    server: PostgresServer | None = None,
) -> Iterator[Scene]:
    """A fresh desk with its nodes ready; ``server``: a PostgreSQL of the caller's own."""
    own = None
    folder = Path(tempfile.mkdtemp(prefix="cna-bench-"))
    if kind == "postgresql" and server is None:
        own = server = PostgresServer(durable=True)
        server.start()
    url = sqlite_url(folder) if server is None else server.url(server.fresh())
    with company() as company_url:
        made = Scene(folder, url, company_url, config(folder / "config", rung=rung))
        made.token = rig.begin(made.place())
        try:
            for _ in range(nodes):
                made.start(held=held, ahead=ahead)
            for node in made.nodes:
                if not held:
                    node.wait_until_ready()
                else:
                    stand.wait_for(lambda node=node: _listens(node.url), 60)  # type: ignore[misc]
            yield made
        finally:
            for node in made.nodes:
                node.stop()
            if own is not None:
                own.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _listens(url: str) -> bool:
    try:
        return httpx.get(f"{url}/bench/commits", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
