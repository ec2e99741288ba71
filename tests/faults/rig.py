"""A real desk (not an exercise) for the fault tests, and the telephone company it reaches."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cna_service import bootstrap
from cna_service.alerts.twilio_channel import TwilioAccount, TwilioTelephony
from cna_service.bootstrap import Running
from cna_service.directory.seeds import authority_seeds
from cna_service.exercise.phone_company import PhoneCompany
from cna_service.exercise.phone_company_schedule import RealTimeScheduler, Scheduler
from cna_service.exercise.phone_company_switch import Account
from cna_service.exercise.seed import seed_officers, seed_roster
from cna_service.identity.actors import SERVICE
from cna_service.kit.clock import Clock, SystemClock
from cna_service.ledger.keys import Ed25519Signer, load_key_file
from cna_service.settings import Settings
from cna_service.workflow.authorities import issue_token, list_authority
from cna_service.workflow.deliver import Outside

SID = "AC" + "0" * 32
TOKEN = "the-provider's-token"
NUMBER = "+15550100"
DUTY, DEPUTY, SUPERVISOR = "+15550100101", "+15550100102", "+15550100103"
ADMINISTRATOR = "+15550100108"
AUTHORITY = "mrcc-xb"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Place:
    """Where one desk lives and what it reaches; goes to another process as JSON."""

    data: str
    database_url: str
    public_url: str
    company_url: str
    config: str | None = None

    def settings(self) -> Settings:
        return Settings(
            data=Path(self.data),
            database_url=self.database_url,
            public_url=self.public_url,
            config=None if self.config is None else Path(self.config),
            telephone=NUMBER,
            twilio_account=SID,
            twilio_token=TOKEN,
            twilio_from=NUMBER,
            twilio_url=self.company_url,
        )

    def as_json(self) -> dict[str, str]:
        return dataclasses.asdict(self)


def build(place: Place, *, clock: Clock | None = None, machine: Clock | None = None) -> Running:
    return bootstrap.build(place.settings(), clock=clock, machine=machine)


def patient_config(folder: Path) -> str:
    """A copy of the policy whose ladders wait a hundred times as long: no rung comes due while a test runs, however
    slow the machine."""
    shipped = bootstrap.config_folder(Settings())
    shutil.copytree(shipped, folder)
    ladders = folder / "ladders.toml"
    waits = re.compile(r"((?:after_seconds|repeat_after_seconds|sms|voice) = )([1-9]\d*)")
    ladders.write_text(waits.sub(r"\g<1>\g<2>00", ladders.read_text()))
    return str(folder)


def begin(place: Place) -> str:
    """Make the desk, with the officers, roster and authorities of the exercise; returns a token of ``AUTHORITY``."""
    running = build(place)
    folder = bootstrap.config_folder(running.settings) / "exercise"
    seed_officers(running.service, folder / "officers.toml")
    seed_roster(running.service, folder / "roster.toml")
    # A real desk begins with the offices that sources name; the exercise's partners come by a person's hand.
    authorities = folder / "authorities.toml"
    for _, listed in authority_seeds(authorities.name, authorities.read_bytes(), exercise=True):
        list_authority(running.service, SERVICE, listed)
    token = issue_token(running.service, SERVICE, AUTHORITY).token
    running.stop()
    return token


def signer_of(place: Place) -> Ed25519Signer:
    return load_key_file(Path(place.data) / "secrets" / bootstrap.LOG_KEY)


def telephony(company_url: str, *, timeout: float = 8.0) -> TwilioTelephony:
    account = TwilioAccount(
        sid=SID,
        tokens=(TOKEN,),
        number=NUMBER,
        base_url=company_url,
        timeout=timedelta(seconds=timeout),
    )
    return TwilioTelephony(account)


def with_telephony(running: Running, line: TwilioTelephony) -> Running:
    return dataclasses.replace(running, outside=Outside(line, None))


def submission(n: int, **more: str) -> bytes:
    told: dict[str, Any] = {
        **more,
        "requester_reference": f"XB-{n:05}",
        "vessels": [{"name": f"MARTLET {n}", "flag_claimed": "XA"}],
        "measures": ["board", "search"],
        "legal_basis": ["CETS 156 art. 6"],
        "contact": {"name": "Duty officer of XB", "phone": "+15550102"},
    }
    return json.dumps(told).encode()


@contextmanager
def a_company(scheduler: Scheduler | None = None, **more: Any) -> Iterator[PhoneCompany]:
    clock = SystemClock()
    own = RealTimeScheduler(clock) if scheduler is None else None
    company = PhoneCompany(Account(SID, TOKEN, NUMBER), scheduler or own, clock, **more)  # type: ignore[arg-type]
    company.start()
    try:
        yield company
    finally:
        company.stop()
        if own is not None:
            own.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
