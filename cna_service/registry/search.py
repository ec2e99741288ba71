"""Searching the current version of a register: exact by any identifier, ranked by all that was told.

What comes back is complete enough to be written into an entry as it is: which register and version, as of when, on
which keys, with which candidates, scores and reasons. A person gives the verdict.
"""

from __future__ import annotations

import threading
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
from cna_service.registry.store import RegisterVersion

NATIONAL = "national"


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
    """Holds the index of one register in memory and builds it again when another version becomes current.

    May be used by many threads; while one builds, those that need the new version wait for it.
    """

    def __init__(self, database: Database, register: str = NATIONAL, *, kept: Path | None = None) -> None:
        """``kept``: a folder where the index may be kept between starts."""
        self._database = database
        self._kept = kept
        self._register = register
        self._building = threading.Lock()
        self._loaded: _Loaded | None = None

    def warm(self) -> None:
        """Build the index now, so that the first search does not wait. Does nothing before the first import."""
        with self._database.read() as connection:
            version = store.current_version(connection, self._register)
            if version is not None:
                self._load(connection, version)

    def search(self, query: Query, now: datetime) -> Outcome:
        """Rank what the query may mean in the current version. Raises NoRegister before the first import."""
        with self._database.read() as connection:
            version = self._current(connection)
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
            version = self._current(connection)
            if identifier == "rid":
                wanted = [] if "\0" in value else [value]
                return list(store.vessels_by_rid(connection, version.id, wanted).values())
            key = identifier_key(identifier, value)
            rids = store.rids_by_key(connection, version.id, identifier, {key} if key else set())
            return list(store.vessels_by_rid(connection, version.id, rids).values())

    def size(self) -> int:
        """How many vessels the current version holds; 0 before the first import."""
        with self._database.read() as connection:
            version = store.current_version(connection, self._register)
            return 0 if version is None else version.rows

    def _current(self, connection: Connection) -> RegisterVersion:
        version = store.current_version(connection, self._register)
        if version is None:
            raise NoRegister(f"The register “{self._register}” is empty; import it with cna registry import.")
        return version

    def _load(self, connection: Connection, version: RegisterVersion) -> _Loaded:
        loaded = self._loaded
        if loaded is not None and loaded.version.id == version.id:
            return loaded
        with self._building:
            loaded = self._loaded
            if loaded is None or loaded.version.id != version.id:
                flags = FlagCounts(version.rows, store.flag_counts(connection, version.id))
                loaded = _Loaded(version, self._index(connection, version), flags)
                self._loaded = loaded
            return loaded

    def _index(self, connection: Connection, version: RegisterVersion) -> NameIndex:
        """The kept index where there is one of this very version, else one built from the database and kept."""
        name = f"{version.id}-{version.sha256[:16]}"
        known = None if self._kept is None else read_index(self._kept, name)
        if known is not None:
            return known
        built = build_index(store.all_names(connection, version.id))
        if self._kept is not None:
            keep_index(self._kept, name, built)
        return built
