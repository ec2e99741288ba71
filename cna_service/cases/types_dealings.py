"""Entry types: dealings with other States beside ask and answer."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "claim.not_made",
        "somebody was asked of the vessel's registry or nationality and made no claim",
        ("/by", "/words¶", "/asked_by", "/interpreter", "/exhibit"),
    ),
    EntryType(
        "state.not_queried",
        "a State to which something points is not asked; a person says why",
        ("/reason¶",),
    ),
    EntryType(
        "contact.tried",
        "one try to reach the authority that was asked",
        ("/number", "/spoke_to", "/words¶", "/directory/verified_by"),
    ),
    EntryType(
        "statement.kept",
        "a statement made elsewhere, with its source; never an answer",
        ("/made_by", "/source", "/words¶", "/capture/name", "/capture/sha256"),
    ),
    EntryType(
        "waters.looked_up",
        "what a map says of where the vessel was, kept with the map's date and digest",
        ("/words¶",),
    ),
    EntryType(
        "conflict.reconciled",
        "a named person says what holds of reports that differ, or that it cannot be told",
        ("/reason¶",),
    ),
)
