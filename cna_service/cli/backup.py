"""``cna backup`` and ``cna restore``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cna_service.bootstrap import config_folder
from cna_service.cli.deployment import SECRETS, database_of, open_desk, settings_of, whoever_asks
from cna_service.cli.shown import show
from cna_service.db.database import Database
from cna_service.workflow import backups


def backup(asked: Namespace) -> int:
    """0 made and verified; 1 the copy is not sound; 2 made, and could not be verified here."""
    folder = Path(asked.folder)
    with open_desk(asked) as running, _scratch(asked.scratch) as scratch:
        # What was written last shall be sealed in the copy too.
        running.sequencer.run(running.service.clock.now())
        settings = running.settings
        made = backups.backup(
            running.service,
            whoever_asks(),
            folder,
            keys=settings.data / SECRETS,
            config=config_folder(settings),
            scratch=scratch,
        )
    words = [
        f"{folder.absolute()}: {len(made.manifest['files'])} files. It holds the keys: keep it as safe as them."
    ]
    if made.report is None:
        words.append(
            "NOT VERIFIED: name an empty PostgreSQL database with --scratch URL, where the copy is put back."
        )
    else:
        words += made.report.words()
    show(asked, {"folder": str(folder.absolute()), "exit_code": made.exit_code, **made.manifest}, words)
    return made.exit_code


@contextmanager
def _scratch(url: str | None) -> Iterator[Database | None]:
    if not url:
        yield None
        return
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def restore(asked: Namespace) -> int:
    """0 put back and sound; 1 refused, or what was put back is not sound; 2 undecided."""
    settings = settings_of(asked)
    database = database_of(settings)
    try:
        done = backups.restore(Path(asked.folder), settings.data, database, exercise=asked.exercise)
    finally:
        database.close()
    place, made_at = settings.data.absolute(), done.manifest["made_at"]
    words = [
        f"{place}: the desk of {done.manifest['state']} as of {made_at}.",
        f"Its policy files lie in {done.config.absolute()}; CNA_CONFIG names those that are used.",
        "What was recorded after the backup is not in it: ask those who hold receipts or letters of later.",
        *done.report.words(),
    ]
    told = {"data": str(place), "exit_code": done.report.exit_code, "made_at": made_at}
    show(asked, {**told, "verified": done.report.as_json()}, words)
    return done.report.exit_code
