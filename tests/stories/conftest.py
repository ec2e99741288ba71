from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cna_service.workflow.replay import replay
from tests.stories.people import Story
from tests.workflow.desk import a_desk
from tests.workflow.station import fresh_sqlite


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A desk, its people and its clock. A message that no line of the story expects fails it; afterwards what was
    derived from the log is what a replay derives."""
    with a_desk(fresh_sqlite(tmp_path)) as desk:
        yield Story(desk)
        desk.nobody_else_was_called()
        assert replay(desk.service).differences == ()
