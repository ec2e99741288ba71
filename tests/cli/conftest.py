"""The command line in this process, on a folder of the test's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.commands import CommandLine


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("CNA_")]:
        monkeypatch.delenv(name)
    # Whether a time service keeps the machine that runs the tests is nothing to them.
    monkeypatch.setenv("CNA_CLOCK_STATE", "unknown")


@pytest.fixture
def cna(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A real desk's command line; its folder is empty."""
    return CommandLine(tmp_path / "desk", capsys)


@pytest.fixture
def exercise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An exercise's command line; its folder is empty."""
    return CommandLine(tmp_path / "exercise", capsys, "--exercise")
