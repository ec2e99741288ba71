"""Dealings with States beside ask and answer. Folded by ``fold_dealings``; field names are the case's JSON keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dealings:
    """Empty in a case without any."""
