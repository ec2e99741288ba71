from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exercise.telephony import Desk, Line, a_desk, a_line


@pytest.fixture
def desk() -> Iterator[Desk]:
    with a_desk() as one:
        yield one


@pytest.fixture
def line(desk: Desk) -> Iterator[Line]:
    """The real adapter, the real SDK, the simulated company, and a held case clock."""
    with a_line(desk) as one:
        yield one
