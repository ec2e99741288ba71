"""An index of names by groups of three letters, in memory: rarest groups first, at most 40,000 postings read.

Measured on 1 M names, stopping there costs no recall worth the name and saves nearly all of the time. The database
stays the truth; the index is built again from it whenever the register's current version changes. Nothing in it is
written after building, so that any number of threads may read.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cna_service.vessels.names import NormalName

CAP = 40_000
NEAREST = 300
MOST_SAME = 200
_BASE = 40
_GROUPS = _BASE**3
# 0 separates; letters, digits, ^ before the first letters of a word, $ to fill a short one.
_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789^$"

IntArray = npt.NDArray[np.int32]


def _symbol_codes() -> npt.NDArray[np.int64]:
    codes = np.zeros(256, dtype=np.int64)
    for number, symbol in enumerate(_SYMBOLS, start=1):
        codes[ord(symbol)] = number
    return codes


_CODES = _symbol_codes()


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Names by their groups; row n of ``vessel_of`` is the ordinal of the vessel that has name n."""

    rids: tuple[str, ...]
    vessel_of: IntArray
    sizes: IntArray
    offsets: npt.NDArray[np.int64]
    postings: IntArray
    hashes: npt.NDArray[np.uint32]
    hash_rows: IntArray

    def nearest(self, name: NormalName, most: int = NEAREST) -> list[str]:
        """Register ids of the vessels with the likeliest names, the same name first, then by shared groups."""
        rows = self._same(name.glued)
        groups = np.unique(_groups(_letters([name])[0]))
        if groups.size:
            rows = np.concatenate([rows, self._sharing(groups, most)])
        found = dict.fromkeys(self.rids[vessel] for vessel in self.vessel_of[rows].tolist())
        return list(found)[: most + MOST_SAME]

    def _same(self, glued: str) -> npt.NDArray[np.int64]:
        wanted = np.uint32(zlib.crc32(glued.encode("ascii", "ignore")))
        low = int(np.searchsorted(self.hashes, wanted, side="left"))
        high = int(np.searchsorted(self.hashes, wanted, side="right"))
        return self.hash_rows[low : min(high, low + MOST_SAME)].astype(np.int64)

    def _sharing(self, groups: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
        starts, ends = self.offsets[groups], self.offsets[groups + 1]
        rarest = np.argsort(ends - starts, kind="stable")
        read: list[IntArray] = []
        total = 0
        for at in rarest.tolist():
            count = int(ends[at] - starts[at])
            if read and total + count > CAP:
                break
            read.append(self.postings[starts[at] : ends[at]])
            total += count
        rows, shared = np.unique(np.concatenate(read), return_counts=True)
        likeness = 2.0 * shared / (self.sizes[rows] + groups.size)
        if rows.size > most:
            best = np.argpartition(-likeness, most - 1)[:most]
            rows, likeness = rows[best], likeness[best]
        ordered: npt.NDArray[np.int64] = rows[np.argsort(-likeness, kind="stable")].astype(np.int64)
        return ordered


def build_index(vessels: Iterable[tuple[str, Sequence[NormalName]]]) -> NameIndex:
    """Index (register id, its comparable names, former ones included); names without letters are left out."""
    rids: list[str] = []
    names: list[NormalName] = []
    vessel_of: list[int] = []
    for ordinal, (rid, own) in enumerate(vessels):
        rids.append(rid)
        for name in own:
            if name.glued:
                names.append(name)
                vessel_of.append(ordinal)
    offsets, postings, sizes = _posted(names)
    hashes = np.fromiter(
        (zlib.crc32(n.glued.encode("ascii", "ignore")) for n in names), np.uint32, len(names)
    )
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    return NameIndex(
        rids=tuple(rids),
        vessel_of=np.asarray(vessel_of, dtype=np.int32),
        sizes=sizes,
        offsets=offsets,
        postings=postings,
        hashes=hashes[order],
        hash_rows=order,
    )


def _letters(names: Sequence[NormalName]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Symbol codes of all names in one row, and the number of the name each belongs to.

    A name is written together, then the beginning of each of its words, so that both SEASTAR and STAR SEA share
    groups with SEA STAR.
    """
    texts = [name.glued + "\0" + "\0".join(f"^{t[:2]:$<2}" for t in name.tokens) + "\0" for name in names]
    lengths = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    joined = np.frombuffer("".join(texts).encode("ascii", "replace"), dtype=np.uint8)
    return _CODES[joined], np.repeat(np.arange(len(texts), dtype=np.int64), lengths)


def _windows(codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    return (first * _BASE + second) * _BASE + third, (first > 0) & (second > 0) & (third > 0)


def _groups(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if codes.size < 3:
        return np.empty(0, dtype=np.int64)
    groups, whole = _windows(codes)
    return groups[whole]


def _posted(names: Sequence[NormalName]) -> tuple[npt.NDArray[np.int64], IntArray, IntArray]:
    if not names:
        return np.zeros(_GROUPS + 1, dtype=np.int64), np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
    codes, owners = _letters(names)
    groups, whole = _windows(codes)
    pairs = np.unique(groups[whole] * len(names) + owners[:-2][whole])
    group, row = np.divmod(pairs, len(names))
    offsets = np.zeros(_GROUPS + 1, dtype=np.int64)
    np.cumsum(np.bincount(group, minlength=_GROUPS), out=offsets[1:])
    sizes = np.bincount(row, minlength=len(names)).astype(np.int32)
    return offsets, row.astype(np.int32), sizes
