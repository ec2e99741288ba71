"""Dealings with States beside ask and answer. Folded by ``fold_dealings``; field names are the case's JSON keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Noted = Mapping[str, Any]
"""An entry's body with ``seq``, ``recorded_at``, ``happened_at`` and ``actor``."""


@dataclass(frozen=True, slots=True)
class Dealings:
    """Empty in a case without any. Each tuple is oldest first; nothing in it is ever replaced.

    ``claims``: every person asked, with or without a claim (practice R1). ``indicia``: what was seen, apart from claims
    (R2). ``positions``: where, which waters and who says so (R17). ``tries``: to reach an authority (desk-rules 5.5).
    ``statements``: made elsewhere, never an answer (7.4). ``unqueried``: States pointed to and not asked, and why.
    ``reconciliations``: what a named person made of reports that differ (R11).
    """

    claims: tuple[Noted, ...] = ()
    indicia: tuple[Noted, ...] = ()
    positions: tuple[Noted, ...] = ()
    tries: tuple[Noted, ...] = ()
    statements: tuple[Noted, ...] = ()
    unqueried: tuple[Noted, ...] = ()
    reconciliations: tuple[Noted, ...] = ()
    waters: tuple[Noted, ...] = ()
    """What a map said of a position, kept because an officer wanted it; the case page looks anew each time."""
