from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.faults.rig import Place
from tests.faults.station import Station, a_station

PATIENCE = 30.0
ROOT = Path(__file__).parents[2]


class Life:
    """One run of a desk in a process of its own."""

    def __init__(self, line: socket.socket, log: Path) -> None:
        line.settimeout(PATIENCE)
        self._line = line
        self._log = log
        self._words = line.makefile()
        self._hears("ready")

    def arm(self, point: str) -> None:
        self.order(f"arm {point}")

    def order(self, words: str) -> None:
        self._line.sendall(f"{words}\n".encode())
        self._hears("done")

    def is_over(self) -> bool:
        """Has it said its last word?"""
        return bool(select.select([self._line], [], [], 0)[0])

    def death(self) -> str:
        """Wait for the end; what it said of it: the point, and what was at hand."""
        last = ""
        for words in self._words:
            last = words
        assert last.startswith("dying "), f"the desk ended otherwise:\n{self._log.read_text()[-4000:]}"
        return last.removeprefix("dying ").strip()

    def _hears(self, word: str) -> None:
        said = self._words.readline().strip()
        assert said == word, f"the desk said {said!r}, not {word!r}:\n{self._log.read_text()[-4000:]}"

    def close(self) -> None:
        self._words.close()
        self._line.close()


class Nursery:
    def __init__(self, folder: Path) -> None:
        self._lives: list[Life] = []
        self._log = folder / "log"
        self._socket = str(folder / "line")
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self._socket)
        self._listening.listen()
        self._listening.settimeout(PATIENCE)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                text=True,
                # Each life of a desk is killed: what it ran cannot be counted, and counting it doubles its time.
                env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")},
            )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", self._log.read_text()

    def start(self, place: Place) -> Life:
        assert self._process.stdin is not None
        order = {"place": place.as_json(), "socket": self._socket}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line, _ = self._listening.accept()
        self._lives.append(Life(line, self._log))
        return self._lives[-1]

    def end_all(self) -> None:
        """Desks whose line is closed end."""
        for life in self._lives:
            life.close()
        self._lives.clear()

    def close(self) -> None:
        self.end_all()
        self._process.kill()
        self._process.communicate()
        self._listening.close()


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Failures are ordered here by the dozen: drawing each with every value in sight would take most of the time."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="session")
def open_nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


@pytest.fixture
def nursery(open_nursery: Nursery) -> Iterator[Nursery]:
    yield open_nursery
    open_nursery.end_all()


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Iterator[Station]:
    with a_station(database_url, tmp_path) as made:
        yield made
