from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import Place

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
        self._line.sendall(f"arm {point}\n".encode())
        self._hears("armed")

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
            )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", self._log.read_text()

    def start(self, place: Place) -> Life:
        assert self._process.stdin is not None
        order = {"place": place.as_json(), "socket": self._socket}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line, _ = self._listening.accept()
        return Life(line, self._log)

    def close(self) -> None:
        """Desks that still live end with the nursery."""
        self._process.kill()
        self._process.communicate()
        self._listening.close()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()
