"""Searching the current version of a register: exact by any identifier, ranked by all that was told.

What comes back is complete enough to be written into an entry as it is: which register and version, as of when, on
which keys, with which candidates, scores and reasons. A person gives the verdict.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from cna_service.db.database import Database
from cna_service.kit.instants import to_text
from cna_service.registry import store
from cna_service.registry.asked import FlagCounts
from cna_service.registry.candidates import search_register
from cna_service.registry.index import NameIndex, build_index
from cna_service.registry.kept_index import keep_index, read_index
from cna_service.registry.model import Query, RegisterVessel, identifier_key
from cna_service.registry.rules import Candidate, NoRegister, Suggestion
from cna_service.registry.store import Register, RegisterVersion

NATIONAL = "national"
_MOST_LOADED = 4
"""Indexes held at once: of each register in use, and of an older version somebody looks into."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search suggests, with everything needed to prove it later."""

    suggestion: Suggestion
    reason: str
    candidates: tuple[Candidate, ...]
    keys_tried: tuple[str, ...]
    version: RegisterVersion
    searched_at: datetime

    def as_json(self) -> dict[str, object]:
        """JSON without floats; scores are hundredths of log-odds."""
        return {
            "suggestion": self.suggestion.value,
            "reason": self.reason,
            "candidates": [candidate.as_json() for candidate in self.candidates],
            "keys_tried": list(self.keys_tried),
            "register": {
                "id": self.version.register,
                "version": self.version.number,
                "as_of": self.version.as_of,
                "imported_at": to_text(self.version.imported_at),
                "sha256": self.version.sha256,
                "vessels": self.version.rows,
            },
            "searched_at": to_text(self.searched_at),
        }


@dataclass(frozen=True, slots=True)
class _Loaded:
    version: RegisterVersion
    index: NameIndex
    flags: FlagCounts


@dataclass(frozen=True, slots=True)
class _StoredVessels:
    """Implements ``ports.VesselSource`` over one version in the database."""

    connection: Connection
    version: int

    def by_rid(self, rids: Iterable[str]) -> Mapping[str, RegisterVessel]:
        return store.vessels_by_rid(self.connection, self.version, list(rids))

    def by_key(self, identifier: str, keys: Collection[str]) -> list[str]:
        return store.rids_by_key(self.connection, self.version, identifier, keys)


class RegisterSearch:
    """Holds the index of the version last asked of each register in memory, and builds it again when another becomes
    current. May be used by many threads; while one builds, those that need the same wait for it.
    """

    def __init__(self, database: Database, register: str = NATIONAL, *, kept: Path | None = None) -> None:
        """``register``: the one that is meant where none is named. ``kept``: a folder where its indexes may be kept
        between starts."""
        self._database = database
        self._kept = kept
        self._register = register
        self._building = threading.Lock()
        self._loaded: OrderedDict[int, _Loaded] = OrderedDict()

    def warm(self) -> None:
        """Build the index now, so that the first search does not wait. Does nothing before the first import."""
        with self._database.read() as connection:
            version = store.current_version(connection, self._register)
            if version is not None:
                self._load(connection, version)

    def search(
        self, query: Query, now: datetime, *, register: str | None = None, at: datetime | None = None
    ) -> Outcome:
        """Rank what the query may mean in the current version, or in the one that was in use ``at`` an instant.

        Raises NoRegister where that register had no version then.
        """
        with self._database.read() as connection:
            version = self._version(connection, register or self._register, at)
            loaded = self._load(connection, version)
            vessels = _StoredVessels(connection, version.id)
            ranking = search_register(query, loaded.index, vessels, loaded.flags)
        return Outcome(
            suggestion=ranking.suggestion,
            reason=ranking.reason,
            candidates=ranking.candidates,
            keys_tried=tuple(query.keys_tried()),
            version=version,
            searched_at=now,
        )

    def look_up(self, identifier: str, value: str) -> list[RegisterVessel]:
        """Vessels with exactly this identifier (``model.IDENTIFIERS`` or ``rid``), however it is punctuated.

        Raises NoRegister before the first import, ValueError for an unknown kind of identifier.
        """
        with self._database.read() as connection:
            version = self._version(connection, self._register, None)
            if identifier == "rid":
                wanted = [] if "\0" in value else [value]
                return list(store.vessels_by_rid(connection, version.id, wanted).values())
            key = identifier_key(identifier, value)
            rids = store.rids_by_key(connection, version.id, identifier, {key} if key else set())
            return list(store.vessels_by_rid(connection, version.id, rids).values())

    def registers(self) -> list[tuple[Register, RegisterVersion]]:
        """Every register that has a version in use, with it."""
        with self._database.read() as connection:
            found = [
                (each, store.current_version(connection, each.id)) for each in store.registers(connection)
            ]
        return [(each, version) for each, version in found if version is not None]

    def size(self) -> int:
        """How many vessels the current version holds; 0 before the first import."""
        with self._database.read() as connection:
            version = store.current_version(connection, self._register)
            return 0 if version is None else version.rows

    def _version(self, connection: Connection, register: str, at: datetime | None) -> RegisterVersion:
        if at is not None:
            version = store.version_at(connection, register, at)
        else:
            version = store.current_version(connection, register)
        if version is None:
            then = "" if at is None else f" at {to_text(at)}"
            raise NoRegister(f"The register “{register}” was empty{then}; cna registry import fills it.")
        return version

    def _load(self, connection: Connection, version: RegisterVersion) -> _Loaded:
        loaded = self._loaded.get(version.id)
        if loaded is not None:
            return loaded
        with self._building:
            loaded = self._loaded.get(version.id)
            if loaded is None:
                flags = FlagCounts(version.rows, store.flag_counts(connection, version.id))
                loaded = _Loaded(version, self._index(connection, version), flags)
                self._loaded[version.id] = loaded
                while len(self._loaded) > _MOST_LOADED:
                    self._loaded.popitem(last=False)
            return loaded

    def _index(self, connection: Connection, version: RegisterVersion) -> NameIndex:
        """The kept index where there is one of this very version, else one built from the database and kept."""
        if self._kept is None:
            return build_index(store.all_names(connection, version.id))
        folder, name = self._kept / version.register, f"{version.id}-{version.sha256[:16]}"
        known = read_index(folder, name)
        if known is None:
            known = build_index(store.all_names(connection, version.id))
            if version.state == "current":
                keep_index(folder, name, known)
        return known
