"""Entry types: what happened at sea and after."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

_BY = ("/by/name", "/by/phone", "/by/email", "/by/office")
_SENT = ("/to/name", "/to/office", "/to/phone", "/to/email", "/words¶")
_FILES = ("/attachments/*/name", "/attachments/*/sha256")

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "instruction.given",
        "a unit was told what it may and may not do",
        (
            "/unit",
            "/circuit",
            "/passed_to/name",
            "/passed_to/post",
            "/number",
            "/text¶",
            "/words¶",
            "/lines/*/conditions",
            "/delegations/*/name",
            "/delegations/*/conditions",
            "/override_reason¶",
        ),
    ),
    EntryType(
        "instruction.read_back",
        "a unit read an instruction, or its STOP, back",
        (*_BY, "/by/post", "/words¶", "/text¶", "/lines/*/conditions"),
    ),
    EntryType("instruction.stale", "an instruction no longer holds; the service says so and summons", ()),
    EntryType(
        "action.recorded",
        "what a unit did at sea",
        ("/by_unit", "/words¶", "/basis/reason¶", "/reason¶", "/force¶", "/told_by"),
    ),
    EntryType("action.explained", "why something was done beyond every grant", (*_BY, "/reason¶")),
    EntryType(
        "result.reported",
        "what came of it: found, force, injuries, persons, fate of the vessel",
        (
            "/told_by",
            "/because¶",
            "/found/*/words¶",
            "/samples¶",
            "/force_words¶",
            "/persons_detained/*/name",
            "/persons_detained/*/born",
            "/persons_detained/*/papers",
            "/persons_detained/*/nationality",
            "/persons_detained/*/place",
            "/other_offences/*/words¶",
            "/damage¶",
            "/whereabouts",
            "/masters_objections¶",
            "/words¶",
        ),
    ),
    EntryType(
        "condition.checked", "whether a condition of a grant was kept", (*_BY, "/evidence¶", "/words¶")
    ),
    EntryType(
        "custody.recorded",
        "persons, things or the vessel were taken, moved, examined or handed over",
        (
            "/persons/*",
            "/items/*",
            "/from/name",
            "/from/office",
            "/to/name",
            "/to/office",
            "/place",
            "/words¶",
            "/told_by",
        ),
    ),
    EntryType("report.owed", "something is to be reported, to whom and by when", ("/words¶",)),
    EntryType("report.made", "what was owed was reported", (*_SENT, *_FILES)),
    EntryType("evidence.summarised", "a summary of evidence was sent or received", (*_SENT, *_BY, *_FILES)),
    EntryType("evidence.received", "the other side has the summary of evidence", (*_BY, "/words¶")),
    EntryType(
        "notification.made",
        "the flag State was notified, or notified us",
        (*_SENT, *_BY, *_FILES, "/masters_objections¶"),
    ),
    EntryType("notification.received", "the other side has the notification", (*_BY, "/words¶")),
    EntryType(
        "compensation.claimed",
        "compensation is claimed",
        (
            "/by/name",
            "/by/office",
            "/by/phone",
            "/by/email",
            "/against/name",
            "/against/office",
            "/amount/text",
            "/words¶",
        ),
    ),
    EntryType(
        "compensation.answered",
        "a claim for compensation was answered",
        (*_BY, "/amount/text", "/words¶"),
    ),
)
