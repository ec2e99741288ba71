"""Entry types: what a change of the law did to the exchanges of a case (desk-rules 10.2)."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("law.changed", "a change of the law was published that touches open exchanges of this case"),
    EntryType("basis.kept", "an officer kept the old basis after a change of the law", ("/reason¶",)),
    EntryType("basis.changed", "an officer re-based an exchange after a change of the law", ("/reason¶",)),
)
