"""The entry types of alerts. Officer ids and codes of reasons stand in clear; numbers, texts and words are private.

Where an alert belongs to a case its entries are in ``case:<ref>``, else in ``desk``.
"""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

ALERT_RAISED = EntryType(
    "alert.raised", "somebody is to be summoned; with the ladder's copy", ("/text_facts/words",)
)
RUNG_CLIMBED = EntryType("rung.climbed", "the officers of one rung are being summoned")
RUNG_SKIPPED = EntryType("rung.skipped", "a rung had nobody on it, or nobody who can be reached")
LADDER_EXHAUSTED = EntryType("ladder.exhausted", "the last rung brought nobody; the next round begins")
ALERT_SENT = EntryType("alert.sent", "the provider took one sending; nobody need have it", ("/to", "/text"))
ALERT_FAILED = EntryType("alert.failed", "the provider did not take one sending", ("/detail",))
ALERT_DELIVERED = EntryType(
    "alert.delivered", "the provider says that one sending arrived; no human answered"
)
ALERT_UNDELIVERED = EntryType(
    "alert.undelivered", "the provider says that one sending did not arrive", ("/detail",)
)
RECEIPT_MISSED = EntryType("alert.receipt_missed", "no delivery report came in time; another contact is used")
ALERT_ACKNOWLEDGED = EntryType(
    "alert.acknowledged", "a named officer took the summons; the climb stops", ("/code", "/from", "/words")
)
ACKNOWLEDGEMENT_WITHDRAWN = EntryType(
    "alert.acknowledgement_withdrawn",
    "an officer said 'that was not me'; the climb goes on",
    ("/from", "/words"),
)
WAITING_STATED = EntryType(
    "waiting.stated", "the holder named what he waits for, and until when", ("/waiting_for",)
)
ALERT_CLOSED = EntryType("alert.closed", "the summons has no purpose any more", ("/words",))
CONTACT_USED = EntryType(
    "alert.contact_used",
    "an officer's own rules wanted another try to reach him; the ladder goes on meanwhile",
)
PERSON_ADDED = EntryType(
    "alert.person_added", "an officer had one more person summoned; the climb goes on as it was", ("/reason",)
)
REASSIGNED = EntryType(
    "alert.reassigned",
    "an officer handed the summons to another, or gave it back; until that one takes it the climb goes on",
    ("/reason",),
)
SNOOZED = EntryType("alert.snoozed", "an officer let the climb rest until an instant", ("/reason",))
REOPENED = EntryType("alert.reopened", "a closed summons was taken up again; the climb goes on", ("/reason",))

ENTRY_TYPES: tuple[EntryType, ...] = (
    ALERT_RAISED,
    RUNG_CLIMBED,
    RUNG_SKIPPED,
    LADDER_EXHAUSTED,
    ALERT_SENT,
    ALERT_FAILED,
    ALERT_DELIVERED,
    ALERT_UNDELIVERED,
    RECEIPT_MISSED,
    ALERT_ACKNOWLEDGED,
    ACKNOWLEDGEMENT_WITHDRAWN,
    WAITING_STATED,
    ALERT_CLOSED,
    CONTACT_USED,
    PERSON_ADDED,
    REASSIGNED,
    SNOOZED,
    REOPENED,
)
