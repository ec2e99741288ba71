"""Steps of the clock: the desk's clock held against the monotonic one at every tick (record.md, "The clock").

A step is recorded in the desk's stream and in every stream with a timer, is told to the administrator, and what waits
in the outbox follows it. A step forward of more than five minutes (seven days at a start) is not believed on one
source's word (desk-rules 11.4): until a second source confirms it (``clock_confirming``), a person accepts it, or the
clock is set back, clocks of cases go on by the monotonic clock. Entries always carry what the clock said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog

from cna_service.alerts import store as alert_store
from cna_service.db import outbox, timers
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import Action
from cna_service.kit.clock import Clock
from cna_service.kit.errors import Conflict, Invalid, Problem
from cna_service.kit.instants import from_text, to_text
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger.entry import Draft
from cna_service.workflow.clock_confirming import confirmation, record_confirmation
from cna_service.workflow.projections import ALERTS, DESK, DESK_STATE
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

SMALLEST = timedelta(seconds=2)
BELIEVED = timedelta(minutes=5)
BELIEVED_AT_START = timedelta(days=7)
SAME_STEP = timedelta(seconds=10)
"""Two nodes that measure one step find instants no further apart than this."""

_LONGEST_PAUSE = 0.5


class ClockBelieved(Conflict):
    code = "clock-believed"
    title = "Nothing is in doubt about the clock"


log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock and the monotonic clock (seconds) at one moment."""

    at: datetime
    monotonic: float


@dataclass(frozen=True, slots=True)
class Step:
    """``before``: what the clock should have said; ``after``: what it said."""

    before: datetime
    after: datetime
    is_believed: bool

    @property
    def size(self) -> timedelta:
        return self.after - self.before


def step_between(earlier: Reading, later: Reading, *, believed: timedelta = BELIEVED) -> Step | None:
    """The step of the clock between two readings, None for one of two seconds or less."""
    expected = earlier.at + timedelta(seconds=later.monotonic - earlier.monotonic)
    size = later.at - expected
    return None if abs(size) <= SMALLEST else Step(expected, later.at, size <= believed)


def step_at_start(newest: datetime | None, now: datetime) -> Step | None:
    """What the newest entry says of the clock at a start: behind it, or ahead of it by more than seven days.

    How long the desk was down is not known, so that a shorter step forward cannot be seen.
    """
    if newest is None or -SMALLEST <= now - newest <= BELIEVED_AT_START:
        return None
    return Step(newest, now, now < newest)


class ClockWatch:
    """One per process. ``look`` at each tick; ``believed`` is the clock as clocks of cases may take it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: Reading | None = None
        self._held = timedelta()
        self._stepped_at = clock.monotonic()

    @property
    def held(self) -> timedelta:
        """By how much the clock is ahead of what is believed."""
        return self._held

    def look(self, service: Service) -> Step | None:
        """Compare the clocks; record a step. Raises DatabaseUnavailable, and then finds the step again."""
        now = _read(self._clock)
        is_start = self._last is None
        step = self._step(service, now)
        if step is not None:
            log.warning("the clock stepped", seconds=step.size.total_seconds(), believed=step.is_believed)
            record_step(service, step)
            self._stepped_at = now.monotonic
        if step is not None or is_start or self._held:
            # Entries say what is held, so that a restart, another node and a judgement are all heard of here.
            self._held = held(service)
        if self._held and self._is_confirmed(service, now):
            self._held = held(service)
        self._last = now
        return step

    def _is_confirmed(self, service: Service, now: Reading) -> bool:
        found = confirmation(service.second_clock.said(), now.at, now.monotonic, self._stepped_at)
        return found is not None and record_confirmation(service, found)

    def believed(self, now: datetime) -> datetime:
        """``now`` without what is not believed of it, nor what it jumped since the last look."""
        if self._last is None:
            return now
        passed = timedelta(seconds=self._clock.monotonic() - self._last.monotonic)
        return min(now, self._last.at + passed) - self._held

    def _step(self, service: Service, now: Reading) -> Step | None:
        if self._last is not None:
            return step_between(self._last, now)
        with service.read() as reader:
            newest = ledger_queries.newest_recorded_at(reader.connection, service.desk.log_origin)
        return step_at_start(newest, now.at)


def held(service: Service) -> timedelta:
    """By how much the clock is ahead of what is believed of it, by the entries."""
    with service.read() as reader:
        return reader.stream(DESK).of(DESK_STATE).clock_held


def _read(clock: Clock) -> Reading:
    """Both clocks; anew where the process was stopped between the readings."""
    while True:
        began, at, ended = clock.monotonic(), clock.now(), clock.monotonic()
        if ended - began < _LONGEST_PAUSE:
            return Reading(at, ended)


def record_step(service: Service, step: Step) -> bool:
    """Write ``clock.stepped`` wherever something waits; False if another node has recorded this very step."""
    with service.tick(SERVICE, {DESK, *_readable(service)}, wait=True) as work:
        if _is_recorded(work, step):
            return False
        for stream in sorted(work.held):
            if work.held[stream].unknown is None:
                work.append(Draft("clock.stepped", _body(step)), stream)
        outbox.follow_step(work.connection, step.size)
        if step.size < timedelta():
            # No contact waits an hour because the clock went back by one.
            alert_store.forget_pace(work.connection, step.before + timedelta(days=1))
        is_told = any(a.kind == "clock_stepped" and a.is_climbing for a in work.of(ALERTS, DESK).open)
        if not is_told:
            raise_alert(service, work, "clock_stepped", stream=DESK)
    return True


def judge_clock(
    service: Service, actor: Actor, verdict: Literal["accepted", "rejected"], *, reason: str
) -> timedelta:
    """An officer says whether the clock is right: accepted, what is due fires now, marked late; rejected, the clock
    is to be set back, and until then clocks of cases go on by the monotonic clock. Returns what was held.

    Raises Invalid (no reason), ClockBelieved where nothing is in doubt, NotPermitted.
    """
    if not reason.strip():
        raise Invalid("", Problem("/reason", None, "is missing", "say what the clock was compared with"))
    with service.write(actor, Action.CLOCK_DECIDE, DESK) as work:
        state = work.of(DESK_STATE)
        if not state.clock_held:
            raise ClockBelieved("The clock is believed as it is; there is nothing to judge.")
        body = {
            "verdict": verdict,
            "step": state.clock_steps[-1]["seq"],
            "held_us": state.clock_held // timedelta(microseconds=1),
            "reason": reason.strip(),
        }
        work.append(Draft("clock.judged", body))
        return state.clock_held


def _readable(service: Service) -> list[str]:
    """The streams with a timer, without those that cannot be read: these must not keep the step from the others."""
    found = []
    with service.read() as reader:
        for stream in timers.streams_waiting(reader.connection):
            try:
                reader.stream(stream)
            except Exception:
                # Broad, as in fire: whatever is wrong with one stream is told by its own failures.
                log.exception("a stream could not be read", stream=stream)
            else:
                found.append(stream)
    return found


def _body(step: Step) -> dict[str, object]:
    return {
        "before": to_text(step.before),
        "after": to_text(step.after),
        "size_us": step.size // timedelta(microseconds=1),
        "believed": step.is_believed,
    }


def _is_recorded(work: Work, step: Step) -> bool:
    known = work.of(DESK_STATE, DESK).clock_steps[-1:]
    return any(
        abs(from_text(told["before"]) - step.before) < SAME_STEP
        and abs(from_text(told["after"]) - step.after) < SAME_STEP
        for told in known
    )
