"""Certificates and releases. Folded by ``fold_papers``; field names are the case's JSON keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Papers:
    """Empty in a case without any."""
