"""Entry types: who decides and who is asked before."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

ENTRY_TYPES: tuple[EntryType, ...] = ()
