"""From a question to weighed candidates: likely names from the index, identifiers exact and one character away."""

from __future__ import annotations

from cna_service.registry.asked import Asked, FlagCounts, read_query
from cna_service.registry.evidence import weigh
from cna_service.registry.index import NameIndex
from cna_service.registry.model import Query, near_call_sign, near_imo, near_mmsi
from cna_service.registry.ports import VesselSource
from cna_service.registry.rules import Ranking, rank

# Vessels looked at whole, per name asked and per identifier.
_PER_NAME = 120
_PER_KEY = 50
_MOST = 600
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
    rids = dict.fromkeys([*_by_identifier(asked, source), *_by_name(asked, index)])
    vessels = source.by_rid(list(rids)[:_MOST])
    return rank([weigh(asked, vessel, flags) for vessel in vessels.values()])


def _by_name(asked: Asked, index: NameIndex) -> list[str]:
    return [rid for _, name in asked.names for rid in index.nearest(name, _PER_NAME)]


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
