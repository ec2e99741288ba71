from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.served import Exercise, copied, seed, served


@pytest.fixture(scope="session")
def seeded_exercise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded") / "desk"
    seed(folder)
    return folder


@pytest.fixture
def exercise(seeded_exercise: Path, tmp_path: Path) -> Iterator[Exercise]:
    """After every script the log is sound, and what was derived from it is what a replay derives."""
    with served(copied(seeded_exercise, tmp_path / "desk")) as one:
        yield one
        if not one.is_spoilt:
            assert one.cna("case", "replay", "--all") == (0, [])
            assert one.cna("ledger", "verify") == (0, [])
