"""The shape of entries as identity folds and declares them, without importing its neighbour the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class DeskEntry(Protocol):
    """An entry as read back from a stream; the ledger's own ``Entry`` has this shape."""

    @property
    def type(self) -> str: ...

    @property
    def v(self) -> int: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def body(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class EntryShape:
    """One shape of entry: name, meaning, private paths, version, in the order of the ledger's ``EntryType``.

    Whoever builds the table of all entry types turns each into one.
    """

    name: str
    means: str
    private: tuple[str, ...] = ()
    v: int = 1
