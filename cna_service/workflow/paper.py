"""Writing what stood on paper: the instants are those on the page, nobody is called and nothing leaves.

``Within`` lets an ordinary verb run inside a command that is already under way, so that a whole period is one
transaction (desk-rules 11.2) and what a verb checks is checked as always.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cna_service.cases.fold_transcripts import MARK
from cna_service.db.idempotency import Key
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.kit.told import exactly
from cna_service.ledger.entry import Draft
from cna_service.ledger.store import Stamp

# The service's own word even on paper: a clock ran out, and nobody decided anything by it.
_OF_THE_SERVICE = frozenset({"clock.lapsed", "clock.warned"})


@dataclass(frozen=True, slots=True)
class Page:
    """Where an entry stands on paper. ``acted_by``: who acted then, where it was not who types."""

    period: int
    written_at: datetime
    page: str | None = None
    acted_by: str | None = None

    def on(self, stamp: Stamp, draft: Draft) -> tuple[Stamp, Draft]:
        """Stamp and draft marked as transcribed; ``recorded_at`` stays the instant of the typing."""
        told = {
            "period": self.period,
            "page": self.page,
            "written_at": to_text(self.written_at),
            "acted_by": self.acted_by,
        }
        mark = {k: v for k, v in told.items() if v is not None}
        who = SERVICE.as_entry() if draft.type in _OF_THE_SERVICE else stamp.actor
        if draft.happened_at is None:
            draft = replace(draft, happened_at=exactly(self.written_at, source="as written on paper"))
        return replace(stamp, actor={**who, MARK: mark}), draft


@dataclass(frozen=True, slots=True)
class _Held:
    """What a verb may look up before it writes: streams as the command under way has left them."""

    work: Any

    @property
    def connection(self) -> Any:
        return self.work.connection

    @property
    def folds(self) -> Any:
        return self.work.folds

    @property
    def now(self) -> datetime:
        at: datetime = self.work.now
        return at

    def stream(self, name: str) -> Any:
        return self.work.held.get(name) or self.work.folds.current(self.work.connection, name)


class Within:
    """A service whose ``write`` and ``read`` go on in a command under way; everything else is the service's own."""

    def __init__(self, service: Any, work: Any) -> None:
        self._service = service
        self._work = work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    @contextmanager
    def write(self, actor: Actor, action: Action, *streams: str, key: Key | None = None) -> Iterator[Any]:
        """The command under way, if this verb is permitted. Raises NotPermitted; ValueError for a stream that is
        not held: its lock would come out of order."""
        require(actor, action)
        if strange := set(streams) - self._work.held.keys():
            raise ValueError(f"the command under way does not hold {', '.join(sorted(strange))}")
        yield self._work

    @contextmanager
    def read(self) -> Iterator[_Held]:
        yield _Held(self._work)
