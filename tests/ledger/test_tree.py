"""Tree, proofs and tiles against RFC 6962's own recursive definitions, for every size up to 130."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.ledger.proofs import (
    ProofFailed,
    make_consistency,
    make_inclusion,
    verify_consistency,
    verify_inclusion,
)
from cna_service.ledger.tiles import TILE_WIDTH, TileName, TreeHashes, completed, parse_path, tiles_at
from cna_service.ledger.tree import EMPTY_ROOT, Frontier, fold, leaf_hash, node_hash, root_of

LARGEST = 130
LEAVES = [leaf_hash(b"entry %d" % n) for n in range(LARGEST)]


# RFC 6962 section 2.1, word for word.


def k(n: int) -> int:
    power = 1
    while power * 2 < n:
        power *= 2
    return power


class Oracle:
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.roots: dict[tuple[int, int], bytes] = {}

    def mth(self, start: int, stop: int) -> bytes:
        if (start, stop) not in self.roots:
            self.roots[start, stop] = self._mth(start, stop)
        return self.roots[start, stop]

    def _mth(self, start: int, stop: int) -> bytes:
        if start == stop:
            return sha256().digest()
        if stop - start == 1:
            return self.leaves[start]
        middle = start + k(stop - start)
        return sha256(b"\x01" + self.mth(start, middle) + self.mth(middle, stop)).digest()

    def path(self, m: int, start: int, stop: int) -> list[bytes]:
        if stop - start == 1:
            return []
        middle = start + k(stop - start)
        if m < middle - start:
            return [*self.path(m, start, middle), self.mth(middle, stop)]
        return [*self.path(m - (middle - start), middle, stop), self.mth(start, middle)]

    def subproof(self, m: int, start: int, stop: int, is_complete: bool) -> list[bytes]:
        n = stop - start
        if m == n:
            return [] if is_complete else [self.mth(start, stop)]
        middle = start + k(n)
        if m <= k(n):
            return [*self.subproof(m, start, middle, is_complete), self.mth(middle, stop)]
        return [*self.subproof(m - k(n), middle, stop, False), self.mth(start, middle)]


ORACLE = Oracle(LEAVES)


class Stored:
    """A tile reader over a list, counting what is read."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.all = leaves
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.leaves_read = 0
        self.reads = 0

    def leaves(self, start: int, stop: int) -> Sequence[bytes]:
        found = self.all[start:stop]
        self.leaves_read += len(found)
        self.reads += 1
        return found

    def tile(self, level: int, n: int) -> bytes | None:
        self.reads += 1
        return self.tiles.get((level, n))


def flipped(proof: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The proof with one bit of each hash flipped, one hash left out, one put in twice."""
    for at, each in enumerate(proof):
        bit = at * 7 % 256
        wrong = bytearray(each)
        wrong[bit // 8] ^= 1 << bit % 8
        yield [*proof[:at], bytes(wrong), *proof[at + 1 :]]
        yield [*proof[:at], *proof[at + 1 :]]
        yield [*proof[: at + 1], *proof[at:]]


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert node_hash(b"l", b"r") == sha256(b"\x01lr").digest()


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_every_size_has_the_root_of_the_rfc(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier = frontier.append(leaf)
    root = ORACLE.mth(0, size)
    assert (
        frontier.root
        == root_of(LEAVES[:size])
        == TreeHashes(Stored(LEAVES), size).range_root(0, size)
        == root
    )
    assert frontier == Frontier().extend(LEAVES[:size])
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_leaf_of_every_size_has_the_proof_of_the_rfc(size: int) -> None:
    root, hashes = ORACLE.mth(0, size), TreeHashes(Stored(LEAVES), size)
    for index in range(size):
        proof = make_inclusion(index, size, hashes.range_root)
        assert proof == ORACLE.path(index, 0, size)
        verify_inclusion(index, size, LEAVES[index], proof, root)


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_earlier_size_has_the_consistency_proof_of_the_rfc(size: int) -> None:
    root, hashes = ORACLE.mth(0, size), TreeHashes(Stored(LEAVES), size)
    for old in range(1, size + 1):
        proof = make_consistency(old, size, hashes.range_root)
        assert proof == ORACLE.subproof(old, 0, size, True)
        verify_consistency(old, size, ORACLE.mth(0, old), root, proof)


@pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 127, 128, 129, 130])
def test_no_changed_inclusion_proof_verifies(size: int) -> None:
    root = ORACLE.mth(0, size)
    for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        proof = ORACLE.path(index, 0, size)
        wrong = [
            *((index, size, LEAVES[index], each, root) for each in flipped(proof)),
            (index, size, LEAVES[index], [*proof, root], root),
            (index, size, LEAVES[index], [b"", *proof], root),
            (index, size, LEAVES[index], proof, EMPTY_ROOT),
            (index, size, EMPTY_ROOT, proof, root),
            (index, size, LEAVES[index][:-1], proof, root),
            (size, size, LEAVES[index], proof, root),
            (-1, size, LEAVES[index], proof, root),
            (index, index, LEAVES[index], proof, root),
        ]
        for arguments in wrong:
            with pytest.raises(ProofFailed):
                verify_inclusion(*arguments)


@pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 127, 128, 129, 130])
def test_no_changed_consistency_proof_verifies(size: int) -> None:
    root = ORACLE.mth(0, size)
    for old in {1, 2, size // 2, size - 1, size} & set(range(1, size + 1)):
        proof, old_root = ORACLE.subproof(old, 0, size, True), ORACLE.mth(0, old)
        wrong = [
            *((old, size, old_root, root, each) for each in flipped(proof)),
            (old, size, old_root, root, [*proof, root]),
            (old, size, old_root, root, [b"", *proof]),
            (old, size, EMPTY_ROOT, root, proof),
            (old, size, old_root, EMPTY_ROOT, proof),
            (0, size, EMPTY_ROOT, root, proof),
            (size + 1, size, old_root, root, proof),
        ]
        if old < size:
            wrong.append((old, size, root, old_root, proof))
            wrong.append((old, size, old_root, root, []))
        for arguments in wrong:
            with pytest.raises(ProofFailed):
                verify_consistency(*arguments)


def test_an_inner_node_does_not_pass_as_a_leaf() -> None:
    inner, root = ORACLE.mth(0, 2), ORACLE.mth(0, 8)
    with pytest.raises(ProofFailed):
        verify_inclusion(0, 8, inner, ORACLE.path(0, 0, 8)[1:], root)


def test_proofs_outside_the_tree_are_not_made() -> None:
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="not in a tree"):
            make_inclusion(index, size, ORACLE.mth)
    for old, new in ((0, 0), (0, 5), (6, 5)):
        with pytest.raises(ValueError, match="no consistency proof"):
            make_consistency(old, new, ORACLE.mth)


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_a_frontier_grows_the_same_in_any_batches(a: int, b: int) -> None:
    first, second = sorted((a, b))
    assert Frontier().extend(LEAVES[:first]).extend(LEAVES[first:second]).root == ORACLE.mth(0, second)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 7, bytes(7) + b"\x01", bytes(8) + b"x", bytes(7) + b"\x03" + bytes(32)]
)
def test_bytes_that_are_no_frontier_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(data)


def test_a_frontier_of_hashes_of_other_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier(1, (b"short",))


# Tiles: a log of some 70,000 leaves, stored as the sequencer does.

MANY = [sha256(n.to_bytes(8, "big")).digest() for n in range(70_000)]


@pytest.fixture(scope="module")
def grown() -> tuple[Stored, list[bytes]]:
    """A store with every tile that became full on the way, and the frontier's roots at some sizes."""
    stored, size, known = Stored(MANY), 0, {}
    for new in (1, 255, 256, 40_000, 65_535, 65_536, 70_000):
        for level, n in completed(size, new):
            stored.tiles[level, n] = TreeHashes(stored, new, known).tile(level, n)
        size = new
    return stored, MANY


def test_tiles_become_full_once_and_in_order() -> None:
    assert list(completed(0, 65_535)) == []
    assert list(completed(65_535, 65_536)) == [(1, 0)]
    assert list(completed(65_536, 131_071)) == []
    assert list(completed(0, 3 * 65_536)) == [(1, 0), (1, 1), (1, 2)]
    assert list(completed(2**24 - 1, 2**24)) == [(1, 255), (2, 0)]
    assert list(completed(2**24, 2**24)) == []


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 40_000, 65_535, 65_536, 65_537, 69_999, 70_000])
def test_roots_and_proofs_from_tiles_equal_those_from_leaves(
    grown: tuple[Stored, list[bytes]], size: int
) -> None:
    stored, leaves = grown
    oracle, hashes = Oracle(leaves), TreeHashes(stored, size)
    root = root_of(leaves[:size])
    assert hashes.range_root(0, size) == root
    dice = random.Random(size)
    for index in {0, size - 1, *(dice.randrange(size) for _ in range(20))}:
        proof = make_inclusion(index, size, hashes.range_root)
        assert proof == oracle.path(index, 0, size)
        verify_inclusion(index, size, leaves[index], proof, root)
    for old in {1, size, *(dice.randrange(1, size + 1) for _ in range(20))}:
        proof = make_consistency(old, size, hashes.range_root)
        verify_consistency(old, size, root_of(leaves[:old]), root, proof)


def test_a_proof_reads_few_tiles_once_the_roots_of_full_tiles_are_known(
    grown: tuple[Stored, list[bytes]],
) -> None:
    stored, _ = grown
    known: dict[tuple[int, int], bytes] = {}
    TreeHashes(stored, 70_000, known).range_root(0, 70_000)
    for index in (0, 1_234, 65_535, 65_536, 69_000):
        make_inclusion(index, 70_000, TreeHashes(stored, 70_000, known).range_root)
        stored.reads = stored.leaves_read = 0
        make_inclusion(index, 70_000, TreeHashes(stored, 70_000, known).range_root)
        assert stored.reads <= 6
        assert stored.leaves_read <= 2 * TILE_WIDTH


def test_hashes_that_the_store_lacks_are_missed() -> None:
    with pytest.raises(LookupError):
        TreeHashes(Stored(MANY[:300]), 400).range_root(0, 400)
    with pytest.raises(LookupError):
        TreeHashes(Stored(MANY[:300]), 1024).range_root(0, 1024)
    short = Stored(MANY)
    short.tiles[1, 0] = b"too short"
    with pytest.raises(LookupError):
        TreeHashes(short, 65_536).range_root(0, 65_536)


def test_ranges_that_are_no_subtree_are_refused() -> None:
    hashes = TreeHashes(Stored(LEAVES), 100)
    for start, stop in ((0, 101), (-1, 4), (5, 4), (1, 3)):
        with pytest.raises(ValueError, match="lea"):
            hashes.range_root(start, stop)


def test_the_roots_of_the_perfect_subtrees_are_the_frontier() -> None:
    hashes, size = TreeHashes(Stored(LEAVES), 100), 100
    parts = [hashes.subtree(6, 0), hashes.subtree(5, 2), hashes.subtree(2, 24)]
    frontier = Frontier().extend(LEAVES[:size])
    assert tuple(parts) == frontier.hashes
    assert fold(parts) == frontier.root


# Names of tiles.


@given(st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, TILE_WIDTH))
def test_a_tile_name_is_read_back_from_its_path(level: int | None, n: int, width: int) -> None:
    name = TileName(level, n, width)
    assert parse_path(name.path) == name


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1",
        "tile/0/x000/001",
        "tile/00/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/07",
        "tile/-1/001",
        "tile/data/001",
        "/tile/0/001",
        "tile/0/001\n",
        "tile/0/٠٠١",
        "",
    ],
)
def test_other_spellings_of_a_tile_path_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path of a tile"):
        parse_path(path)


def test_counts_of_tiles() -> None:
    assert tiles_at(0, 70_000) == (273, 112)
    assert tiles_at(1, 70_000) == (1, 17)
    assert tiles_at(2, 70_000) == (0, 1)
