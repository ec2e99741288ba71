"""Everything that runs beside the web: one object that starts it, wakes it, stops it and says how it is."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from cna_service.db.outbox import Claimed
from cna_service.ledger.sequencer import Sequencer
from cna_service.worker.housekeeping import DUTIES
from cna_service.worker.loop import Heartbeats, Loop
from cna_service.worker.senders import Senders
from cna_service.workflow import deliver
from cna_service.workflow.clock_steps import ClockWatch
from cna_service.workflow.deliver import LEASE, Outside
from cna_service.workflow.fire import BATCH, fire_due
from cna_service.workflow.service import Service

TICK, SEND, SEQUENCE = "tick", "send", "sequence"
LATE_AFTER = timedelta(seconds=10)


class Worker:
    """Starts four kinds of threads: tick, dispatch with its senders, sequencer, and APScheduler's housekeeping.

    APScheduler holds no deadline: its jobs are kept in memory, keyed by the calendar, and it is the second source of
    wakes, should a thread's own wait ever fail. ``lease``: how long a claim holds without a result. ``every``: seconds
    after which a thread looks by itself.
    """

    def __init__(
        self,
        service: Service,
        outside: Outside,
        sequencer: Sequencer,
        *,
        senders: int = 8,
        lease: timedelta = LEASE,
        every: float = 1.0,
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
        self._loops = (
            Loop(TICK, self._tick, self.beats, every=every),
            Loop(SEND, self._dispatch, self.beats, every=every),
            # Batches of a tenth of a second: a head and a signature for every commit would double the flushes.
            Loop(SEQUENCE, self._sequence, self.beats, every=0.1),
        )
        self._calendar = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        self._service.wakes.listen(self.wake)
        for loop in self._loops:
            loop.start()
        for duty in DUTIES:
            self._calendar.add_job(self._duty(duty.name, duty.act), duty.trigger, id=duty.name)
        self._calendar.add_job(self.wake, "interval", seconds=1, id="second-wake")
        self._calendar.start()

    def wake(self) -> None:
        for loop in self._loops:
            if loop.name != SEQUENCE:
                loop.wake()

    def stop(self) -> None:
        """No new claims; sends in flight finish; at most ten seconds."""
        if self._calendar.running:
            self._calendar.shutdown(wait=False)
        for loop in self._loops:
            loop.stop()
        self._senders.stop()

    @property
    def is_late(self) -> bool:
        """Has the tick not succeeded for ten seconds, or never yet?"""
        age = self.beats.age(TICK)
        return age is None or age > LATE_AFTER.total_seconds()

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

    def _duty(self, name: str, act: Callable[[Service], None]) -> Callable[[], None]:
        def run() -> None:
            act(self._service)
            self.beats.beat(name)

        return run
