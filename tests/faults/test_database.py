"""The database fails: what is lost (nothing), what the sender is told, and that the desk goes on by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cna_service.db.database import Database, DatabaseUnavailable, ping
from cna_service.db.types import Instant
from cna_service.escalation import entry_types
from cna_service.identity.actors import SERVICE
from cna_service.kit.clock import SystemClock
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import TYPES
from tests.faults import rig
from tests.faults.conftest import Life, Nursery
from tests.faults.deaths import AFTER_CLAIM
from tests.faults.nursery import LEASE
from tests.faults.rig import Place
from tests.faults.station import Station, a_station
from tests.faults.witness import Witness, get, send

pytestmark = pytest.mark.faults

_TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def poison(station: Station, case: str) -> None:
    """An entry of a type that this build knows, in a shape that no build ever wrote: every fold of it raises."""
    stream, service = f"case:{case}", station.service
    kind = next(t for t in entry_types.ENTRY_TYPES if t.name == "rung.climbed")
    assert TYPES.get(kind.name, kind.v) is kind
    [alert] = [e.body["alert"] for e in station.entries(stream, "alert.raised")]
    with service.database.write() as connection:
        head = store.head(connection, stream)
        assert head is not None
        stamp = service.stamp(SERVICE, service.clock.now())
        store.append(connection, kind, Draft(kind.name, {"alert": alert}), stream, head, stamp)


def test_a_poisoned_stream_stops_no_other_and_alerts_the_administrator_after_three(station: Station) -> None:
    bad, good = station.receive(), station.receive()
    station.turn()
    poison(station, bad)
    station.advance(119)
    assert station.types(f"case:{good}")["rung.climbed"] == 1
    station.advance(3)
    assert station.types(f"case:{good}")["rung.climbed"] == 2
    assert station.texts_to(rig.ADMINISTRATOR) == []
    # Put back by a minute each time: the third failure is told, once.
    station.advance(59 + 61)
    assert [e.body["kind"] for e in station.entries("desk", "alert.raised")] == ["desk_trouble"]
    assert len(station.texts_to(rig.ADMINISTRATOR)) == 1
    station.advance(130)
    assert len(station.entries("desk", "alert.raised")) == 1


@pytest.mark.postgres
def test_terminated_connections_are_opened_again_and_nobody_is_lost(
    fresh_postgres_url: Callable[[], str], tmp_path: Path, nursery: Nursery
) -> None:
    with rig.a_company() as company:
        url = fresh_postgres_url()
        place = Place(str(tmp_path / "desk"), url, f"http://127.0.0.1:{rig.free_port()}", company.base_url)
        token = rig.begin(place)
        nursery.start(place)
        witness = Witness(place, company)
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        for n in range(10):
            with admin.connect() as connection:
                connection.execute(text(_TERMINATE))
            answer = until_answered(place, token, n)
            witness.close()
            witness = Witness(place, company)
            witness.wait_until_quiet()
            [first, *_] = witness.sendings(answer)
            assert witness.texts()[first["content"]["text"]] >= 1
        assert get(place, "/readyz")[0] == 200
        witness.close()
        admin.dispose()


def until_answered(place: Place, token: str, n: int) -> str:
    """A sender repeats with the same key, as the 503 asks him to."""
    clock = SystemClock()
    until = clock.monotonic() + 20
    while clock.monotonic() < until:
        answer = send(place, token, rig.submission(n), f"key-{n}")
        assert answer is not None and answer.status in (201, 503), answer
        if answer.status == 201:
            return answer.case
        time.sleep(0.1)
    raise AssertionError("the desk did not come back within 20 s")


def test_a_database_that_cannot_be_written_is_503_and_says_that_nothing_was_kept(
    database_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    with rig.a_company() as company:
        place = Place(
            str(tmp_path / "desk"), database_url, f"http://127.0.0.1:{rig.free_port()}", company.base_url
        )
        token = rig.begin(place)
        life = nursery.start(place)
        witness = Witness(place, company)
        assert send(place, token, rig.submission(0), "key-0").status == 201  # type: ignore[union-attr]
        witness.wait_until_quiet()
        _fill(life, place, is_full=True)
        refused = send(place, token, rig.submission(1), "key-1")
        assert refused is not None and refused.status == 503
        told = json.loads(refused.body)
        assert told["kept"] is False and told["telephone"] == rig.NUMBER and len(told["sha256"]) == 64
        status, ready = get(place, "/readyz")
        assert status == 503 and ready["why"][0]["code"] == "database-unavailable"
        # Whoever reads is still served.
        assert get(place, "/openapi")[0] == 404
        _fill(life, place, is_full=False)
        case = until_answered(place, token, 1)
        witness.wait_until_quiet()
        assert len(witness.sendings(case)) == 1
        assert get(place, "/readyz")[0] == 200
        witness.close()


def _fill(life: Life, place: Place, *, is_full: bool) -> None:
    """SQLite: no file of the desk's process may grow or be written past its first page, as on a full disk.
    PostgreSQL: the server takes no writes, as when its disk is full or it is a standby."""
    if place.database_url.startswith("sqlite"):
        life.order("full" if is_full else "room")
        return
    admin = create_engine(place.database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        value = "on" if is_full else "off"
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}'))
        connection.execute(text(_TERMINATE))
    admin.dispose()


@pytest.mark.postgres
def test_when_one_of_two_nodes_dies_the_other_sends(
    fresh_postgres_url: Callable[[], str], tmp_path: Path, nursery: Nursery
) -> None:
    clock = SystemClock()
    with rig.a_company() as company:
        url = fresh_postgres_url()
        first = Place(str(tmp_path / "desk"), url, f"http://127.0.0.1:{rig.free_port()}", company.base_url)
        second = Place(first.data, url, f"http://127.0.0.1:{rig.free_port()}", company.base_url)
        token = rig.begin(first)
        doomed, _ = nursery.start(first), nursery.start(second)
        witness = Witness(first, company)
        witness.wait_until_quiet()
        doomed.arm(AFTER_CLAIM)
        for n in range(50):
            if send(first, token, rig.submission(n), f"key-{n}") is None or doomed.is_over():
                break
            witness.wait_until_quiet()
        doomed.death()
        died = clock.monotonic()
        witness.wait_until_quiet()
        assert clock.monotonic() - died < LEASE.total_seconds() + 2
        assert witness.repeats() == 1
        assert max(witness.texts().values()) == 1
        witness.close()


def test_an_outage_while_reading_is_told_as_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'absent' / 'desk.sqlite3'}")
    for use in (database.read, database.write):
        with pytest.raises(DatabaseUnavailable), use() as connection:
            connection.execute(text("SELECT 1"))
    with pytest.raises(DatabaseUnavailable):
        ping(database)


def test_the_station_goes_on_after_an_outage(tmp_path: Path, database_url: str) -> None:
    """What was claimed when the database went away is asked for at the provider, and recorded once."""
    with a_station(database_url, tmp_path) as station:
        case = station.receive()
        with station.service.database.write() as connection:
            connection.execute(
                text(
                    "UPDATE outbox SET state = 'sending', lease_by = 'gone', lease_until = :until, tries = 1"
                ),
                {"until": _stored(station, station.clock.now() + timedelta(seconds=15))},
            )
        station.advance(14)
        assert station.texts_to(rig.DUTY) == []
        station.advance(2)
        assert len(station.texts_to(rig.DUTY)) == 1
        assert station.types(f"case:{case}")["alert.sent"] == 1


def _stored(station: Station, at: object) -> object:
    dialect = station.service.database.engine.dialect
    return Instant().process_bind_param(at, dialect)  # type: ignore[arg-type]
