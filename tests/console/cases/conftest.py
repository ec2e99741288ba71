"""A night at an exercise desk, for every test of the pages of a case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.console.cases.night import Night
from tests.console.conftest import DeskUnderTest


@pytest.fixture
def night(make_desk: Callable[..., DeskUnderTest]) -> Night:
    """An exercise desk whose officer on watch, ``duty-officer``, is signed in."""
    desk = make_desk(exercise=True)
    browser = desk.signed_in("duty_officer")
    desk.give_watch("duty-officer")
    return Night(desk, browser)
