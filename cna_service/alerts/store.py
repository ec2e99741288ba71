"""Codes by which a person acknowledges: random per alert and person, different from every other open to his number."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from cna_service.alerts.tables import alert_code, contact_pace, stopped_number, wrong_code

_LONGEST_NUMBER = 32


@dataclass(frozen=True, slots=True)
class Code:
    """A code given to one officer for one alert, on one number."""

    code: str
    alert: str
    stream: str
    officer: str
    number: str
    kind: str
    due_at: datetime | None
    counts_against_us: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class OpenCodes:
    """The codes open to one number, looked up one by one."""

    connection: Connection
    number: str

    def __contains__(self, code: object) -> bool:
        return self.connection.execute(_IS_OPEN, {"number": self.number, "code": code}).first() is not None


def give_code(connection: Connection, wanted: Code, draw: Callable[[Container[str]], str]) -> str:
    """The officer's code for this alert on this number: the one he has, else a new one drawn apart from the
    others open to the number. ``wanted.code`` is not used."""
    number = _kept(wanted.number)
    whose = {"alert": wanted.alert, "officer": wanted.officer, "number": number}
    known = connection.execute(_KNOWN, whose).scalar_one_or_none()
    if known is not None:
        asked = {f"whose_{name}": value for name, value in whose.items()}
        connection.execute(_SENT_AGAIN, {**asked, "sent_at": wanted.sent_at})
        return str(known)
    code = draw(OpenCodes(connection, number))
    row = {
        **whose,
        "stream": wanted.stream,
        "code": code,
        "kind": wanted.kind,
        "due_at": wanted.due_at,
        "counts_against_us": wanted.counts_against_us,
        "sent_at": wanted.sent_at,
    }
    connection.execute(_GIVE, row)
    return code


def _kept(number: str) -> str:
    """A number as the row holds it. Nobody answers by code from a mail address, a screen or a webhook, and theirs may
    be longer than a number's column."""
    return number if len(number) <= _LONGEST_NUMBER else f"#{sha256(number.encode()).hexdigest()[:31]}"


# Built once: putting a statement together costs several times what it costs to run.
_c = alert_code.c
_SENT_AGAIN = update(alert_code).where(
    _c.alert == bindparam("whose_alert"),
    _c.officer == bindparam("whose_officer"),
    _c.number == bindparam("whose_number"),
)
_KNOWN = select(_c.code).where(
    _c.alert == bindparam("alert"),
    _c.officer == bindparam("officer"),
    _c.number == bindparam("number"),
    _c.ended_at.is_(None),
)
_IS_OPEN = select(_c.code).where(
    _c.number == bindparam("number"), _c.code == bindparam("code"), _c.ended_at.is_(None)
)
_GIVE = insert(alert_code)
_IS_STOPPED = select(stopped_number.c.number).where(stopped_number.c.number == bindparam("number"))


def codes_open_to(connection: Connection, number: str) -> list[Code]:
    c = alert_code.c
    rows = connection.execute(
        select(alert_code).where(and_(c.number == number, c.ended_at.is_(None))).order_by(c.id)
    )
    return [_code(r) for r in rows]


def _code(r: Row[Any]) -> Code:
    return Code(
        r.code, r.alert, r.stream, r.officer, r.number, r.kind, r.due_at, r.counts_against_us, r.sent_at
    )


def last_acknowledged(connection: Connection, number: str) -> list[Code]:
    """Codes of this number whose alert has ended, the newest first: what a ``NO`` may take back."""
    c = alert_code.c
    query = (
        select(alert_code)
        .where(and_(c.number == number, c.ended_at.is_not(None)))
        .order_by(c.ended_at.desc(), c.id.desc())
    )
    return [_code(r) for r in connection.execute(query.limit(5))]


def end_codes(connection: Connection, alert: str, now: datetime) -> None:
    """The alert was acknowledged or closed: its codes answer nothing any more."""
    where = and_(alert_code.c.alert == alert, alert_code.c.ended_at.is_(None))
    connection.execute(update(alert_code).where(where).values(ended_at=now))


def revive_codes(connection: Connection, alert: str) -> None:
    """The acknowledgement was taken back: the climb and its codes go on."""
    connection.execute(update(alert_code).where(alert_code.c.alert == alert).values(ended_at=None))


def note_wrong_code(connection: Connection, number: str, now: datetime) -> None:
    connection.execute(insert(wrong_code).values(number=number, at=now))


def wrong_codes(connection: Connection, number: str, now: datetime, since: timedelta) -> list[datetime]:
    """The instants of a number's wrong codes, oldest first."""
    query = select(wrong_code.c.at).where(and_(wrong_code.c.number == number, wrong_code.c.at >= now - since))
    return list(connection.execute(query.order_by(wrong_code.c.at)).scalars())


def stop(connection: Connection, number: str, now: datetime) -> bool:
    """The number wants no messages; False if that was known."""
    if is_stopped(connection, number):
        return False
    connection.execute(insert(stopped_number).values(number=number, at=now))
    return True


def start(connection: Connection, number: str) -> None:
    connection.execute(delete(stopped_number).where(stopped_number.c.number == number))


def is_stopped(connection: Connection, number: str) -> bool:
    return connection.execute(_IS_STOPPED, {"number": number}).first() is not None


_p = contact_pace.c
_FULL_AT = select(func.max(_p.free_at)).where(
    _p.channel == bindparam("channel"), _p.contact == bindparam("contact")
)
_PACE = insert(contact_pace)


def full_at(connection: Connection, channel: str, contact: str) -> datetime | None:
    """When the bucket of a contact is full again; None where nothing was counted lately."""
    found: datetime | None = connection.execute(
        _FULL_AT, {"channel": channel, "contact": contact}
    ).scalar_one()
    return found


def count_sending(connection: Connection, channel: str, contact: str, free_at: datetime) -> None:
    connection.execute(_PACE, {"channel": channel, "contact": contact, "free_at": free_at})


def forget_pace(connection: Connection, before: datetime) -> None:
    """Buckets that have been full since then say nothing any more."""
    connection.execute(delete(contact_pace).where(contact_pace.c.free_at < before))
