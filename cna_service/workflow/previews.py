"""Looking at what a command would say, without writing: a transaction that is always rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


@contextmanager
def read_only(service: Service, actor: Actor, action: Action, stream: str) -> Iterator[Work]:
    """A Work over a stream as it is now; what is appended in it is lost. Raises NotPermitted, StreamNotFound."""
    require(actor, action)
    with service.database.read() as connection:
        folded = service.folds.current(connection, stream)
        now = service.clock.now()
        yield Work(connection, service.folds, service.stamp(actor, now), actor, now, stream, {stream: folded})
