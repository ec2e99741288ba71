"""What ``GET /simulation`` says: what is seeded and who is who."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from cna_service.db.database import Database
from cna_service.duty.rules import Rosters, shifts
from cna_service.escalation.ladder_file import DEFAULT
from cna_service.identity.officers import Officers
from cna_service.identity.permissions import PERMISSIONS, Role
from cna_service.kit.instants import to_text
from cna_service.registry import store as registry_store
from cna_service.registry.search import NATIONAL
from cna_service.workflow.projections import DESK, DIRECTORY, LISTED, OFFICERS
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Service

BACK, AHEAD = timedelta(days=7), timedelta(days=28)
"""How much of the roster is shown."""

_SCOPES = sorted(action.value for action, roles in PERMISSIONS.items() if Role.AUTHORITY in roles)


def seeded(service: Service) -> dict[str, object]:
    """The shape of ``GET /simulation``; each authority with what its token allows beside the three fixed fields."""
    with service.read() as reader:
        now = reader.now
        officers = reader.stream(DESK).of(OFFICERS)
        rosters = rosters_of(reader)
        directory = reader.stream(DIRECTORY).of(LISTED)
    return {
        "clock": to_text(now),
        "officers": _officers(officers),
        "authorities": [
            {"id": a.id, "state": a.state, "name": a.name, "scopes": _SCOPES}
            for a in directory
            if a.is_listed_at(now)
        ],
        "roster": _roster(rosters, now),
        "ladder": [rung.as_json() for rung in service.policies.ladders.by_id[DEFAULT].rungs],
        "register": {"vessels": _vessels(service.database)},
    }


def _officers(officers: Officers) -> list[dict[str, object]]:
    return [
        {"id": o.id, "name": o.name, "role": o.role, "phone": o.phone, "email": o.email}
        for o in officers.all()
        if o.is_enabled
    ]


def _roster(rosters: Rosters, now: datetime) -> list[dict[str, object]]:
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    return [
        {
            "officer": shift.officer,
            "as": shift.post,
            "from": to_text(shift.starts_at),
            "to": to_text(shift.ends_at),
        }
        for shift in shifts(rosters, midnight - BACK, midnight + AHEAD)
        if shift.officer is not None
    ]


def _vessels(database: Database) -> int:
    with database.read() as connection:
        current = registry_store.current_version(connection, NATIONAL)
    return 0 if current is None else current.rows
