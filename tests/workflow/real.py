"""A desk as on its first real day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cna_service.bootstrap import read_policies
from cna_service.db.database import Database
from cna_service.db.migrate import migrate
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import DESK, DIRECTORY
from cna_service.workflow.seeding import born, seed_real
from cna_service.workflow.service import Service
from tests.database import sqlite_url
from tests.workflow.station import CONFIG, T0, HandClock, desk_facts, make_service


def real_service(folder: Path, **desk: Any) -> tuple[Service, HandClock]:
    """A desk as on its first real day: facts of the files, nobody and nothing adopted, save officers to act."""
    database = Database(sqlite_url(folder, "real.sqlite3"))
    migrate(database)
    clock = HandClock(T0)
    facts = {"state": "NO", "is_exercise": False, "log_origin": "cna.no.example/decisions", **desk}
    service = make_service(
        database, clock, desk=desk_facts(**facts), policies=read_policies(CONFIG, exercise=False)
    )
    born(service, exercise=False)
    seed_real(service)
    with service.write(SERVICE, Action.OFFICER_CHANGE, DESK) as work:
        for name, role in (("legal-1", "legal_adviser"), ("duty-1", "duty_officer")):
            told = {
                "officer": name,
                "name": name,
                "post": role,
                "office": "desk",
                "role": role,
                "language": "en",
            }
            work.append(
                Draft("officer.added", {**told, "phone": "+4712345678", "email": f"{name}@example.test"})
            )
    with service.write(SERVICE, Action.AUTHORITY_CHANGE, DIRECTORY) as work:
        listed = {"authority": "de-cna", "state": "DE", "name": "Authority of DE", "functions": ["requests"]}
        more = {
            "subjects": [],
            "languages": ["en"],
            "zone": "Europe/Berlin",
            "source": "test",
            "contacts": [],
        }
        work.append(Draft("authority.listed", {**listed, **more}))
    return service, clock
