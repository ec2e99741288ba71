"""The first entry of a stream, under the name by which whoever starts a desk asks for it."""

from __future__ import annotations

from cna_service.ledger.queries import first_entry

__all__ = ("first_entry",)
