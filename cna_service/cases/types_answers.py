"""Entry types: what happens to an answer after it was given, whose word it is, and the effect of silence."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

_PARTY = ("/by/name", "/by/phone", "/by/email", "/by/office", "/by/words¶")

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "answer.given",
        "what was answered to measures of an exchange, by whom, checked against the directory and an earlier word",
        (
            *_PARTY,
            "/items/*/conditions",
            "/items/*/words¶",
            "/words¶",
            "/reason_internal¶",
            "/reason_sent¶",
            "/copies/*",
            "/rests_on/*/name",
            "/rests_on/*/conditions",
            "/override_reason¶",
            "/register_reason¶",
            "/register/name_alone_reason",
            "/register/further/*/name_alone_reason",
        ),
        v=2,
    ),
    EntryType("answer.read", "a named officer read a writing that differs from the word", ("/words¶",)),
    EntryType("answer.withdrawn", "an answer was taken back by who gave it", (*_PARTY, "/words¶")),
    EntryType(
        "answer.authority_confirmed",
        "the listed authority confirmed what another office had answered",
        (*_PARTY, "/words¶"),
    ),
    EntryType(
        "limitation.notified",
        "the other side was told that an answer of ours is narrower, or taken back",
        ("/to/name", "/to/office", "/to/phone", "/to/email", "/words¶"),
    ),
    EntryType(
        "exchange.acknowledged",
        "a named person acknowledged the request: ours, or theirs",
        (*_PARTY, "/words¶", "/to"),
        v=2,
    ),
    EntryType(
        "machine_word.kept",
        "a machine of the other side replied; that is no acknowledgement and no answer",
        ("/by/office", "/by/email", "/words¶"),
    ),
    EntryType(
        "exchange.opened",
        "one formal ask, notice or objection began, or partners were informed",
        (
            "/text¶",
            "/to/address",
            "/from/name",
            "/reason¶",
            "/distribution/*/name",
            "/distribution/*/office",
            "/distribution/*/address",
        ),
        v=2,
    ),
    EntryType(
        "lapse.proposed",
        "an officer proposed to record the effect of a lapse; nothing follows yet",
        ("/words¶", "/channels/*/by", "/channels/*/words¶"),
    ),
    EntryType(
        "lapse.refused",
        "a second officer did not agree to record the effect of a lapse",
        ("/words¶",),
    ),
    EntryType(
        "lapse.recorded",
        "what follows from a lapse, recorded by a named officer; an effect only with a second one",
        ("/words¶", "/channels/*/by", "/channels/*/words¶"),
        v=2,
    ),
)
