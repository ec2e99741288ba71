"""Housekeeping by the calendar, once for each of its periods: keyed by date in the database, not by memory.

What fell due while no node ran is done at the next start, once; what failed is tried again every few minutes until it
succeeds, and is told. APScheduler only wakes: whether there is anything to do is read from the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from apscheduler.triggers.cron import CronTrigger

from cna_service.db import watchdog
from cna_service.worker.housekeeping import Duty
from cna_service.worker.loop import Heartbeats
from cna_service.workflow.service import Service
from cna_service.workflow.trouble import tell_once

LOOKS_BACK = tuple(timedelta(hours=h) for h in (0.2, 2, 26, 8 * 24, 32 * 24, 93 * 24))
"""From where the newest period is looked for: of minutes, hourly, daily, weekly, monthly, quarterly."""

TOLD_AFTER = 3
"""Failures in a row after which the administrator is told; the banner says so from the first on."""

log = structlog.get_logger(__name__)


def newest_period(trigger: CronTrigger, now: datetime) -> datetime | None:
    """When the trigger fell due last, at or before ``now``; None if not within a quarter of a year."""
    for back in LOOKS_BACK:
        found, at = None, trigger.get_next_fire_time(None, now - back)
        while at is not None and at <= now:
            found, at = at, trigger.get_next_fire_time(at, at + timedelta(seconds=1))
        if found is not None:
            return found  # type: ignore[no-any-return]
    return None


def allowed_age(trigger: CronTrigger, now: datetime) -> timedelta:
    """How old the last success may be: the time between two periods, and some for doing it: as long again, from ten
    minutes to two hours."""
    first = trigger.get_next_fire_time(None, now)
    second = None if first is None else trigger.get_next_fire_time(first, first + timedelta(seconds=1))
    if second is None:
        return timedelta(hours=26)
    step: timedelta = second - first
    return step + max(timedelta(minutes=10), min(timedelta(hours=2), step))


class Calendar:
    """Runs the duties that several nodes do once. Shares no state but the rows; any thread may call it."""

    def __init__(self, service: Service, beats: Heartbeats, duties: Sequence[Duty]) -> None:
        self._service = service
        self._beats = beats
        self._duties = duties

    def expect(self) -> None:
        """Each duty's own allowed age, from now on."""
        now = self._service.machine.now()
        for duty in self._duties:
            if isinstance(duty.trigger, CronTrigger):
                self._beats.expect(duty.name, allowed_age(duty.trigger, now))

    def catch_up(self) -> None:
        """Do whatever fell due and is not done, this node's or not."""
        for duty in self._duties:
            if isinstance(duty.trigger, CronTrigger):
                self.look(duty)

    def job(self, duty: Duty) -> Callable[[], None]:
        """What the scheduler calls when the duty's trigger says so."""
        return lambda: self.look(duty)

    def look(self, duty: Duty) -> None:
        """Do the duty's newest period unless somebody has done it. Never raises: one duty stops no other."""
        try:
            self._look(duty)
        except Exception:
            # Broad, as in a loop: it is counted, said on every page, and tried again.
            self._beats.fail(duty.name)
            log.exception("housekeeping failed", duty=duty.name, failures=self._beats.failures(duty.name))
            if self._beats.failures(duty.name) == TOLD_AFTER:
                tell_once(self._service, "desk_trouble", {"duty": duty.name})

    def _look(self, duty: Duty) -> None:
        if not isinstance(duty.trigger, CronTrigger):
            self._act(duty)
            return
        now = self._service.machine.now()
        due = newest_period(duty.trigger, now)
        period = "" if due is None else due.strftime("%Y-%m-%dT%H:%MZ")
        if not period or self._is_settled(duty, period, now):
            return
        with self._service.database.write() as connection:
            if not watchdog.begin_duty(connection, duty.name, period, now):
                return
        # Dying here leaves a claim that is void after a quarter of an hour; the duties are harmless when done twice.
        try:
            self._act(duty)
        except BaseException:
            with self._service.database.write() as connection:
                watchdog.give_back_duty(connection, duty.name, period)
            raise
        with self._service.database.write() as connection:
            watchdog.finish_duty(connection, duty.name, period, self._service.machine.now())

    def _is_settled(self, duty: Duty, period: str, now: datetime) -> bool:
        """Is it done? Of a desk that never did it nothing was missed: its first period is the next one."""
        with self._service.database.read() as connection:
            # This very period, no later one: a clock that said 2031 for a second would keep the desk idle till then.
            is_done = watchdog.is_done(connection, duty.name, period)
            is_known = watchdog.is_done(connection, duty.name)
        if not is_known:
            with self._service.database.write() as connection:
                if watchdog.begin_duty(connection, duty.name, period, now):
                    watchdog.finish_duty(connection, duty.name, period, now)
        elif not is_done:
            return False
        self._beats.beat(duty.name)
        return True

    def _act(self, duty: Duty) -> None:
        duty.act(self._service)
        self._beats.beat(duty.name)
