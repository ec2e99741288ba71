"""Imports, history and search on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cna_service.db.database import Database
from cna_service.db.types import metadata
from cna_service.registry import store, tables
from cna_service.registry.importer import ImportReport, import_register, import_rows
from cna_service.registry.layout import Reject
from cna_service.registry.layouts import Source
from cna_service.registry.model import IDENTIFIERS, Query, RegisterVessel
from cna_service.registry.rules import ImportOvertaken, NoRegister, RegisterUnreadable, Suggestion
from cna_service.registry.search import NATIONAL, RegisterSearch
from cna_service.registry.store import Register
from cna_service.registry.synth import synthetic_register, valid_imo, write_register

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
KNOWN = Register(NATIONAL, "Register of XA", "made for a test", "none", "cna-csv-1")
BAR_TEST = RegisterVessel(
    rid="XA-1",
    name="BAR TEST",
    former_names=("MISS CLARA",),
    flag="XA",
    imo=valid_imo(90_001),
    mmsi="288090001",
    call_sign="1ABT7",
    registration_number="XA-900001",
    hull_mark="BF 109",
    fleet_number="XAX000000001",
    hin="ABC12345D404",
    homeport="Aldahaven",
    length_m="60.00",
    vessel_type="General Cargo",
    built="1999",
    rest={"note": "Ünïcode"},
)
TABLES = [tables.register, tables.register_version, tables.register_vessel, tables.register_reject]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    metadata.create_all(database.engine, tables=TABLES)
    yield database
    database.close()


def imported(database: Database, *rows: RegisterVessel | Reject, sha256: str = "0" * 64) -> ImportReport:
    return import_rows(database, KNOWN, rows, now=NOW, as_of="2026-11-01", sha256=sha256)


def test_before_the_first_import_there_is_no_register(database: Database) -> None:
    search = RegisterSearch(database)
    search.warm()
    assert search.size() == 0
    with pytest.raises(NoRegister, match="cna registry import"):
        search.search(Query(names=("BAR TEST",)), NOW)
    with pytest.raises(NoRegister):
        search.look_up("imo", "9074729")


def test_a_vessel_comes_back_as_it_was_listed_by_every_identifier(database: Database) -> None:
    imported(database, BAR_TEST, replace(BAR_TEST, rid="XA-2", **dict.fromkeys(IDENTIFIERS, "PENDING")))
    search = RegisterSearch(database)
    for identifier in (*IDENTIFIERS, "rid"):
        assert search.look_up(identifier, getattr(BAR_TEST, identifier)) == [BAR_TEST]
    assert search.look_up("hull_mark", "B.F.0109") == [BAR_TEST]
    assert search.look_up("imo", "PENDING") == []
    assert search.look_up("rid", "XA-1\0") == []
    with pytest.raises(ValueError, match="colour"):
        search.look_up("colour", "red")


def test_a_search_records_what_an_entry_needs(database: Database) -> None:
    imported(database, *synthetic_register(200, seed=1, specials=(BAR_TEST,)))
    outcome = RegisterSearch(database).search(Query(names=("BAR TSET",), flag="XA", imo=BAR_TEST.imo), NOW)
    assert outcome.suggestion is Suggestion.FOUND_ONE
    told = json.loads(json.dumps(outcome.as_json()), parse_float=pytest.fail)
    assert told["candidates"][0]["rid"] == "XA-1"
    assert told["candidates"][0]["fits"]
    assert told["keys_tried"] == ["names", "imo", "flag"]
    assert told["searched_at"] == "2026-11-21T03:00:00.000000Z"
    assert told["register"] == {
        "id": NATIONAL,
        "version": 1,
        "as_of": "2026-11-01",
        "imported_at": "2026-11-21T03:00:00.000000Z",
        "sha256": "0" * 64,
        "vessels": 200,
    }


def test_an_import_is_a_new_version_and_the_old_one_stays(database: Database) -> None:
    imported(database, BAR_TEST)
    search = RegisterSearch(database)
    assert search.search(Query(names=("BAR TEST",)), NOW).candidates
    report = imported(database, replace(BAR_TEST, name="OTHER NAME", former_names=()), sha256="1" * 64)
    assert report.version.number == 2
    assert search.search(Query(names=("OTHER NAME",)), NOW).candidates[0].rid == "XA-1"
    assert search.search(Query(names=("BAR TEST",)), NOW).suggestion is Suggestion.NONE
    with database.read() as connection:
        newest, oldest = store.versions(connection, NATIONAL)
        assert (newest.state, oldest.state) == ("current", "superseded")
        assert store.vessels_by_rid(connection, oldest.id, ["XA-1"]) == {"XA-1": BAR_TEST}
        assert [r.id for r in store.registers(connection)] == [NATIONAL]


def test_bad_rows_are_kept_aside_by_line(database: Database) -> None:
    report = imported(database, BAR_TEST, Reject(3, "it has no rid", ",X"))
    assert report.as_json()["rejects"] == [{"line": 3, "why": "it has no rid"}]
    with database.read() as connection:
        assert store.rejects_of(connection, report.version.id) == [Reject(3, "it has no rid", ",X")]


def test_nothing_of_an_import_is_seen_before_its_last_row(database: Database) -> None:
    imported(database, BAR_TEST)
    seen: list[int] = []

    def rows() -> Iterator[RegisterVessel]:
        for vessel in synthetic_register(4100, seed=2):
            if vessel.rid.endswith("4000"):
                seen.append(RegisterSearch(database).size())
                # The desk writes meanwhile.
                with database.write() as connection:
                    store.declare(connection, replace(KNOWN, name="written meanwhile"))
            yield vessel

    import_rows(database, KNOWN, rows(), now=NOW, as_of=None, sha256="2" * 64)
    assert seen == [1]
    assert RegisterSearch(database).size() == 4100


def test_an_import_that_breaks_off_leaves_the_old_version_and_is_cleared_later(database: Database) -> None:
    imported(database, BAR_TEST)

    def broken() -> Iterator[RegisterVessel]:
        yield from synthetic_register(2500, seed=2)
        raise RegisterUnreadable("line 2501 is torn")

    with pytest.raises(RegisterUnreadable, match="torn"):
        import_rows(database, KNOWN, broken(), now=NOW, as_of=None, sha256="2" * 64)
    assert RegisterSearch(database).size() == 1
    report = imported(database, BAR_TEST, sha256="3" * 64)
    with database.read() as connection:
        assert [v.state for v in store.versions(connection, NATIONAL)] == [
            "current",
            "abandoned",
            "superseded",
        ]
        assert list(store.all_names(connection, report.version.id - 1)) == []


def test_a_second_import_overtakes_the_first(database: Database) -> None:
    def overtaken() -> Iterator[RegisterVessel]:
        yield from synthetic_register(2100, seed=2)
        imported(database, BAR_TEST, sha256="5" * 64)

    with pytest.raises(ImportOvertaken):
        import_rows(database, KNOWN, overtaken(), now=NOW, as_of=None, sha256="4" * 64)
    assert RegisterSearch(database).size() == 1


def test_an_import_without_a_usable_row_changes_nothing(database: Database) -> None:
    imported(database, BAR_TEST)
    with pytest.raises(RegisterUnreadable, match="no usable row"):
        imported(database, Reject(2, "it has no rid", ""), sha256="6" * 64)
    assert RegisterSearch(database).size() == 1


def test_the_same_file_is_imported_once(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "register.csv.gz"
    write_register(path, synthetic_register(50, seed=1))
    first = import_register(database, KNOWN, Source(path), now=NOW, as_of="2026-11-01")
    again = import_register(database, KNOWN, Source(path), now=NOW, as_of="2026-11-01")
    assert (first.is_unchanged, again.is_unchanged) == (False, True)
    assert again.version == first.version
    assert not import_register(database, KNOWN, Source(path), now=NOW, as_of="2026-11-02").is_unchanged


def test_hostile_questions_reach_the_database_as_values(database: Database) -> None:
    imported(database, BAR_TEST)
    search = RegisterSearch(database)
    for hostile in (
        "'; DROP TABLE register_vessel; --",
        "\x00\u202e",
        "%' OR '1'='1",
        "BAR TEST " * 1200,
        "\ud800",
    ):
        query = Query((hostile,), (hostile,), *[hostile] * 10)
        assert search.search(query, NOW).suggestion is not Suggestion.FOUND_ONE
    assert search.size() == 1


def test_many_threads_search_while_a_version_changes(database: Database) -> None:
    imported(database, *synthetic_register(300, seed=1, specials=(BAR_TEST,)))
    search = RegisterSearch(database)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(10):
                outcome = search.search(Query(names=("BAR TEST",), imo=BAR_TEST.imo), NOW)
                assert outcome.candidates[0].rid == "XA-1"
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    imported(database, *synthetic_register(400, seed=2, specials=(BAR_TEST,)), sha256="7" * 64)
    for thread in threads:
        thread.join()
    assert failures == []
