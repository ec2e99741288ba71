"""From a question to weighed candidates: likely names from the index, identifiers exact and one character away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz.fuzz import ratio, token_set_ratio

from cna_service.registry.asked import Asked, FlagCounts, read_query
from cna_service.registry.evidence import is_another_ship, weigh
from cna_service.registry.index import NameIndex
from cna_service.registry.model import (
    Query,
    RegisterVessel,
    identifier_key,
    near_call_sign,
    near_imo,
    near_mmsi,
)
from cna_service.registry.name_evidence import known_name
from cna_service.registry.ports import VesselSource
from cna_service.registry.rules import Ranking, rank
from cna_service.vessels.names import NormalName

# Vessels looked at whole, per name asked and per identifier.
_PER_NAME = 120
_PER_KEY = 50
_MOST = 600
_WEIGHED = 90
_NEAR = {"imo": near_imo, "mmsi": near_mmsi, "call_sign": near_call_sign}
_LOOKED_UP_IN = {
    "imo": ("imo",),
    "mmsi": ("mmsi",),
    "call_sign": ("call_sign", "registration_number", "hull_mark"),
    "registration_number": ("registration_number", "hull_mark", "fleet_number", "hin", "call_sign"),
    "hull_mark": ("hull_mark", "registration_number", "call_sign"),
}


def search_register(query: Query, index: NameIndex, source: VesselSource, flags: FlagCounts) -> Ranking:
    """Rank what the question may mean. Pure but for what ``source`` reads."""
    asked = read_query(query)
    numbered = dict.fromkeys(_by_identifier(asked, source))
    rids = dict.fromkeys([*numbered, *_by_name(asked, index)])
    vessels = dict(source.by_rid(list(rids)[:_MOST]))
    for rid in _unlike(asked, [v for v in vessels.values() if v.rid not in numbered]):
        del vessels[rid]
    asked = replace(asked, copied=frozenset(_copied(asked, vessels.values(), flags)))
    return rank([weigh(asked, vessel, flags) for vessel in vessels.values()])


def _unlike(asked: Asked, vessels: Sequence[RegisterVessel]) -> list[str]:
    """Those with the least likely names, beyond as many as are weighed: a rough look costs a fraction of weighing."""
    if len(vessels) <= _WEIGHED or not asked.names:
        return []
    likeness = [max(_roughly(name, vessel) for _, name in asked.names) for vessel in vessels]
    order = sorted(range(len(vessels)), key=lambda n: -likeness[n])
    return [vessels[n].rid for n in order[_WEIGHED:]]


def _roughly(name: NormalName, vessel: RegisterVessel) -> float:
    known = (known_name(registered) for registered in (vessel.name, *vessel.former_names[:3]))
    return max(max(ratio(name.glued, n.glued), 0.9 * token_set_ratio(name.normal, n.normal)) for n in known)


def _copied(asked: Asked, vessels: Iterable[RegisterVessel], flags: FlagCounts) -> Iterator[str]:
    """Identifiers told that belong to ships whose names, and something else, are nothing like what was told; a ship
    that was renamed differs in her name alone."""
    if not asked.names:
        return
    for name in ("imo", "mmsi", "call_sign"):
        key = asked.keys[name]
        owners = [v for v in vessels if key and identifier_key(name, getattr(v, name)) == key]
        if owners and all(is_another_ship(asked, owner, flags) for owner in owners):
            yield name


def _by_name(asked: Asked, index: NameIndex) -> list[str]:
    return [rid for _, name in asked.names for rid in index.nearest(name, _PER_NAME, flag=asked.flag)]


def _by_identifier(asked: Asked, source: VesselSource) -> list[str]:
    found: list[str] = []
    for told, places in _LOOKED_UP_IN.items():
        key = asked.keys[told]
        if not key:
            continue
        for place in places:
            found += list(source.by_key(place, {key}))[:_PER_KEY]
        near = _NEAR[told](key) if told in _NEAR else set()
        if near:
            found += list(source.by_key(told, near))[:_PER_KEY]
    return found
