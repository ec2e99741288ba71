"""A database that fails on order, at the desk's own engine: every statement, or one commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from cna_service.db.database import Database, DatabaseUnavailable

GONE = "disk I/O error: the database is gone"
FULL = "database or disk is full: no space left on device"
NOT_SERIAL = "could not serialize access due to concurrent update"

_CLAIM, _RESULT, _FIRED = "UPDATE outbox SET state", "INSERT INTO attempt", "DELETE FROM timer"
WRITES = {"claim": _CLAIM, "result": _RESULT, "fire": _FIRED}
"""The statement by which a transaction of the engine's duties is known."""


class Outage:
    """``is_down``: nothing can be begun. ``fail_commit``: the next commit that wrote such rows fails, once."""

    def __init__(self, database: Database) -> None:
        self.is_down = False
        self.failed = 0
        self._words, self._writes = "", ""
        self._wrote: dict[int, set[str]] = {}
        event.listen(database.engine, "begin", self._begin)
        event.listen(database.engine, "before_cursor_execute", self._noted)
        event.listen(database.engine, "commit", self._commit)

    def fail_commit(self, of: str, words: str) -> None:
        self._writes, self._words = WRITES[of], words

    def _begin(self, connection: Any) -> None:
        self._wrote.pop(id(connection.connection.dbapi_connection), None)
        if self.is_down:
            raise _error(GONE)

    def _noted(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        for known in WRITES.values():
            if statement.startswith(known):
                self._wrote.setdefault(id(connection.connection.dbapi_connection), set()).add(known)

    def _commit(self, connection: Any) -> None:
        found = self._wrote.pop(id(connection.connection.dbapi_connection), set())
        if self._writes and self._writes in found:
            self._writes, words = "", self._words
            self.failed += 1
            raise _error(words)


def _error(words: str) -> OperationalError:
    return OperationalError("", {}, Exception(words))


def survives(act: Callable[[], object]) -> None:
    """As the desk's threads do: a duty that fails is done again at the next look."""
    try:
        act()
    except DatabaseUnavailable:
        return
