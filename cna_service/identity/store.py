"""The SQL of identity. Every function works on the caller's connection and transaction; instants are the
machine clock's, in exercise mode too (api.md, "Exercise mode")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from cna_service.identity import tables
from cna_service.identity.throttle import Failures


@dataclass(frozen=True, slots=True)
class Credential:
    officer: str
    password_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_last_step: int | None
    tokens_valid_after: datetime
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link: ``purpose`` is ``first`` or ``reset``; the code generator's secret lies in it until used."""

    token_sha256: str
    officer: str
    purpose: str
    made_by: str
    totp_secret: str = field(repr=False)
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """An officer signed in on one browser. ``id_sha256`` is the digest that entries name."""

    id_sha256: str
    officer: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    totp_at: datetime
    address: str
    form_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptToken:
    """What is kept of a token that was issued: never the token itself."""

    jti: str
    subject: str
    kind: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    note: str = ""


Kept = TypeVar("Kept", Credential, Link, Session, KeptToken)


def credential_of(connection: Connection, officer: str) -> Credential | None:
    return _one(connection, tables.credential, tables.credential.c.officer == officer, Credential)


def put_credential(connection: Connection, new: Credential) -> None:
    """Set or replace an officer's credential."""
    table, values = tables.credential, _values(new)
    changed = connection.execute(update(table).where(table.c.officer == new.officer).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(table).values(values))


def void_credential(connection: Connection, officer: str, now: datetime) -> None:
    """Password, sessions and tokens of the officer are worth nothing from ``now`` on."""
    table = tables.credential
    emptied = {"password_hash": "", "tokens_valid_after": now}
    connection.execute(update(table).where(table.c.officer == officer).values(emptied))
    end_sessions_of(connection, officer)


def put_password_hash(connection: Connection, officer: str, *, before: str, after: str) -> None:
    """Store a hash with newer parameters, unless the password was changed meanwhile."""
    table = tables.credential
    where = and_(table.c.officer == officer, table.c.password_hash == before)
    connection.execute(update(table).where(where).values(password_hash=after))


def take_totp_step(connection: Connection, officer: str, step: int) -> bool:
    """Use up a step; False if this or a later one was used already, by however many requests at once."""
    table = tables.credential
    is_new = or_(table.c.totp_last_step.is_(None), table.c.totp_last_step < step)
    where = and_(table.c.officer == officer, is_new)
    return connection.execute(update(table).where(where).values(totp_last_step=step)).rowcount == 1


def put_link(connection: Connection, link: Link) -> None:
    """Keep a new link; those the officer had before are worth nothing any more."""
    table = tables.one_time_link
    connection.execute(delete(table).where(table.c.officer == link.officer, table.c.used_at.is_(None)))
    connection.execute(insert(table).values(_values(link)))


def link_of(connection: Connection, token_sha256: str) -> Link | None:
    return _one(connection, tables.one_time_link, tables.one_time_link.c.token_sha256 == token_sha256, Link)


def use_link(connection: Connection, token_sha256: str, now: datetime) -> bool:
    """Use a link up; False if it was used, replaced or expired meanwhile."""
    table = tables.one_time_link
    where = and_(table.c.token_sha256 == token_sha256, table.c.used_at.is_(None), table.c.expires_at > now)
    changed = connection.execute(update(table).where(where).values(used_at=now, totp_secret=""))
    return changed.rowcount == 1


def put_session(connection: Connection, new: Session) -> None:
    connection.execute(insert(tables.session).values(_values(new)))


def session_of(connection: Connection, id_sha256: str) -> Session | None:
    return _one(connection, tables.session, tables.session.c.id_sha256 == id_sha256, Session)


def sessions_of(connection: Connection, officer: str) -> tuple[Session, ...]:
    table = tables.session
    query = select(table).where(table.c.officer == officer).order_by(table.c.created_at)
    return _all(connection, query, Session)


def note_session_seen(connection: Connection, id_sha256: str, now: datetime) -> None:
    table = tables.session
    connection.execute(update(table).where(table.c.id_sha256 == id_sha256).values(last_seen_at=now))


def note_session_code(connection: Connection, id_sha256: str, now: datetime) -> None:
    table = tables.session
    connection.execute(update(table).where(table.c.id_sha256 == id_sha256).values(totp_at=now))


def end_session(connection: Connection, id_sha256: str) -> None:
    connection.execute(delete(tables.session).where(tables.session.c.id_sha256 == id_sha256))


def end_sessions_of(connection: Connection, officer: str) -> None:
    connection.execute(delete(tables.session).where(tables.session.c.officer == officer))


def note_failure(connection: Connection, account: str, address: str, now: datetime) -> None:
    values = {"account": account, "address": address, "at": now}
    connection.execute(insert(tables.sign_in_failure).values(values))


def forgive(connection: Connection, account: str, address: str) -> None:
    """After a right password: this account's failures from this address are forgotten, others' stay."""
    table = tables.sign_in_failure
    connection.execute(delete(table).where(table.c.account == account, table.c.address == address))


def failures(
    connection: Connection, account: str, address: str, since: datetime
) -> tuple[Failures, Failures]:
    """Failures after ``since``: of the account from anywhere, and from the address for any account."""
    table = tables.sign_in_failure
    return (
        _failures(connection, table.c.account == account, since),
        _failures(connection, table.c.address == address, since),
    )


def put_token(connection: Connection, kept: KeptToken) -> None:
    connection.execute(insert(tables.token).values(_values(kept)))


def token_of(connection: Connection, jti: str) -> KeptToken | None:
    return _one(connection, tables.token, tables.token.c.jti == jti, KeptToken)


def tokens_of(connection: Connection, subject: str | None = None) -> tuple[KeptToken, ...]:
    """The tokens of a subject, or all, the newest first."""
    table = tables.token
    query = select(table).order_by(table.c.issued_at.desc(), table.c.jti)
    return _all(connection, query if subject is None else query.where(table.c.subject == subject), KeptToken)


def revoke_token(connection: Connection, jti: str, now: datetime) -> bool:
    """False if there is no such token or it was revoked before."""
    table = tables.token
    where = and_(table.c.jti == jti, table.c.revoked_at.is_(None))
    return connection.execute(update(table).where(where).values(revoked_at=now)).rowcount == 1


def revoke_tokens_of(connection: Connection, subject: str, now: datetime) -> int:
    table = tables.token
    where = and_(table.c.subject == subject, table.c.revoked_at.is_(None))
    return connection.execute(update(table).where(where).values(revoked_at=now)).rowcount


def note_token_used(connection: Connection, jti: str, now: datetime) -> None:
    connection.execute(update(tables.token).where(tables.token.c.jti == jti).values(last_used_at=now))


def forget_expired(connection: Connection, before: datetime) -> None:
    """Housekeeping: sessions, links, tokens that expired and failures that happened before ``before``."""
    expiring: Iterable[Table] = (tables.session, tables.one_time_link, tables.token)
    for table in expiring:
        connection.execute(delete(table).where(table.c.expires_at < before))
    connection.execute(delete(tables.sign_in_failure).where(tables.sign_in_failure.c.at < before))


def _failures(connection: Connection, where: ColumnElement[bool], since: datetime) -> Failures:
    table = tables.sign_in_failure
    query = select(func.count(), func.max(table.c.at)).where(where, table.c.at > since)
    count, last_at = connection.execute(query).one()
    return Failures(count, last_at)


def _values(kept: Credential | Link | Session | KeptToken) -> dict[str, Any]:
    return {f.name: getattr(kept, f.name) for f in fields(kept)}


def _one(connection: Connection, table: Table, where: ColumnElement[bool], shape: type[Kept]) -> Kept | None:
    row = connection.execute(select(table).where(where)).mappings().one_or_none()
    return None if row is None else shape(**row)


def _all(connection: Connection, query: Select[*tuple[Any, ...]], shape: type[Kept]) -> tuple[Kept, ...]:
    return tuple(shape(**row) for row in connection.execute(query).mappings())
