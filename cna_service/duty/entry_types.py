"""The entries of rosters, declared once."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

_REASON = ("/reason",)

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("roster.set", "a roster, or a new version of it, is in force from an instant on", _REASON),
    EntryType(
        "roster.set", "the same; with the version of the zone rules and every shape of rotation", _REASON, v=2
    ),
    EntryType("roster.ended", "a roster is no more from now on", _REASON),
    EntryType("roster.temporary_set", "for a time a whole roster is another one", _REASON),
    EntryType("roster.temporary_ended", "a temporary roster ends now, or never begins", _REASON),
    EntryType("roster.override_added", "an officer has a post from one instant to another", _REASON),
    EntryType(
        "roster.override_added",
        "an officer has a post, has it not, or has it instead of another",
        _REASON,
        v=2,
    ),
    EntryType("roster.override_removed", "an override ends now, or never begins", _REASON),
    EntryType(
        "roster.holidays_set", "the holidays of a country or subdivision in one year, and their source"
    ),
    EntryType("roster.holiday_changed", "a day was made a holiday, or struck from the holidays", _REASON),
    EntryType(
        "roster.checked",
        "the weeks ahead were looked at: what was found, and the hand-overs by these zone rules",
    ),
    EntryType("absence.noted", "an officer has no watch from one instant to another", _REASON),
    EntryType("absence.ended", "an absence ends now, or never begins", _REASON),
    EntryType(
        "swap.asked",
        "an officer asks another to take a watch of his, perhaps for one of the other's",
        _REASON,
    ),
    EntryType("swap.accepted", "a swap was accepted: the watches change hands"),
    EntryType("swap.declined", "a swap was declined", _REASON),
    EntryType("swap.withdrawn", "who asked for a swap took it back", _REASON),
    EntryType("calendar.link_made", "an address at which a calendar is read; the hash of its token only"),
    EntryType("calendar.link_revoked", "the address of a calendar answers no more", _REASON),
)
