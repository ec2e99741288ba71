"""Who decides and who is asked before. Folded by ``fold_deciding``; field names are the case's JSON keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deciding:
    """Empty in a case without any."""
