"""What happened at sea and after. Folded by ``fold_sea``; field names are the case's JSON keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sea:
    """Empty in a case without any."""
