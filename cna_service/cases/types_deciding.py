"""Entry types: who decides and who is asked before."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

_BY = ("/by/name", "/by/post", "/by/office", "/by/phone", "/by/email")
_FILES = ("/attachments/*/name", "/attachments/*/sha256")

ENTRY_TYPES: tuple[EntryType, ...] = (
    *(
        EntryType(name, f"{means}; with files beside it", (*private, *_FILES), v=2)
        for name, means, private in (
            (
                "claim.made",
                "somebody said of what nationality the vessel is",
                ("/by", "/words¶", "/asked_by", "/interpreter", "/exhibit"),
            ),
            (
                "claim.not_made",
                "somebody who was asked made no claim",
                ("/by", "/words¶", "/asked_by", "/interpreter", "/exhibit"),
            ),
            ("indicium.seen", "a flag, name or mark was seen", ("/by", "/words¶", "/exhibit")),
            ("event.reported", "something happened at sea or elsewhere", ("/source", "/words¶", "/by")),
        )
    ),
    EntryType(
        "decision.taken",
        "who may decide decided; with the delegation it rests on, and what he was asked at the end",
        (
            "/by/name",
            "/by/phone",
            "/by/email",
            "/by/office",
            "/by/words¶",
            "/items/*/conditions",
            "/items/*/words¶",
            "/line",
            "/words¶",
            "/reason_internal¶",
            "/reason_sent¶",
            "/rests_on/*/name",
            "/rests_on/*/conditions",
            "/override_reason¶",
        ),
        v=2,
    ),
    EntryType(
        "approval.asked", "a second officer is asked about an act, before it counts or after", ("/words¶",)
    ),
    EntryType("approval.given", "a second officer approved the act", ("/words¶", "/from")),
    EntryType("approval.refused", "a second officer did not approve the act", ("/words¶", "/from")),
    EntryType("approval.lapsed", "an approval after the act was not given in time; nothing is undone"),
    EntryType(
        "decision.read_back",
        "what was recorded of a spoken decision was sent to who decided",
        ("/words¶",),
    ),
    EntryType(
        "decision.confirmed", "who decided confirmed what was recorded", ("/words¶", "/from", "/decider/name")
    ),
    EntryType(
        "decision.corrected",
        "who decided said otherwise than recorded",
        ("/words¶", "/from", "/decider/name"),
    ),
    EntryType(
        "consultation.asked",
        "one of our own agencies was asked within the case",
        ("/contact/name", "/contact/office", "/contact/phone", "/contact/email", "/question¶", *_FILES),
    ),
    EntryType(
        "consultation.answered", "one of our own agencies answered", (*_BY, "/words¶", "/conditions", *_FILES)
    ),
    EntryType(
        "clearance.given",
        "our own chain of command stated no objection; no State's consent",
        (*_BY, "/words¶", "/conditions", *_FILES),
    ),
)
