"""The desk that a command is about: its settings, its folder, who gives the command."""

from __future__ import annotations

import fcntl
import getpass
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from cna_service import bootstrap
from cna_service.bootstrap import (
    Running,
    Settings,
)
from cna_service.db.database import Database
from cna_service.identity.actors import Actor
from cna_service.kit.canonical import NotCanonical
from cna_service.kit.errors import Invalid, NotFound, Problem
from cna_service.kit.instants import from_text
from cna_service.ledger.queries import first_entry
from cna_service.workflow.projections import DESK
from cna_service.workflow.seeding import BornExercise, BornReal

__all__ = (
    "DATABASE",
    "LOCK",
    "SECRETS",
    "NoDeskYet",
    "Settings",
    "SettingsUnusable",
    "database_of",
    "exists",
    "instant_of",
    "open_database",
    "open_desk",
    "refuse_other_kind",
    "served_at",
    "settings_of",
    "url_of",
    "whoever_asks",
)

EXERCISE_FOLDER = Path("var/exercise")
DATABASE = "desk.sqlite3"
SECRETS = "secrets"
LOCK = "serve.lock"
"""Held by the process that serves a SQLite database; says where it listens."""


class SettingsUnusable(Invalid):
    code = "settings-unusable"
    title = "The settings cannot be used"


class NoDeskYet(NotFound):
    code = "no-desk-yet"
    title = "There is no desk in this folder"


def settings_of(asked: Namespace) -> Settings:
    """The settings of environment and arguments, arguments first. Raises SettingsUnusable, naming each."""
    told = {
        name: value for name in ("data", "host", "port") if (value := getattr(asked, name, None)) is not None
    }
    try:
        settings = Settings(**told)
        if asked.exercise and "data" not in settings.model_fields_set:
            settings = Settings(**told, data=EXERCISE_FOLDER)
    except ValidationError as error:
        # What was typed is not repeated: it may be a secret.
        wrong = (
            (str(e["loc"][0]) if e["loc"] else "settings", str(e["msg"]).removeprefix("Value error, "))
            for e in error.errors()
        )
        problems = [
            Problem(f"CNA_{name.upper()}", None, why, "Correct it in the environment.") for name, why in wrong
        ]
        raise SettingsUnusable("", *problems) from None
    except OSError as error:
        why = f"the secret file {error.filename} cannot be read: {error.strerror}"
        raise SettingsUnusable("", Problem("CNA_…", None, why, "Correct the path or its rights.")) from None
    return settings


def database_of(settings: Settings) -> Database:
    return Database(settings.database_url or f"sqlite:///{settings.data / DATABASE}")


def exists(settings: Settings) -> bool:
    """Whether there is a database to look at; one in SQLite is a file, which opening it would make."""
    return bool(settings.database_url) or (settings.data / DATABASE).exists()


def kind_of(database: Database) -> bool | None:
    """Whether the database was born an exercise; None for an empty one, or one whose first entry contradicts itself:
    what was changed there, verification names."""
    try:
        with database.read() as connection:
            first = first_entry(connection, DESK)
    except (DBAPIError, NotCanonical):
        return None
    if first is None:
        return None
    born = first.get("body", {}).get("exercise")
    is_named_so = str(first.get("log")).endswith("/exercise")
    return is_named_so if born is is_named_so else None


def refuse_other_kind(database: Database, *, exercise: bool) -> None:
    """A database is real or an exercise for ever (desk-rules 15.1). Raises BornExercise, BornReal."""
    born = kind_of(database)
    if born is True and not exercise:
        raise BornExercise(
            "The folder holds an exercise and stays one: add --exercise, or name another folder with --data."
        )
    if born is False and exercise:
        raise BornReal(
            "The folder holds a real desk and stays one: leave out --exercise, or name another folder with --data."
        )


@contextmanager
def open_database(asked: Namespace) -> Iterator[tuple[Settings, Database]]:
    """The stored desk alone: nothing is made, migrated or seeded, whatever state it is in.

    Raises NoDeskYet, BornExercise, BornReal, SettingsUnusable.
    """
    settings = settings_of(asked)
    if not exists(settings):
        raise NoDeskYet(
            f"{settings.data} holds none: start one with `cna serve`, or name its folder with --data."
        )
    database = database_of(settings)
    try:
        refuse_other_kind(database, exercise=asked.exercise)
        yield settings, database
    finally:
        database.close()


@contextmanager
def open_desk(asked: Namespace, *, may_begin: bool = False) -> Iterator[Running]:
    """The desk put together, its threads not started. What was written is sealed at the end.

    ``may_begin``: an empty folder becomes a desk. Raises NoDeskYet, BornExercise, BornReal, SettingsUnusable and
    what ``bootstrap.build`` raises.
    """
    settings = settings_of(asked)
    if exists(settings):
        with open_database(asked):
            pass
    elif not may_begin:
        raise NoDeskYet(
            f"{settings.data} holds none: start one with `cna serve`, or name its folder with --data."
        )
    running = bootstrap.build(settings, exercise=asked.exercise)
    for note in running.notes:
        print(note, file=sys.stderr)
    try:
        yield running
        running.sequencer.run(running.service.clock.now())
    finally:
        if running.exercise is not None:
            running.exercise.stop()
        running.service.database.close()


def url_of(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def served_at(settings: Settings) -> str | None:
    """Where a process of this machine serves this folder now; None if none does."""
    try:
        with (settings.data / LOCK).open("r+", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return lock.read().strip() or None
    except FileNotFoundError:
        pass
    return None


def whoever_asks() -> Actor:
    """The actor of a command: the service, at the word of an account of this machine."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = "unknown"
    signed_in = {"by": "command_line", "account": account}
    return Actor("service", id="command-line", name=f"{account}, at the command line", signed_in=signed_in)


def instant_of(name: str, text: str) -> Any:
    """An instant typed as an argument. Raises Invalid, naming it."""
    try:
        return from_text(text)
    except ValueError as error:
        problem = Problem(f"--{name}", text, str(error), "Write it like 2026-11-21T18:00Z.")
        raise Invalid("", problem) from None
