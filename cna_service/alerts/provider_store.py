"""What the desk knows of each provider: its last attempts, the looks at its account, its balance day by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from cna_service.alerts.lines import ERRORS_IN_A_ROW, Tried
from cna_service.alerts.tables import provider_balance, provider_check
from cna_service.db.outbox import attempt

ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Check:
    """The newest look at an account. ``code``: why it could not be read. ``facts``: balance, currency, numbers."""

    provider: str
    checked_at: datetime
    is_active: bool
    active_at: datetime | None = None
    code: str | None = None
    looked_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def newest_attempts(connection: Connection, provider: str, limit: int = ERRORS_IN_A_ROW) -> list[Tried]:
    """A provider's last attempts, the newest first."""
    query = (
        select(attempt.c.provider, attempt.c.began_at, attempt.c.outcome, attempt.c.code)
        .where(attempt.c.provider == provider)
        .order_by(attempt.c.id.desc())
        .limit(limit)
    )
    return [_tried(r) for r in connection.execute(query)]


def attempts_of(connection: Connection, sending: str) -> list[Tried]:
    """One sending's attempts, the oldest first."""
    c = attempt.c
    query = select(c.provider, c.began_at, c.outcome, c.code).where(c.sending == sending).order_by(c.id)
    return [_tried(r) for r in connection.execute(query)]


def _tried(row: Any) -> Tried:
    return Tried(row.provider, row.began_at, None if row.outcome == ACCEPTED else row.code)


def accepted_at(connection: Connection, provider: str) -> datetime | None:
    """When the provider last took something."""
    c = attempt.c
    query = select(c.began_at).where(and_(c.provider == provider, c.outcome == ACCEPTED))
    found: datetime | None = connection.execute(query.order_by(c.id.desc()).limit(1)).scalar_one_or_none()
    return found


def check_of(connection: Connection, provider: str) -> Check | None:
    return next((check for check in checks(connection) if check.provider == provider), None)


def checks(connection: Connection) -> list[Check]:
    """The newest look at each provider; a handful of rows."""
    rows = connection.execute(select(provider_check).order_by(provider_check.c.provider))
    return [
        Check(r.provider, r.checked_at, r.is_active, r.active_at, r.code, r.looked_at, r.facts) for r in rows
    ]


def keep_check(connection: Connection, check: Check) -> None:
    values = {
        "checked_at": check.checked_at,
        "is_active": check.is_active,
        "active_at": check.active_at,
        "code": check.code,
        "looked_at": check.looked_at,
        "facts": dict(check.facts),
    }
    where = provider_check.c.provider == check.provider
    if connection.execute(update(provider_check).where(where).values(**values)).rowcount == 0:
        connection.execute(insert(provider_check).values(provider=check.provider, **values))


def keep_balance(connection: Connection, provider: str, at: datetime, balance: Decimal) -> None:
    connection.execute(insert(provider_balance).values(provider=provider, at=at, balance=str(balance)))


def balances(connection: Connection, provider: str, since: datetime) -> list[tuple[datetime, Decimal]]:
    """The samples since then, oldest first."""
    c = provider_balance.c
    query = select(c.at, c.balance).where(and_(c.provider == provider, c.at >= since)).order_by(c.at, c.id)
    return [(r.at, Decimal(r.balance)) for r in connection.execute(query)]


def forget_balances(connection: Connection, before: datetime) -> None:
    connection.execute(delete(provider_balance).where(provider_balance.c.at < before))
