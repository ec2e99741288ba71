"""What other machines' clocks said: the ``Date`` of the answers that came to us, each with our monotonic clock.

Any thread may note and read. A date is whole seconds and was written before it travelled, so that it is good to a few
seconds: enough to tell a step of minutes from the truth.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from cna_service.kit.clock import Clock

KEPT_FOR = timedelta(hours=1)
"""Longer, and the drift of our own monotonic clock counts too; a source that is not heard any more says nothing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """``at``: what the source's clock said; ``monotonic``: ours, in seconds, when its answer came."""

    at: datetime
    monotonic: float

    def now(self, monotonic: float) -> datetime:
        """What the source's clock should say by now."""
        return self.at + timedelta(seconds=monotonic - self.monotonic)


class SecondClock:
    """By source, the last date heard."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[str, Heard] = {}

    def note(self, source: str, date: str | None) -> None:
        """``date``: the header as it came; one that cannot be read says nothing."""
        try:
            at = parsedate_to_datetime(date or "")
        except ValueError:
            return
        # Without a zone it was written with -0000: UTC, the sender's own zone not known (RFC 5322).
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        heard = Heard(at, self._clock.monotonic())
        with self._lock:
            self._heard[source] = heard

    def said(self) -> Mapping[str, Heard]:
        """What was heard within the last hour, by source."""
        oldest = self._clock.monotonic() - KEPT_FOR.total_seconds()
        with self._lock:
            return {name: heard for name, heard in self._heard.items() if heard.monotonic >= oldest}
