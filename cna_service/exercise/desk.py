"""One exercise put together: its clock, telephone company and mailbox, and what they give to the desk's service.

Built by ``bootstrap`` in this order: ``prepare`` before the service, ``seed`` and ``attach`` with it, ``start`` and
``stop`` beside the worker.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import APIRouter

from cna_service.alerts.twilio_channel import TwilioAccount, TwilioTelephony
from cna_service.db.database import Database
from cna_service.exercise import store
from cna_service.exercise.advance import Driver
from cna_service.exercise.clock import ClockState, ExerciseClock
from cna_service.exercise.counterparts import Counterparts
from cna_service.exercise.loopback import client_for
from cna_service.exercise.mailbox import Mailbox
from cna_service.exercise.phone_company import PhoneCompany
from cna_service.exercise.phone_company_switch import Account
from cna_service.exercise.seed import seed_exercise
from cna_service.exercise.simulation import create_simulation
from cna_service.kit.clock import Clock
from cna_service.workflow.deliver import Outside
from cna_service.workflow.desk import Desk
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Service

STATE = "XA"
"""The fictional State that an exercise desk speaks for, whatever the settings say."""

TELEPHONE = "+15550100"
MAIL_FROM = "desk@xa.example.test"
PORT = 8001
REPLIES = "/callbacks/twilio/sms"
CALLS = "/callbacks/twilio/voice"
_NO_MAIL = "desk@localhost"


class HasService(Protocol):
    @property
    def service(self) -> Service: ...


class ExerciseDesk:
    """``clock`` and ``desk`` go into the service, ``outside`` to the worker."""

    def __init__(
        self,
        database: Database,
        clock: ExerciseClock,
        desk: Desk,
        *,
        config: Path,
        machine: Clock,
        is_open: bool,
        local_url: str,
    ) -> None:
        self.clock = clock
        self.desk = desk
        self.is_open = is_open
        self._database = database
        self._config = config
        self._machine = machine
        self._is_started = False
        self._service: Service | None = None
        self._driver: Driver | None = None
        self._counterparts: Counterparts | None = None
        self._account = Account("AC" + secrets.token_hex(16), secrets.token_hex(16), desk.telephone)
        self._local_url = local_url
        self.mailbox = Mailbox(desk.mail_from, clock)

    @cached_property
    def company(self) -> PhoneCompany:
        """Opens its socket when it is first asked for: a start that is refused before opens none."""
        public = self.desk.public_url
        client = None if public == self._local_url else client_for(public, self._local_url)
        return PhoneCompany(self._account, self.clock, self._machine, client=client)

    @cached_property
    def _telephony(self) -> TwilioTelephony:
        account = TwilioAccount(
            sid=self._account.sid,
            tokens=(self._account.token,),
            number=self._account.number,
            base_url=self.company.base_url,
        )
        return TwilioTelephony(account, name="exercise")

    @cached_property
    def outside(self) -> Outside:
        """What the worker sends by: the real adapter to the simulated company, and the mailbox."""
        return Outside(self._telephony, self.mailbox)

    @cached_property
    def router(self) -> APIRouter:
        """The calls under ``/simulation``, for the application."""
        return create_simulation(self)

    @classmethod
    def prepare(
        cls,
        *,
        database: Database,
        desk: Desk,
        config: Path,
        machine: Clock,
        clock: Clock | None = None,
        is_open: bool = False,
        local_url: str | None = None,
    ) -> ExerciseDesk:
        """Read the clock's row and build what the service needs.

        ``config``: the folder of policy files. ``clock``: an :class:`ExerciseClock` to be used as it is, or any clock
        whose reading an empty exercise begins at; the machine's without it. An exercise that was stopped goes on from
        where its clock stood, and never before its newest entry. ``is_open``: simulation calls from other machines
        too. ``local_url``: where the desk answers on this machine, for callbacks, if its public URL is another one.
        """
        if not isinstance(clock, ExerciseClock):
            clock = _clock(database, machine, clock or machine)
        named = replace(
            desk,
            state=STATE,
            telephone=desk.telephone or TELEPHONE,
            calls_from=(desk.telephone or TELEPHONE,),
            mail_from=MAIL_FROM if desk.mail_from == _NO_MAIL else desk.mail_from,
        )
        return cls(
            database,
            clock,
            named,
            config=config,
            machine=machine,
            is_open=is_open,
            local_url=local_url or _local_url(desk.public_url),
        )

    @property
    def service(self) -> Service:
        assert self._service is not None, "attach comes first"
        return self._service

    @property
    def driver(self) -> Driver:
        assert self._driver is not None, "attach comes first"
        return self._driver

    @property
    def counterparts(self) -> Counterparts:
        assert self._counterparts is not None, "attach comes first"
        return self._counterparts

    def seed(self, service: Service) -> None:
        """Give an empty database what an exercise begins with; raises what ``seed_exercise`` does."""
        seed_exercise(service, self._config / "exercise")

    def attach(self, running: HasService) -> None:
        self._service = running.service
        self._counterparts = Counterparts(running.service, self.clock)
        lines = (self.company, self._counterparts)
        self._driver = Driver(self._database, self.clock, lines, running.service.wakes.wake)
        self.company.send_replies_to(f"{self.desk.public_url}{REPLIES}")
        self.company.send_calls_to(f"{self.desk.public_url}{CALLS}", f"{self.desk.public_url}{CALLS}/ended")
        self.list_phones()

    def list_phones(self) -> None:
        """Give every officer's telephone its owner, those added since the start too."""
        with self.service.read() as reader:
            officers = reader.stream(DESK).of(OFFICERS).all()
        for officer in officers:
            for number in (officer.phone, officer.second_phone):
                if isinstance(number, str) and number:
                    self.company.add_phone(number, officer.id)

    def start(self) -> None:
        self._is_started = True
        self.company.start()
        self.clock.start()
        self.counterparts.start()
        self._telephony.prepare()

    def stop(self) -> None:
        """Close the company and keep the clock. A desk that was never started keeps nothing: it moved nothing."""
        if self._driver is not None:
            self._driver.stop()
        if self._counterparts is not None:
            self._counterparts.stop()
        if not self._is_started:
            # Its socket is open already, and only a server that runs can be shut down.
            self.company.start()
        self.company.stop()
        if self._is_started:
            self.clock.stop()
        self._telephony.close()


def _clock(database: Database, machine: Clock, begins: Clock) -> ExerciseClock:
    with database.write() as connection:
        store.make_table(connection)
        kept = store.read_clock(connection)
        newest = store.newest_entry_at(connection)
    state = kept or ClockState(begins.now())
    if newest is not None and newest > state.at:
        state = replace(state, at=newest)

    def keep(now: ClockState) -> None:
        with database.write() as connection:
            store.keep_clock(connection, now, machine.now())

    return ExerciseClock(machine, state, keep=keep)


def _local_url(public: str) -> str:
    """The public URL where it is one of this machine, else the port that an exercise has by default."""
    is_here = urlsplit(public).hostname in ("127.0.0.1", "localhost", "::1")
    return public if is_here else f"http://127.0.0.1:{PORT}"
