"""One-time links: how an officer sets his first password and code generator, or new ones after a reset.

Opening a link changes nothing, so that a mail scanner cannot spend it; sending its form does. What the link set,
and who made it, is an entry of the caller's in the same transaction (desk-rules 16.3).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from cna_service.identity import store, totp
from cna_service.identity.rules import CodeRefused, LinkSpent
from cna_service.identity.store import Credential, Link

Purpose = Literal["first", "reset"]
_LIFETIMES: dict[Purpose, timedelta] = {"first": timedelta(hours=72), "reset": timedelta(hours=24)}


def make_link(connection: Connection, officer: str, purpose: Purpose, *, made_by: str, now: datetime) -> str:
    """The secret part of a new link, 256 bits, shown once. Earlier links of the officer end; a reset also ends
    his password, sessions and tokens at once, since what was lost may be in other hands."""
    secret = secrets.token_urlsafe(32)
    if purpose == "reset":
        store.void_credential(connection, officer, now)
    link = Link(
        token_sha256=_digest(secret),
        officer=officer,
        purpose=purpose,
        made_by=made_by,
        totp_secret=totp.new_secret(),
        expires_at=now + _LIFETIMES[purpose],
        used_at=None,
    )
    store.put_link(connection, link)
    return secret


def open_link(connection: Connection, secret: str, now: datetime) -> Link:
    """What the page behind a link shows. Raises :class:`LinkSpent`."""
    link = store.link_of(connection, _digest(secret)) if len(secret) <= 128 else None
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkSpent
    return link


def set_credential(
    connection: Connection, secret: str, *, password_hash: str, code: str, now: datetime
) -> Link:
    """Use the link up: its generator and this password are the officer's from ``now``, all else of his ends.

    ``password_hash`` comes from ``passwords``, made before the transaction. Raises :class:`CodeRefused` when the
    generator does not show ``code``, :class:`LinkSpent` when the link is over, also for the second of two at once.
    """
    link = open_link(connection, secret, now)
    step = totp.matching_step(link.totp_secret, code, now, last_step=None)
    if step is None:
        raise CodeRefused
    if not store.use_link(connection, link.token_sha256, now):
        raise LinkSpent
    store.end_sessions_of(connection, link.officer)
    store.put_credential(
        connection,
        Credential(
            officer=link.officer,
            password_hash=password_hash,
            totp_secret=link.totp_secret,
            totp_last_step=step,
            tokens_valid_after=now,
            set_at=now,
        ),
    )
    return link


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
