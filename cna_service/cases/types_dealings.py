"""Entry types: dealings with other States beside ask and answer."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

ENTRY_TYPES: tuple[EntryType, ...] = ()
