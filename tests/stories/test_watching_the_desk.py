"""Nights on which the desk itself was in trouble: who noticed, who was rung, and what the pages said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from cna_service.kit.second_clock import SecondClock
from cna_service.worker.dead_man import DeadMan
from cna_service.worker.loop import Heartbeats
from cna_service.worker.monitor_http import MonitorHttp
from cna_service.workflow import nodes
from cna_service.workflow.clock_steps import ClockWatch, held
from cna_service.workflow.heartbeats import expect_heartbeat, hear, look_for_late, mute_heartbeat
from cna_service.workflow.inbound import take_text
from cna_service.workflow.monitor import begin_rehearsal, note_rehearsal
from cna_service.workflow.nodes import Neighbours
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import DESK
from cna_service.workflow.self_test import begin_self_test
from cna_service.workflow.self_test_line import SelfTestLine
from cna_service.workflow.status import status
from cna_service.workflow.status_watching import Seen
from tests.stories.people import Story
from tests.workflow.desk import a_desk
from tests.workflow.station import HandClock, desk_facts, fresh_sqlite, minutes
from tests.workflow.stub_monitor import StubMonitor, a_monitor

LOOP, OURS = "+15550199", "+15550100"


@dataclass
class Engine:
    """The engine as the pages ask it."""

    beats: Heartbeats
    is_late: bool = False
    seen: Seen = field(default_factory=Seen)


@dataclass
class Night:
    """A real desk that gives its signal each minute to a monitor that rings officers after two without one."""

    story: Story
    monitor: StubMonitor
    dead_man: DeadMan
    engine: Engine
    silence: int = 0

    def minutes_pass(self, count: int) -> None:
        for _ in range(count):
            self.story.minutes_pass(1)
            if not self.engine.is_late:
                self.engine.beats.beat("tick")
            before = len(self.monitor.heard)
            self.dead_man.minute()
            heard = self.monitor.since(before)
            self.silence = 0 if heard == [""] else self.silence + 1

    @property
    def officers_were_rung(self) -> bool:
        return self.silence > 2 or self.monitor.heard[-1:] == ["/fail"]

    def every_page_says(self, words: str) -> None:
        desk = self.story.desk
        told = status(desk.service, self.engine, desk.outside, probe=False).words
        assert any(words in sentence for sentence in told), told

    def no_page_complains(self) -> None:
        desk = self.story.desk
        desk.seal()
        found = status(desk.service, self.engine, desk.outside, probe=False)
        # Where callers of a dark desk are connected is another matter, and not settled on a first night.
        assert [t for t in (*found.why, *found.degraded) if not t.code.startswith("fallback")] == []


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    line = SelfTestLine(number=LOOP, is_loop=True)
    facts = desk_facts(is_exercise=False, self_test=line, calls_from=(OURS,))
    with a_monitor() as monitor, a_desk(fresh_sqlite(tmp_path), desk=facts) as desk:
        beats = Heartbeats(desk.clock)
        dead_man = DeadMan(desk.service, beats, MonitorHttp(monitor.url, SecondClock(desk.clock)))
        begun = Night(Story(desk), monitor, dead_man, Engine(beats))
        begin_self_test(desk.service)
        desk.settle()
        the_text_comes_back(begun)
        begun.minutes_pass(1)
        yield begun
        desk.nobody_else_was_called()
        dead_man.close()


def the_text_comes_back(night: Night) -> None:
    desk = night.story.desk
    text = desk.exchange.phone(LOOP).texts[-1]
    text.is_read = True
    params = {"MessageSid": f"IN{text.sid}", "From": OURS, "To": LOOP, "Body": text.text}
    take_text(desk.service, params, f"t-{text.sid}")
    desk.settle()


def test_a_quiet_night_is_a_signal_each_minute(night: Night) -> None:
    night.minutes_pass(10)
    assert night.monitor.heard == ["/start", *[""] * 11]
    assert not night.officers_were_rung
    night.no_page_complains()


def test_the_engine_hung_and_the_monitor_rang_the_officers(night: Night) -> None:
    night.engine.is_late = True
    night.minutes_pass(1)
    assert not night.officers_were_rung, "one minute may be a restart"
    night.minutes_pass(2)
    assert night.officers_were_rung
    night.every_page_says("The engine has not ticked for 10 seconds")
    night.engine.is_late = False
    night.minutes_pass(1)
    assert not night.officers_were_rung


def test_for_a_quarter_of_an_hour_no_telephone_company_answered(night: Night) -> None:
    night.minutes_pass(13)
    assert not night.officers_were_rung
    night.minutes_pass(5)
    assert night.officers_were_rung
    night.every_page_says("CANNOT WAKE ANYBODY: No telephone channel proved itself within 15 minutes")
    night.every_page_says("somebody must sit at the console")
    begin_self_test(night.story.desk.service)
    night.story.desk.settle()
    the_text_comes_back(night)
    night.minutes_pass(1)
    assert not night.officers_were_rung
    night.no_page_complains()


def test_the_man_on_watch_left_the_service_and_nobody_took_it(night: Night) -> None:
    desk = night.story.desk
    disable_officer(desk.service, desk.officer("admin-1"), {"officer": "duty-1", "reason": "left"})
    desk.settle()
    desk.forget_messages()
    night.minutes_pass(3)
    desk.forget_messages()
    assert night.officers_were_rung
    night.every_page_says("CANNOT WAKE ANYBODY: Nobody has the watch.")


def test_a_rehearsal_by_day_rings_them_and_ends_when_they_have_called_in(night: Night) -> None:
    desk, admin = night.story.desk, night.story.desk.officer("admin-1")
    begin_rehearsal(desk.service, admin, {"minutes": 30})
    night.minutes_pass(3)
    assert night.officers_were_rung
    night.every_page_says("REHEARSAL: no signal is given to the outside monitor until 21")
    note_rehearsal(desk.service, admin, {"rang": True, "reached": ["the duty mobile", "Cdr Example"]})
    night.minutes_pass(1)
    assert not night.officers_were_rung
    night.no_page_complains()


def test_the_rehearsal_was_forgotten_and_ended_by_itself(night: Night) -> None:
    desk = night.story.desk
    begin_rehearsal(desk.service, desk.officer("sup-1"), {"minutes": 5})
    night.minutes_pass(6)
    assert not night.officers_were_rung


def test_the_summons_that_never_came_back_was_found_at_noon(night: Night) -> None:
    desk = night.story.desk
    desk.exchange.phone(LOOP).condition = "silent"
    begin_self_test(desk.service)
    night.minutes_pass(6)
    night.every_page_says("The self-test of the paging path failed")
    admin = night.story.officer("admin-1")
    admin.receives_sms(containing="the desk's self-test failed")
    admin.is_called()
    assert "the desk's self-test failed" in desk.postbox.to("admin-1@example.test")[-1].text
    for text in desk.exchange.phone(LOOP).texts:
        text.is_read = True
    admin.presses("1")


def test_one_of_two_nodes_died_at_night_and_the_other_told_it_once(night: Night) -> None:
    desk, here = night.story.desk, Neighbours("north:8000")
    nodes.begin(desk.service, "north:8000")
    nodes.begin(desk.service, "south:8000")
    for _ in range(5):
        nodes.look(desk.service, here)
        night.minutes_pass(1)
    found = nodes.look(desk.service, here)
    desk.settle()
    night.engine.seen = Seen(silent_nodes=tuple(found))
    night.every_page_says("The node south:8000 was not heard of for three minutes")
    admin = night.story.officer("admin-1")
    admin.receives_sms(containing="a node of the desk is silent")
    admin.replies("1 {code}")
    admin.receives_sms(containing="You hold")
    night.story.officer("sup-1").receives_sms(containing="holds 'a node of the desk is silent'")
    nodes.begin(desk.service, "south:8000")
    night.engine.seen = Seen(silent_nodes=tuple(nodes.look(desk.service, here)))
    assert not desk.alerts(DESK).open
    night.no_page_complains()


def test_the_copy_of_the_backup_stopped_on_a_friday(night: Night) -> None:
    desk, admin = night.story.desk, night.story.desk.officer("admin-1")
    name, token = expect_heartbeat(
        desk.service, admin, {"name": "backup-copy", "every_minutes": 5, "grace_minutes": 2}
    )
    night.minutes_pass(5)
    hear(desk.service, name, token)
    night.minutes_pass(6)
    assert look_for_late(desk.service) == []
    mute_until = desk.clock.now() + minutes(5)
    mute_heartbeat(desk.service, admin, name, {"until": mute_until.isoformat(), "reason": "A new disk."})
    night.minutes_pass(4)
    assert look_for_late(desk.service) == []
    desk.nobody_else_was_called()
    night.minutes_pass(2)
    look_for_late(desk.service)
    desk.settle()
    night.story.officer("admin-1").receives_sms(containing="an outside job is late")
    hear(desk.service, name, token)
    desk.settle()
    night.minutes_pass(1)


def test_the_clock_jumped_an_hour_and_the_monitor_s_clock_settled_it(night: Night) -> None:
    """Nothing lapses until somebody else's clock says the same; then what is due is due."""
    desk = night.story.desk
    machine = Jumping(desk.clock)
    desk.service = replace(desk.service, second_clock=SecondClock(machine))
    watch = ClockWatch(machine)
    watch.look(desk.service)
    desk.clock.at += timedelta(hours=1)
    watch.look(desk.service)
    desk.settle()
    assert held(desk.service) == timedelta(hours=1)
    night.every_page_says("nothing lapses by it")
    night.story.officer("admin-1").receives_sms(containing="the desk's clock jumped")
    desk.service.second_clock.note("monitor-1", format_datetime(desk.clock.now(), usegmt=True))
    watch.look(desk.service)
    assert held(desk.service) == timedelta()
    assert "clock.confirmed" in desk.types(DESK)
    desk.forget_messages()


@dataclass
class Jumping:
    """The machine of that night: its wall clock is the desk's, its monotonic clock did not move."""

    clock: HandClock

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return 1000.0
