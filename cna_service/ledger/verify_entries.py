"""Verifying entries one by one: bytes, leaf, columns, and how each follows the one before it in its stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeGuard

from cna_service.kit.canonical import NotCanonical
from cna_service.ledger.entry import TypeTable
from cna_service.ledger.queries import Stored
from cna_service.ledger.tree import HASH_SIZE, leaf_hash
from cna_service.ledger.verify_bytes import read_canonical
from cna_service.ledger.verify_report import Findings, Place

_COLUMNS = ("log", "stream", "seq", "type")
_MOST_STEPS_BACK = 100


class Newest(NamedTuple):
    """The newest entry met so far of a stream."""

    seq: int
    leaf: bytes
    idx: int | None
    recorded_at: str


class Read(NamedTuple):
    """An entry that was looked at: its place, the leaf that stands for it in the tree, its content if readable."""

    place: Place
    leaf: bytes
    raw: Mapping[str, Any] | None = None
    body: bytes = b""

    @property
    def recorded_at(self) -> str:
        """As its bytes say; empty where they cannot be read."""
        return "" if self.raw is None else str(self.raw.get("recorded_at"))


@dataclass(slots=True)
class Entries:
    """Looks at every entry in the order of the tree and remembers the newest of each stream."""

    log: str
    types: TypeTable
    findings: Findings
    newest: dict[str, Newest] = field(default_factory=dict)
    count: int = 0
    unknown: dict[tuple[str, int], Place] = field(default_factory=dict)
    pending: int = 0
    oldest_pending: str | None = None
    _next_index: int = 0
    _last_step: int = -1
    _back: list[tuple[Place, int]] = field(default_factory=list)

    def read(self, row: Stored) -> Read | None:
        """Check one row; None where nothing of the entry is left to place in the tree."""
        self._check_index(row)
        if row.leaf is None:
            self.findings.add("missing", Place(None, None, row.idx), "the entry that had this index is gone")
            return Read(Place(None, None, row.idx), row.placed) if _is_hash(row.placed) else None
        self.count += 1
        leaf, is_body_sound = self._check_leaf(row)
        raw = self._read_body(row)
        place = _place(row, raw if is_body_sound else None)
        if raw is not None:
            self._check_columns(row, raw, place)
            self._check_type(raw, place)
        read = Read(place, leaf, raw, row.body if isinstance(row.body, bytes) else b"")
        self._follow(read)
        if place.index is None:
            self.pending += 1
            if read.recorded_at and (self.oldest_pending is None or read.recorded_at < self.oldest_pending):
                self.oldest_pending = read.recorded_at
        return read

    def backwards(self) -> Iterator[str]:
        """Entries recorded earlier than the one before them, where no ``clock.stepped`` came between or after."""
        for place, before in self._back:
            if self._last_step < before:
                yield f"{place} was recorded earlier than the entry before it, and no clock.stepped says why"

    def _check_index(self, row: Stored) -> None:
        if row.idx is None:
            return
        if row.idx != self._next_index:
            why = f"the tree has no leaf of index {self._next_index}"
            if row.idx > self._next_index + 1:
                why = f"the tree has no leaves of index {self._next_index} to {row.idx - 1}"
            self.findings.add("index", Place(None, None, self._next_index), why)
        self._next_index = row.idx + 1

    def _check_leaf(self, row: Stored) -> tuple[bytes, bool]:
        """The leaf to go on with (what two of bytes, entry and tree agree on), and whether the bytes give it."""
        given = leaf_hash(row.body) if isinstance(row.body, bytes) else None
        if given is not None and given == row.leaf == row.placed:
            return given, True
        place = _place(row, None)
        queue = "queue" if row.idx is None else "tree"
        if given is None:
            self.findings.add("body", place, "the entry's bytes are gone")
        elif given not in (row.leaf, row.placed):
            why = f"its bytes give the leaf {given.hex()}, the leaf stored is {_hex(row.leaf)}"
            self.findings.add("body", place, why)
        elif given != row.leaf:
            why = f"the leaf stored with it is {_hex(row.leaf)}, its bytes and the {queue} give {given.hex()}"
            self.findings.add("leaf", place, why)
        if row.placed is None:
            self.findings.add("unplaced", place, "the entry has no index and does not wait for one")
        elif row.placed not in (row.leaf, given):
            why = f"its leaf in the {queue} is {_hex(row.placed)}, the leaf stored with it {_hex(row.leaf)}"
            self.findings.add("leaf", place, why)
        votes: list[bytes] = [each for each in (row.placed, given, row.leaf) if _is_hash(each)]
        agreed = next((each for each in votes if votes.count(each) > 1), None)
        chosen = agreed or next(iter(votes), bytes(HASH_SIZE))
        return chosen, given == chosen

    def _read_body(self, row: Stored) -> Mapping[str, Any] | None:
        if not isinstance(row.body, bytes):
            return None
        why = "it is not an entry"
        try:
            raw = read_canonical(row.body)
        except NotCanonical as error:
            why = str(error)
        else:
            if isinstance(raw, dict) and isinstance(raw.get("body"), dict) and _has_place(raw):
                return raw
        self.findings.add("form", _place(row, None), f"its bytes are not in form: {why}")
        return None

    def _check_columns(self, row: Stored, raw: Mapping[str, Any], place: Place) -> None:
        said = {name: getattr(row, name) for name in _COLUMNS if getattr(row, name) != raw.get(name)}
        if not _is_same_instant(row.recorded_at, raw.get("recorded_at")):
            said["recorded_at"] = row.recorded_at
        for name, value in said.items():
            why = f"the column {name} says {value!s}, its bytes say {raw.get(name)!s}"
            self.findings.add("column", place, why)
        if raw.get("log") != self.log:
            self.findings.add("log", place, f"it belongs to the log {raw.get('log')!s}")

    def _check_type(self, raw: Mapping[str, Any], place: Place) -> None:
        kind = (str(raw.get("type")), raw.get("v"))
        if not isinstance(kind[1], int) or self.types.get(kind[0], kind[1]) is None:
            version = kind[1] if isinstance(kind[1], int) else 0
            self.unknown.setdefault((kind[0], version), place)
        if kind[0] == "clock.stepped":
            self._last_step = self._next_index if place.index is None else place.index

    def _follow(self, read: Read) -> None:
        """Check that an entry comes where its stream goes on, and names the leaf before it."""
        place, raw, recorded_at = read.place, read.raw, read.recorded_at
        stream, seq = str(place.stream), place.seq if isinstance(place.seq, int) else 0
        last = self.newest.get(stream)
        expected = 1 if last is None else last.seq + 1
        if seq > expected:
            gone = f"entry {expected} is" if seq == expected + 1 else f"entries {expected} to {seq - 1} are"
            why = f"{gone} not before entry {seq} in the tree: gone, or moved"
            self.findings.add("order", Place(place.stream, expected, place.index), why)
        elif seq < expected:
            self.findings.add("order", place, f"it comes after entry {expected - 1} of its stream")
            return
        elif raw is not None and raw.get("prev") != (None if last is None else last.leaf.hex()):
            self.findings.add("prev", place, f"it does not continue entry {expected - 1} as that is stored")
        if last is not None and recorded_at and recorded_at < last.recorded_at:
            self._note_step_back(place, last)
        self.newest[stream] = Newest(
            seq, read.leaf, place.index, recorded_at or (last.recorded_at if last else "")
        )

    def _note_step_back(self, place: Place, last: Newest) -> None:
        if len(self._back) < _MOST_STEPS_BACK:
            self._back.append((place, self._next_index if last.idx is None else last.idx))


def _place(row: Stored, raw: Mapping[str, Any] | None) -> Place:
    """What the bytes say, where they are what was sealed; else what the columns say."""
    if raw is None:
        seq = row.seq if isinstance(row.seq, int) else None
        return Place(str(row.stream), seq, row.idx)
    return Place(raw["stream"], raw["seq"], row.idx)


def _has_place(raw: Mapping[str, Any]) -> bool:
    return isinstance(raw.get("stream"), str) and isinstance(raw.get("seq"), int)


def _is_same_instant(stored: Any, said: Any) -> bool:
    """SQLite stores the entry's own text; PostgreSQL an instant."""
    if not isinstance(stored, datetime):
        return bool(stored == said)
    try:
        return isinstance(said, str) and datetime.fromisoformat(said) == stored
    except (ValueError, TypeError):
        return False


def _is_hash(value: Any) -> TypeGuard[bytes]:
    return isinstance(value, bytes) and len(value) == HASH_SIZE


def _hex(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
