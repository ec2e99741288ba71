"""A night at an exercise desk. Each file has a desk: its tests open cases of their own in it, and what one does to the
directory, or with the time, befalls the others of its file alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.cases.night import Night, open_desk


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    desk = open_desk(tmp_path_factory.mktemp("night"))
    browser = desk.signed_in("duty_officer")
    desk.give_watch("duty-officer")
    yield Night(desk, browser)
    desk.running.exercise.stop()
    desk.service.database.close()


@pytest.fixture
def night(one_night: Night) -> Night:
    """An exercise desk whose officer on watch, ``duty-officer``, is signed in."""
    return one_night
