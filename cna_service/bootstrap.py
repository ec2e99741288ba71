"""The one place that reads settings and constructs adapters: settings in, a running desk out."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from cna_service.agreements.catalogue import Catalogue, files_in, load
from cna_service.alerts.countries import FILE as COUNTRIES_FILE
from cna_service.alerts.countries import Countries, read_countries, region_of
from cna_service.alerts.twilio_channel import TwilioTelephony
from cna_service.bootstrap_outside import build_outside, build_registers, with_notes
from cna_service.db.database import Database
from cna_service.db.migrate import migrate
from cna_service.documents.wording import FILE as PAPERS_FILE
from cna_service.documents.wording import read_wording, shipped_text
from cna_service.escalation.ladder_file import read_ladders
from cna_service.escalation.words import read_texts
from cna_service.identity import secrets_file
from cna_service.intake import call_policy
from cna_service.kit.clock import Clock, SystemClock
from cna_service.kit.kernel_clock import kernel_clock
from cna_service.kit.second_clock import SecondClock
from cna_service.ledger.folds import Folds
from cna_service.ledger.keys import Ed25519Signer, create_key_file, load_key_file
from cna_service.ledger.sequencer import Sequencer
from cna_service.registry.search import RegisterSearch
from cna_service.settings import Settings as Settings  # noqa: PLC0414 - the command line takes it from here
from cna_service.worker.monitor_http import MonitorHttp
from cna_service.worker.worker import Worker
from cna_service.workflow import two_person
from cna_service.workflow.access import for_desk
from cna_service.workflow.deliver import Outside
from cna_service.workflow.desk import Desk
from cna_service.workflow.log_keys import LOG_KEY, log_verifiers
from cna_service.workflow.policies import Policies
from cna_service.workflow.projections import PROJECTIONS, TYPES
from cna_service.workflow.seeding import born, seed_real
from cna_service.workflow.self_test_line import SelfTestLine
from cna_service.workflow.service import Service

REAL_PORT, EXERCISE_PORT = 8000, 8001
_PACKAGE = Path(__file__).parent


@dataclass
class Running:
    """A desk put together: the service, what it reaches outside, and the threads once started."""

    settings: Settings
    service: Service
    outside: Outside
    sequencer: Sequencer
    worker: Worker
    exercise: Any = None
    notes: list[str] = field(default_factory=list)
    """What whoever starts the desk should read, such as secrets that were just made."""

    def start(self) -> None:
        if self.exercise is not None:
            self.exercise.start()
        self.worker.start()
        # The first summons must not wait for what is read once: a quarter of a second.
        some_number = "+351910000000"
        threading.Thread(target=region_of, args=(some_number,), name="prepare-countries", daemon=True).start()
        for line in self.outside.lines:
            if isinstance(line, TwilioTelephony):
                threading.Thread(target=line.prepare, name="prepare-telephony", daemon=True).start()

    def stop(self) -> None:
        self.worker.stop()
        if self.exercise is not None:
            self.exercise.stop()
        self.outside.close()
        self.service.database.close()


def port_of(settings: Settings, *, exercise: bool) -> int:
    return settings.port or (EXERCISE_PORT if exercise else REAL_PORT)


def build(
    settings: Settings, *, exercise: bool = False, clock: Clock | None = None, machine: Clock | None = None
) -> Running:
    """Put a desk together: make missing secrets, migrate, seed an empty database.

    Raises SecretUnusable, DatabaseUnavailable, BornReal or BornExercise (a database is one or the other for ever),
    and the errors of unreadable policy.
    """
    machine = machine or SystemClock()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = settings.data / "secrets"
    made = list(secrets_file.make_missing(keys))
    signer = _log_signer(keys, log_origin(settings, exercise=exercise), made)
    database = Database(settings.database_url or f"sqlite:///{settings.data / 'desk.sqlite3'}")
    try:
        running = _put_together(settings, database, signer, exercise=exercise, clock=clock, machine=machine)
    except BaseException:
        database.close()
        raise
    running.notes += [f"made {keys / name} (mode 0600): back it up apart from the data" for name in made]
    return running


def _put_together(
    settings: Settings,
    database: Database,
    signer: Ed25519Signer,
    *,
    exercise: bool,
    clock: Clock | None,
    machine: Clock,
) -> Running:
    migrate(database)
    desk = _desk(settings, exercise=exercise)
    station = None
    case_clock = clock or machine
    if exercise:
        from cna_service.exercise.desk import ExerciseDesk

        station = ExerciseDesk.prepare(
            database=database,
            desk=desk,
            config=config_folder(settings),
            machine=machine,
            clock=clock,
            is_open=settings.simulation_open,
            local_url=f"http://127.0.0.1:{port_of(settings, exercise=True)}",
        )
        case_clock, desk = station.clock, station.desk
    service = Service(
        desk=desk,
        database=database,
        folds=Folds(desk.log_origin, TYPES, PROJECTIONS),
        clock=case_clock,
        machine=machine,
        policies=read_policies(config_folder(settings), exercise=exercise),
        access=for_desk(secrets_file.load(settings.data / "secrets"), is_exercise=exercise),
        registry=RegisterSearch(database, kept=settings.data / "register-index"),
        log_keys=log_verifiers(settings.data / "secrets"),
        clock_quality=_clock_quality(settings, exercise=exercise),
        second_clock=SecondClock(machine),
    )
    born(service, exercise=exercise)
    outside = _outside(settings, machine, None if station is None else station.outside)
    service.reached.outside = outside
    _hear_dates(outside, service.second_clock)
    _reach_registers(service, settings, machine, exercise=exercise)
    if station is not None:
        station.seed(service)
    else:
        seed_real(service, config_folder(settings))
    sequencer = Sequencer(database, desk.log_origin, signer)
    worker = Worker(
        service,
        outside,
        sequencer,
        seat=f"{socket.gethostname()}:{port_of(settings, exercise=exercise)}",
        monitors=_monitors(settings, service.second_clock, exercise=exercise),
    )
    running = Running(settings, service, outside, sequencer, worker, station)
    if station is not None:
        station.attach(running)
    return running


def _reach_registers(service: Service, settings: Settings, machine: Clock, *, exercise: bool) -> None:
    """In an exercise nothing leaves this machine: what a register of others shows is recorded by hand."""
    service.reached.register_seconds = float(settings.outside_register_seconds)
    if not exercise:
        service.reached.registers = build_registers(settings, machine)


def log_origin(settings: Settings, *, exercise: bool) -> str:
    """The log's name; an exercise's differs, so that nothing made in it verifies in the real one."""
    name = settings.log_origin or f"cna.{settings.state.lower()}.example/decisions"
    return f"{name}/exercise" if exercise else name


def _log_signer(keys: Path, origin: str, made: list[str]) -> Ed25519Signer:
    path = keys / LOG_KEY
    if path.exists():
        return load_key_file(path)
    made.append(LOG_KEY)
    return create_key_file(path, origin)


def _desk(settings: Settings, *, exercise: bool) -> Desk:
    port = port_of(settings, exercise=exercise)
    return Desk(
        state=settings.state,
        name=settings.desk_name,
        zone=settings.zone,
        log_origin=log_origin(settings, exercise=exercise),
        telephone=settings.telephone,
        public_url=(settings.public_url or f"http://127.0.0.1:{port}").rstrip("/"),
        calls_from=_numbers(settings),
        has_spare=bool(settings.spare),
        tests_phones=_tests_phones(settings, exercise=exercise),
        tells_watch=not exercise or settings.exercise_watch,
        is_exercise=exercise,
        self_test=SelfTestLine(
            number=settings.self_test_number,
            is_loop=settings.self_test_loop,
            mail=settings.self_test_mail,
            within=timedelta(minutes=settings.self_test_minutes),
        ),
        build=build_name(),
        mail_from=settings.mail_from or "desk@localhost",
        body_limit=settings.body_limit_mb * 1024 * 1024,
        acknowledge_within=timedelta(minutes=settings.acknowledge_minutes),
        decision_lead=timedelta(minutes=settings.decision_lead_minutes),
        confirm_in_writing_within=timedelta(hours=settings.confirm_in_writing_hours),
        limitation_notice_within=timedelta(minutes=settings.limitation_notice_minutes),
        channels_to_check=tuple(c.strip() for c in settings.lapse_channels.split(",") if c.strip()),
    )


def _outside(settings: Settings, machine: Clock, simulated: Outside | None) -> Outside:
    if simulated is None:
        return build_outside(settings, machine)
    return with_notes(simulated, settings, machine)


def _hear_dates(outside: Outside, heard: SecondClock) -> None:
    """The date of each provider's answers is a second source beside our clock (desk-rules 11.4)."""
    for line in outside.lines:
        if isinstance(line, TwilioTelephony):
            line.tell_dates(partial(heard.note, line.name))


def _tests_phones(settings: Settings, *, exercise: bool) -> bool:
    """Without a telephone company every test would fail, and summon somebody for what ``cna check`` says."""
    if exercise:
        return settings.phone_tests == "on"
    return settings.phone_tests != "off" and settings.has_telephony


def _numbers(settings: Settings) -> tuple[str, ...]:
    """What may stand on an officer's telephone when the desk calls or texts."""
    told = (
        settings.twilio_from,
        settings.spare_twilio_from if settings.spare == "twilio" else "",
        settings.modem_number,
        settings.telephone,
    )
    return tuple(dict.fromkeys(number for number in told if number))


def config_folder(settings: Settings) -> Path:
    """The deployment's own policy files, else those that came with the package."""
    if settings.config is not None:
        return settings.config
    shipped = _PACKAGE / "_config"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "config"


def read_policies(folder: Path, *, exercise: bool) -> Policies:
    """Raises CatalogueUnreadable, LaddersUnreadable, TextsUnreadable, PapersUnreadable, naming file and place."""
    folders = [folder / "agreements", *([folder / "exercise" / "agreements"] if exercise else [])]
    sources = files_in(*(f for f in folders if f.is_dir()))
    catalogue: Catalogue = load(sources, exercise=exercise)
    ladders_text = (folder / "ladders.toml").read_text(encoding="utf-8")
    texts_text = (folder / "texts.toml").read_text(encoding="utf-8")
    ladders, texts = read_ladders(ladders_text), read_texts(texts_text)
    files: dict[str, tuple[str, str]] = {s.sha256: (s.path, s.content.decode()) for s in sources}
    files[ladders.sha256] = ("ladders.toml", ladders_text)
    # A deployment's own folder from before there were such rules has none: then one person is enough for everything.
    second, rules = folder / two_person.FILE, two_person.TwoPerson()
    if second.is_file():
        rules = two_person.read_two_person(second.read_text(encoding="utf-8"))
        files[rules.sha256] = (two_person.FILE, rules.text)
    files[texts.sha256] = ("texts.toml", texts_text)
    papers = read_wording(papers_text(folder))
    files[papers.sha256] = (PAPERS_FILE, papers.text)
    calls = call_policy.read_calls(calls_text(folder))
    files[calls.sha256] = (call_policy.FILE, calls.text)
    countries = countries_in(folder)
    return Policies(catalogue, ladders, texts, files, papers, rules, calls, countries)


def calls_text(folder: Path) -> str:
    """What callers hear: the deployment's own file, else the one that came with the package."""
    return _own_or_shipped(folder, call_policy.FILE)


def countries_in(folder: Path) -> Countries:
    """What countries do with SMS. Raises CountriesUnreadable."""
    return read_countries(_own_or_shipped(folder, COUNTRIES_FILE))


def _own_or_shipped(folder: Path, name: str) -> str:
    own = folder / name
    shipped = config_folder(Settings(config=None)) / name
    return (own if own.is_file() else shipped).read_text(encoding="utf-8")


def papers_text(folder: Path) -> str:
    """The sentences of certificates: the deployment's own, else those that came with the package."""
    own = folder / PAPERS_FILE
    return own.read_text(encoding="utf-8") if own.is_file() else shipped_text()


def _clock_quality(settings: Settings, *, exercise: bool) -> Any:
    """What every entry says of the clock that it was written by; what is not known is left out."""
    source = "exercise" if exercise else "machine"

    def quality() -> Mapping[str, Any]:
        known = None if exercise or settings.clock_state == "unknown" else kernel_clock()
        if known is None:
            return {"src": source}
        if not known.is_synchronised:
            return {"src": source, "synced": False}
        return {"src": "ntp", "err_us": known.error_us, "synced": True}

    return quality


def _monitors(settings: Settings, heard: SecondClock, *, exercise: bool) -> tuple[MonitorHttp, ...]:
    """An exercise never pings the real desk's monitor: it would keep it quiet while the real desk is dark."""
    told = settings.exercise_monitor_url if exercise else settings.monitor_url
    urls = told.get_secret_value().split()
    return tuple(MonitorHttp(url, heard, name=f"monitor-{n}") for n, url in enumerate(urls, 1))


def build_name() -> str:
    """Which build wrote an entry: the version, and the commit where the checkout says so."""
    try:
        version = metadata.version("cna-service")
    except metadata.PackageNotFoundError:
        version = "0"
    try:
        asked = ["git", "-C", str(_PACKAGE), "rev-parse", "--short", "HEAD"]
        # A fixed command on our own checkout.
        commit = subprocess.run(  # noqa: S603
            asked, capture_output=True, text=True, timeout=5, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return version
    return f"{version}+g{commit}"
