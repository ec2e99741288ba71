"""A register held in memory: for measuring matches on a file, and wherever no database is wanted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from cna_service.registry.asked import FlagCounts
from cna_service.registry.index import NameIndex, build_index
from cna_service.registry.model import IDENTIFIERS, RegisterVessel, vessel_keys
from cna_service.vessels.names import NormalName, normal_name


def normal_names(vessel: RegisterVessel) -> list[NormalName]:
    """The comparable names of a vessel, former ones included, each once."""
    found = (normal_name(name) for name in (vessel.name, *vessel.former_names))
    return list({name.normal: name for name in found if name.normal}.values())


class MemoryRegister:
    """Implements ``ports.VesselSource`` over a list of vessels, with its index and flag counts."""

    def __init__(self, vessels: Iterable[RegisterVessel]) -> None:
        self._vessels = {vessel.rid: vessel for vessel in vessels}
        self._keys: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in IDENTIFIERS}
        for vessel in self._vessels.values():
            for name, key in vessel_keys(vessel).items():
                if key:
                    self._keys[name][key].append(vessel.rid)
        self.index: NameIndex = build_index((v.rid, v.flag, normal_names(v)) for v in self._vessels.values())
        self.flags = FlagCounts(len(self._vessels), Counter(v.flag for v in self._vessels.values()))

    def __len__(self) -> int:
        return len(self._vessels)

    def by_rid(self, rids: Iterable[str]) -> Mapping[str, RegisterVessel]:
        return {rid: self._vessels[rid] for rid in rids if rid in self._vessels}

    def by_key(self, identifier: str, keys: Collection[str]) -> list[str]:
        known = self._keys[identifier]
        return [rid for key in keys for rid in known.get(key, ())]
