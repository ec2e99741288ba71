"""An index of names by groups of three letters, in memory: rarest groups first, at most 40,000 postings read.

Measured on 1 M names, stopping there costs no recall worth the name and saves nearly all of the time. The database
stays the truth; the index is built again from it whenever the register's current version changes. Nothing in it is
written after building, so that any number of threads may read.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
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
    """Names by their groups, those of one flag next to each other; row n of ``vessel_of`` is the ordinal of the vessel
    that has name n. ``rids``: all register ids one after the other, cut at ``rid_ends``. ``flags``: flag → (first row,
    row after the last)."""

    rids: npt.NDArray[np.uint8]
    rid_ends: npt.NDArray[np.int64]
    vessel_of: IntArray
    sizes: IntArray
    offsets: npt.NDArray[np.int64]
    postings: IntArray
    hashes: npt.NDArray[np.uint32]
    hash_rows: IntArray
    flags: Mapping[str, tuple[int, int]]

    def nearest(self, name: NormalName, most: int = NEAREST, *, flag: str = "") -> list[str]:
        """Register ids of the vessels with the likeliest names: the same name first, then by shared groups; where the
        ``flag`` is known, those of that flag before all others."""
        rows = self._same(name.glued, self.flags.get(flag))
        groups = np.unique(_groups(_letters([name])[0]))
        if groups.size and flag in self.flags:
            rows = np.concatenate([rows, self._sharing(groups, most, self.flags[flag])])
        if groups.size:
            rows = np.concatenate([rows, self._sharing(groups, most)])
        found = dict.fromkeys(self.vessel_of[rows].tolist())
        return [self._rid(vessel) for vessel in list(found)[: 2 * most + MOST_SAME]]

    def _rid(self, vessel: int) -> str:
        begin = int(self.rid_ends[vessel - 1]) if vessel else 0
        return self.rids[begin : int(self.rid_ends[vessel])].tobytes().decode()

    def _same(self, glued: str, rows: tuple[int, int] | None) -> npt.NDArray[np.int64]:
        """Of very many namesakes, those of the flag are kept first."""
        wanted = np.uint32(zlib.crc32(glued.encode("ascii", "ignore")))
        low = int(np.searchsorted(self.hashes, wanted, side="left"))
        high = int(np.searchsorted(self.hashes, wanted, side="right"))
        same = self.hash_rows[low:high].astype(np.int64)
        if rows is not None:
            same = same[np.argsort((same < rows[0]) | (same >= rows[1]), kind="stable")]
        return same[:MOST_SAME]

    def _sharing(
        self, groups: npt.NDArray[np.int64], most: int, within: tuple[int, int] | None = None
    ) -> npt.NDArray[np.int64]:
        starts, ends = self.offsets[groups], self.offsets[groups + 1]
        if within is not None:
            starts, ends = self._cut(starts, ends, within)
        rarest = np.argsort(ends - starts, kind="stable")
        read: list[IntArray] = []
        total = 0
        for at in rarest.tolist():
            count = int(ends[at] - starts[at])
            if read and total + count > CAP:
                break
            read.append(self.postings[starts[at] : ends[at]])
            total += count
        if not total:
            return np.empty(0, dtype=np.int64)
        rows, shared = np.unique(np.concatenate(read), return_counts=True)
        likeness = 2.0 * shared / (self.sizes[rows] + groups.size)
        if rows.size > most:
            best = np.argpartition(-likeness, most - 1)[:most]
            rows, likeness = rows[best], likeness[best]
        ordered: npt.NDArray[np.int64] = rows[np.argsort(-likeness, kind="stable")].astype(np.int64)
        return ordered

    def _cut(
        self, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], within: tuple[int, int]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The part of each group's postings, which rise by row, that lies within the rows of one flag."""
        cut = [
            low + np.searchsorted(self.postings[low:high], within, side="left")
            for low, high in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        both = np.array(cut, dtype=np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]


def build_index(vessels: Iterable[tuple[str, str, Sequence[NormalName]]]) -> NameIndex:
    """Index (register id, flag, comparable names, former ones included); names without letters are left out."""
    rids: list[bytes] = []
    rows: list[tuple[str, int, NormalName]] = []
    for ordinal, (rid, flag, own) in enumerate(vessels):
        rids.append(rid.encode())
        rows += [(flag, ordinal, name) for name in own if name.glued]
    rows.sort(key=lambda row: row[0])
    names = [name for _, _, name in rows]
    offsets, postings, sizes = _posted(names)
    hashes = np.fromiter(
        (zlib.crc32(n.glued.encode("ascii", "ignore")) for n in names), np.uint32, len(names)
    )
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    return NameIndex(
        rids=np.frombuffer(b"".join(rids), dtype=np.uint8),
        rid_ends=np.cumsum([len(rid) for rid in rids], dtype=np.int64),
        vessel_of=np.fromiter((ordinal for _, ordinal, _ in rows), np.int32, len(rows)),
        sizes=sizes,
        offsets=offsets,
        postings=postings,
        hashes=hashes[order],
        hash_rows=order,
        flags=_ranges([flag for flag, _, _ in rows]),
    )


def _ranges(flags: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where each flag's rows begin and end; vessels without a flag have no range."""
    found: dict[str, tuple[int, int]] = {}
    for row, flag in enumerate(flags):
        begin, _ = found.get(flag, (row, row))
        found[flag] = (begin, row + 1)
    found.pop("", None)
    return found


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
