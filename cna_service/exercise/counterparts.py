"""Partners that answer by themselves, for training: ordered at ``/simulation/counterpart``, acting in case time.

One thread looks at the cases whenever the desk has written something, and does what is due. What is to be done is
computed anew each time; only orders and what was done are kept, in the exercise's database, so that an exercise that
was stopped goes on where it was.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from cna_service.exercise import store
from cna_service.exercise.clock import ExerciseClock
from cna_service.exercise.counterpart_acts import Act, perform, planned
from cna_service.exercise.counterpart_orders import BEHAVIOURS, Asking, Order
from cna_service.kit.errors import NotFound, ServiceError, Unavailable
from cna_service.kit.instants import to_text
from cna_service.workflow.projections import CASE, DIRECTORY, LISTED, case_stream
from cna_service.workflow.service import Reader, Service

log = structlog.get_logger(__name__)

_PAUSE_AFTER_OUTAGE = 0.5
_LOOK_AT_LEAST_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class _Looked:
    """A case as it was when its acts were computed."""

    seq: int
    acts: tuple[Act, ...]


class Counterparts:
    """:class:`~cna_service.exercise.advance.Line`: time stands while one of them has something to do."""

    name = "counterparts"

    def __init__(self, service: Service, clock: ExerciseClock) -> None:
        self._service = service
        self._clock = clock
        self._guard = threading.Lock()
        self._woken = threading.Event()
        self._is_stopped = False
        self._is_started = False
        self._asked = self._answered = 0
        self._cases: dict[tuple[str, str], _Looked] = {}
        self._scheduled: set[datetime] = set()
        with service.database.write() as connection:
            store.make_table(connection)
            self._orders = store.orders(connection)
            self._done = store.acts_done(connection)
        self._thread = threading.Thread(target=self._run, name="counterparts", daemon=True)

    def start(self) -> None:
        self._is_started = True
        self._service.wakes.listen(self.wake)
        self._thread.start()
        self.wake()

    def stop(self) -> None:
        self._is_stopped = True
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join()

    def wake(self) -> None:
        with self._guard:
            self._asked += 1
        self._woken.set()

    def order(self, asking: Asking) -> dict[str, Any]:
        """Take an order. Raises AuthorityNotListed; NotFound for an exchange that was not put to that authority."""
        with self._service.read() as reader:
            listed = reader.stream(DIRECTORY).of(LISTED).find(asking.authority)
            if asking.case is not None:
                _check_exchange(reader, asking, listed.id)
        with self._service.database.write() as connection:
            order = store.keep_order(connection, listed.id, asking, self._clock.now())
        with self._guard:
            self._orders = (*self._orders, order)
            self._cases.clear()
        self.wake()
        return order.as_json()

    def as_json(self) -> dict[str, Any]:
        """The answer of ``GET /simulation/counterpart``: orders, what is still to come, what was done."""
        with self._guard:
            orders, done = self._orders, dict(self._done)
            acts = [a for looked in self._cases.values() for a in looked.acts if a.key not in done]
        names = ("order", "case", "exchange", "step", "subject")
        return {
            "orders": [order.as_json() for order in orders],
            "planned": [_act_json(act) for act in sorted(acts, key=lambda a: (a.due_at, a.ref, a.step))],
            "done": [
                {k: v for k, v in zip(names, key, strict=True) if v != ""}
                | {"at": to_text(at), "outcome": outcome}
                for key, (at, outcome) in done.items()
            ],
            "behaviours": dict(BEHAVIOURS),
        }

    def in_flight(self) -> int:
        """What is due now, and one more while the cases have not been looked at since the desk last wrote."""
        if not self._is_started or not self._orders:
            return 0
        now = self._clock.now()
        with self._guard:
            due = sum(a.due_at <= now for a in self._waiting())
            return due + (self._asked != self._answered)

    def next_due(self) -> datetime | None:
        with self._guard:
            return min((a.due_at for a in self._waiting()), default=None)

    def _waiting(self) -> list[Act]:
        return [a for looked in self._cases.values() for a in looked.acts if a.key not in self._done]

    def _run(self) -> None:
        while not self._is_stopped:
            self._woken.clear()
            try:
                self._look()
            except Unavailable as error:
                log.warning("a counterpart waits for the database", code=error.code)
                self._woken.wait(_PAUSE_AFTER_OUTAGE)
            else:
                self._woken.wait(_LOOK_AT_LEAST_EVERY)

    def _look(self) -> None:
        while not self._is_stopped:
            with self._guard:
                asked, orders = self._asked, self._orders
            if orders:
                self._compute(orders)
            with self._guard:
                self._answered = asked
                now = self._clock.now()
                due = min(
                    (a for a in self._waiting() if a.due_at <= now), key=lambda a: a.due_at, default=None
                )
            if due is None:
                self._schedule()
                return
            # One at a time: what it brings about may change what comes next.
            self._act(due)

    def _compute(self, orders: tuple[Order, ...]) -> None:
        """Fold again the cases that have moved since the last look."""
        with self._service.read() as reader:
            for authority in dict.fromkeys(order.authority for order in orders):
                for ref, seq in store.cases_of(reader.connection, authority):
                    known = self._cases.get((authority, ref))
                    if known is None or known.seq != seq:
                        record = reader.stream(case_stream(ref)).of(CASE)
                        opened = store.exchanges_opened_at(reader.connection, case_stream(ref))
                        acts = planned(record, authority, orders, opened)
                        with self._guard:
                            if self._orders is orders:
                                self._cases[authority, ref] = _Looked(seq, acts)

    def _act(self, act: Act) -> None:
        with self._service.read() as reader:
            record = reader.stream(case_stream(act.ref)).of(CASE)
        try:
            outcome = perform(self._service, record, act)
        except Unavailable:
            raise
        except ServiceError as error:
            outcome = f"refused: {error.code}"
        except Exception:
            # One counterpart that fails must not stop the time of all.
            log.exception("a counterpart failed", case=act.ref)
            outcome = "failed"
        at = self._clock.now()
        with self._service.database.write() as connection:
            store.note_act(connection, act.key, at, outcome)
        with self._guard:
            self._done = {**self._done, act.key: (at, outcome)}

    def _schedule(self) -> None:
        """Have the running clock wake this thread at the next instant."""
        due = self.next_due()
        if due is not None and due not in self._scheduled:
            self._scheduled.add(due)
            self._clock.call_at(due, self.wake)


def _check_exchange(reader: Reader, asking: Asking, authority: str) -> None:
    record = reader.stream(case_stream(str(asking.case))).of(CASE)
    exchange = record.exchange(asking.exchange or 0)
    if exchange is None or exchange.authority != authority:
        raise NotFound(f"{asking.case} has no exchange {asking.exchange} with {authority}.")


def _act_json(act: Act) -> Mapping[str, Any]:
    return {
        "order": act.order.n,
        "authority": act.order.authority,
        "case": act.ref,
        "exchange": act.exchange,
        "behaviour": act.behaviour,
        "due_at": to_text(act.due_at),
    }
