"""What an entry is, before it is written (:class:`Draft`) and as it is read back (:class:`Entry`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cna_service.kit.told import ToldInstant

Body = Mapping[str, Any]
"""A JSON object in the ledger's profile: no floats, ``snake_case`` ASCII keys (ledger.md 2.1)."""

EMPTY: Body = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Erased:
    """A private value that is no longer there; its salted digest still is. No rule may read one."""

    digest: str

    def __str__(self) -> str:
        return "(erased)"


@dataclass(frozen=True, slots=True)
class EntryType:
    """One shape of entry, for ever: a new shape is a new ``v``.

    ``private`` lists the fields of the body that stand in the entry only as salted digests, as paths such as
    ``/by/name`` or ``/items/*/words`` (``*``: every element). A path that ends in ``¶`` is verbatim text,
    committed paragraph by paragraph (desk-rules 9.3). A field that is absent or null is not committed.
    """

    name: str
    means: str
    private: tuple[str, ...] = ()
    v: int = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as a command hands it in; stream position, instant, clock and build are added when it is appended."""

    type: str
    body: Body
    v: int = 1
    happened_at: ToldInstant | None = None
    told_at: datetime | None = None
    basis: Body | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as read back: private values opened into ``body`` where still there, else :class:`Erased`."""

    stream: str
    seq: int
    id: str
    type: str
    v: int
    recorded_at: datetime
    actor: Body
    body: Body
    leaf: str
    prev: str | None = None
    log: str = ""
    happened_at: ToldInstant | None = None
    told_at: datetime | None = None
    basis: Body | None = None
    seen: int | None = None
    clock: Body = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict)
    sw: Body = field(default_factory=dict)


class UnknownEntryType(Exception):
    """A stream holds a type or version that this build does not know: show it read-only, name the newer build."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            f"{entry.stream} entry {entry.seq}: {entry.type} v{entry.v} was written by {entry.sw}"
        )
        self.entry = entry


class TypeTable:
    """Every entry type of the service by (name, v). Raises ValueError when two slices declare the same."""

    def __init__(self, types: Iterable[EntryType]) -> None:
        self._types: dict[tuple[str, int], EntryType] = {}
        for each in types:
            if (each.name, each.v) in self._types:
                raise ValueError(f"entry type {each.name} v{each.v} is declared twice")
            self._types[each.name, each.v] = each

    def __iter__(self) -> Iterator[EntryType]:
        return iter(self._types.values())

    def get(self, name: str, v: int) -> EntryType | None:
        return self._types.get((name, v))
