"""Identifiers: UUIDv7 for entries and sendings, references that can be spoken over a radio, short codes."""

from __future__ import annotations

import os
import secrets
import uuid
from datetime import datetime

# Letters that do not sound like another one in English, Spanish, French or Portuguese: of B/V, C/S/Z, G/J,
# M/N, I/Y, K/Q at most one (desk-rules 1.6); no vowel that makes words, no 0 or 1 that look like O or I.
# Twenty-three symbols: a prime, so that the check character finds every single slip and every swap.
ALPHABET = "23456789ACDFGHKLMPRTWXY"
_WEIGHTS = (2, 3, 5, 7, 11, 13)


def uuid7(now: datetime) -> str:
    """A UUIDv7 (RFC 9562 section 5.7) of the given instant; sorts by time, 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | 0b10 << 62
    random = int.from_bytes(os.urandom(10), "big")
    value |= (random >> 64 & 0xFFF) << 64 | random & ((1 << 62) - 1)
    return str(uuid.UUID(int=value))


def check_character(six: str) -> str:
    total = sum(w * ALPHABET.index(c) for w, c in zip(_WEIGHTS, six, strict=True))
    return ALPHABET[total % len(ALPHABET)]


def new_reference(*, prefix: str = "") -> str:
    """A case reference such as ``R4T7-HAX`` (``X-R4T7-HAX`` with prefix ``X-``): six random characters and a
    check character, no running number (desk-rules 9.4)."""
    six = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"{prefix}{six[:4]}-{six[4:]}{check_character(six)}"


def read_reference(spoken: str) -> str | None:
    """The reference that somebody typed or spoke, in its written form; None if its check character fails."""
    bare = "".join(c for c in spoken.upper() if c.isalnum())
    prefix = ""
    if len(bare) == 8 and bare.startswith("X"):
        prefix, bare = "X-", bare[1:]
    if len(bare) != 7 or any(c not in ALPHABET for c in bare) or check_character(bare[:6]) != bare[6]:
        return None
    return f"{prefix}{bare[:4]}-{bare[4:]}"


def alert_code() -> str:
    """Four random digits by which a person acknowledges an alert (desk-rules 2.1)."""
    return f"{secrets.randbelow(10_000):04d}"
