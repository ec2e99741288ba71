"""Every entry type of a case, once and for ever, with what of it is private (record.md, "Private values")."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

_PARTY = ("/by/name", "/by/phone", "/by/email", "/by/office", "/by/words¶")

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("case.opened", "a case was opened from the desk", ("/summary¶", "/caller")),
    EntryType(
        "submission.received",
        "a request arrived and is kept byte for byte",
        (
            "/draft/grounds¶",
            "/draft/intended_action¶",
            "/draft/contact",
            "/draft/unit",
            "/draft/reply_wanted_reason",
            "/draft/vessels/*/persons",
            "/draft/vessels/*/claimed_by",
            "/draft/vessels/*/description¶",
            "/draft/attachments/*/name",
            "/draft/attachments/*/sha256",
            "/draft/unknown",
            "/problems/*/told",
            "/sha256",
            "/sender/address",
        ),
    ),
    EntryType("exchange.opened", "one formal ask began", ("/text¶", "/to/address", "/from/name", "/reason¶")),
    EntryType("exchange.acknowledged", "a named officer acknowledged the request", ("/words¶", "/to")),
    EntryType("exchange.extended", "more time was asked for and given", (*_PARTY, "/words¶")),
    EntryType("exchange.withdrawn", "the ask was taken back by who made it", (*_PARTY, "/words¶")),
    EntryType("question.asked", "a question was put to the other side or to us", (*_PARTY, "/words¶")),
    EntryType("standing.recorded", "how sure we are who asks", (*_PARTY, "/number", "/reason¶")),
    EntryType("basis.chosen", "an officer chose under which provision to act", ("/reason¶",)),
    EntryType("clock.armed", "a clock was set", ("/reason¶", "/stated_by")),
    EntryType("clock.started", "what a clock waited for happened", ()),
    EntryType("clock.warned", "part of a clock's time is used up", ()),
    EntryType("clock.lapsed", "a clock ran out; the service says so and decides nothing", ()),
    EntryType(
        "lapse.recorded", "a named officer recorded what follows from a lapse", ("/words¶", "/channels/*/by")
    ),
    EntryType(
        "communication.logged",
        "one call, message, note or report, in or out",
        (
            "/ours/name",
            "/theirs/name",
            "/theirs/office",
            "/theirs/phone",
            "/theirs/email",
            "/number",
            "/subject",
            "/text¶",
            "/attachments/*/name",
            "/attachments/*/sha256",
            "/source",
        ),
    ),
    EntryType(
        "claim.made",
        "somebody said of what nationality the vessel is",
        ("/by", "/words¶", "/asked_by", "/exhibit"),
    ),
    EntryType("indicium.seen", "a flag, name or mark was seen", ("/by", "/words¶", "/exhibit")),
    EntryType("identifier.recorded", "a name or number of the vessel was learnt", ("/source", "/words¶")),
    EntryType("position.reported", "where the vessel was, as told", ("/source", "/words¶")),
    EntryType("person.recorded", "somebody aboard", ("/name", "/born", "/papers", "/words¶", "/nationality")),
    EntryType("vessel.added", "a further vessel belongs to the case", ("/description¶",)),
    EntryType("search.made", "the register was searched for this case", ("/keys/remarks", "/words¶")),
    EntryType("search.judged", "a person's verdict on a search: nothing is found without one", ("/words¶",)),
    EntryType(
        "decision.taken",
        "who may decide decided",
        (*_PARTY, "/line", "/words¶", "/reason_internal¶", "/reason_sent¶"),
    ),
    EntryType(
        "answer.given",
        "what was answered to measures of an exchange",
        (
            *_PARTY,
            "/items/*/conditions",
            "/items/*/words¶",
            "/words¶",
            "/reason_internal¶",
            "/reason_sent¶",
            "/copies/*",
        ),
    ),
    EntryType(
        "answer.conveyed",
        "an answer was given to the other side, spoken or written",
        (
            "/to/name",
            "/to/office",
            "/to/phone",
            "/to/email",
            "/reason¶",
            "/read_back¶",
            "/corrected¶",
            "/text¶",
        ),
    ),
    EntryType("conveyance.sent", "the provider took a written message", ("/error",)),
    EntryType("conveyance.confirmed", "the other side said it has our answer", (*_PARTY, "/words¶")),
    EntryType("document.made", "a document was made from entries", ("/sha256",)),
    EntryType("event.reported", "something happened at sea or elsewhere", ("/source", "/words¶", "/by")),
    EntryType("note.added", "a note of the desk", ("/words¶",)),
    EntryType("case.linked", "another case belongs to this one", ("/reason¶",)),
    EntryType("case.closed", "nothing more is owed or waited for", ("/words¶", "/waived¶")),
    EntryType("case.reopened", "the case goes on", ("/words¶",)),
)
