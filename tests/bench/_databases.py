"""What databases do with a misspelt name by themselves: the figures that our own search is held against."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rapidfuzz.fuzz import ratio
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from cna_service.registry.model import IDENTIFIERS, Query, RegisterVessel, identifier_key
from cna_service.vessels.names import fold
from tests.bench import _stand as stand

Ranker = Callable[[Query], Sequence[str]]
_TOP = 200


def rankers(vessels: Sequence[RegisterVessel], folder: Path) -> Iterator[tuple[str, Ranker | None]]:
    exact = _Exact(vessels)
    yield "fts5_then_rapidfuzz", _fts5(vessels, folder / "names.sqlite3", exact)
    with stand.database("postgresql") as url:
        yield "pg_trgm", _pg_trgm(vessels, url, exact)


class _Exact:
    """Identifiers first: those that have one told exactly stand before all others."""

    def __init__(self, vessels: Sequence[RegisterVessel]) -> None:
        self._rids: dict[tuple[str, str], list[str]] = {}
        for vessel in vessels:
            for name in IDENTIFIERS:
                if key := identifier_key(name, getattr(vessel, name)):
                    self._rids.setdefault((name, key), []).append(vessel.rid)

    def of(self, query: Query) -> list[str]:
        keys = ((name, identifier_key(name, getattr(query, name, ""))) for name in IDENTIFIERS)
        return [rid for name, key in keys if key for rid in self._rids.get((name, key), ())]


def _fts5(vessels: Sequence[RegisterVessel], path: Path, exact: _Exact) -> Ranker:
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE names USING fts5(rid UNINDEXED, name, tokenize='trigram')")
    connection.executemany("INSERT INTO names VALUES (?, ?)", ((v.rid, fold(v.name)) for v in vessels))
    connection.commit()

    def rank(query: Query) -> Sequence[str]:
        name = fold(query.names[0]) if query.names else ""
        groups = {name[at : at + 3] for at in range(len(name) - 2)}
        asked = " OR ".join('"' + group.replace('"', '""') + '"' for group in sorted(groups))
        found = [] if not asked else connection.execute(
            "SELECT rid, name FROM names WHERE names MATCH ? ORDER BY bm25(names) LIMIT ?", (asked, _TOP)
        ).fetchall()  # fmt: skip
        found.sort(key=lambda row: -ratio(name, row[1]))
        return list(dict.fromkeys([*exact.of(query), *(rid for rid, _ in found)]))

    return rank


def _pg_trgm(vessels: Sequence[RegisterVessel], url: str, exact: _Exact) -> Ranker | None:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION pg_trgm"))
    except SQLAlchemyError:
        return None
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE names (rid text, name text)"))
        rows = [{"rid": v.rid, "name": fold(v.name)} for v in vessels]
        for at in range(0, len(rows), 20_000):
            connection.execute(text("INSERT INTO names VALUES (:rid, :name)"), rows[at : at + 20_000])
        connection.execute(text("CREATE INDEX ON names USING gist (name gist_trgm_ops)"))

    def rank(query: Query) -> Sequence[str]:
        name = fold(query.names[0]) if query.names else ""
        with engine.connect() as connection:
            near = "SELECT rid FROM names ORDER BY name <-> :name LIMIT 5"
            found = connection.execute(text(near), {"name": name}).scalars().all()
        return list(dict.fromkeys([*exact.of(query), *found]))

    return rank
