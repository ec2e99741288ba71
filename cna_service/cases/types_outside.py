"""Entry types of looks into registers that others keep, once and for ever."""

from __future__ import annotations

from cna_service.ledger.entry import EntryType

_HOLDERS = "/results/*/records/*/holders/*"

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "outside.looked_up",
        "registers that others keep were asked by the service: what each answered then, or that it did not",
        (
            f"{_HOLDERS}/name",
            f"{_HOLDERS}/flag",
            "/results/*/received/*/name",
            "/results/*/received/*/sha256",
        ),
    ),
    EntryType(
        "outside.seen",
        "a person looked into a register that others keep, and recorded what was seen",
        ("/register", "/seen¶", "/words¶", "/attachments/*/name", "/attachments/*/sha256"),
    ),
)
