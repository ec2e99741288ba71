"""The database as identity needs it; ``db.database.Database`` is one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection


class Rows(Protocol):
    """``write`` commits at its end, ``read`` sees one consistent state."""

    def write(self) -> AbstractContextManager[Connection]: ...

    def read(self) -> AbstractContextManager[Connection]: ...
