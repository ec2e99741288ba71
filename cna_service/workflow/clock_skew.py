"""The database server's clock beside this node's: on PostgreSQL they are two machines, and nodes several more.

Found and told, never corrected by us. On SQLite there is one machine and nothing to compare.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from cna_service.db.server_clock import server_now
from cna_service.identity.actors import SERVICE
from cna_service.workflow.projections import DESK
from cna_service.workflow.service import Service
from cna_service.workflow.trouble import is_told_now, no_longer, raise_once

TOLERATED = timedelta(seconds=10)
KIND = "clock_differs"
_AGAINST = {"against": "database"}

log = structlog.get_logger(__name__)


class SkewWatch:
    """One per process. ``skew``: by how much the database's clock was ahead at the last look; None where unknown."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.skew: timedelta | None = None

    @property
    def is_wrong(self) -> bool:
        return self.skew is not None and abs(self.skew) > TOLERATED

    def look(self) -> None:
        """Compare; tell the administrator once while they differ, and take that back when they agree again."""
        self.skew = measured(self._service)
        if self.skew is None or self.is_wrong == is_told_now(self._service, KIND, _AGAINST):
            return
        with self._service.tick(SERVICE, [DESK], wait=True) as work:
            if self.is_wrong:
                log.warning("the database's clock differs", seconds=self.skew.total_seconds())
                raise_once(self._service, work, KIND, _AGAINST)
            else:
                no_longer(work, KIND, _AGAINST, "clocks_agree")


def measured(service: Service) -> timedelta | None:
    """The database's clock less ours, at the middle of the question; None on SQLite."""
    if service.database.is_sqlite:
        return None
    began = service.machine.now()
    told = server_now(service.database)
    return told - (began + (service.machine.now() - began) / 2)
