"""Nodes that see each other, outside jobs that are missed, housekeeping that is done once, threads begun anew."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger

from cna_service.identity.rules import NotPermitted
from cna_service.kit.clock import SystemClock
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.worker.calendar import Calendar, newest_period
from cna_service.worker.housekeeping import DUTIES, Duty
from cna_service.worker.loop import Heartbeats, Loop
from cna_service.workflow import nodes
from cna_service.workflow.clock_skew import SkewWatch
from cna_service.workflow.heartbeats import (
    HeartbeatNotFound,
    expect_heartbeat,
    hear,
    jobs,
    look_for_late,
    mute_heartbeat,
    remove_heartbeat,
)
from cna_service.workflow.nodes import Neighbours
from cna_service.workflow.projections import DESK
from cna_service.workflow.service import Service
from cna_service.workflow.status import status
from cna_service.workflow.status_watching import Seen
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0, minutes


def test_a_node_gone_for_three_minutes_is_told_once_and_its_return_ends_it(either_desk: LiveDesk) -> None:
    desk, here, there = either_desk, Neighbours("a:8000"), Neighbours("b:8000")
    nodes.begin(desk.service, "a:8000")
    nodes.begin(desk.service, "b:8000")
    for _ in range(4):
        assert nodes.look(desk.service, here) == []
        desk.clock.at += minutes(1)
        nodes.beat(desk.service, "a:8000", {"tick": 0.31})
    assert nodes.look(desk.service, here) == ["b:8000"]
    nodes.beat(desk.service, "a:8000", {})
    assert nodes.look(desk.service, here) == ["b:8000"]
    desk.settle()
    silent = [e for e in desk.entries(DESK) if e.type == "node.silent"]
    assert [(e.body["node"], e.body["seen_by"]) for e in silent] == [("b:8000", "a:8000")]
    desk.person("admin-1").receives_sms(containing="a node of the desk is silent")
    # It only hung.
    nodes.beat(desk.service, "b:8000", {})
    assert nodes.look(desk.service, here) == [] == nodes.look(desk.service, there)
    assert desk.last(DESK, "node.returned").body["node"] == "b:8000"
    assert not desk.alerts(DESK).open
    desk.forget_messages()


def test_a_node_that_was_told_to_stop_worries_nobody(desk: LiveDesk) -> None:
    here = Neighbours("a:8000")
    nodes.begin(desk.service, "b:8000")
    nodes.look(desk.service, here)
    nodes.end(desk.service, "b:8000")
    desk.clock.at += minutes(30)
    assert nodes.look(desk.service, here) == []
    nodes.begin(desk.service, "b:8000")
    assert "node.returned" not in desk.types(DESK)


def test_a_node_that_was_replaced_is_off_the_pages_after_a_day(desk: LiveDesk) -> None:
    here = Neighbours("a:8000")
    nodes.begin(desk.service, "b:8000")
    nodes.look(desk.service, here)
    desk.clock.at += minutes(4)
    assert nodes.look(desk.service, here) == ["b:8000"]
    desk.clock.at += timedelta(hours=25)
    assert nodes.look(desk.service, here) == []
    assert desk.types(DESK).count("node.silent") == 1
    desk.clock.at += timedelta(days=7)
    nodes.forget_old(desk.service)
    nodes.begin(desk.service, "b:8000")
    assert "b:8000" not in nodes.look(desk.service, Neighbours("a:8000"))


def test_a_desk_that_was_killed_and_comes_back_says_how_long_it_was_dark(desk: LiveDesk) -> None:
    nodes.begin(desk.service, "a:8000")
    nodes.beat(desk.service, "a:8000", {})
    desk.clock.at += minutes(41)
    nodes.begin(desk.service, "a:8000")
    entry = desk.last(DESK, "node.returned")
    assert entry.body["last_at"] == to_text(T0)
    assert entry.recorded_at - T0 == minutes(41)


def test_a_silence_is_measured_by_the_finder_s_own_clock(desk: LiveDesk) -> None:
    """A node whose clock is an hour behind writes old instants, and is alive."""
    here = Neighbours("a:8000")
    nodes.begin(desk.service, "b:8000")
    for n in range(8):
        desk.clock.at = T0 - minutes(60) + minutes(n)
        nodes.beat(desk.service, "b:8000", {})
        desk.clock.at = T0 + minutes(n)
        assert nodes.look(desk.service, here) == []


def test_an_outside_job_that_is_late_is_told_once_and_heard_again(either_desk: LiveDesk) -> None:
    desk = either_desk
    admin = desk.officer("admin-1")
    name, token = expect_heartbeat(
        desk.service, admin, {"name": "backup-copy", "every_minutes": 60, "grace_minutes": 10}
    )
    assert hear(desk.service, name, token) == T0 + minutes(70)
    desk.clock.at += minutes(70)
    assert look_for_late(desk.service) == []
    desk.clock.at += minutes(1)
    assert look_for_late(desk.service) == ["backup-copy"] == look_for_late(desk.service)
    desk.settle()
    desk.person("admin-1").receives_sms(containing="an outside job is late")
    assert desk.types(DESK).count("heartbeat.late") == 1
    [job] = jobs(desk.service)
    assert job.expected.is_late
    hear(desk.service, name, token)
    assert look_for_late(desk.service) == []
    assert desk.types(DESK).count("heartbeat.returned") == 1
    assert not desk.alerts(DESK).open
    # Heard in time, it leaves no entry.
    before = len(desk.entries(DESK))
    hear(desk.service, name, token)
    assert len(desk.entries(DESK)) == before
    desk.forget_messages()


def test_a_mute_has_an_end_and_after_it_a_job_still_late_is_told(desk: LiveDesk) -> None:
    admin = desk.officer("admin-1")
    name, _ = expect_heartbeat(desk.service, admin, {"name": "mail", "every_minutes": 5, "grace_minutes": 0})
    mute_heartbeat(
        desk.service, admin, name, {"until": to_text(T0 + minutes(60)), "reason": "The server is moved."}
    )
    desk.clock.at += minutes(10)
    assert look_for_late(desk.service) == []
    desk.settle()
    desk.nobody_else_was_called()
    assert "heartbeat.late" in desk.types(DESK)
    desk.clock.at += minutes(50.1)
    assert look_for_late(desk.service) == ["mail"]
    desk.settle()
    desk.person("admin-1").receives_sms(containing="an outside job is late")
    desk.forget_messages()


def test_a_mute_without_an_end_or_for_ever_is_refused_with_every_field(desk: LiveDesk) -> None:
    admin = desk.officer("admin-1")
    expect_heartbeat(desk.service, admin, {"name": "mail", "every_minutes": 5})
    with pytest.raises(Invalid) as refused:
        mute_heartbeat(desk.service, admin, "mail", {"until": to_text(T0 + minutes(60 * 24 * 31))})
    assert {p.pointer for p in refused.value.problems} == {"/until", "/reason"}
    with pytest.raises(Invalid) as refused:
        expect_heartbeat(desk.service, admin, {"name": "Mail box", "every_minutes": 0, "grace": 1})
    assert {p.pointer for p in refused.value.problems} == {"/name", "/every_minutes", "/grace"}
    with pytest.raises(NotPermitted):
        remove_heartbeat(desk.service, desk.officer("duty-1"), "mail")


def test_a_wrong_token_learns_nothing_and_changes_nothing(desk: LiveDesk) -> None:
    admin = desk.officer("admin-1")
    name, token = expect_heartbeat(desk.service, admin, {"name": "mail", "every_minutes": 5})
    answers = set()
    for asked, secret in ((name, "wrong"), (name, ""), ("no-such-job", token)):
        with pytest.raises(HeartbeatNotFound) as refused:
            hear(desk.service, asked, secret)
        answers.add(refused.value.detail)
    assert len(answers) == 1
    [job] = jobs(desk.service)
    assert job.count == 0
    _, newer = expect_heartbeat(desk.service, admin, {"name": "mail", "every_minutes": 5})
    with pytest.raises(HeartbeatNotFound):
        hear(desk.service, name, token)
    hear(desk.service, name, newer)
    remove_heartbeat(desk.service, admin, name)
    assert jobs(desk.service) == []


DAILY = CronTrigger(hour=2, minute=17, timezone="UTC")


class Kept:
    """A duty that counts, and fails while it is told to."""

    def __init__(self, trigger: CronTrigger = DAILY) -> None:
        self.count = 0
        self.is_broken = False
        self.duty = Duty("kept", trigger, self.act)

    def act(self, _: Service) -> None:
        if self.is_broken:
            raise RuntimeError("broken")
        self.count += 1


def test_housekeeping_missed_while_the_desk_was_down_is_done_once_at_the_start(either_desk: LiveDesk) -> None:
    desk, kept = either_desk, Kept()

    def start() -> None:
        Calendar(desk.service, Heartbeats(desk.clock), [kept.duty]).catch_up()

    start()
    assert kept.count == 0, "of a desk that never did it nothing was missed"
    desk.clock.at += timedelta(days=3)
    start()
    start()
    assert kept.count == 1
    desk.clock.at += timedelta(hours=1)
    start()
    assert kept.count == 1
    desk.clock.at += timedelta(days=1)
    start()
    assert kept.count == 2


def test_two_nodes_do_it_once(either_desk: LiveDesk) -> None:
    desk, kept = either_desk, Kept()
    one, other = (Calendar(desk.service, Heartbeats(desk.clock), [kept.duty]) for _ in range(2))
    one.catch_up()
    desk.clock.at += timedelta(days=1)
    threads = [threading.Thread(target=each.catch_up) for each in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.count == 1


def test_a_duty_that_raises_is_counted_told_and_tried_again(desk: LiveDesk) -> None:
    kept, beats = Kept(), Heartbeats(desk.clock)
    calendar = Calendar(desk.service, beats, [kept.duty])
    calendar.catch_up()
    desk.clock.at += timedelta(days=1)
    kept.is_broken = True
    for _ in range(5):
        calendar.catch_up()
    assert beats.failures("kept") == 5
    desk.settle()
    desk.person("admin-1").receives_sms(containing="the desk needs repair")

    class Engine:
        is_late = False
        seen = Seen()

    engine = Engine()
    engine.beats = beats  # type: ignore[attr-defined]
    assert [t.code for t in status(desk.service, engine).degraded] == ["duty-failing"]  # type: ignore[arg-type]
    kept.is_broken = False
    calendar.catch_up()
    assert kept.count == 1
    assert status(desk.service, engine).degraded == ()  # type: ignore[arg-type]
    desk.forget_messages()


def test_a_duty_of_a_clock_that_said_2031_is_not_put_off_until_then(desk: LiveDesk) -> None:
    kept = Kept()
    calendar = Calendar(desk.service, Heartbeats(desk.clock), [kept.duty])
    calendar.catch_up()
    desk.clock.at += timedelta(days=5 * 365)
    calendar.catch_up()
    desk.clock.at -= timedelta(days=5 * 365)
    desk.clock.at += timedelta(days=1)
    calendar.catch_up()
    assert kept.count == 2


@pytest.mark.parametrize("duty", DUTIES, ids=lambda d: d.name)
def test_every_duty_of_the_calendar_has_a_newest_period(duty: Duty) -> None:
    if isinstance(duty.trigger, CronTrigger):
        found = newest_period(duty.trigger, T0)
        assert found is not None and found <= T0


def test_each_duty_is_late_by_its_own_allowed_age(desk: LiveDesk) -> None:
    beats = Heartbeats(desk.clock)
    beats.expect("tick", timedelta(seconds=10))
    beats.expect("verify", timedelta(hours=26))
    beats.beat("tick")
    desk.clock.at += timedelta(seconds=11)
    assert [late.duty for late in beats.late()] == ["tick"]
    desk.clock.at += timedelta(hours=26)
    assert {late.duty for late in beats.late()} == {"tick", "verify"}
    beats.beat("verify")
    assert [late.duty for late in beats.late()] == ["tick"]

    class Engine:
        is_late = False
        seen = Seen()

    engine = Engine()
    engine.beats = beats  # type: ignore[attr-defined]
    desk.clock.at += timedelta(hours=27)
    [trouble] = status(desk.service, engine).degraded  # type: ignore[arg-type]
    assert trouble.code == "duty-late"
    assert trouble.words.startswith(
        "The daily verification of the log has not been done for 27 h; 26 h are allowed."
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_is_begun_anew(desk: LiveDesk) -> None:
    beats, ran = Heartbeats(desk.clock), threading.Semaphore(0)
    dies = [True]

    def duty() -> bool:
        ran.release()
        if dies.pop() if dies else False:
            raise SystemExit
        return False

    loop = Loop("send", duty, beats, every=60)
    loop.start()
    assert ran.acquire(timeout=20)
    while not loop.revive():
        assert not ran.acquire(blocking=False)
    assert ran.acquire(timeout=20)
    assert beats.failures("send") in (0, 1)
    assert loop.stop()
    assert not loop.revive()


def test_the_database_s_clock_five_minutes_from_ours_is_found_and_told(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    if desk.service.database.is_sqlite:
        watch = SkewWatch(desk.service)
        watch.look()
        assert watch.skew is None
        return
    # The node's own clock is read anew, and is five minutes behind the database's.
    desk.clock.at = SystemClock().now() - timedelta(minutes=5)
    watch = SkewWatch(desk.service)
    watch.look()
    watch.look()
    assert watch.is_wrong and watch.skew is not None and watch.skew > timedelta(minutes=4)
    desk.settle()
    desk.person("admin-1").receives_sms(containing="the desk's clocks differ")
    assert [a.kind for a in desk.alerts(DESK).open] == ["clock_differs"]
    agreed = SkewWatch(replace(desk.service, machine=SystemClock()))
    agreed.look()
    assert not agreed.is_wrong and not desk.alerts(DESK).open
    desk.forget_messages()
