"""Running ``cna`` in the test's process: arguments in; status, words and JSON out."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cna_service import bootstrap
from cna_service.bootstrap import Running
from cna_service.cli.main import main
from cna_service.db.database import Database

OFFICER = ("--name", "Lt Ada Example", "--phone", "+15550100", "--email", "ada@example.test")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@functools.cache
def _template(exercise: bool) -> Path:
    """A desk's folder, made once per test process and gone when it ends."""
    folder = tempfile.TemporaryDirectory(prefix="cna-begun-")
    _KEPT.append(folder)
    data = str(Path(folder.name) / "desk")
    wanted = (
        ["migrate", "--exercise"] if exercise else ["officer", "add", "--role", "administrator", *OFFICER]
    )
    assert main([*wanted, "--data", data]) == 0
    return Path(data)


_KEPT: list[Any] = []


class CommandLine:
    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str], *always: str) -> None:
        self.data = data
        self._capsys = capsys
        self._always = always

    def __call__(self, *arguments: object) -> Ran:
        """Run a command on this folder."""
        return self.bare(*arguments, "--data", self.data, *self._always)

    def bare(self, *arguments: object) -> Ran:
        """Run a command with nothing added."""
        self._capsys.readouterr()
        code = main([str(each) for each in arguments])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Ran(code, said.out, said.err)

    def begun(self) -> CommandLine:
        """With a desk made, and an administrator where it is a real one."""
        shutil.copytree(_template("--exercise" in self._always), self.data)
        return self

    @contextmanager
    def running(self) -> Iterator[Running]:
        """The desk put together, its threads not started."""
        settings = bootstrap.Settings(data=self.data)  # type: ignore[attr-defined]
        running = bootstrap.build(settings, exercise="--exercise" in self._always)
        try:
            yield running
            running.sequencer.run(running.service.clock.now())
        finally:
            if running.exercise is not None:
                running.exercise.stop()
            running.service.database.close()

    def tamper(self, statement: str, *, fence: str | None = None, **values: object) -> None:
        """Change a row as the file's owner can; ``fence`` is the trigger in the way."""
        database = Database(f"sqlite:///{self.data / 'desk.sqlite3'}")
        with database.write() as connection:
            if fence is not None:
                connection.execute(text(f"DROP TRIGGER {fence}"))
            assert connection.execute(text(statement), values).rowcount
        database.close()
