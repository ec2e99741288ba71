"""Signed-in browsers: a 256-bit cookie, kept only as its digest; lasts the watch (desk-rules 2.2, 12.6, 15.1)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from cna_service.identity import store
from cna_service.identity.store import Session

LIFETIME = timedelta(hours=12)
LONGEST = timedelta(days=8)
"""A week's watch and its relief: no session outlives this, whatever the roster says."""

CODE_FRESH_FOR = timedelta(minutes=15)
_SEEN_EVERY = timedelta(minutes=1)

COOKIE_ATTRIBUTES: Mapping[str, object] = MappingProxyType(
    {"secure": True, "httponly": True, "samesite": "lax", "path": "/"}
)


@dataclass(frozen=True, slots=True)
class NewSession:
    """``cookie`` is shown to the browser once and kept nowhere."""

    cookie: str = field(repr=False)
    session: Session


def cookie_name(*, is_exercise: bool) -> str:
    """Cookies know no ports: two desks on one host must differ by name (desk-rules 15.1)."""
    return "cna_exercise_session" if is_exercise else "cna_session"


def open_session(
    connection: Connection,
    officer: str,
    *,
    address: str,
    now: datetime,
    watch_ends: datetime | None = None,
) -> NewSession:
    """A new session after password and code were right: 12 h, or until the watch ends where that is later."""
    cookie = secrets.token_urlsafe(32)
    session = Session(
        id_sha256=digest_of(cookie),
        officer=officer,
        created_at=now,
        last_seen_at=now,
        expires_at=_ends(now, watch_ends),
        totp_at=now,
        address=address[:64],
        form_secret=secrets.token_bytes(32),
    )
    store.put_session(connection, session)
    return NewSession(cookie, session)


def find_session(connection: Connection, cookie: str | None, now: datetime) -> Session | None:
    """The live session of a cookie, or None. Whether its officer is still enabled is for the caller to ask."""
    if not cookie or len(cookie) > 128:
        return None
    found = store.session_of(connection, digest_of(cookie))
    return found if found is not None and now < found.expires_at else None


def is_seen_due(session: Session, now: datetime) -> bool:
    """Whether ``store.note_session_seen`` is worth a write: once a minute, not at every poll."""
    return now - session.last_seen_at >= _SEEN_EVERY


def is_code_fresh(session: Session, now: datetime) -> bool:
    """Whether the last code is younger than 15 minutes; else answering, instructing, certifying and recording a
    lapse ask for a new one (desk-rules 2.2)."""
    return timedelta(0) <= now - session.totp_at < CODE_FRESH_FOR


def signed_in(session: Session) -> dict[str, str]:
    """How the officer signed in, as his entries say it (desk-rules 8.2)."""
    return {"by": "totp", "session": session.id_sha256}


def end_session(connection: Connection, cookie: str) -> None:
    store.end_session(connection, digest_of(cookie))


def digest_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _ends(now: datetime, watch_ends: datetime | None) -> datetime:
    usual = now + LIFETIME
    return usual if watch_ends is None else min(max(usual, watch_ends), now + LONGEST)
