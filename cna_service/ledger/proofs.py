"""Inclusion and consistency proofs: made as RFC 6962 sections 2.1.1 and 2.1.2 define them, verified as RFC 9162
sections 2.1.3.2 and 2.1.4.2 do.

A proof is a list of 32-byte hashes. Verifying needs no tree, only what the verifier already believes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cna_service.ledger.tree import HASH_SIZE, node_hash, split_point

RangeRoot = Callable[[int, int], bytes]
"""The root over the leaves ``start`` … ``stop - 1``; ``start`` is a multiple of the next power of two."""


class ProofFailed(ValueError):
    """The proof does not show what it should; the message says where it broke."""


def make_inclusion(index: int, size: int, range_root: RangeRoot) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves, nearest sibling first.

    Raises ValueError for an index outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + split_point(stop - start)
        if index < middle:
            path.append(range_root(middle, stop))
            stop = middle
        else:
            path.append(range_root(start, middle))
            start = middle
    return path[::-1]


def make_consistency(old: int, new: int, range_root: RangeRoot) -> list[bytes]:
    """Proof that the tree of ``old`` leaves is the beginning of the tree of ``new``; empty if they are equal.

    Raises ValueError unless 1 <= old <= new: about an empty tree there is nothing to prove.
    """
    if not 1 <= old <= new:
        raise ValueError(f"no consistency proof from size {old} to size {new}")
    start, stop, path = 0, new, []
    while stop != old:
        middle = start + split_point(stop - start)
        if old <= middle:
            path.append(range_root(middle, stop))
            stop = middle
        else:
            path.append(range_root(start, middle))
            start = middle
    if start:
        path.append(range_root(start, stop))
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` (its hash) stands at ``index`` of the tree of ``size`` leaves with ``root``.

    Raises ProofFailed.
    """
    if not 0 <= index < size:
        raise ProofFailed(f"leaf {index} is not in a tree of {size}")
    _check_hashes(leaf, root, *proof)
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofFailed("the proof is too long")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofFailed("the proof is too short")
    if found != root:
        raise ProofFailed("the proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of ``old`` leaves is the beginning of the tree of ``new``. Raises ProofFailed.

    An ``old`` of 0 is refused: any tree continues an empty one, so that such a proof would show nothing.
    """
    if not 1 <= old <= new:
        raise ProofFailed(f"no consistency proof goes from size {old} to size {new}")
    if old == new:
        if proof:
            raise ProofFailed("the sizes are equal and the proof is not empty")
        if old_root != new_root:
            raise ProofFailed("the sizes are equal and the roots are not")
        return
    _check_hashes(old_root, new_root, *proof)
    if not proof:
        raise ProofFailed("the proof is empty")
    _climb(old, new, old_root, new_root, proof)


def _climb(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    # Where the old tree is perfect, the proof leaves out its root: the verifier has it.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofFailed("the proof is too long")
        if node & 1 or node == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofFailed("the proof is too short")
    if found_old != old_root:
        raise ProofFailed("the proof leads to another old root")
    if found_new != new_root:
        raise ProofFailed("the proof leads to another new root")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise ProofFailed(f"a hash in it does not have {HASH_SIZE} bytes")
