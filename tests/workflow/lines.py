"""Two telephone companies that ring the same telephones, and fail as a test tells them to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from cna_service.alerts import provider_store
from cna_service.alerts.ports import Accepted, AccountFacts, ChannelError, NumberFacts, Report
from cna_service.alerts.rules import verdict
from cna_service.db import outbox
from cna_service.db.outbox import Sending
from cna_service.kit.ids import uuid7
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK
from tests.workflow.desk import LiveDesk
from tests.workflow.outside import Exchange, Message
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import HandClock

_SERIES = itertools.count(0xA0000)


class Company(Exchange):
    """``fails``: the code that every sending meets, or None. ``accepts``: it is made all the same, as after a 500 that
    came too late. ``sids``: what it took. ``facts``: of the account; ``account_fails``: the code that asking meets."""

    def __init__(self, clock: HandClock, name: str, like: Exchange | None = None) -> None:
        super().__init__(clock)
        self.name = name
        self.fails: str | None = None
        self.accepts = False
        self.sids: list[str] = []
        self.statuses: dict[str, Report] = {}
        self.facts = AccountFacts(True, Decimal("100.00"), "USD", (NumberFacts("+15550100"),))
        self.account_fails: str | None = None
        self.asked_accounts = 0
        self._ids = itertools.count(next(_SERIES) * 1000)
        if isinstance(like, Company):
            self.phones, self._reports = like.phones, like._reports
        elif like is not None:
            self.phones = like.phones

    @property
    def reports(self) -> list[tuple[datetime, str, dict[str, str]]]:
        return self._reports

    @reports.setter
    def reports(self, reports: list[tuple[datetime, str, dict[str, str]]]) -> None:
        # One list for both, whoever drives the desk replaces it.
        self._reports = getattr(self, "_reports", [])
        self._reports[:] = reports

    def send_sms(self, *, to: str, text: str, callback_url: str, reference: str) -> Accepted:
        if self.fails is not None and not self.accepts:
            raise self._error()
        taken = super().send_sms(to=to, text=text, callback_url=callback_url, reference=reference)
        self.sids.append(taken.sid)
        if self.fails is not None:
            raise self._error()
        return taken

    def place_call(
        self,
        *,
        to: str,
        callback_url: str,
        reference: str,
        answer_url: str | None = None,
        twiml: str | None = None,
    ) -> Accepted:
        if self.fails is not None:
            raise self._error()
        placed = super().place_call(
            to=to, callback_url=callback_url, reference=reference, answer_url=answer_url, twiml=twiml
        )
        self.sids.append(placed.sid)
        return placed

    def _error(self) -> ChannelError:
        assert self.fails is not None
        judged = verdict(self.fails)
        is_unknown = self.fails in ("20500", "timeout", "broken-off")
        return ChannelError(judged.goes_on_at_once, self.fails, outcome_unknown=is_unknown)

    def find_recent(self, *, to: str, containing: str, since: datetime) -> str | None:
        if self.fails is not None:
            raise self._error()
        found = [m for m in self._own(to) if m.kind == "sms" and containing in m.text and m.at >= since]
        return found[-1].sid if found else None

    def find_recent_call(self, *, to: str, since: datetime) -> str | None:
        if self.fails is not None:
            raise self._error()
        found = [m for m in self._own(to) if m.kind == "call" and m.at >= since]
        return found[-1].sid if found else None

    def _own(self, to: str) -> list[Message]:
        return [m for m in self.phone(to).received if m.sid in self.sids]

    def fetch_status(self, sid: str) -> Report | None:
        return self.statuses.get(sid)

    def account_is_active(self) -> bool:
        return self.account().is_active

    def account(self, *, full: bool = True) -> AccountFacts:
        self.asked_accounts += 1
        if self.account_fails is not None:
            raise ChannelError(False, self.account_fails)
        return self.facts


@contextmanager
def two_lines(desk: LiveDesk) -> Iterator[tuple[Company, Company]]:
    """The desk with a primary and a spare; its own exchange is the primary."""
    primary = Company(desk.clock, "primary", desk.exchange)
    spare = Company(desk.clock, "spare", primary)
    desk.exchange = primary
    desk.outside = Outside(primary, desk.postbox, spare, balance_floor=Decimal(10))
    yield primary, spare


def arrives(desk: LiveDesk) -> str:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    return ref


def switches(desk: LiveDesk) -> list[tuple[str, str, str]]:
    bodies = [e.body for e in desk.entries(DESK) if e.type == "provider.switched"]
    return [(b["from"], b["to"], b["why"]) for b in bodies]


def ask(desk: LiveDesk, *, provider: str | None, channel: str = "sms") -> str:
    row_id = uuid7(desk.clock.now())
    content = {"purpose": "echo", "text": "TEST", **({"provider": provider} if provider else {})}
    sending = Sending(row_id, DESK, f"test:{row_id}", channel, "+15550199", content)
    with desk.service.database.write() as connection:
        outbox.ask(connection, [sending], desk.clock.now())
    return row_id


def attempts(desk: LiveDesk, sending: str) -> list[provider_store.Tried]:
    with desk.service.database.read() as connection:
        return provider_store.attempts_of(connection, sending)
