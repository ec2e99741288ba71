"""Sending what the outbox asks for, and recording what became of it. The only verb that speaks to the outside.

Order (record.md, "Lock order"): claim and commit; send without any transaction; then a command: the stream's lock,
the outbox row if our claim still stands, the entry. Dying after HTTP and before the result leaves the row
``sending``, an answer that got lost leaves it ``unknown``: whoever takes it next asks the provider first, and sends
again marked "(repeat)" only if the provider knows nothing of it. A repeated alert is acceptable, a lost one is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from cna_service.alerts.ports import Accepted, ChannelError
from cna_service.alerts.rules import Fault, next_delay, verdict
from cna_service.db import outbox
from cna_service.db.database import DatabaseUnavailable
from cna_service.db.outbox import Claimed
from cna_service.identity.actors import SERVICE
from cna_service.workflow import pacing
from cna_service.workflow.contact_flags import flag_refused
from cna_service.workflow.outcomes import note_outcome
from cna_service.workflow.outside import Outside as Outside  # noqa: PLC0414 - many take it from here
from cna_service.workflow.service import Service
from cna_service.workflow.ways import carry
from cna_service.workflow.work import Work

LEASE = timedelta(seconds=15)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """One try at one sending, not yet recorded."""

    claimed: Claimed
    outcome: Accepted | ChannelError
    began_at: datetime
    took: timedelta
    provider: str = ""
    may_go_elsewhere: bool = False
    carried_as: str | None = None


def claim(service: Service, by: str, limit: int, lease: timedelta = LEASE) -> list[Claimed]:
    """Take up to ``limit`` sendings; committed before anything is sent. Those of streams in which a newer build wrote
    are left to the nodes that run it: this one could send, and could not record that it did."""
    now, machine_now = service.clock.now(), service.machine.now()
    with service.database.read() as connection:
        if not outbox.has_claimable(connection, now, machine_now):
            return []
    with service.database.write(first=True) as connection:
        claimed = outbox.claim(
            connection,
            by=by,
            now=now,
            machine_now=machine_now,
            lease=lease,
            limit=limit,
            without=service.folds.newer,
        )
        newer = {s for s in {c.stream for c in claimed} if _is_newer(service, connection, s)}
        outbox.release(connection, [c.id for c in claimed if c.stream in newer], by=by)
        mine = [c for c in claimed if c.stream not in newer]
        return pacing.gather(connection, mine, by=by, now=now, machine_now=machine_now, lease=lease)


def _is_newer(service: Service, connection: Connection, stream: str) -> bool:
    try:
        folded = service.folds.current(connection, stream)
    except Exception:
        # Broad, as in fire: what cannot be read was asked for all the same, and somebody waits for it.
        log.exception("a stream could not be read", stream=stream)
        return False
    service.folds.keep(folded)
    return folded.unknown is not None


def send(service: Service, outside: Outside, claimed: Claimed, by: str) -> None:
    """Try one claimed sending and record the outcome."""
    record(service, [tried(service, outside, claimed)], by)


def tried(service: Service, outside: Outside, claimed: Claimed) -> Tried:
    """Try one claimed sending; whoever calls owes ``record``."""
    began_at, began = service.machine.now(), service.machine.monotonic()
    way = carry(service, outside, claimed)
    took = timedelta(seconds=service.machine.monotonic() - began)
    return Tried(claimed, way.outcome, began_at, took, way.provider, way.may_go_elsewhere, way.carried_as)


def record(service: Service, many: Sequence[Tried], by: str | None) -> None:
    """Write attempts, the rows' new states and, where the record wants one, entries: one transaction for all of them.

    If one of them raises, each is recorded by itself, and only that one raises. Raises DatabaseUnavailable; nothing
    was recorded of those for which it did.
    """
    many = [one for each in many for one in _with_riders(each)]
    try:
        with service.tick(SERVICE, {each.claimed.stream for each in many}, wait=True, first=True) as work:
            for each in many:
                _record_one(service, work, each, by)
    except DatabaseUnavailable:
        raise
    except Exception:
        if len(many) == 1:
            raise
        _record_each(service, many, by)
    for each in many:
        if isinstance(each.outcome, ChannelError):
            flag_refused(service, each.claimed.contact, each.outcome.code)


def _with_riders(each: Tried) -> list[Tried]:
    """A bundle is one message and several sendings: each has its own attempt, state and entry."""
    return [each, *(replace(each, claimed=rider) for rider in pacing.riders_of(each.claimed))]


def _record_each(service: Service, many: Sequence[Tried], by: str | None) -> None:
    raised: Exception | None = None
    for each in many:
        try:
            record(service, [each], by)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            # The row stays claimed; its lease runs out and somebody asks the provider what became of it.
            log.exception("a result could not be recorded", sending=each.claimed.id)
            raised = error
    if raised is not None:
        raise raised


def _record_one(service: Service, work: Work, each: Tried, by: str | None) -> None:
    claimed, outcome = each.claimed, each.outcome
    facts = outcome_facts(outcome, each.provider)
    outbox.note_attempt(work.connection, claimed.id, each.began_at, each.took, facts)
    state, next_try = _next_state(service, each)
    sid = outcome.sid if isinstance(outcome, Accepted) else None
    if outbox.settle(work.connection, claimed.id, by=by, state=state, sid=sid, next_try_at=next_try):
        gave_up = state == outbox.FAILED
        note_outcome(service, work, claimed, outcome, gave_up=gave_up, carried_as=each.carried_as)


def outcome_facts(outcome: Accepted | ChannelError, provider: str = "") -> Mapping[str, Any]:
    if isinstance(outcome, Accepted):
        return {"provider": outcome.provider, "sid": outcome.sid, "outcome": "accepted", "code": None}
    return {"provider": provider, "sid": None, "outcome": "failed", "code": outcome.code}


def _next_state(service: Service, each: Tried) -> tuple[str, datetime | None]:
    claimed, outcome = each.claimed, each.outcome
    if isinstance(outcome, Accepted):
        return outbox.ACCEPTED, None
    now = service.clock.now()
    # Once the provider may have taken it, he is asked before every further try (paging.md, "Unknown outcome").
    waiting = outbox.UNKNOWN if outcome.outcome_unknown or claimed.was_sending else outbox.PENDING
    if each.may_go_elsewhere and verdict(outcome.code).fault is Fault.ACCOUNT:
        return waiting, now
    if outcome.permanent or verdict(outcome.code).goes_on_at_once:
        return outbox.FAILED, None
    delay = next_delay(tries=claimed.tries, spent=now - claimed.created_at, retry_after=outcome.retry_after)
    if delay is None:
        return outbox.FAILED, None
    return waiting, now + delay
