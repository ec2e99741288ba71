"""``cna serve`` and ``cna migrate``: the desk as one process, and bringing its database to this build."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, TextIO

import structlog

from cna_service import bootstrap
from cna_service.bootstrap import Running
from cna_service.cli.deployment import (
    LOCK,
    Settings,
    database_of,
    exists,
    open_database,
    open_desk,
    served_at,
    settings_of,
    url_of,
)
from cna_service.cli.logs import configure_logging
from cna_service.cli.shown import show
from cna_service.db.migrate import is_pending, newest
from cna_service.kit.errors import Conflict, Unavailable
from cna_service.workflow.projections import DESK, DIRECTORY, LISTED, OFFICERS
from cna_service.workflow.replay import rebuild_outdated
from cna_service.workflow.status import HOW_TO_BEGIN, status

STOPS_WITHIN = 9.5
"""Seconds from the signal to the end, whatever still hangs: all that counts is committed (record.md, "Databases")."""

_WEB_STOPS_WITHIN = 3

log = structlog.get_logger(__name__)


class AnotherDeskRuns(Conflict):
    """A second process on the same SQLite database."""

    code: ClassVar[str] = "another-desk-runs"
    title: ClassVar[str] = "Another process serves this desk"


class PortTaken(Unavailable):
    code: ClassVar[str] = "port-taken"
    title: ClassVar[str] = "The address cannot be listened on"


def serve(asked: Namespace) -> int:
    """Run until SIGTERM or SIGINT. Raises AnotherDeskRuns, PortTaken and what ``bootstrap.build`` raises."""
    settings = settings_of(asked)
    if exists(settings):
        with open_database(asked):
            pass
    with (
        _alone(settings, exercise=asked.exercise),
        _listening(settings, exercise=asked.exercise) as listening,
    ):
        configure_logging()
        running = bootstrap.build(settings, exercise=asked.exercise)
        server = _web(running)
        running.start()
        try:
            threading.Thread(target=_warm, args=(running,), name="warm", daemon=True).start()
            show(asked, _told(running, listening), _words(running, listening))
            sys.stdout.flush()
            _serve_until_told(server, listening)
        finally:
            _stop(running)
    return 0


def migrate(asked: Namespace) -> int:
    """Make a desk in an empty folder, or run the migrations that are missing."""
    settings = settings_of(asked)
    was_there = exists(settings)
    pending = True
    if was_there:
        with open_database(asked) as (_, database):
            pending = is_pending(database)
    with open_desk(asked, may_begin=True):
        pass
    done = (
        "The desk is made" if not was_there else "The database was migrated" if pending else "Nothing to do"
    )
    show(asked, {"revision": newest(), "migrated": pending}, [f"{done}: the database is at {newest()}."])
    return 0


@contextmanager
def _alone(settings: Settings, *, exercise: bool) -> Iterator[None]:
    """One process serves a SQLite database; the lock ends with the process, however it ends."""
    database = database_of(settings)
    is_sqlite = database.is_sqlite
    database.close()
    if not is_sqlite:
        yield
        return
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.data / LOCK).open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherDeskRuns(
                f"{settings.data} is served at {served_at(settings) or 'another address'}. Stop that process first; a "
                "second process on the same desk needs PostgreSQL (CNA_DATABASE_URL)."
            ) from None
        _write_address(lock, bootstrap.port_of(settings, exercise=exercise), settings.host)
        yield


def _write_address(lock: TextIO, port: int, host: str) -> None:
    lock.truncate(0)
    lock.write(url_of(host, port))
    lock.flush()


@contextmanager
def _listening(settings: Settings, *, exercise: bool) -> Iterator[socket.socket]:
    """The socket, before anything is started: what calls early waits in its queue. Raises PortTaken."""
    port = bootstrap.port_of(settings, exercise=exercise)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        found = socket.create_server((settings.host, port), family=family, backlog=1024)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise PortTaken(f"{settings.host} port {port}: {why}. Name another with --port.") from None
    with found:
        yield found


def _web(running: Running) -> Any:
    import uvicorn

    from cna_service.app import create_app
    from cna_service.cli.access import AccessLog

    proxies = running.settings.trusted_proxies
    config = uvicorn.Config(
        AccessLog(create_app(running), running.service.machine),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=_WEB_STOPS_WITHIN,
    )
    return uvicorn.Server(config)


def _serve_until_told(server: Any, listening: socket.socket) -> None:
    """The web server ends at a signal and then raises the signal again: by then ours must do nothing more."""
    before = {s: signal.signal(s, _note_end) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _note_end(number: int, _: object) -> None:
    log.info("stopping", signal=signal.Signals(number).name)


def _stop(running: Running) -> None:
    """Sends in flight finish; what has not ended in time is left to the next start, which finds it committed."""
    late = threading.Timer(STOPS_WITHIN - _WEB_STOPS_WITHIN, _leave)
    late.daemon = True
    late.start()
    running.stop()
    late.cancel()
    log.info("stopped")


def _leave() -> None:
    log.warning("stopped before every thread had ended")
    sys.stderr.flush()
    os._exit(0)


def _warm(running: Running) -> None:
    """Beside the first requests: rows of another build, the board's first, then the register's index."""
    try:
        rebuilt = rebuild_outdated(running.service)
        running.service.registry.warm()
        running.service.atlas.warm()
    except Exception:
        # The desk works without: each row heals at its case's next entry, the index at the first search.
        log.exception("warming up failed")
        return
    log.info("warm", rebuilt=rebuilt)


def _address(listening: socket.socket) -> str:
    return url_of(*listening.getsockname()[:2])


def _told(running: Running, listening: socket.socket) -> dict[str, Any]:
    now = status(running.service, outside=running.outside)
    officers, authorities = _seeded(running)
    return {
        "url": _address(listening),
        "pid": os.getpid(),
        "exercise": running.service.desk.is_exercise,
        "data": str(Path(running.settings.data).absolute()),
        "notes": running.notes,
        "degraded": [t.as_json() for t in now.degraded],
        "officers": officers,
        "authorities": authorities,
    }


def _words(running: Running, listening: socket.socket) -> Iterator[str]:
    desk = running.service.desk
    name = f"EXERCISE: {desk.name}" if desk.is_exercise else desk.name
    yield f"{name} ({desk.state}) listens on {_address(listening)}"
    yield f"Data: {Path(running.settings.data).absolute()}"
    yield from running.notes
    officers, authorities = _seeded(running)
    if desk.is_exercise:
        yield f"Officers: {', '.join(officers)}"
        yield f"Authorities: {', '.join(authorities)}"
        yield f"Tokens, clock and telephones: {_address(listening)}/simulation"
    for trouble in status(running.service, outside=running.outside).degraded:
        yield trouble.words if trouble.words != HOW_TO_BEGIN else f"To begin: {HOW_TO_BEGIN}"


def _seeded(running: Running) -> tuple[list[str], list[str]]:
    with running.service.read() as reader:
        officers = [o.id for o in reader.stream(DESK).of(OFFICERS).all()]
        authorities = [a.id for a in reader.stream(DIRECTORY).of(LISTED)]
    return officers, authorities
