"""The one write lock of a desk on SQLite. Whoever summons people goes before everybody who waits.

Two thousand delivery reports that come in at once would otherwise each stand before the next sending.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WriteLock:
    """Not fair on purpose: a thread that is running takes the lock when it is free, so that it never lies idle until
    the thread whose turn it would be is given the processor."""

    def __init__(self) -> None:
        guard = threading.Lock()
        self._first = threading.Condition(guard)
        self._others = threading.Condition(guard)
        self._is_held = False
        self._first_waiting = 0

    @contextmanager
    def held(self, *, first: bool) -> Iterator[None]:
        self._take(first=first)
        try:
            yield
        finally:
            self._give_back()

    def _take(self, *, first: bool) -> None:
        if first:
            with self._first:
                self._first_waiting += 1
                self._first.wait_for(lambda: not self._is_held)
                self._first_waiting -= 1
                self._is_held = True
        else:
            with self._others:
                self._others.wait_for(lambda: not self._is_held and self._first_waiting == 0)
                self._is_held = True

    def _give_back(self) -> None:
        with self._first:
            self._is_held = False
            (self._first if self._first_waiting else self._others).notify()
