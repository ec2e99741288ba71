"""Signing in: password and code together, one answer for whatever was wrong, failures counted and slowed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cna_service.identity import store, throttle, totp
from cna_service.identity.officers import Officer
from cna_service.identity.passwords import hash_password, verify_password
from cna_service.identity.ports import Rows
from cna_service.identity.rules import CodeRefused, SignInRefused, TriedTooOften
from cna_service.identity.sessions import NewSession, open_session
from cna_service.identity.store import Credential, Session


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending of the sign-in form. ``officer`` is the officer under that account, None if there is none;
    ``on_watch`` says that he has the watch or is being summoned; ``watch_ends`` until when."""

    account: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    officer: Officer | None
    on_watch: bool = False
    watch_ends: datetime | None = None


def wait_before(rows: Rows, account: str, address: str, now: datetime, *, on_watch: bool) -> timedelta:
    """How long the next try must wait. For who is on watch the caller holds the request so long (2 s at most)
    before :func:`sign_in`, which never turns him away for it; all others are refused there until it is over."""
    with rows.read() as connection:
        account_failures, address_failures = store.failures(
            connection, throttle.account_key(account), throttle.address_key(address), now - throttle.WINDOW
        )
    return throttle.wait(account_failures, address_failures, now, on_watch=on_watch)


def sign_in(rows: Rows, attempt: Attempt, now: datetime) -> NewSession:
    """Verify password and code, use up the code's step, open a session.

    Raises :class:`TriedTooOften` (nothing was looked at) or :class:`SignInRefused` (counted as a failure; never
    says what was wrong, and takes as long for an account that does not exist). Hashes outside any transaction.
    """
    _refuse_if_too_soon(rows, attempt.account, attempt.address, now, on_watch=attempt.on_watch)
    may_try = attempt.officer is not None and attempt.officer.is_enabled
    with rows.read() as connection:
        kept = store.credential_of(connection, attempt.officer.id) if attempt.officer is not None else None
    verified = verify_password(kept.password_hash if kept is not None and may_try else None, attempt.password)
    step = _step(kept, attempt.code, now) if kept is not None and verified.is_right else None
    rehashed = hash_password(attempt.password) if step is not None and verified.is_outdated else None
    with rows.write() as connection:
        opened = _open(connection, attempt, kept, step, now)
        if opened is None:
            _note_failure(connection, attempt.account, attempt.address, now)
        elif kept is not None and rehashed is not None:
            store.put_password_hash(connection, kept.officer, before=kept.password_hash, after=rehashed)
    # Raised after the commit: rolled back, the failure would not count.
    if opened is None:
        raise SignInRefused
    return opened


def confirm_code(
    rows: Rows, session: Session, code: str, now: datetime, *, address: str, on_watch: bool
) -> None:
    """A new code within a session, before an act that asks for one. Raises :class:`CodeRefused` (counted) or
    :class:`TriedTooOften`."""
    _refuse_if_too_soon(rows, session.officer, address, now, on_watch=on_watch)
    with rows.write() as connection:
        kept = store.credential_of(connection, session.officer)
        step = None if kept is None else _step(kept, code, now)
        is_taken = step is not None and store.take_totp_step(connection, session.officer, step)
        if is_taken:
            store.note_session_code(connection, session.id_sha256, now)
            _forgive(connection, session.officer, address)
        else:
            _note_failure(connection, session.officer, address, now)
    if not is_taken:
        raise CodeRefused


def _open(
    connection: Connection, attempt: Attempt, kept: Credential | None, step: int | None, now: datetime
) -> NewSession | None:
    if kept is None or step is None or not store.take_totp_step(connection, kept.officer, step):
        return None
    _forgive(connection, attempt.account, attempt.address)
    return open_session(
        connection, kept.officer, address=attempt.address, now=now, watch_ends=attempt.watch_ends
    )


def _step(kept: Credential, code: str, now: datetime) -> int | None:
    return totp.matching_step(kept.totp_secret, code, now, last_step=kept.totp_last_step)


def _refuse_if_too_soon(rows: Rows, account: str, address: str, now: datetime, *, on_watch: bool) -> None:
    left = wait_before(rows, account, address, now, on_watch=on_watch)
    if left and not on_watch:
        raise TriedTooOften(math.ceil(left.total_seconds()))


def _note_failure(connection: Connection, account: str, address: str, now: datetime) -> None:
    store.note_failure(connection, throttle.account_key(account), throttle.address_key(address), now)


def _forgive(connection: Connection, account: str, address: str) -> None:
    store.forgive(connection, throttle.account_key(account), throttle.address_key(address))
