"""Folding dealings with other States beside ask and answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from cna_service.cases.changing import replace
from cna_service.cases.fold_arrivals import noted
from cna_service.cases.record import CaseRecord
from cna_service.ledger.entry import Entry

Apply = Callable[[CaseRecord, Entry], CaseRecord]
Kept = Literal[
    "claims", "indicia", "positions", "tries", "statements", "unqueried", "reconciliations", "waters"
]


def keep(record: CaseRecord, where: Kept, entry: Entry) -> CaseRecord:
    """The record with the entry noted under one name of the part."""
    known = getattr(record.dealings, where)
    told = {**noted(entry), "type": entry.type, "happened_at": entry.happened_at}
    return replace(record, dealings=replace(record.dealings, **{where: (*known, told)}))


def kept(where: Kept) -> Apply:
    return lambda record, entry: keep(record, where, entry)


def also(where: Kept, fold: Apply) -> Apply:
    """What an entry changes elsewhere, and that it is noted here."""
    return lambda record, entry: keep(fold(record, entry), where, entry)


APPLY: Mapping[str, Apply] = {
    "claim.not_made": kept("claims"),
    "state.not_queried": kept("unqueried"),
    "contact.tried": kept("tries"),
    "statement.kept": kept("statements"),
    "conflict.reconciled": kept("reconciliations"),
    "waters.looked_up": kept("waters"),
}
