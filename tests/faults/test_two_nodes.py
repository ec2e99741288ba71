"""Two nodes on one PostgreSQL: each ticks, sends and seals; nothing is done twice, and nobody waits for nobody."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, text

from cna_service import bootstrap
from cna_service.db.notices import Notices
from cna_service.identity.actors import Actor
from cna_service.kit.errors import ServiceError
from cna_service.settings import Settings
from cna_service.worker.loop import Heartbeats, Loop
from cna_service.workflow import deliver
from cna_service.workflow.alerts import acknowledge_alert, next_rung
from cna_service.workflow.fire import fire_due
from cna_service.workflow.projections import ALERTS, DESK, OFFICERS
from cna_service.workflow.service import Service
from cna_service.workflow.verification import verify
from tests.faults import rig
from tests.faults.rig import Place
from tests.faults.station import served
from tests.faults.witness import Witness, send

pytestmark = [pytest.mark.faults, pytest.mark.postgres]

CASES = 24
_DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def hasty_config(folder: Path) -> str:
    """The shipped ladders, whose rungs come after a hundredth of the time: a second or two apart."""
    shutil.copytree(bootstrap.config_folder(Settings()), folder)
    ladders = folder / "ladders.toml"
    hasty = re.sub(r"(\{ after_seconds = [1-9])\d{2}\b", r"\1", ladders.read_text())
    ladders.write_text(hasty)
    return str(folder)


def officer(service: Service) -> Actor:
    with service.read() as reader:
        return (
            reader.stream(DESK)
            .of(OFFICERS)
            .find("duty-1")
            .actor(service.clock.now(), signed_in={"by": "password"})
        )


def test_ticks_and_commands_on_the_same_streams_meet_no_deadlock(
    fresh_postgres_url: Callable[[], str], tmp_path: Path
) -> None:
    url = fresh_postgres_url()
    with rig.a_company() as company:
        port = rig.free_port()
        public = f"http://127.0.0.1:{port}"
        place = Place(
            str(tmp_path / "desk"), url, public, company.base_url, hasty_config(tmp_path / "config")
        )
        token = rig.begin(place)
        nodes = [rig.build(place), rig.build(place)]
        witness = Witness(place, company)
        with served(nodes[0], port):
            for node in nodes:
                node.start()
            cases: list[str] = []

            def submitting(begin: int) -> None:
                for n in range(begin, CASES, 2):
                    answer = send(place, token, rig.submission(n), f"key-{n}")
                    assert answer is not None and answer.status == 201
                    cases.append(answer.case)

            def ticking(service: Service) -> None:
                while len(cases) < CASES:
                    fire_due(service)

            def answering(seed: int) -> None:
                random, service = Random(seed), nodes[seed % 2].service
                me = officer(service)
                while len(cases) < CASES:
                    _act_on(service, me, random, list(cases))

            with ThreadPoolExecutor(6) as pool:
                work = [pool.submit(submitting, k) for k in (0, 1)]
                work += [pool.submit(ticking, node.service) for node in nodes]
                work += [pool.submit(answering, seed) for seed in (0, 1)]
                for each in work:
                    each.result(60)
            for case in cases:
                _take_all(nodes[0].service, officer(nodes[0].service), case)
            witness.wait_until_quiet()
            for node in nodes:
                node.stop()
        _once_each(witness, cases)
        witness.close()
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(_DEADLOCKS).scalar_one() == 0
        engine.dispose()
        running = rig.build(place)
        report = verify(running.service)
        running.stop()
        assert report.exit_code == 0, report.words()


def _act_on(service: Service, me: Actor, random: Random, cases: list[str]) -> None:
    if not cases:
        time.sleep(0.001)
        return
    stream = f"case:{random.choice(cases)}"
    act = random.choice([acknowledge_alert, next_rung])
    with service.read() as reader:
        alerts = list(reader.stream(stream).of(ALERTS).open)
    for alert in alerts[:1]:
        try:
            act(service, me, stream, alert.id)
        except ServiceError:
            # Somebody else was faster: he holds it, or it is closed.
            continue


def _take_all(service: Service, me: Actor, case: str) -> None:
    with service.read() as reader:
        alerts = [a for a in reader.stream(f"case:{case}").of(ALERTS).open if a.is_climbing]
    for alert in alerts:
        try:
            acknowledge_alert(service, me, f"case:{case}", alert.id)
        except ServiceError:
            continue


def _once_each(witness: Witness, cases: list[str]) -> None:
    assert len(set(cases)) == CASES
    assert witness.repeats() == 0
    for case in cases:
        rows = witness.sendings(case)
        assert rows and rows[0]["state"] in ("accepted", "delivered", "superseded")
        texts = Counter(
            r["content"]["text"] for r in rows if r["channel"] == "sms" and r["state"] == "delivered"
        )
        assert all(witness.texts()[words] == n for words, n in texts.items())


_END_THE_LINES = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND query IN ('LISTEN \"cna_asked\"', 'NOTIFY \"cna_asked\"', 'SELECT 1')"
)


def test_a_node_hears_of_what_another_asked_for_and_after_its_line_broke_too(
    fresh_postgres_url: Callable[[], str], tmp_path: Path
) -> None:
    """The node that sends looks by itself only once a minute here: what comes sooner came by the line."""
    url = fresh_postgres_url()
    with rig.a_company() as company:
        port = rig.free_port()
        place = Place(str(tmp_path / "desk"), url, f"http://127.0.0.1:{port}", company.base_url)
        token = rig.begin(place)
        web, sender = rig.build(place), rig.build(place)

        def dispatch() -> bool:
            for claimed in deliver.claim(sender.service, "sender", 8):
                deliver.send(sender.service, sender.outside, claimed, "sender")
            return False

        loop = Loop("send", dispatch, Heartbeats(sender.service.machine), every=60.0)
        lines = [
            Notices(web.service.database.url, lambda: None),
            Notices(web.service.database.url, loop.wake),
        ]
        web.service.wakes.tell_nodes(lines[0].tell)
        witness = Witness(place, company)
        with served(web, port):
            loop.start()
            for line in lines:
                line.start()
                assert line.listening.wait(20)
            _arrives(witness, place, token, 0)
            admin = create_engine(url, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                assert connection.execute(_END_THE_LINES).scalar_one() >= 2
            admin.dispose()
            _arrives(witness, place, token, 1)
            for line in lines:
                line.stop()
            loop.stop()
        witness.close()
        web.stop()
        sender.outside.telephony.close()  # type: ignore[union-attr]
        sender.service.database.close()


def _arrives(witness: Witness, place: Place, token: str, n: int) -> None:
    answer = send(place, token, rig.submission(n), f"key-{n}")
    assert answer is not None and answer.status == 201
    [sms, *_] = witness.sendings(answer.case)
    witness.wait_until(lambda _: witness.texts()[sms["content"]["text"]] == 1)
