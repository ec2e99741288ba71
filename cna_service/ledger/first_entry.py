"""The first entry of a stream, whatever log it was written for: how a start tells whose database it opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from cna_service.kit import canonical
from cna_service.ledger import tables as t


def first_entry(connection: Connection, stream: str) -> Mapping[str, Any] | None:
    """The envelope of entry 1 as stored, private values closed; None for a stream without entries.

    Raises NotCanonical where the stored bytes were changed.
    """
    of_stream = (t.ledger_entry.c.stream == stream) & (t.ledger_entry.c.seq == 1)
    query = (
        select(t.ledger_body.c.body)
        .join(t.ledger_entry, t.ledger_entry.c.entry_id == t.ledger_body.c.entry_id)
        .where(of_stream)
        .order_by(t.ledger_entry.c.entry_id)
        .limit(1)
    )
    stored = connection.execute(query).scalar_one_or_none()
    return None if stored is None else canonical.decode(stored)
