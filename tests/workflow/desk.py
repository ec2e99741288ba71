"""The desk as a test drives it: what arrives, what officers do, what time does; and the people of a story."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases.as_json import case_json
from cna_service.cases.record import CaseRecord, Clock
from cna_service.db import outbox, timers
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Alert, Escalations
from cna_service.identity.actors import Actor, authority_actor
from cna_service.ledger import store
from cna_service.ledger.entry import Entry
from cna_service.ledger.sequencer import Sequencer
from cna_service.workflow import calls, deliver, replies
from cna_service.workflow.alerts import acknowledge_alert
from cna_service.workflow.deliver import Outside
from cna_service.workflow.fire import fire_due
from cna_service.workflow.projections import (
    ALERTS,
    CASE,
    DESK,
    DIRECTORY,
    DUTY,
    LISTED,
    OFFICERS,
    case_stream,
)
from cna_service.workflow.receive import Arrival, receive
from cna_service.workflow.service import Service
from tests.workflow.outside import Exchange, Message, Postbox
from tests.workflow.station import SIGNER, T0, HandClock, a_service

NODE = "test-node"
Verb = Callable[..., Reply]


@dataclass(frozen=True)
class Answered:
    """What a command answered."""

    status: int
    body: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


def answered(reply: Reply) -> Answered:
    return Answered(reply.status, json.loads(reply.body))


class LiveDesk:
    def __init__(self, service: Service, clock: HandClock) -> None:
        self.service = service
        self.clock = clock
        self.exchange = Exchange(clock)
        self.postbox = Postbox()
        self.outside = Outside(self.exchange, self.postbox)
        self._tokens = itertools.count(1)
        self._attended: dict[str, str] = {}

    # --- who acts

    def officer(self, name: str) -> Actor:
        """The officer as he is now, signed in."""
        with self.service.read() as reader:
            officer = reader.stream(DESK).of(OFFICERS).find(name)
        return officer.actor(self.clock.now(), signed_in={"by": "totp", "session": "s-1"})

    def authority(self, name: str) -> Actor:
        with self.service.read() as reader:
            listed = reader.stream(DIRECTORY).of(LISTED).find(name)
        return authority_actor(listed.id, state=listed.state, name=listed.name, signed_in={"by": "token"})

    def number(self, officer: str) -> str:
        with self.service.read() as reader:
            return str(reader.stream(DESK).of(OFFICERS).find(officer).phone)

    def person(self, officer: str) -> Person:
        return Person(self, officer, self.number(officer))

    # --- what arrives and is done

    def receive_bytes(self, content: bytes, *, by: str = "mrcc-xb", key: Key | None = None) -> Answered:
        actor = self.authority(by)
        return answered(receive(self.service, actor, Arrival(content, "application/json"), key))

    def receive(self, *, by: str = "mrcc-xb", key: Key | None = None, **fields: Any) -> Answered:
        return self.receive_bytes(json.dumps(fields).encode(), by=by, key=key)

    def do(self, verb: Verb, officer: str, /, *place: Any, **body: Any) -> Answered:
        """A verb by an officer of this desk: ``do(give_answer, "duty-1", ref, 1, form="oral", …)``."""
        return answered(verb(self.service, self.officer(officer), *place, body))

    def look(self, ref: str) -> int:
        """The seq that somebody has before him now."""
        return self.case(ref).seq

    # --- what stands

    def case(self, ref: str) -> CaseRecord:
        with self.service.read() as reader:
            return reader.stream(case_stream(ref)).of(CASE)

    def alerts(self, stream: str) -> Escalations:
        with self.service.read() as reader:
            return reader.stream(stream if stream in (DESK, DUTY) else case_stream(stream)).of(ALERTS)

    def alert(self, ref: str, kind: str = "new_request") -> Alert:
        """The newest alert of that kind."""
        return [a for a in self.alerts(ref).by_id.values() if a.kind == kind][-1]

    def entries(self, ref: str) -> list[Entry]:
        stream = ref if ref in (DESK, DUTY) else case_stream(ref)
        with self.service.database.read() as connection:
            return list(store.read_entries(connection, self.service.desk.log_origin, stream).entries)

    def types(self, ref: str) -> list[str]:
        return [e.type for e in self.entries(ref)]

    def last(self, ref: str, kind: str) -> Entry:
        return [e for e in self.entries(ref) if e.type == kind][-1]

    def record_json(self, ref: str) -> dict[str, Any]:
        return case_json(self.case(ref))

    def clock_of(self, ref: str, kind: str = "legal", n: int = 0) -> Clock:
        return [c for c in self.case(ref).clocks if c.kind == kind][n]

    def outbox(self) -> list[dict[str, Any]]:
        with self.service.database.read() as connection:
            rows = connection.execute(outbox.outbox.select().order_by(outbox.outbox.c.created_at))
            return [dict(r) for r in rows.mappings()]

    # --- time and the outside

    def tick(self) -> int:
        return fire_due(self.service)

    def deliver(self) -> int:
        """Send everything that may be sent now, and hand over the reports that are due."""
        done = 0
        while claimed := deliver.claim(self.service, NODE, 8):
            for each in claimed:
                deliver.send(self.service, self.outside, each, NODE)
            done += len(claimed)
        return done + self._hand_over_reports()

    def _hand_over_reports(self) -> int:
        due = [r for r in self.exchange.reports if r[0] <= self.clock.now()]
        self.exchange.reports = [r for r in self.exchange.reports if r[0] > self.clock.now()]
        for _, sending, params in due:
            self.report(sending, params)
        return len(due)

    def report(self, sending: str | None, params: Mapping[str, str], token: str | None = None) -> None:
        replies.report(
            self.service, self.exchange.name, sending, params, token or f"once-{next(self._tokens)}"
        )

    def settle(self) -> None:
        """Everything that wants no time to pass."""
        for _ in range(200):
            if not self.tick() + self._take_alerts() + self.deliver():
                return
        raise AssertionError("the desk does not come to rest")

    def attend(self, ref: str, officer: str) -> None:
        """From now on this officer takes every alert of the case at the console, before anybody is called."""
        self._attended[ref] = officer
        self.settle()

    def _take_alerts(self) -> int:
        taken = 0
        for ref, officer in self._attended.items():
            for alert in self.alerts(ref).open:
                if alert.is_climbing:
                    # On the way: he need not be asked every few minutes whether he sleeps (desk-rules 3.1).
                    acknowledge_alert(
                        self.service, self.officer(officer), case_stream(ref), alert.id, minutes=60
                    )
                    taken += 1
        return taken

    def advance(self, **window: float) -> None:
        self.advance_to(self.clock.now() + timedelta(**window))

    def advance_to(self, target: datetime) -> None:
        """From due instant to due instant, as the exercise clock goes."""
        self.settle()
        while (due := self._next_due()) is not None and due <= target:
            self.clock.at = max(due, self.clock.at)
            self.settle()
        self.clock.at = target
        self.settle()

    def sleep(self, **window: float) -> None:
        """Time passes and nobody ticks: the desk was switched off."""
        self.clock.at += timedelta(**window)

    def pass_time(self, length: float) -> None:
        """So many minutes go by from timer to timer, and no message leaves."""
        target = self.clock.now() + timedelta(minutes=length)
        while (due := self._next_timer()) is not None and due <= target:
            self.clock.at = max(due, self.clock.at)
            self.tick()
            self._take_alerts()
        self.clock.at = target
        self.tick()

    def _next_timer(self) -> datetime | None:
        with self.service.database.read() as connection:
            return timers.next_due(connection)

    def _next_due(self) -> datetime | None:
        with self.service.database.read() as connection:
            due = [timers.next_due(connection), outbox.next_try(connection)]
        due += [r[0] for r in self.exchange.reports]
        return min((at for at in due if at is not None), default=None)

    def seal(self) -> None:
        Sequencer(self.service.database, self.service.desk.log_origin, SIGNER).run(self.clock.now())

    # --- who was disturbed

    def unread(self) -> list[str]:
        """What reached a phone and no line of the story expected."""
        return [
            f"{p.number} {m.kind}: {m.text}"
            for p in self.exchange.phones.values()
            for m in p.received
            if not m.is_read
        ]

    def nobody_else_was_called(self) -> None:
        unread = self.unread()
        assert not unread, f"nobody expected: {unread}"

    def forget_messages(self) -> None:
        """What happened before is of no interest to this test."""
        for phone in self.exchange.phones.values():
            for message in phone.received:
                message.is_read = True


@dataclass(frozen=True)
class Person:
    """An officer with his telephone, in the words of a story."""

    desk: LiveDesk
    name: str
    number: str

    @property
    def phone(self) -> Any:
        return self.desk.exchange.phone(self.number)

    def receives_sms(self, *, containing: str = "") -> str:
        """The oldest SMS not read yet that holds these words; returns its text."""
        return self._take("sms", containing).text

    def is_called(self) -> Message:
        return self._take("call", "")

    def has_nothing(self) -> None:
        assert [m.text or m.kind for m in self.phone.received if not m.is_read] == []

    def code(self) -> str:
        """The code of the newest summons."""
        found = [c for m in reversed(self.phone.texts) for c in re.findall(r"[Rr]eply 1 (\d{4})", m.text)]
        assert found, f"{self.name} has no summons"
        return str(found[0])

    def replies(self, text: str) -> None:
        """``{code}`` in the text stands for the code of the newest summons."""
        words = text.format(code=self.code()) if "{code}" in text else text
        replies.receive_text(self.desk.service, self.number, words)
        self.desk.settle()

    def picks_up(self, call: Message | None = None) -> str:
        """Answers the newest call; returns what is said before a key is pressed."""
        return calls.answered(self.desk.service, (call or self.phone.calls[-1]).reference)

    def presses(self, digits: str, call: Message | None = None) -> str:
        """Presses keys in the newest call, which then ends; returns what is said."""
        ringing = call or self.phone.calls[-1]
        said = calls.key_pressed(self.desk.service, ringing.reference, digits)
        self.desk.exchange.drop_report(ringing)
        self.desk.report(ringing.reference, {"CallSid": ringing.sid, "CallStatus": "completed"})
        self.desk.settle()
        return said

    def _take(self, kind: str, containing: str) -> Message:
        for message in self.phone.received:
            if not message.is_read and message.kind == kind and containing in message.text:
                message.is_read = True
                return message  # type: ignore[no-any-return]
        there = [m.text or m.kind for m in self.phone.received if not m.is_read]
        raise AssertionError(f"{self.name} has no {kind} with {containing!r}; unread: {there}")


@contextmanager
def a_desk(url: str, *, at: datetime = T0, **more: Any) -> Iterator[LiveDesk]:
    clock = HandClock(at)
    with a_service(url, clock, **more) as service:
        yield LiveDesk(service, clock)
