"""Everything that runs beside the web: one object that starts it, wakes it, stops it and says how it is."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from cna_service.db.notices import Notices
from cna_service.db.outbox import Claimed
from cna_service.ledger.sequencer import Sequencer
from cna_service.worker import dead_man, watchdog
from cna_service.worker.calendar import Calendar
from cna_service.worker.dead_man import DeadMan, Monitor
from cna_service.worker.housekeeping import DUTIES
from cna_service.worker.line_duties import EVERY as LINES_EVERY
from cna_service.worker.line_duties import LineDuties
from cna_service.worker.loop import Heartbeats, Loop
from cna_service.worker.senders import Senders
from cna_service.worker.watchdog import Watchdog
from cna_service.workflow import deliver
from cna_service.workflow.clock_steps import ClockWatch
from cna_service.workflow.deliver import LEASE, Outside
from cna_service.workflow.fire import BATCH, fire_due
from cna_service.workflow.service import Service
from cna_service.workflow.status_watching import Seen

TICK, SEND, SEQUENCE, WATCH, HOUSEKEEPING = "tick", "send", "sequence", "watch", "housekeeping"
LINES = "lines"
LATE_AFTER = timedelta(seconds=10)
ALLOWED = {
    TICK: LATE_AFTER,
    # Claiming waits for the writer of the moment, and a long import is one.
    SEND: timedelta(seconds=30),
    SEQUENCE: timedelta(seconds=60),
    WATCH: timedelta(seconds=120),
    LINES: timedelta(seconds=180),
}
"""How old the last success of each thread's duty may be before every page says that it is late."""

CATCHES_UP_EVERY = 300.0


class Worker:
    """Starts the threads: tick, dispatch with its senders, sequencer, watchdog, one for each outside monitor,
    housekeeping and APScheduler, which wakes it.

    APScheduler holds no deadline: its jobs are kept in memory, keyed by the calendar, and it is the second source of
    wakes, should a thread's own wait ever fail. ``lease``: how long a claim holds without a result. ``every``: seconds
    after which a thread looks by itself. ``seat``: the node's name, the same after a restart. ``monitors``: who is
    given the dead-man signal.
    """

    def __init__(
        self,
        service: Service,
        outside: Outside,
        sequencer: Sequencer,
        *,
        senders: int = 50,
        lease: timedelta = LEASE,
        every: float = 1.0,
        seat: str = "",
        monitors: Sequence[Monitor] = (),
    ) -> None:
        self.beats = Heartbeats(service.machine)
        self._service = service
        self._sequencer = sequencer
        self._lease = lease
        # Case time of an exercise is moved by hand: it is not held against the machine's.
        self._clock = None if service.desk.is_exercise else ClockWatch(service.clock)
        self.node = f"{socket.gethostname()}:{os.getpid()}"
        self._senders = Senders(
            senders,
            lambda claimed: deliver.tried(service, outside, claimed),
            lambda many: deliver.record(service, many, self.node),
        )
        self._calendar_duties = Calendar(service, self.beats, DUTIES)
        self._watchdog = Watchdog(service, self.beats, seat or socket.gethostname())
        self._dead_men = tuple(DeadMan(service, self.beats, monitor) for monitor in monitors)
        self._loops = (
            Loop(TICK, self._tick, self.beats, every=every),
            Loop(SEND, self._dispatch, self.beats, every=every),
            # Batches of a tenth of a second: a head and a signature for every commit would double the flushes.
            Loop(SEQUENCE, self._sequence, self.beats, every=0.1),
            Loop(WATCH, self._watchdog.look, self.beats, every=watchdog.EVERY),
            Loop(LINES, LineDuties(service, outside, self.beats).look, self.beats, every=LINES_EVERY),
            Loop(HOUSEKEEPING, self._catch_up, self.beats, every=CATCHES_UP_EVERY),
            *(
                Loop(f"signal-{n}", m.minute, self.beats, every=dead_man.EVERY)
                for n, m in enumerate(self._dead_men)
            ),
        )
        self._watchdog.guard(self._loops)
        self._calendar = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

        self._notices = None if service.database.is_sqlite else Notices(service.database.url, self.wake)

    def start(self) -> None:
        self._service.wakes.listen(self.wake)
        if self._notices is not None:
            self._service.wakes.tell_nodes(self._notices.tell)
            self._notices.start()
        for name, within in ALLOWED.items():
            self.beats.expect(name, within)
        self._calendar_duties.expect()
        for loop in self._loops:
            loop.start()
        for duty in DUTIES:
            self._calendar.add_job(self._calendar_duties.job(duty), duty.trigger, id=duty.name)
        self._calendar.add_job(self._second_wake, "interval", seconds=1, id="second-wake")
        self._calendar.start()

    def wake(self) -> None:
        for loop in self._loops:
            if loop.name in (TICK, SEND):
                loop.wake()

    def _second_wake(self) -> None:
        for loop in self._loops:
            # The watchdog guards the others, and this guards the watchdog.
            loop.revive()
        self.wake()

    def stop(self) -> None:
        """No new claims; sends in flight finish; at most ten seconds."""
        if self._calendar.running:
            self._calendar.shutdown(wait=False)
        if self._notices is not None:
            self._notices.stop()
        for loop in self._loops:
            loop.end()
        for loop in self._loops:
            # A monitor that hangs, or a verification of an hour, is not waited for: neither leaves anything half done.
            loop.stop(10.0 if loop.name in ALLOWED else 0.5)
        self._senders.stop()
        self._watchdog.end()
        for dead_man_ in self._dead_men:
            dead_man_.close()

    @property
    def is_late(self) -> bool:
        """Has the tick not succeeded for ten seconds, or never yet?"""
        age = self.beats.age(TICK)
        return age is None or age > LATE_AFTER.total_seconds()

    @property
    def seen(self) -> Seen:
        """What the watchdog and the signals found at their last look."""
        watchdog_ = self._watchdog
        signals = tuple(each.last for each in self._dead_men)
        return Seen(watchdog_.silent, watchdog_.late_jobs, watchdog_.skew, signals)

    @property
    def sends_in_flight(self) -> int:
        return self._senders.busy

    def _tick(self) -> bool:
        if self._clock is None:
            return fire_due(self._service) >= BATCH
        self._clock.look(self._service)
        return fire_due(self._service, self._clock.believed) >= BATCH

    def _dispatch(self) -> bool:
        free = self._senders.free
        claimed: list[Claimed] = deliver.claim(self._service, self.node, free, self._lease) if free else []
        for each in claimed:
            self._senders.take(each, self.wake)
        return bool(claimed)

    def _sequence(self) -> bool:
        return self._sequencer.run(self._service.clock.now()) > 0

    def _catch_up(self) -> bool:
        self._calendar_duties.catch_up()
        return False
