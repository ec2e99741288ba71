"""The entry types of a watch's life: changing hands, relief, notice, check-in. Officer ids, posts, instants and the
seqs that a relief rests on stand in clear; notes, reasons and telephone numbers are private."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("watch.changed", "a post of the watch passed from one officer to another, at an instant"),
    EntryType(
        "watch.account_noted", "an account was disabled or enabled again: the watch goes by that from here on"
    ),
    EntryType("watch.taken", "an officer took the watch by SMS and sent back the code", ("/from",)),
    EntryType("watch.given_back", "an officer said 'that was not me': the watch goes back", ("/from",)),
    EntryType("watch.notice_set", "how long before a watch an officer wishes to be told"),
    EntryType("watch.noticed", "an officer was told of a watch to come"),
    EntryType("watch.check_in_asked", "the desk can wake nobody: who has the watch is asked to check in"),
    EntryType("watch.checked_in", "an officer said at the console that he is there"),
    EntryType("watch.check_in_missed", "who had the watch was asked to check in and did not"),
    EntryType("watch.check_in_ended", "the desk can wake somebody again: no check-in is asked for"),
    EntryType("relief.noted", "a word from officer to officer, for the relief", ("/words",)),
    EntryType("relief.signed", "the going or the coming officer signed, over what he was shown", ("/words",)),
    EntryType("relief.overdue", "a quarter of an hour after the change the relief is not signed by both"),
    EntryType("relief.completed", "both signed, or a supervisor ended it with a reason", ("/reason",)),
)
