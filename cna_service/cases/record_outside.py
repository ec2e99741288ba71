"""Looks into registers that others keep. Folded by ``fold_outside``; field names are the case's JSON keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class OutsideRegisters:
    """Empty in a case without any. Each look as recorded, by machine or by hand, with its ``seq``: a dated snapshot
    that no later look overwrites. No rule reads it: what a register of somebody else says decides nothing."""

    outside_lookups: tuple[Mapping[str, Any], ...] = ()

    def lookup(self, n: int) -> Mapping[str, Any] | None:
        return next((each for each in self.outside_lookups if each["lookup"] == n), None)
