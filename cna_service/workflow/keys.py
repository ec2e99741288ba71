"""What edges need of idempotency without reaching for the database: making a key, knowing a replayed answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from cna_service.db.idempotency import Key, Replayed, Reply

__all__ = ("Key", "Replayed", "Reply", "form_key")


def form_key(subject: str, key: str, fields: Iterable[tuple[str, str]]) -> Key:
    """The key of a form: ``key`` was made when the form was rendered, ``fields`` are what was typed into it."""
    digest = hashlib.sha256()
    for name, value in sorted(fields):
        for part in (name, value):
            written = part.encode()
            digest.update(len(written).to_bytes(8, "big") + written)
    return Key(subject, key[:200], digest.hexdigest())
