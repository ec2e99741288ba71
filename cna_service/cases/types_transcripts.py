"""Entry types of paper periods, once and for ever.

An entry typed in afterwards is of its ordinary type; its actor, who typed it, carries ``transcribed``.
"""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "paper.transcribed",
        "a period on paper was scanned; what stands on it follows, entry by entry",
        ("/scan/*/name", "/scan/*/sha256", "/words¶"),
    ),
    EntryType(
        "paper.compared",
        "a second person held the typed entries against the scan",
        ("/words¶", "/differences/*/words¶"),
    ),
)
