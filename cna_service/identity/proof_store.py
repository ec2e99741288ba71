"""Codes by which an officer proves that a contact is his: sent to it, and typed or pressed back by its owner.

Operational: what a proof led to is the entry ``officer.contact_verified``. A contact has one proof at a time; five
wrong tries end it, so that nobody finds a code by trying. On the machine's clock, which nobody can hold.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from cna_service.identity.tables import contact_proof

LASTS = timedelta(minutes=30)
MOST_WRONG = 5
KEYS = "4678"
"""Keys that a call to be verified may ask for: none that a real alert uses (1, 2, 3, 5) or a test (9)."""


@dataclass(frozen=True, slots=True)
class Proof:
    """``secret``: the code, or the key; known when it is made and never after."""

    id: str
    secret: str


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def new_key() -> str:
    return secrets.choice(KEYS)


def begin(connection: Connection, proof: Proof, officer: str, contact: str, now: datetime) -> None:
    """A new proof ends the one before."""
    end(connection, officer, contact, now)
    row = {
        "id": proof.id,
        "officer": officer,
        "contact": contact,
        "code_sha256": _digest(proof),
        "made_at": now,
        "expires_at": now + LASTS,
        "wrong": 0,
    }
    connection.execute(insert(contact_proof).values(row))


def is_waiting(connection: Connection, officer: str, contact: str, now: datetime) -> bool:
    return _open(connection, officer, contact, now) is not None


def use(connection: Connection, officer: str, contact: str, told: str, now: datetime) -> bool:
    """Whether this is the secret that was sent there; then it is used up. False too where nothing waits for one."""
    found = _open(connection, officer, contact, now)
    plain = "".join(sign for sign in told if sign.isdigit())
    if found is None or not hmac.compare_digest(_digest(Proof(found.id, plain)), found.code_sha256):
        return False
    ended = update(contact_proof).where(contact_proof.c.id == found.id).values(ended_at=now)
    connection.execute(ended)
    return True


def note_wrong(connection: Connection, officer: str, contact: str, now: datetime) -> int:
    """Count a wrong try, the last of which ends the proof; returns how many are left, 0 where nothing waits."""
    found = _open(connection, officer, contact, now)
    if found is None:
        return 0
    wrong = int(found.wrong) + 1
    ended = {"ended_at": now} if wrong >= MOST_WRONG else {}
    c = contact_proof.c
    connection.execute(update(contact_proof).where(c.id == found.id).values(wrong=wrong, **ended))
    return MOST_WRONG - wrong


def end(connection: Connection, officer: str, contact: str, now: datetime) -> None:
    """The contact was changed or removed, or has a newer proof: what was sent to the old one proves nothing."""
    c = contact_proof.c
    mine = and_(c.officer == officer, c.contact == contact, c.ended_at.is_(None))
    connection.execute(update(contact_proof).where(mine).values(ended_at=now))


def forget(connection: Connection, before: datetime) -> None:
    connection.execute(delete(contact_proof).where(contact_proof.c.expires_at < before))


def _open(connection: Connection, officer: str, contact: str, now: datetime) -> Row[Any] | None:
    c = contact_proof.c
    mine = and_(c.officer == officer, c.contact == contact, c.ended_at.is_(None), c.expires_at > now)
    return connection.execute(select(contact_proof).where(mine)).first()


def _digest(proof: Proof) -> str:
    # The id is its salt; what lies here shows a code only to who guesses through all of them, and for half an hour.
    return hashlib.sha256(f"{proof.id}:{proof.secret}".encode()).hexdigest()
