"""Entry types: certificates and releases."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

_FILE = ("/sha256",)

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "certificate.drafted",
        "a certificate was drafted from entries; nobody has released it",
        ("/for_court", "/sentences/*/text", "/annex/*/text", "/footnotes/*/text"),
    ),
    EntryType(
        "certificate.returned", "a second officer did not release a certificate as drafted", ("/words¶",)
    ),
    EntryType("certificate.released", "a second officer released a certificate", ("/words¶", *_FILE)),
    EntryType("certificate.delivered", "a certificate went to who holds it now", ("/to", "/words¶")),
    EntryType("certificate.revoked", "a certificate is no longer to be relied on", ("/reason¶",)),
    EntryType(
        "certificate.holder_told",
        "who holds a certificate was told of what came after it",
        ("/to", "/words¶"),
    ),
    EntryType(
        "release.drafted",
        "a text for outside was drafted, with what it rests on and what was pointed out",
        ("/addressee", "/text¶", "/english¶", "/pointed_out/*/words"),
    ),
    EntryType("release.returned", "a text for outside was not approved", ("/words¶",)),
    EntryType("release.made", "a text was told outside on a named officer's approval", ("/words¶", *_FILE)),
)
