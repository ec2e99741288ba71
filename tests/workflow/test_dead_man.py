"""The dead-man signal: given each minute while the desk could wake somebody, else not (desk-rules 13.1, 11.3)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from cna_service.kit.second_clock import SecondClock
from cna_service.worker.dead_man import DeadMan
from cna_service.worker.loop import Heartbeats, Loop
from cna_service.worker.monitor_http import MonitorHttp
from cna_service.workflow.monitor import RehearsalGoesOn, begin_rehearsal, note_rehearsal
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import DESK
from cna_service.workflow.status import status
from cna_service.workflow.status_watching import Seen
from tests.workflow.desk import LiveDesk
from tests.workflow.station import minutes
from tests.workflow.stub_monitor import StubMonitor, a_monitor


@pytest.fixture
def monitor() -> Iterator[StubMonitor]:
    with a_monitor() as stub:
        yield stub


@dataclass
class Ticking:
    """An engine whose last tick was so many seconds ago."""

    seconds: float | None = 0.5
    names: list[str] = field(default_factory=list)

    def age(self, duty: str) -> float | None:
        self.names.append(duty)
        return self.seconds


@dataclass
class Signal:
    desk: LiveDesk
    dead_man: DeadMan
    stub: StubMonitor
    engine: Ticking

    def minutes_pass(self, count: int) -> list[str]:
        """What the monitor heard in these minutes."""
        before = len(self.stub.heard)
        for _ in range(count):
            self.desk.clock.at += minutes(1)
            self.dead_man.minute()
        return self.stub.since(before)


@pytest.fixture
def signal(desk: LiveDesk, monitor: StubMonitor) -> Iterator[Signal]:
    """A desk that has just called somebody, and gives its signal."""
    engine = Ticking()
    dead_man = DeadMan(desk.service, engine, MonitorHttp(monitor.url, SecondClock(desk.clock)))
    desk.receive()
    desk.settle()
    dead_man.minute()
    assert monitor.heard == ["/start", ""]
    yield Signal(desk, dead_man, monitor, engine)
    dead_man.close()


def test_rule_13_1_a_signal_each_minute_and_nothing_in_it(signal: Signal) -> None:
    assert signal.minutes_pass(3) == ["", "", ""]
    assert set(signal.stub.said) == {""}
    assert signal.dead_man.last.word == "success"


def test_rule_13_1_silent_for_three_minutes_when_the_engine_hangs(signal: Signal) -> None:
    """The first minute is silence alone: a database that restarts must ring nobody."""
    signal.engine.seconds = 60
    assert signal.minutes_pass(3) == ["/fail", "/fail"]
    assert signal.stub.said[-1] == "engine"
    signal.engine.seconds = 0.2
    assert signal.minutes_pass(1) == [""]


def test_rule_13_1_no_signal_when_no_channel_proved_itself(signal: Signal) -> None:
    assert "" in signal.minutes_pass(15)
    assert signal.minutes_pass(3) == ["/fail", "/fail"]
    assert signal.stub.said[-1] == "no-proof"
    signal.desk.receive(requester_reference="MRCC-78/26")
    signal.desk.settle()
    assert signal.minutes_pass(1) == [""]


def test_rule_13_1_no_signal_when_nobody_has_the_watch(signal: Signal) -> None:
    disable_officer(
        signal.desk.service, signal.desk.officer("admin-1"), {"officer": "duty-1", "reason": "left"}
    )
    assert "" not in signal.minutes_pass(3)
    assert "duty-1" not in " ".join(signal.stub.said)


def test_rule_13_1_a_database_that_is_gone_stops_the_signal(signal: Signal) -> None:
    path = signal.desk.service.database.path
    assert path is not None
    signal.desk.service.database.close()
    path.rename(path.with_suffix(".gone"))
    path.mkdir()
    try:
        assert "" not in signal.minutes_pass(3)
    finally:
        path.rmdir()
        path.with_suffix(".gone").rename(path)
    assert signal.minutes_pass(1) == [""]


def test_a_monitor_out_of_reach_is_said_on_every_page(signal: Signal, monitor: StubMonitor) -> None:
    monitor.status = 503
    signal.minutes_pass(4)
    assert signal.dead_man.last.codes == ("http-503",)

    class Engine:
        beats = Heartbeats(signal.desk.clock)
        is_late = False
        seen = Seen(signals=(signal.dead_man.last,))

    found = status(signal.desk.service, Engine())
    assert [t.code for t in found.degraded] == ["monitor-unreachable"]
    assert "secret-uuid" not in " ".join(found.words)
    monitor.status = 200
    assert signal.minutes_pass(1) == [""]
    assert signal.dead_man.last.unreachable_since is None


def test_a_monitor_that_hangs_delays_nothing_else(signal: Signal, monitor: StubMonitor) -> None:
    """It is asked from a thread of its own, and the desk's own loop goes on beside it."""
    monitor.hold.clear()
    beats = Heartbeats(signal.desk.clock)
    ticks: list[int] = []
    is_enough = threading.Event()

    def tick() -> bool:
        ticks.append(1)
        if len(ticks) == 5:
            is_enough.set()
        return not is_enough.is_set()

    hanging = Loop("signal-0", signal.dead_man.minute, beats, every=60)
    ticking = Loop("tick", tick, beats, every=60)
    hanging.start()
    ticking.start()
    assert is_enough.wait(20)
    assert ticking.stop()
    assert beats.last_at("signal-0") is None
    monitor.hold.set()
    assert hanging.stop(20)


def test_rule_11_3_a_rehearsal_stops_the_signal_on_purpose_and_ends_by_itself(signal: Signal) -> None:
    admin = signal.desk.officer("admin-1")
    begin_rehearsal(signal.desk.service, admin, {"minutes": 5})
    assert signal.minutes_pass(4) == []
    assert [t.code for t in status(signal.desk.service).degraded] == ["monitor-rehearsal"]
    with pytest.raises(RehearsalGoesOn):
        begin_rehearsal(signal.desk.service, admin, {"minutes": 5})
    assert signal.minutes_pass(2) == ["", ""]
    assert status(signal.desk.service).degraded == ()


def test_rule_11_3_who_saw_it_ring_says_so_and_the_signal_goes_on(signal: Signal) -> None:
    admin = signal.desk.officer("admin-1")
    begin_rehearsal(signal.desk.service, admin, {"minutes": 30})
    assert signal.minutes_pass(2) == []
    note_rehearsal(signal.desk.service, admin, {"rang": True, "reached": ["Lt Example", "Cdr Example"]})
    assert signal.minutes_pass(1) == [""]
    entry = signal.desk.last(DESK, "monitor.rehearsed")
    assert entry.body["count"] == 2 and entry.actor["id"] == "admin-1"
