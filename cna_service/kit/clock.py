"""The only place that reads the machine's clocks.

Everybody else is given a :class:`Clock` and reads it once per command.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The instant, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never steps, counts suspension where the system can."""
        ...


class SystemClock:
    """The machine's clock, held still through a step back of up to two seconds (record.md, "The clock")."""

    _stand_still = 2.0

    def __init__(self) -> None:
        self._highest = datetime.now(UTC)

    def now(self) -> datetime:
        reading = datetime.now(UTC)
        behind = (self._highest - reading).total_seconds()
        if 0 < behind <= self._stand_still:
            return self._highest
        self._highest = reading
        return reading

    def monotonic(self) -> float:
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.clock_gettime(boottime) if boottime is not None else time.monotonic()
