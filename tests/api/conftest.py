"""An exercise desk behind its real application, with no thread running: what a call does is all that happens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cna_service.bootstrap import build
from cna_service.settings import Settings
from tests.api.desk import ApiDesk, opened


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    one = build(Settings(data=folder, port=9), exercise=True)
    one.exercise.stop()
    one.service.database.close()
    return folder


@pytest.fixture
def desk(seeded: Path, tmp_path: Path) -> Iterator[ApiDesk]:
    data = Path(shutil.copytree(seeded, tmp_path / "data"))
    with opened(data) as one:
        yield one
