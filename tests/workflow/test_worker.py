"""The threads together: ready after the first clean tick, the signal from a thread of its own, an end in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cna_service.db import watchdog
from cna_service.kit.clock import SystemClock
from cna_service.kit.second_clock import SecondClock
from cna_service.ledger.sequencer import Sequencer
from cna_service.worker.monitor_http import MonitorHttp
from cna_service.worker.worker import TICK, Worker
from cna_service.workflow.outside import Outside
from cna_service.workflow.status import status
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import SIGNER, desk_facts, fresh_sqlite
from tests.workflow.stub_monitor import StubMonitor, a_monitor


@pytest.fixture
def monitor() -> Iterator[StubMonitor]:
    with a_monitor() as stub:
        yield stub


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as one:
        yield one


@contextmanager
def a_worker(desk: LiveDesk, monitor: StubMonitor) -> Iterator[Worker]:
    sequencer = Sequencer(desk.service.database, desk.service.desk.log_origin, SIGNER)
    heard = SecondClock(SystemClock())
    worker = Worker(
        desk.service,
        Outside(desk.exchange, desk.postbox),
        sequencer,
        seat="here:8000",
        monitors=[MonitorHttp(monitor.url, heard, name="monitor-1")],
    )
    yield worker
    worker.stop()


def test_readiness_is_green_only_after_the_first_clean_tick(desk: LiveDesk, monitor: StubMonitor) -> None:
    with a_worker(desk, monitor) as worker:
        before = status(desk.service, worker, probe=False)
        assert [t.code for t in before.why] == ["engine-late"]
        ticked = desk.service.wakes
        worker.start()
        while worker.beats.age(TICK) is None:
            ticked.wake()
        assert status(desk.service, worker).ready


def test_the_signal_is_given_and_the_node_says_that_it_is_alive(desk: LiveDesk, monitor: StubMonitor) -> None:
    desk.receive()
    desk.settle()
    with a_worker(desk, monitor) as worker:
        worker.start()
        assert monitor.was_heard.acquire(timeout=20)
        assert monitor.was_heard.acquire(timeout=20)
        while worker.beats.age("watch") is None:
            worker.wake()
        with desk.service.database.read() as connection:
            node = watchdog.node_named(connection, "here:8000")
        assert node is not None and node.stopped_at is None
    assert monitor.heard[0] == "/start" and len(monitor.heard) >= 2
    with desk.service.database.read() as connection:
        node = watchdog.node_named(connection, "here:8000")
    assert node is not None and node.stopped_at is not None


def test_a_monitor_that_hangs_does_not_keep_the_desk_from_stopping(
    desk: LiveDesk, monitor: StubMonitor
) -> None:
    monitor.hold.clear()
    with a_worker(desk, monitor) as worker:
        worker.start()
        assert monitor.was_heard.acquire(timeout=20)
        while worker.beats.age(TICK) is None:
            worker.wake()
        worker.stop()
        assert not monitor.hold.is_set(), "it hangs still, and the desk has stopped"
