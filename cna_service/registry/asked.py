"""A question to the register, read once: comparable names, keys, bounds; and how common each flag is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cna_service.registry.model import IDENTIFIERS, Query, identifier_key
from cna_service.registry.name_evidence import asked_names
from cna_service.vessels.kinds import kind_of
from cna_service.vessels.names import NormalName, fold, is_placeholder
from cna_service.vessels.quantities import Quantity, read_quantity
from cna_service.vessels.states import state_from_words

_MOST_FOR_FLAG = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """``query`` as told beside what is compared; ``flag`` is alpha-2 or empty.

    ``copied``: identifiers that the register has for a ship of quite another name: most likely taken over from another
    message, so that they say little of the rest.
    """

    query: Query
    names: tuple[tuple[str, NormalName], ...]
    keys: Mapping[str, str]
    flag: str
    homeport: str
    length: Quantity | None
    kind: tuple[str, str] | None
    copied: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """How many vessels of the register fly each flag: a common flag says little when it agrees."""

    total: int
    by_flag: Mapping[str, int]

    def points(self, flag: str) -> int:
        """Half of the log of how rare the flag is, in hundredths, at most 200."""
        share = max(1, self.by_flag.get(flag, 1)) / max(1, self.total)
        return max(40, min(_MOST_FOR_FLAG, round(-50 * math.log(share))))


def read_query(query: Query) -> Asked:
    keys = {name: identifier_key(name, getattr(query, name, "")) for name in IDENTIFIERS}
    length = read_quantity(query.length) if query.length else None
    if length is not None and not _is_a_length(length):
        length = None
    homeport = "" if is_placeholder(query.homeport) else fold(query.homeport)
    return Asked(
        query=query,
        names=tuple(asked_names(query)),
        keys=keys,
        flag=(state_from_words(query.flag) or "") if query.flag else "",
        homeport=homeport,
        length=length,
        kind=kind_of(query.vessel_type) if query.vessel_type else None,
    )


def _is_a_length(length: Quantity) -> bool:
    bounds = [bound for bound in (length.low, length.high) if bound is not None]
    return bool(bounds) and length.unit in {None, "m", "ft"} and all(Decimal(0) < b < 2000 for b in bounds)
