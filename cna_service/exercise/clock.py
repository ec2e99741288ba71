"""Case time of an exercise: runs with the wall, may be held, run at a multiple and moved forward, never set back.

One object is the desk's clock and the telephone company's schedule, so that both always mean the same instant.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import structlog

from cna_service.kit.clock import Clock
from cna_service.kit.errors import Conflict, ServiceError
from cna_service.kit.instants import to_text

Act = Callable[[], None]

SLOWEST, FASTEST = 0.01, 3600.0
"""Multiples of the wall's pace."""

SAVED_EVERY = 10.0
"""Seconds between two savings of a running clock: what a killed exercise may repeat, unless an entry says later."""

log = structlog.get_logger(__name__)


class CaseTimeBack(Conflict):
    code: ClassVar[str] = "case-time-back"
    title: ClassVar[str] = "Case time is never set back"


@dataclass(frozen=True, slots=True)
class ClockState:
    """What survives a restart: where case time stands, whether a person holds it, how fast it runs when not held."""

    at: datetime
    is_held: bool = False
    rate: float = 1.0


class ExerciseClock:
    """A :class:`~cna_service.kit.clock.Clock` and a
    :class:`~cna_service.exercise.phone_company_schedule.Scheduler`.

    ``keep`` is given the state to save, never while a lock of the clock is held. Acts run on the clock's own thread,
    from ``start`` until ``stop``, or on the thread that moves the clock.
    """

    def __init__(
        self, machine: Clock, state: ClockState, *, keep: Callable[[ClockState], None] | None = None
    ) -> None:
        self._machine = machine
        self._base_at = state.at.astimezone(UTC)
        self._base = machine.monotonic()
        self._is_held = state.is_held
        self._rate = state.rate
        self._standing = 0
        self._keep = keep or (lambda _: None)
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Act]] = []
        # Reentrant by default: reading the clock within a change of it is common here.
        self._changed = threading.Condition()
        self._moving = threading.Lock()
        self._saving = threading.Lock()
        self._saved: ClockState | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="case-time", daemon=True)

    def now(self) -> datetime:
        with self._changed:
            if self._is_held or self._standing:
                return self._base_at
            passed = (self._machine.monotonic() - self._base) * self._rate
            return self._base_at + timedelta(seconds=passed)

    def monotonic(self) -> float:
        """The machine's: waits of the desk itself are not simulated."""
        return self._machine.monotonic()

    @property
    def state(self) -> ClockState:
        with self._changed:
            return ClockState(self.now(), self._is_held, self._rate)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()
        self.save()

    def hold(self) -> None:
        """Stop case time where it stands."""
        with self._changed:
            self._rebase(self.now())
            self._is_held = True
        self.save()

    def release(self) -> None:
        """Let case time run on from where it stands."""
        with self._changed:
            self._rebase(self.now())
            self._is_held = False
        self.save()

    def run_at(self, rate: float) -> None:
        """The pace at which case time runs when it is not held. Raises ValueError outside SLOWEST to FASTEST."""
        if not SLOWEST <= rate <= FASTEST:
            raise ValueError(f"a rate is a number from {SLOWEST} to {FASTEST:.0f}, not {rate}")
        with self._changed:
            self._rebase(self.now())
            self._rate = rate
        self.save()

    @contextmanager
    def standing(self) -> Iterator[None]:
        """While the block goes on time moves by ``move_to`` alone; afterwards it runs on if nobody holds it."""
        with self._changed:
            self._rebase(self.now())
            self._standing += 1
        try:
            yield
        finally:
            with self._changed:
                self._rebase(self.now())
                self._standing -= 1
            self.save()

    def move_to(self, instant: datetime) -> None:
        """Go forward, doing each act that falls due at its own instant. Raises CaseTimeBack for an earlier one."""
        with self._moving:
            if instant < self.now():
                raise self.back()
            while (act := self._step(instant)) is not None:
                act()

    def back(self) -> CaseTimeBack:
        """The refusal of an instant that is past."""
        return CaseTimeBack(f"It is {to_text(self.now())} in the exercise; name that instant or a later one.")

    def _step(self, instant: datetime) -> Act | None:
        """Move to the next act due by ``instant`` and return it; to ``instant`` itself where there is none."""
        with self._changed:
            due = self._waiting[0][0] if self._waiting else None
            is_last = due is None or due > instant
            self._rebase(max(self.now(), instant if is_last or due is None else due))
            return None if is_last else heapq.heappop(self._waiting)[2]

    def call_at(self, instant: datetime, act: Act) -> None:
        """Do ``act`` once case time has reached ``instant``; never waits for another act."""
        with self._changed:
            heapq.heappush(self._waiting, (instant, next(self._order), act))
            self._changed.notify_all()

    def next_act(self) -> datetime | None:
        """The earliest instant for which somebody waits."""
        with self._changed:
            return self._waiting[0][0] if self._waiting else None

    def save(self) -> None:
        # The newest state is read within, so that two savings cannot overtake each other.
        with self._saving:
            state = self.state
            if state != self._saved:
                self._keep(state)
                self._saved = state

    def _rebase(self, at: datetime) -> None:
        self._base_at, self._base = at, self._machine.monotonic()
        self._changed.notify_all()

    def _run(self) -> None:
        saved = self._machine.monotonic()
        while not self._is_stopped:
            act = self._due_act(saved + SAVED_EVERY)
            if act is not None:
                self._do(act)
            if self._machine.monotonic() - saved >= SAVED_EVERY:
                saved = self._machine.monotonic()
                self._save_quietly()

    def _due_act(self, until: float) -> Act | None:
        """The next act that is due, as soon as it is; None when the clock stops or it is time to save."""
        with self._changed:
            while not self._is_stopped and (left := until - self._machine.monotonic()) > 0:
                now = self.now()
                due = self._waiting[0][0] if self._waiting and not self._standing else None
                if due is not None and due <= now:
                    return heapq.heappop(self._waiting)[2]
                if due is not None and not self._is_held:
                    left = min(left, (due - now).total_seconds() / self._rate)
                self._changed.wait(max(left, 0.0005))
            return None

    def _do(self, act: Act) -> None:
        try:
            act()
        except Exception:
            # One act that fails must not stop case time for all others.
            log.exception("an act of the exercise failed")

    def _save_quietly(self) -> None:
        try:
            self.save()
        except ServiceError as error:
            # The next saving comes in seconds, and entries hold the time that matters.
            log.warning("the clock of the exercise was not saved", code=error.code)
