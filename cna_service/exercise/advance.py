"""Moving case time from due instant to due instant, so that nothing that falls due in between is met late.

At each stop the desk, the telephone company and whoever else acts in case time do all that there is to do now; only
then the clock goes on. Nothing is simulated here: the desk's own worker ticks and sends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cna_service.db.database import Database
from cna_service.exercise import store
from cna_service.exercise.clock import ExerciseClock
from cna_service.exercise.store import Standing
from cna_service.kit.instants import to_text

LONGEST_ANSWER = 60.0
_LOOK_EVERY = 0.004
_WAKE_EVERY = 0.05


class Line(Protocol):
    """Whoever acts in case time outside the desk; :class:`~cna_service.exercise.phone_company.PhoneCompany` is one."""

    @property
    def name(self) -> str:
        """Who it is, in words."""
        ...

    def in_flight(self) -> int:
        """How much goes on now without case time moving."""
        ...

    def next_due(self) -> datetime | None:
        """The earliest instant for which it waits."""
        ...


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where case time stands after a call. ``goal``: where it was to go; None once it is there and all is quiet."""

    clock: datetime
    is_held: bool
    rate: float
    waiting_for: tuple[str, ...] = ()
    goal: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return not self.waiting_for

    def as_json(self) -> dict[str, object]:
        """The answer of ``POST /simulation/clock``; ``rate`` and ``goal`` beside the four fields that are fixed."""
        return {
            "clock": to_text(self.clock),
            "held": self.is_held,
            "settled": self.is_settled,
            "waiting_for": list(self.waiting_for),
            "rate": self.rate,
            "goal": None if self.goal is None else to_text(self.goal),
        }


class Driver:
    """Drives one exercise. ``wake`` wakes the desk's worker; ``lines`` are those who act outside the desk."""

    def __init__(
        self, database: Database, clock: ExerciseClock, lines: tuple[Line, ...], wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._lines = lines
        self._wake = wake
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._unreached: tuple[timedelta, datetime] | None = None

    def stop(self) -> None:
        """Calls under way answer at once, unsettled."""
        self._stopping.set()

    def advance_by(self, window: timedelta, deadline_seconds: float = LONGEST_ANSWER) -> Advanced:
        """Go forward by ``window``. After an unsettled answer the same call, or one of no length, goes on to the
        same goal, so that calling again never overshoots."""
        now = self._clock.now()
        target = now + window
        if self._unreached is not None and window in (self._unreached[0], timedelta()):
            window, target = self._unreached
        answer = self._drive(max(target, now), deadline_seconds)
        self._unreached = (window, target) if answer.waiting_for else None
        return answer

    def advance(self, target: datetime, deadline_seconds: float = LONGEST_ANSWER) -> Advanced:
        """Go forward to ``target``. Raises CaseTimeBack where it is past."""
        if target < self._clock.now():
            raise self._clock.back()
        self._unreached = None
        return self._drive(target, deadline_seconds)

    def settle(self, deadline_seconds: float = LONGEST_ANSWER) -> Advanced:
        """Let everything happen that needs no time; a goal not reached yet stays."""
        return self._drive(self._clock.now(), deadline_seconds)

    def status(self) -> Advanced:
        """How it stands, without waiting for anything."""
        return self._answer(self._waiting_for(), self._unreached[1] if self._unreached else None)

    def _drive(self, target: datetime, deadline_seconds: float) -> Advanced:
        until = self._clock.monotonic() + deadline_seconds
        if not self._turn.acquire(timeout=max(deadline_seconds, 0)):
            return self._answer(("another call that moves the clock",), target)
        try:
            with self._clock.standing():
                waiting = self._go(target, until)
        finally:
            self._turn.release()
        return self._answer(waiting, target if waiting else None)

    def _answer(self, waiting: tuple[str, ...], goal: datetime | None) -> Advanced:
        state = self._clock.state
        return Advanced(state.at, state.is_held, state.rate, waiting, goal)

    def _go(self, target: datetime, until: float) -> tuple[str, ...]:
        while not (waiting := self._settle(until)):
            now = self._clock.now()
            if now >= target:
                return ()
            if self._clock.monotonic() >= until or self._stopping.is_set():
                return (f"case time to reach {to_text(target)}",)
            due = self._next_due()
            self._clock.move_to(target if due is None else min(due, target))
        return waiting

    def _next_due(self) -> datetime | None:
        """The earliest instant still to come at which anybody has something to do."""
        now = self._clock.now()
        due = [self._standing(now).next_due, self._clock.next_act(), *(one.next_due() for one in self._lines)]
        return min((at for at in due if at is not None and at > now), default=None)

    def _settle(self, until: float) -> tuple[str, ...]:
        """Wait until nothing is left to do at this instant, or until the time for an answer has passed."""
        woken: float | None = None
        while True:
            # What fell due without the clock moving, for instance while a person held it.
            self._clock.move_to(self._clock.now())
            waiting = self._waiting_for()
            at = self._clock.monotonic()
            if not waiting or at >= until or self._stopping.is_set():
                return waiting
            if woken is None or at - woken >= _WAKE_EVERY:
                woken = at
                self._wake()
            self._stopping.wait(_LOOK_EVERY)

    def _waiting_for(self) -> tuple[str, ...]:
        """Who has something to do now, in words. Work passes from the desk to the company and back, so that one
        look at each could miss it between the two: the desk is looked at twice, and must not have moved."""
        now = self._clock.now()
        before = self._standing(now)
        if words := _words(before):
            return words
        busy = ((line.name, line.in_flight()) for line in self._lines)
        if words := tuple(f"{name}: {n} under way" for name, n in busy if n):
            return words
        after = self._standing(now)
        if words := _words(after):
            return words
        return () if after.trace == before.trace else ("the desk: still writing",)

    def _standing(self, now: datetime) -> Standing:
        with self._database.read() as connection:
            return store.standing(connection, now)


def _words(standing: Standing) -> tuple[str, ...]:
    timer = ("the desk: timers due",) if standing.is_timer_due else ()
    sendings = (f"the desk: {standing.sendings} sendings due or under way",) if standing.sendings else ()
    return timer + sendings
