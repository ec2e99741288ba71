"""Verifying the tree: every tile, the root at every head and at every checkpoint, and every signature.

Everything is computed anew from the leaves, in one pass; nothing stored is taken as a start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cna_service.ledger import checkpoint, notes, queries
from cna_service.ledger.checkpoint import Checkpoint, MalformedCheckpoint, OtherOrigin
from cna_service.ledger.notes import AmbiguousKey, NoteError, UnverifiedNote, Verifier
from cna_service.ledger.queries import StoredHead
from cna_service.ledger.tiles import TILE_HEIGHT, TILE_WIDTH
from cna_service.ledger.tree import HASH_SIZE, Frontier, root_of
from cna_service.ledger.verify_entries import Read
from cna_service.ledger.verify_report import Findings, Place

_NO_PLACE = Place()


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as far as it can be believed: ``head`` is None where it cannot be read."""

    size: int
    head: Checkpoint | None


class Tree:
    """Takes the leaves in order (``push``), then says what they do not agree with (``finish``)."""

    def __init__(
        self, connection: Connection, log: str, verifiers: Sequence[Verifier], findings: Findings
    ) -> None:
        self._connection = connection
        self._log = log
        self._verifiers = verifiers
        self._has_own_key = any(each.name == log for each in verifiers)
        self._findings = findings
        self._heads: Iterator[StoredHead] = queries.stored_heads(connection, log)
        self._notes = queries.stored_checkpoints(connection, log)
        self._head = next(self._heads, None)
        self._note = next(self._notes, None)
        self._frontier = Frontier()
        self._waiting: list[bytes] = []
        self._tiles = Tiles(connection, log, findings)
        self._last = _NO_PLACE
        self._unproved: Place | None = None
        self._diverged: tuple[Place, int, str] | None = None
        self._later = 0
        self.size = 0
        self.checkpoints = 0
        self.signed_size = 0
        self.unsigned_from: Read | None = None
        self.undecided: list[str] = []

    @property
    def root(self) -> bytes:
        return self._grown().root

    def push(self, entry: Read) -> None:
        """The next entry, in the order of the indexes."""
        self._waiting.append(entry.leaf)
        self._tiles.push(entry.leaf)
        self._last = entry.place
        self._unproved = self._unproved or entry.place
        self.unsigned_from = self.unsigned_from or entry
        self.size += 1
        if self.size in {self._head and self._head.size, self._note and self._note[0]}:
            self._check_size()

    def finish(self) -> None:
        """What reaches beyond the leaves that are there, and leaves that no head covers."""
        covered = self._check_beyond()
        if self._diverged is not None:
            place, size, what = self._diverged
            later = f", nor do {self._later} later ones" if self._later else ""
            exact = place.index is not None and place.index == size - 1
            where = "this entry" if exact else f"an entry from here to index {size - 1}"
            why = (
                f"the leaves do not give {what} of size {size}{later}: {where} is not the one that was sealed"
            )
            self._findings.add("root", place, why)
        if self.size > covered:
            why = f"the tree has {self.size} leaves, its newest head {covered}"
            self._findings.add("head", Place(None, None, covered), why)
        self._tiles.finish()
        if self.size and not self.checkpoints:
            self.undecided.append("no checkpoint is stored: nothing shows that these were the entries sealed")

    def _check_size(self) -> None:
        """Hold the head and the checkpoint of this size against the leaves."""
        root = self._grown().root
        head, note = self._head, self._note
        if note is not None and note[0] == self.size:
            self._note = next(self._notes, None)
        else:
            note = None
        if head is not None and head.size == self.size:
            self._head = next(self._heads, None)
        else:
            head = None
        signed = None if note is None else self._open(*note)
        self._compare(root, head, signed.head if signed is not None else None)

    def _compare(self, root: bytes, head: StoredHead | None, signed: Checkpoint | None) -> None:
        if signed is not None and signed.root != root:
            self._diverge("the signed root")
        elif head is not None and head.root != root and signed is None:
            self._diverge("the stored root")
        else:
            self._unproved = None
            if head is not None and head.root != root:
                self._findings.add("head", self._last, f"the head of size {self.size} has another root")
            elif head is not None and head.frontier != self._frontier.to_bytes():
                self._findings.add("head", self._last, f"the head of size {self.size} has another frontier")

    def _diverge(self, what: str) -> None:
        """The first size at which the root is wrong: what differs lies after the last size at which it was right."""
        if self._diverged is None:
            self._diverged = (self._unproved or self._last, self.size, what)
        else:
            self._later += 1

    def _open(self, size: int, note: Any) -> Signed:
        self.checkpoints += 1
        try:
            head = self._believe(size, note)
            if head is not None and head.origin != self._log:
                raise OtherOrigin(f"a checkpoint of {head.origin}, not of {self._log}")
            if head is not None and head.size != size:
                raise MalformedCheckpoint(f"it says size {head.size} and is stored as that of {size}")
        except (NoteError, MalformedCheckpoint, OtherOrigin) as error:
            place = self._last if size <= self.size else Place(None, None, size - 1)
            self._findings.add(
                "checkpoint", place, f"the checkpoint of size {size} cannot be believed: {error}"
            )
            return Signed(size, None)
        self.signed_size = size
        if size == self.size:
            self.unsigned_from = None
        return Signed(size, head)

    def _believe(self, size: int, note: Any) -> Checkpoint | None:
        """The checkpoint of a note. Raises NoteError for one that no key of the log has signed, MalformedCheckpoint.

        Without any key of the log the signature stays undecided, and the note is compared all the same.
        """
        if not isinstance(note, str):
            raise MalformedCheckpoint("it is not text")
        try:
            return checkpoint.open_checkpoint(note, self._verifiers)
        except AmbiguousKey as error:
            self._leave_undecided(size, str(error))
        except UnverifiedNote:
            if self._has_own_key:
                raise
            self._leave_undecided(size, f"no key of {self._log} was given")
        return checkpoint.parse(notes.parse(note).text)

    def _leave_undecided(self, size: int, why: str) -> None:
        if not self.undecided:
            self.undecided.append(f"{why}: signatures from size {size} on were not checked")

    def _check_beyond(self) -> int:
        """Heads and checkpoints of more leaves than there are; returns up to where a head reaches."""
        place = Place(None, None, self.size)
        newest = 0
        while self._head is not None:
            newest, self._head = self._head.size, next(self._heads, None)
        while self._note is not None:
            size, note = self._note
            if self._open(size, note).head is not None:
                newest = max(newest, size)
            self._note = next(self._notes, None)
        if newest > self.size:
            gone = newest - self.size
            why = (
                f"the log was sealed with {newest} entries and has {self.size}: {gone} are gone from its end"
            )
            self._findings.add("tail", place, why)
            return newest
        return self._frontier.size

    def _grown(self) -> Frontier:
        if self._waiting:
            self._frontier = self._frontier.extend(self._waiting)
            self._waiting.clear()
        return self._frontier


class Tiles:
    """Recomputes the full tiles of level 1 and above as the leaves come in."""

    def __init__(self, connection: Connection, log: str, findings: Findings) -> None:
        self._connection = connection
        self._log = log
        self._findings = findings
        self._levels: list[list[bytes]] = [[]]
        self._done: list[int] = [0]

    def push(self, leaf: bytes) -> None:
        row = self._levels[0]
        row.append(leaf)
        if len(row) == TILE_WIDTH:
            self._close(0)

    def finish(self) -> None:
        """Tiles for which there are not enough leaves."""
        stored, full = queries.tiles_stored(self._connection, self._log), sum(self._done[1:])
        if stored > full:
            why = f"{stored} tiles are stored, the leaves fill {full}"
            self._findings.add("tile", _NO_PLACE, why)

    def _close(self, level: int) -> None:
        """A tile is full: compare it (level 0 is the leaves themselves) and put its root into the level above."""
        hashes = self._levels[level]
        root = root_of(hashes)
        if level:
            self._compare(level, self._done[level], b"".join(hashes))
        self._done[level] += 1
        hashes.clear()
        if level + 1 == len(self._levels):
            self._levels.append([])
            self._done.append(0)
        self._levels[level + 1].append(root)
        if len(self._levels[level + 1]) == TILE_WIDTH:
            self._close(level + 1)

    def _compare(self, level: int, n: int, computed: bytes) -> None:
        stored = queries.stored_tile(self._connection, self._log, level, n)
        if stored == computed:
            return
        first = 0
        if isinstance(stored, bytes) and len(stored) == len(computed):
            pairs = range(0, len(computed), HASH_SIZE)
            first = next(at for at in pairs if stored[at : at + HASH_SIZE] != computed[at : at + HASH_SIZE])
        index = (n * TILE_WIDTH + first // HASH_SIZE) << TILE_HEIGHT * level
        what = "is missing" if stored is None else "is not what the leaves give"
        why = f"tile {n} of level {level} {what}, from index {index} on"
        self._findings.add("tile", Place(None, None, index), why)
