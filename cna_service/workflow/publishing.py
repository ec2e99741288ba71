"""Publishing a change of the law: its entry, and in the same transaction what it touches (desk-rules 10.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cna_service.agreements.law import apply_law
from cna_service.db.idempotency import Key
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Draft, Entry
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service
from cna_service.workflow.touched import Law, Publication, cases_touched, publish
from cna_service.workflow.work import Work

Publish = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Appends the entry with its body as it is to be kept; returns what the command answers of what it touched."""

_ABOUT = ("state", "instrument", "election", "option", "known", "status", "provision", "provisions", "zones")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry about the law before it is written. ``kind``: amendment, late_notice, correction, adoption, …

    ``body`` is what rules read of it; free words may be added when it is published.
    """

    action: Action
    type: str
    kind: str
    body: Mapping[str, Any]
    is_urgent: bool = True

    @property
    def subject(self) -> dict[str, Any]:
        return {k: self.body[k] for k in _ABOUT if self.body.get(k) is not None}


@contextmanager
def publishing(
    service: Service, actor: Actor, proposal: Proposal, key: Key | None
) -> Iterator[tuple[Work, Publish]]:
    """The command under which a change of the law is written, with the streams of the cases it touches held.

    Raises NotPermitted before anything is looked at.
    """
    require(actor, proposal.action)
    with service.read() as reader:
        before = reader.stream(DESK).of(LAW)
        supposed = Entry(DESK, 0, "supposed", proposal.type, 1, reader.now, {}, proposal.body, "")
        catalogue = service.policies.catalogue
        change = Publication(
            kind=proposal.kind,
            of=proposal.type,
            subject=proposal.subject,
            before=Law(catalogue, before),
            after=Law(catalogue, apply_law(before, supposed)),
            instants=_instants(proposal, reader.now),
            is_urgent=proposal.is_urgent,
        )
        cases = cases_touched(service, reader, change)
    with service.write(actor, proposal.action, DESK, *cases.streams, key=key) as work:

        def write(body: Mapping[str, Any]) -> dict[str, Any]:
            was = work.of(LAW)
            entry = work.append(Draft(proposal.type, body))
            now = replace(change, before=Law(catalogue, was), after=Law(catalogue, work.of(LAW)))
            return {"change": entry.id, "kind": proposal.kind, **publish(service, work, now, entry.id, cases)}

        yield work, write


def _instants(proposal: Proposal, now: datetime) -> tuple[datetime, ...]:
    """When the change begins or ends; what a person of this desk does begins now."""
    if proposal.type.startswith("provision."):
        return (now,)
    told = (proposal.body.get(name) for name in ("from", "to"))
    return tuple(day_or_instant(t) for t in told if isinstance(t, str))


def day_or_instant(told: str) -> datetime:
    """An RFC 3339 instant, or a day of the calendar, which begins at 00:00Z."""
    return datetime.fromisoformat(told).replace(tzinfo=UTC) if len(told) == 10 else from_text(told)


def with_what_is_said(body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {**body, **{k: v for k, v in more.items() if v is not None}}
