"""What a telephone company can do wrong, on order: one fault for one number or any, for a number of times."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class RequestFault(StrEnum):
    """In answering our request."""

    ERROR = "error"
    TOO_MANY = "too_many"
    HANG = "hang"
    RESET = "reset"
    UNREADABLE = "unreadable"
    REFUSE = "refuse"


class CallbackFault(StrEnum):
    """In telling us a status."""

    TWICE = "twice"
    LATE = "late"
    NEVER = "never"
    REVERSED = "reversed"
    """This one comes after the next one of the same sending."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``number``: None for any. ``times``: how often. ``accepts``: the sending is made all the same. ``http_status``
    and ``code``: of ERROR and REFUSE. ``retry_after``: whole seconds, of TOO_MANY. ``delay``: case time, of LATE."""

    kind: RequestFault | CallbackFault
    number: str | None = None
    times: int = 1
    accepts: bool = False
    http_status: int = 500
    code: int | None = 20500
    retry_after: int | None = None
    delay: timedelta = timedelta()


class FaultBook:
    def __init__(self) -> None:
        self._ordered: list[tuple[Fault, int]] = []
        self._guard = threading.Lock()

    def order(self, fault: Fault) -> None:
        with self._guard:
            self._ordered.append((fault, fault.times))

    def clear(self) -> None:
        with self._guard:
            self._ordered.clear()

    def for_request(self, number: str) -> Fault | None:
        return self._take(RequestFault, number)

    def for_callback(self, number: str) -> Fault | None:
        return self._take(CallbackFault, number)

    def _take(self, family: type[RequestFault | CallbackFault], number: str) -> Fault | None:
        with self._guard:
            for place, (fault, left) in enumerate(self._ordered):
                if isinstance(fault.kind, family) and fault.number in (None, number):
                    self._ordered[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
            return None
