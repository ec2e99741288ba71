"""Looking at a desk from outside: its answers by HTTP, its database by a connection of our own."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from cna_service.db.database import Database
from cna_service.db.outbox import SENDING, WAITING, outbox
from cna_service.exercise.phone_company import PhoneCompany
from cna_service.kit.clock import SystemClock
from cna_service.ledger import tables as t
from cna_service.workflow.verification import verify
from tests.faults import rig
from tests.faults.rig import Place

PATIENCE = 30.0
REPEAT = " (repeat)"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    is_replayed: bool

    @property
    def case(self) -> str:
        ref: str = json.loads(self.body)["case"]
        return ref


def send(place: Place, token: str, content: bytes, key: str) -> Answer | None:
    """One submission; None if no answer came back."""
    host = place.public_url.removeprefix("http://")
    line = http.client.HTTPConnection(host, timeout=PATIENCE)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    try:
        line.request("POST", "/api/v1/submissions", content, headers)
        answer = line.getresponse()
        return Answer(answer.status, answer.read(), answer.headers.get("Idempotent-Replayed") == "true")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def get(place: Place, path: str) -> tuple[int, Any]:
    line = http.client.HTTPConnection(place.public_url.removeprefix("http://"), timeout=PATIENCE)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


class Witness:
    def __init__(self, place: Place, company: PhoneCompany) -> None:
        self._database = Database(place.database_url)
        self._company = company

    def close(self) -> None:
        self._database.close()

    def wait_until_quiet(self) -> None:
        """Nothing to send, nothing under way, everything sealed."""
        self.wait_until(self._is_quiet)

    def wait_until(self, holds: Any) -> None:
        clock = SystemClock()
        until = clock.monotonic() + PATIENCE
        while not self.sees(holds):
            assert clock.monotonic() < until, f"not within {PATIENCE} s: {self.sees(_told)}"
            time.sleep(0.005)

    def sees(self, look: Any) -> Any:
        with self._database.read() as connection:
            return look(connection)

    def _is_quiet(self, connection: Connection) -> bool:
        # In this order: once nothing is to be sent and the company has told all, no further entry comes.
        waiting = select(func.count()).where(outbox.c.state.in_((*WAITING, SENDING)))
        return connection.scalar(waiting) == 0 and self._company.wait_until_idle(1) and self.sees(_is_sealed)

    def texts(self) -> Counter[str]:
        """How often each summons by SMS reached the company, repetitions counted with what they repeat."""
        sms = [a.text for a in self._company.arrivals() if a.path.endswith("/Messages.json")]
        return Counter(text.removesuffix(REPEAT) for text in sms)

    def repeats(self) -> int:
        return sum(a.text.endswith(REPEAT) for a in self._company.arrivals())

    def sendings(self, case: str) -> list[Any]:
        """The case's rows of the outbox, oldest first."""
        query = select(outbox).where(outbox.c.stream == f"case:{case}").order_by(outbox.c.created_at)
        return list(self.sees(lambda c: c.execute(query).mappings().all()))

    def types(self, case: str) -> Counter[str]:
        e = t.ledger_entry.c
        query = select(e.type).where(e.stream == f"case:{case}")
        return Counter(self.sees(lambda c: c.execute(query).scalars().all()))


def _is_sealed(connection: Connection) -> bool:
    unplaced = select(func.count()).select_from(t.ledger_pending)
    head = select(func.max(t.ledger_head.c.size))
    signed = select(func.max(t.ledger_checkpoint.c.size))
    return connection.scalar(unplaced) == 0 and connection.scalar(head) == connection.scalar(signed)


def _told(connection: Connection) -> Any:
    return connection.execute(select(outbox.c.channel, outbox.c.state, outbox.c.tries)).all()


def end(place: Place) -> Any:
    """The log's verification once the desk is down."""
    running = rig.build(place)
    report = verify(running.service)
    running.stop()
    return report
