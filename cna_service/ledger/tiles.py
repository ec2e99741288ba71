"""The tree cut into tiles 256 hashes wide (C2SP tlog-tiles): where a hash stands, what a tile is called, how to read.

A tile at level L, index n, holds the roots of the subtrees of 256**L leaves number 256n … 256n + 255. Level 0 is the
leaf hashes themselves. Only full tiles of level 1 and above are stored; what is missing at the right edge is
computed from the level below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cna_service.ledger.tree import EMPTY_ROOT, HASH_SIZE, fold, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

_PATH = re.compile(r"tile/(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class TileReader(Protocol):
    """What a store gives to read the tree by; hashes of committed entries only."""

    def leaves(self, start: int, stop: int) -> Sequence[bytes]:
        """The leaf hashes ``start`` … ``stop - 1``, in order; fewer only where the log ends."""
        ...

    def tile(self, level: int, n: int) -> bytes | None:
        """The 256 hashes of a full tile of level 1 or above, joined (8192 bytes); None if it is not stored."""
        ...


@dataclass(frozen=True, slots=True)
class TileName:
    """``level`` is None for a bundle of entries; ``width`` is 256 for a full tile."""

    level: int | None
    n: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{index_path(self.n)}{partial}"


def index_path(n: int) -> str:
    """``x001/x234/067`` for 1234067: three digits each, all but the last with an x. Raises ValueError below 0."""
    if n < 0:
        raise ValueError("a tile's index is not negative")
    last, path = n % 1000, n // 1000
    parts = [f"{last:03d}"]
    while path:
        parts.insert(0, f"x{path % 1000:03d}")
        path //= 1000
    return "/".join(parts)


def parse_path(path: str) -> TileName:
    """The tile that a path names. Raises ValueError for every other spelling than the one we would write."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise ValueError("not the path of a tile: tile/<level or entries>/<index>[.p/<width>]")
    level, index, width = match.groups()
    name = TileName(
        None if level == "entries" else int(level),
        int(index.replace("x", "").replace("/", "")),
        TILE_WIDTH if width is None else int(width),
    )
    if name.path != path or (width is not None and name.width >= TILE_WIDTH):
        raise ValueError("not the canonical path of a tile: check leading zeros and width (1 to 255)")
    return name


def tiles_at(level: int, size: int) -> tuple[int, int]:
    """How many full tiles a level has in a tree of ``size`` leaves, and how wide the partial one is (0: none)."""
    return divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)


def completed(old: int, new: int) -> Iterator[tuple[int, int]]:
    """The tiles (level, n) of level 1 and above that become full as the tree grows from ``old`` to ``new`` leaves.

    Lower levels first, so that each can be computed from the ones before.
    """
    level = 1
    while new >> TILE_HEIGHT * (level + 1):
        yield from ((level, n) for n in range(tiles_at(level, old)[0], tiles_at(level, new)[0]))
        level += 1


class TreeHashes:
    """Hashes of any part of the tree, read from tiles: O(log n) hashing, one tile read per 8 levels.

    ``known`` keeps the roots of full tiles between uses: such a root never changes, so one dictionary per log and
    process serves for ever and keeps the right edge, whose tiles are not full yet, from being computed anew. Give
    a fresh one when what is stored is itself to be checked.
    """

    def __init__(
        self, reader: TileReader, size: int, known: MutableMapping[tuple[int, int], bytes] | None = None
    ) -> None:
        self._reader = reader
        self._size = size
        self._known = {} if known is None else known
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def range_root(self, start: int, stop: int) -> bytes:
        """The root over leaves ``start`` … ``stop - 1``, where ``start`` is a multiple of the next power of two.

        Raises ValueError outside the tree, LookupError if the store lacks a leaf.
        """
        if not 0 <= start <= stop <= self._size:
            raise ValueError(f"leaves {start} to {stop} are not in a tree of {self._size}")
        hashes = []
        while start < stop:
            level = (stop - start).bit_length() - 1
            if start & (1 << level) - 1:
                raise ValueError(f"no subtree of {stop - start} leaves begins at leaf {start}")
            hashes.append(self.subtree(level, start >> level))
            start += 1 << level
        return fold(hashes)

    def subtree(self, level: int, n: int) -> bytes:
        """The root of the perfect subtree number ``n`` of ``2**level`` leaves."""
        tile_level, up = divmod(level, TILE_HEIGHT)
        return _perfect_root(self._hashes(tile_level, n << up, (n + 1) << up))

    def tile(self, level: int, n: int) -> bytes:
        """The bytes of a full tile, as stored and served."""
        return b"".join(self._hashes(level, n * TILE_WIDTH, (n + 1) * TILE_WIDTH))

    def _hashes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Hashes ``start`` … ``stop - 1`` of a tile level; they lie in one tile."""
        n, first = divmod(start, TILE_WIDTH)
        if level and not self._tile(level, n):
            return self._roots_below(level - 1, start, stop)
        found = self._tile(level, n)[first : first + stop - start]
        if len(found) != stop - start:
            raise LookupError(f"the store lacks some of the leaf hashes {start} to {stop}")
        return found

    def _tile(self, level: int, n: int) -> list[bytes]:
        """The hashes of one tile as stored; none for a tile of level 1 or above that is not full."""
        if (level, n) not in self._read:
            if level:
                stored = self._reader.tile(level, n)
                self._read[level, n] = [] if stored is None else _split(stored)
            else:
                stop = min((n + 1) * TILE_WIDTH, self._size)
                self._read[level, n] = list(self._reader.leaves(n * TILE_WIDTH, stop))
        return self._read[level, n]

    def _roots_below(self, level: int, start: int, stop: int) -> list[bytes]:
        """The roots of the full tiles ``start`` … ``stop - 1`` of a level."""
        missing = [n for n in range(start, stop) if (level, n) not in self._known]
        if missing and level == 0:
            self._learn_from_leaves(missing[0], missing[-1] + 1)
        elif missing:
            for n in missing:
                hashes = self._hashes(level, n * TILE_WIDTH, (n + 1) * TILE_WIDTH)
                self._known[level, n] = _perfect_root(hashes)
        return [self._known[level, n] for n in range(start, stop)]

    def _learn_from_leaves(self, start: int, stop: int) -> None:
        leaves = self._reader.leaves(start * TILE_WIDTH, stop * TILE_WIDTH)
        if len(leaves) != (stop - start) * TILE_WIDTH:
            raise LookupError(f"the store lacks some of the leaf hashes of tiles {start} to {stop}")
        for n in range(start, stop):
            at = (n - start) * TILE_WIDTH
            self._known[0, n] = _perfect_root(list(leaves[at : at + TILE_WIDTH]))


def _perfect_root(hashes: list[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0] if hashes else EMPTY_ROOT


def _split(tile: bytes) -> list[bytes]:
    if len(tile) != TILE_WIDTH * HASH_SIZE:
        raise LookupError(f"a stored tile has {len(tile)} bytes, not {TILE_WIDTH * HASH_SIZE}")
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]
