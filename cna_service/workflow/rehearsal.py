"""A command run to its end and then undone: what it would write, for the page that repeats it before it counts.

Every guard of the verb speaks as it would in earnest; the transaction is rolled back, nothing is woken or kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields

from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.ledger.entry import Entry
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The entries that the command would append, and the case with them."""

    entries: tuple[Entry, ...]
    case: CaseRecord


class _Undone(Exception):
    """Raised at the end of a rehearsal, so that its transaction is rolled back."""


@dataclass(frozen=True)
class _Stage(Service):
    """The service as it is, with a ``write`` that forgets."""

    written: list[Work] = field(default_factory=list)

    @contextmanager
    def write(self, actor: Actor, action: Action, *streams: str, key: Key | None = None) -> Iterator[Work]:
        require(actor, action)
        # In a transaction of a writer: a reader that begins to write may find that others were before it.
        with suppress(_Undone), self.database.write() as connection:
            work = self._begin(connection, actor, streams)
            yield work
            self.written.append(work)
            raise _Undone


def rehearse(service: Service, command: Callable[[Service], Reply]) -> Rehearsed:
    """Run ``command`` on a stage. Raises whatever the verb raises."""
    stage = _Stage(**{f.name: getattr(service, f.name) for f in fields(Service)})
    command(stage)
    work = stage.written[-1]
    return Rehearsed(tuple(e for e in work.appended if e.stream == work.stream), work.case)
