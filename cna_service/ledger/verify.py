"""Verifying a log from its stored bytes: everything is derived anew, nothing stored is believed (ledger.md 2.11).

A report says *sound* (exit 0), *evidence of tampering* (1, with stream, number and index of the first difference)
or *cannot be decided* (2). A private value that is gone is erased, not tampered with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cna_service.kit.instants import to_text
from cna_service.ledger import queries
from cna_service.ledger.entry import TypeTable
from cna_service.ledger.notes import Verifier
from cna_service.ledger.verify_entries import Entries, Newest
from cna_service.ledger.verify_kept import CITING_KEYS, Kept, orphans
from cna_service.ledger.verify_report import Findings, Place, Report
from cna_service.ledger.verify_tree import Tree

LONGEST_WAIT = timedelta(seconds=60)
"""For an index and a signature (ledger.md 2.4: alert)."""

RowCheck = Callable[[str], Iterable[str]]
"""Given a stream's name, the differences between its derived rows and a fresh fold, in words."""


def verify(
    connection: Connection,
    log: str,
    verifiers: Sequence[Verifier],
    types: TypeTable,
    *,
    row_check: RowCheck | None = None,
    now: datetime | None = None,
    citing_keys: frozenset[str] = CITING_KEYS,
) -> Report:
    """Verify the log ``log`` as it stands in one view of the database (``Database.read``).

    ``verifiers`` are all the keys the log was ever signed with: a checkpoint that none of them has signed counts as
    tampering, unless no key of this name is given at all. ``citing_keys`` cite texts kept in ``policy``. With
    ``now``, entries that wait too long are told. Memory grows with the number of streams, not of entries.
    """
    findings = Findings()
    entries = Entries(log, types, findings)
    tree = Tree(connection, log, verifiers, findings)
    kept = Kept(connection, citing_keys, findings)
    for batch in queries.stored_entries(connection, log):
        read = [(row.entry_id, entry) for row in batch if (entry := entries.read(row)) is not None]
        for _, entry in read:
            if entry.place.index is not None:
                tree.push(entry)
        kept.check(read)
    tree.finish()
    orphans(connection, findings)
    streams = _check_streams(connection, entries.newest, findings, row_check, tree.size)
    undecided = [*tree.undecided, *_unknown(entries), *_unsigned(tree, now)]
    return Report(
        log=log,
        findings=findings.sorted(),
        more=findings.more,
        entries=entries.count,
        size=tree.size,
        root=tree.root.hex(),
        checkpoints=tree.checkpoints,
        signed_size=tree.signed_size,
        streams=streams,
        disclosures=kept.disclosures,
        erased=kept.erased,
        blobs=kept.blobs,
        policies=kept.policies,
        pending=entries.pending,
        undecided=tuple(undecided),
        warnings=(*_waiting(entries, now), *entries.backwards()),
    )


def _check_streams(
    connection: Connection,
    newest: dict[str, Newest],
    findings: Findings,
    row_check: RowCheck | None,
    size: int,
) -> int:
    """Every stream's own row against its newest entry, and its derived rows; returns how many streams."""
    left = dict(newest)
    count = 0
    for name, head_seq, head_leaf in queries.stored_streams(connection):
        count += 1
        last = left.pop(name, None)
        seq, leaf = (0, None) if last is None else (last.seq, last.leaf)
        if isinstance(head_seq, int) and head_seq > seq:
            gone = f"entry {head_seq} is" if head_seq == seq + 1 else f"entries {seq + 1} to {head_seq} are"
            findings.add("tail", Place(name, seq + 1, size), f"{gone} gone from the end of the stream")
        elif head_seq != seq or head_leaf != leaf:
            place = Place(name, seq, None if last is None else last.idx)
            findings.add("stream", place, f"the stream's own row names another newest entry ({head_seq})")
        if row_check is not None:
            place = Place(name, seq, None if last is None else last.idx)
            for why in _differences(row_check, name):
                findings.add("row", place, why)
    for name, last in left.items():
        findings.add("stream", Place(name, last.seq, last.idx), "the stream's own row is gone")
    return count


def _differences(row_check: RowCheck, name: str) -> list[str]:
    try:
        return list(row_check(name))
    except Exception as error:  # noqa: BLE001 - bytes that were changed may make a fold raise anything
        return [f"its entries cannot be folded: {type(error).__name__}"]


def _unknown(entries: Entries) -> list[str]:
    return [
        f"entries of type {name} v{v} are not known to this build (first: {place}); verify with a newer one"
        for (name, v), place in entries.unknown.items()
    ]


def _waiting(entries: Entries, now: datetime | None) -> list[str]:
    oldest = entries.oldest_pending
    if now is None or oldest is None or oldest >= to_text(now - LONGEST_WAIT):
        return []
    return [f"{entries.pending} entries wait for an index, the oldest since {oldest}"]


def _unsigned(tree: Tree, now: datetime | None) -> list[str]:
    """Entries in the tree that no checkpoint covers, though they should have been signed by now."""
    first = tree.unsigned_from
    if (
        now is None
        or first is None
        or not tree.checkpoints
        or first.recorded_at >= to_text(now - LONGEST_WAIT)
    ):
        return []
    return [
        f"no checkpoint covers the entries from index {first.place.index} on, recorded {first.recorded_at}"
    ]
