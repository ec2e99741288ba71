"""The Merkle tree of RFC 6962 section 2.1: hashes of leaves and nodes, and the frontier by which a log grows.

Hashes are 32 bytes of SHA-256. The leaf and node prefixes keep a node from being shown as a leaf.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""

_SIZE_BYTES = 8


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split_point(size: int) -> int:
    """The largest power of two below ``size`` (RFC 6962's k); ``size`` is at least 2."""
    return 1 << (size - 1).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the perfect subtrees a tree of ``size`` leaves consists of, largest (leftmost) first.

    One hash per one-bit of ``size``, 63 at most: all that is needed to append and to know the root.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a frontier of {self.size} leaves cannot have {len(self.hashes)} hashes")
        if any(len(each) != HASH_SIZE for each in self.hashes):
            raise ValueError(f"a frontier's hashes have {HASH_SIZE} bytes each")

    def append(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier after more leaf hashes, in their order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            node, full = leaf, size
            while full & 1:
                node = node_hash(hashes.pop(), node)
                full >>= 1
            hashes.append(node)
            size += 1
        return Frontier(size, tuple(hashes))

    @property
    def root(self) -> bytes:
        return fold(self.hashes)

    def to_bytes(self) -> bytes:
        """Size in 8 bytes, big-endian, then the hashes."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Raises ValueError where the number of hashes does not belong to the size."""
        size, rest = int.from_bytes(data[:_SIZE_BYTES], "big"), data[_SIZE_BYTES:]
        if len(data) < _SIZE_BYTES or len(rest) % HASH_SIZE:
            raise ValueError("a frontier is 8 bytes of size and then whole hashes")
        return cls(size, tuple(rest[at : at + HASH_SIZE] for at in range(0, len(rest), HASH_SIZE)))


def fold(hashes: Iterable[bytes]) -> bytes:
    """The root over adjacent perfect subtrees, largest first; the empty root over none."""
    right: bytes | None = None
    for left in reversed(tuple(hashes)):
        right = left if right is None else node_hash(left, right)
    return EMPTY_ROOT if right is None else right


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes (not entries)."""
    return Frontier().extend(leaves).root
