"""What changes of the law did to a case. Folded by ``fold_law``; field names are the case's JSON keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LawOfCase:
    """``law_changes``: bodies of ``law.changed``; ``rebasings``: what an officer then did with one exchange, keep or
    re-base; both with ``seq`` and ``recorded_at``."""

    law_changes: tuple[Mapping[str, Any], ...] = ()
    rebasings: tuple[Mapping[str, Any], ...] = ()

    def line(self, change: str, exchange: int) -> Mapping[str, Any] | None:
        """What a change says of an exchange: ``{exchange, at, when, provisions}``."""
        lines = (x for c in self.law_changes if c["change"] == change for x in c["exchanges"])
        return next((x for x in lines if x["exchange"] == exchange), None)

    def rebasing(self, change: str, exchange: int) -> Mapping[str, Any] | None:
        made = (r for r in self.rebasings if (r["change"], r["exchange"]) == (change, exchange))
        return next(made, None)

    @property
    def undecided(self) -> Iterator[tuple[Mapping[str, Any], int]]:
        """Each change and exchange for which no officer has yet kept or changed the basis."""
        for change in self.law_changes:
            for line in change["exchanges"]:
                if self.rebasing(change["change"], line["exchange"]) is None:
                    yield change, line["exchange"]
