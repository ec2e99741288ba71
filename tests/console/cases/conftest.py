"""A night at an exercise desk. The desk is made once: each test opens cases of its own in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.cases.night import Night, open_desk


@pytest.fixture(scope="session")
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
