"""A desk in this process whose time moves only when told: its duties are done in turn, its HTTP and its telephone
company are real."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Connection, func, select

from cna_service.app import create_app
from cna_service.bootstrap import Running
from cna_service.db.outbox import SENDING, WAITING, attempt, outbox
from cna_service.db.timers import timer
from cna_service.exercise.phone_company import PhoneCompany
from cna_service.exercise.phone_company_schedule import HeldScheduler
from cna_service.kit.clock import SystemClock
from cna_service.ledger import store
from cna_service.ledger.entry import Entry
from cna_service.workflow import deliver
from cna_service.workflow.clock_steps import ClockWatch
from cna_service.workflow.fire import fire_due
from cna_service.workflow.service import Service
from tests.faults import rig
from tests.faults.rig import Place
from tests.faults.witness import Answer, Witness, send

NODE = "this-node"


class Hands:
    """The desk's clock: the world's, off by so much."""

    def __init__(self, world: HeldScheduler) -> None:
        self.world = world
        self.off = timedelta()
        self._began = world.now()

    def now(self) -> datetime:
        return self.world.now() + self.off

    def monotonic(self) -> float:
        return (self.world.now() - self._began).total_seconds()


@dataclass
class Station:
    place: Place
    token: str
    running: Running
    company: PhoneCompany
    world: HeldScheduler
    clock: Hands
    watch: ClockWatch
    witness: Witness
    cases: list[str] = field(default_factory=list)
    node: str = NODE
    """Who claims and sends; another name is another node."""

    @property
    def service(self) -> Service:
        return self.running.service

    def receive(self, **more: str) -> str:
        """A request comes in and is answered 201; returns its case."""
        n = len(self.cases)
        answer = self.post(rig.submission(n, **more), f"key-{n}")
        assert answer is not None and answer.status == 201, answer
        self.cases.append(answer.case)
        return answer.case

    def post(self, content: bytes, key: str) -> Answer | None:
        return send(self.place, self.token, content, key)

    def turn(self) -> None:
        """What the threads do at one instant, until nothing more is to do."""
        while True:
            self.watch.look(self.service)
            fired = fire_due(self.service, self.watch.believed)
            claimed = deliver.claim(self.service, self.node, 8)
            for one in claimed:
                deliver.send(self.service, self.running.outside, one, self.node)
            assert self.company.wait_until_idle(10)
            if not fired and not claimed:
                return

    def advance(self, seconds: float) -> None:
        """From due instant to due instant; by five seconds where clocks are held back and fall due unseen."""
        self.turn()
        target = self.world.now() + timedelta(seconds=seconds)
        while self.world.now() < target:
            left = target - self.world.now()
            wait = timedelta(seconds=5) if self.watch.held else self.witness.sees(self._next_due)
            self.world.advance(min(left, wait or left))
            self.turn()

    def _next_due(self, connection: Connection) -> timedelta | None:
        now = self.clock.now()
        timers = select(func.min(timer.c.due_at)).where(timer.c.due_at > now)
        retries = select(func.min(outbox.c.next_try_at)).where(
            outbox.c.state.in_(WAITING), outbox.c.next_try_at > now
        )
        leases = select(func.min(outbox.c.lease_until)).where(
            outbox.c.state == SENDING, outbox.c.lease_until > now
        )
        found = [connection.scalar(each) for each in (timers, retries, leases)]
        waits = [at - now for at in found if at is not None]
        if (theirs := self.company.next_due()) is not None:
            waits.append(max(theirs - self.world.now(), timedelta(microseconds=1)))
        return min(waits, default=None)

    def step(self, **window: float) -> None:
        """The desk's clock is set, and nobody says so."""
        self.clock.off += timedelta(**window)

    def entries(self, stream: str, *types: str) -> list[Entry]:
        with self.service.read() as reader:
            found = store.read_entries(reader.connection, self.service.desk.log_origin, stream).entries
        return [e for e in found if not types or e.type in types]

    def types(self, stream: str) -> Counter[str]:
        return Counter(e.type for e in self.entries(stream))

    def sendings(self, case: str) -> list[Any]:
        return self.witness.sendings(case)

    def tries(self, sending: str) -> list[Any]:
        query = select(attempt).where(attempt.c.sending == sending).order_by(attempt.c.id)
        return list(self.witness.sees(lambda c: c.execute(query).mappings().all()))

    def set_row(self, sending: str, **values: Any) -> None:
        with self.service.database.write() as connection:
            connection.execute(outbox.update().where(outbox.c.id == sending).values(**values))

    def texts_to(self, number: str) -> list[str]:
        return [a.text for a in self.company.arrivals() if a.to == number and "/Messages" in a.path]

    def calls_to(self, number: str) -> int:
        return sum(a.to == number and "/Calls" in a.path for a in self.company.arrivals())


@contextmanager
def a_station(
    database_url: str, folder: Path, *, timeout: float = 8.0, config: str | None = None
) -> Iterator[Station]:
    world = HeldScheduler(SystemClock().now())
    with rig.a_company(world, hang=timedelta(seconds=1.5)) as company:
        port = rig.free_port()
        place = Place(
            str(folder / "desk"), database_url, f"http://127.0.0.1:{port}", company.base_url, config
        )
        token = rig.begin(place)
        clock = Hands(world)
        # The desk was made by the machine's clock; its own time goes on from there.
        world.advance(SystemClock().now() - world.now())
        built = rig.build(place, clock=clock, machine=clock)
        running = rig.with_telephony(built, rig.telephony(company.base_url, timeout=timeout))
        witness = Witness(place, company)
        with served(running, port):
            watch = ClockWatch(clock)
            yield Station(place, token, running, company, world, clock, watch, witness)
        witness.close()
        running.outside.telephony.close()  # type: ignore[union-attr]
        running.stop()


@contextmanager
def served(running: Running, port: int) -> Iterator[None]:
    listening = socket.create_server(("127.0.0.1", port), backlog=64)
    config = uvicorn.Config(create_app(running), log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
