"""What operational rows say of a test: the last word on a sending, and whether a real alert came in between."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, select

from cna_service.alerts.tables import alert_code
from cna_service.db.outbox import attempt, provider_event

_REAL = ~alert_code.c.code.startswith("T")
"""A test's code begins with T and answers to nothing else."""


def last_word(connection: Connection, sending: str, sid: str | None) -> str | None:
    """The provider's newest status or error of a sending; None where it said nothing, or took it."""
    e = provider_event.c
    if sid is not None:
        newest = select(e.status, e.content).where(e.sid == sid).order_by(e.id.desc()).limit(1)
        if (told := connection.execute(newest).first()) is not None:
            return str(told.content.get("ErrorCode") or told.status)
    a = attempt.c
    tried = select(a.code).where(a.sending == sending).order_by(a.id.desc()).limit(1)
    code: str | None = connection.execute(tried).scalar_one_or_none()
    return code


def is_summoned(connection: Connection, officer: str, since: datetime) -> bool:
    """Whether a real summons of this officer, sent since then, is still open."""
    c = alert_code.c
    mine = and_(c.officer == officer, c.ended_at.is_(None), c.sent_at >= since, _REAL)
    return connection.execute(select(c.id).where(mine).limit(1)).first() is not None


def was_summoned(connection: Connection, officer: str, since: datetime) -> bool:
    """Whether a real summons was sent to this officer after that instant, open or not."""
    c = alert_code.c
    mine = and_(c.officer == officer, c.sent_at > since, _REAL)
    return connection.execute(select(c.id).where(mine).limit(1)).first() is not None


def forget_codes(connection: Connection, before: datetime) -> None:
    """Codes of old tests. They are not ended but deleted: an ended code is one that a NO could take back."""
    connection.execute(delete(alert_code).where(and_(~_REAL, alert_code.c.sent_at < before)))
