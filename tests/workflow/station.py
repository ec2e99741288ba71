"""A whole desk without threads: the real database, outbox and verbs; a clock, phones and a mailbox moved by hand."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from cna_service.bootstrap import config_folder, read_policies
from cna_service.db.database import Database
from cna_service.db.migrate import migrate
from cna_service.exercise import seed
from cna_service.identity import secrets_file
from cna_service.ledger.folds import Folds
from cna_service.ledger.keys import Ed25519Signer
from cna_service.registry.search import RegisterSearch
from cna_service.settings import Settings
from cna_service.workflow.access import for_desk
from cna_service.workflow.desk import Desk
from cna_service.workflow.policies import Policies
from cna_service.workflow.projections import PROJECTIONS, TYPES
from cna_service.workflow.seeding import adopt_policies, born
from cna_service.workflow.service import Service
from tests.database import PostgresServer, sqlite_url

# As a desk writes its log; without it every traceback is drawn with the values of all its variables.
structlog.configure(processors=[structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()])

CONFIG = config_folder(Settings(data=Path("var/none")))
SEEDED_AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
T0 = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
"""When every test begins: a Saturday afternoon, hours after the desk was seeded."""

LOG = "cna.example/desk-tests"
TEMPLATE = "seeded_desk"
SIGNER = Ed25519Signer(LOG, bytes(31) + b"\x01")
VESSELS = 40


class HandClock:
    """Case time and the machine's time in one; goes forward only when told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


@functools.cache
def policies() -> Policies:
    return read_policies(CONFIG, exercise=True)


@functools.cache
def secrets() -> secrets_file.Secrets:
    folder = Path(tempfile.mkdtemp(prefix="cna-keys-"))
    try:
        secrets_file.make_missing(folder)
        return secrets_file.load(folder)
    finally:
        shutil.rmtree(folder)


def desk_facts(**more: Any) -> Desk:
    told: dict[str, Any] = {
        "state": "XA",
        "name": "Duty desk of XA",
        "zone": "UTC",
        "log_origin": LOG,
        "telephone": "+15550100",
        "public_url": "http://desk.example.test",
        "is_exercise": True,
        "build": "test-build",
    }
    return Desk(**{**told, **more})


def make_service(database: Database, clock: HandClock, *, desk: Desk | None = None, **more: Any) -> Service:
    desk = desk or desk_facts()
    return Service(
        desk=desk,
        database=database,
        folds=Folds(desk.log_origin, TYPES, PROJECTIONS),
        clock=clock,
        machine=clock,
        policies=more.pop("policies", None) or policies(),
        access=for_desk(secrets(), is_exercise=desk.is_exercise),
        registry=RegisterSearch(database),
        log_keys=(SIGNER.verifier,),
        clock_quality=lambda: {"src": "exercise"},
        **more,
    )


def seed_desk(service: Service) -> None:
    """Officers, roster, directory, law and adoptions as an exercise has them, with a small register."""
    born(service, exercise=True)
    adopt_policies(service)
    folder = CONFIG / "exercise"
    seed.seed_officers(service, folder / "officers.toml")
    seed.seed_delegations(service, folder / "delegations.toml")
    seed.seed_roster(service, folder / "roster.toml")
    seed.seed_authorities(service, folder / "authorities.toml")
    seed.seed_law(service, folder / "participation.toml")
    with tempfile.TemporaryDirectory(prefix="cna-register-") as place:
        small = Path(place) / "register.toml"
        text = (folder / "register.toml").read_text(encoding="utf-8")
        small.write_text(text.replace("vessels = 3000", f"vessels = {VESSELS}"), encoding="utf-8")
        seed.seed_register(service, small)


def fill(url: str) -> None:
    database = Database(url)
    try:
        migrate(database)
        seed_desk(make_service(database, HandClock(SEEDED_AT)))
    finally:
        database.close()


@functools.cache
def _sqlite_template() -> Path:
    """One file per test process, gone when the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="cna-desk-")
    _KEPT.append(folder)
    fill(sqlite_url(Path(folder.name)))
    return Path(folder.name) / "desk.sqlite3"


_KEPT: list[Any] = []


def fresh_sqlite(folder: Path) -> str:
    """The URL of a seeded desk's database of its own."""
    shutil.copyfile(_sqlite_template(), folder / "desk.sqlite3")
    return sqlite_url(folder)


def fresh_postgres(server: PostgresServer) -> str:
    return server.url(server.fresh(server.template(TEMPLATE, fill)))


@contextmanager
def a_service(url: str, clock: HandClock, **more: Any) -> Iterator[Service]:
    database = Database(url)
    try:
        yield make_service(database, clock, **more)
    finally:
        database.close()


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)
