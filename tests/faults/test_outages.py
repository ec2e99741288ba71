"""The database is away, full or busy for a while: the loop lives, goes on, and climbs no rung twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from cna_service.db.database import DatabaseUnavailable
from cna_service.worker.senders import Senders
from cna_service.workflow import deliver
from cna_service.workflow.deliver import Tried
from cna_service.workflow.fire import fire_due
from tests.database import PostgresServer
from tests.faults import rig
from tests.faults.conftest import Nursery
from tests.faults.outage import FULL, GONE, NOT_SERIAL, Outage, survives
from tests.faults.rig import Place
from tests.faults.station import Station
from tests.faults.test_database import until_answered
from tests.faults.witness import Witness, get, send

pytestmark = pytest.mark.faults


@pytest.fixture
def outage(station: Station) -> Outage:
    return Outage(station.service.database)


def _each_rung_once(station: Station, case: str, rungs: int) -> None:
    climbed = Counter(
        (e.body["alert"], e.body["rung"]) for e in station.entries(f"case:{case}", "rung.climbed")
    )
    assert set(climbed.values()) == {1} and len(climbed) == rungs, climbed
    texts = Counter(station.texts_to(rig.DUTY))
    assert max(texts.values()) == 1


def test_a_minute_without_database_loses_nobody_and_climbs_no_rung_twice(
    station: Station, outage: Outage
) -> None:
    case = station.receive()
    station.advance(100)
    outage.is_down = True
    for _ in range(60):
        station.world.advance_to(station.world.now() + rig.SECOND)
        survives(station.turn)
    refused = station.post(rig.submission(99), "key-99")
    assert refused is not None and refused.status == 503
    # The second rung fell due meanwhile.
    assert station.calls_to(rig.DUTY) == 0
    outage.is_down = False
    station.turn()
    assert station.calls_to(rig.DUTY) == 1
    _each_rung_once(station, case, 2)
    again = station.post(rig.submission(99), "key-99")
    assert again is not None and again.status == 201 and not again.is_replayed


@pytest.mark.parametrize("words", [FULL, NOT_SERIAL, GONE])
@pytest.mark.parametrize("of", ["claim", "result", "fire"])
def test_a_commit_that_fails_is_done_again(station: Station, outage: Outage, of: str, words: str) -> None:
    case = station.receive()
    if of == "fire":
        station.advance(119)
    outage.fail_commit(of, words)
    station.world.advance_to(station.world.now() + 2 * rig.SECOND)
    survives(station.turn)
    assert outage.failed == 1
    # A claim or a tick is done again at once; a result lost with its process waits for the lease, and is asked for.
    station.advance(17)
    _each_rung_once(station, case, 2 if of == "fire" else 1)
    kinds = station.types(f"case:{case}")
    assert kinds["alert.sent"] == len(station.sendings(case))


def test_a_result_waits_in_the_process_until_the_database_takes_it(station: Station, outage: Outage) -> None:
    """A mail cannot be asked for at its server: what is known to have gone must not go again."""
    case = station.receive()
    tried_to_record, recorded = Event(), Event()

    def record(many: Sequence[Tried]) -> None:
        tried_to_record.set()
        deliver.record(station.service, many, station.node)

    claimed = deliver.claim(station.service, station.node, 8)
    senders = Senders(4, lambda c: deliver.tried(station.service, station.running.outside, c), record)
    outage.fail_commit("result", FULL)
    for each in claimed:
        senders.take(each, recorded.set)
    assert recorded.wait(20) and tried_to_record.is_set() and outage.failed == 1
    senders.stop()
    [sms] = station.sendings(case)
    assert (sms["tries"], sms["lease_by"]) == (1, None)
    station.advance(20)
    assert len(station.texts_to(rig.DUTY)) == 1


def test_when_every_connection_is_in_use_the_tick_says_so_and_goes_on_later(station: Station) -> None:
    case = station.receive()
    station.turn()
    station.world.advance_to(station.world.now() + 121 * rig.SECOND)
    engine = station.service.database.engine
    engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    held: list[Connection] = []
    with pytest.raises(NoConnectionFree):
        held.extend(engine.connect() for _ in range(200))
    with pytest.raises(DatabaseUnavailable):
        fire_due(station.service)
    refused = station.post(rig.submission(99), "key-99")
    assert refused is not None and refused.status == 503
    for connection in held:
        connection.close()
    station.turn()
    _each_rung_once(station, case, 2)


@pytest.mark.postgres
def test_a_database_that_is_started_again_finds_the_desk_at_work(tmp_path: Path, nursery: Nursery) -> None:
    server = PostgresServer()
    server.start()
    try:
        with rig.a_company() as company:
            url = server.url(server.fresh())
            port = rig.free_port()
            place = Place(str(tmp_path / "desk"), url, f"http://127.0.0.1:{port}", company.base_url)
            token = rig.begin(place)
            nursery.start(place)
            first = send(place, token, rig.submission(0), "key-0")
            assert first is not None and first.status == 201
            server.restart(down_for=0.5)
            cases = [first.case, until_answered(place, token, 1)]
            witness = Witness(place, company)
            witness.wait_until_quiet()
            for case in cases:
                [sms, *_] = witness.sendings(case)
                assert witness.texts()[sms["content"]["text"]] == 1
                assert witness.types(case)["rung.climbed"] == 1
            assert get(place, "/readyz")[0] == 200
            witness.close()
            nursery.end_all()
    finally:
        server.stop()
