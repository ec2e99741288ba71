"""The switch: the telephones, the one lock around them, and what the company tells the desk of a sending."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from cna_service.exercise.phone_company_courier import Courier
from cna_service.exercise.phone_company_faults import CallbackFault, FaultBook
from cna_service.exercise.phone_company_phones import NoSuchPhone, Phone
from cna_service.exercise.phone_company_schedule import Agenda

API_VERSION = "2010-04-01"


@dataclass(frozen=True, slots=True)
class Account:
    """The desk's account at the simulated company. ``number``: the desk's own, E.164."""

    sid: str
    token: str = field(repr=False)
    number: str


@dataclass(frozen=True, slots=True)
class Delays:
    """Case time. ``sent``: from accepting an SMS to handing it over; ``delivered``: from there to its receipt, or
    to the failure; ``ringing``: from accepting a call until it rings; ``answered``: until somebody, or a machine,
    picks up. A line that is off rings as long as the desk asked for."""

    sent: timedelta = timedelta()
    delivered: timedelta = timedelta()
    ringing: timedelta = timedelta()
    answered: timedelta = timedelta()


@dataclass(slots=True)
class Books:
    """What the account holds, changed by whoever tests. ``numbers``: which of them can do SMS, and call; None stands
    for the desk's own number alone."""

    balance: str = "100.00"
    currency: str = "USD"
    numbers: dict[str, tuple[bool, bool]] | None = None


class Switch:
    def __init__(self, account: Account, agenda: Agenda, courier: Courier, delays: Delays) -> None:
        self.account = account
        self.agenda = agenda
        self.courier = courier
        self.delays = delays
        self.faults = FaultBook()
        self.inbound_sms_url: str | None = None
        self.is_suspended = False
        self.books = Books()
        self._phones: dict[str, Phone] = {}
        self._lock = threading.Lock()
        self._waits: list[tuple[timedelta, Callable[[], None]]] = []
        self._held_back: dict[str, tuple[str, Mapping[str, str]]] = {}

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Exclusive use of the telephones. What is to happen later is handed over once the lock is free, because
        the clock's owner may call back at once. Turns do not nest."""
        with self._lock:
            try:
                yield
            finally:
                waits, self._waits = self._waits, []
        for delay, act in waits:
            self.agenda.later(delay, act)

    def later(self, delay: timedelta, act: Callable[[], None]) -> None:
        """Within a turn: do ``act`` after so much case time; it opens a turn of its own."""
        self._waits.append((delay, act))

    def phone(self, number: str) -> Phone:
        """Raises :class:`NoSuchPhone`."""
        found = self.phone_if_any(number)
        if found is None:
            raise NoSuchPhone(f"No telephone {number}; GET /simulation/phones lists them.")
        return found

    def phone_if_any(self, number: str) -> Phone | None:
        return self._phones.get(number)

    def phone_or_new(self, number: str) -> Phone:
        return self._phones.setdefault(number, Phone(number))

    def all_phones(self) -> list[Phone]:
        return list(self._phones.values())

    def tell(self, sid: str, number: str, url: str | None, params: Mapping[str, str]) -> None:
        """Post a status callback about one sending, with whatever fault was ordered for it."""
        if url is None:
            return
        fault = self.faults.for_callback(number)
        kind = None if fault is None else fault.kind
        if fault is not None and kind is CallbackFault.LATE:
            self.later(fault.delay, lambda: self.courier.post(url, params, lane=sid))
        elif kind is CallbackFault.REVERSED:
            self._held_back[sid] = (url, params)
        elif kind is not CallbackFault.NEVER:
            self.courier.post(url, params, lane=sid, copies=2 if kind is CallbackFault.TWICE else 1)
            if sid in self._held_back:
                held_url, held = self._held_back.pop(sid)
                self.courier.post(held_url, held, lane=sid)


def new_sid(kind: str) -> str:
    """``SM`` or ``CA`` and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)
