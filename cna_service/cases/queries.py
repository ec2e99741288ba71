"""Reading the search rows: the board, a partner's own cases, cases that might be about the same vessel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select

from cna_service.cases.store import normal
from cna_service.cases.tables import case_key, case_row


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Mapping[str, Any], ...]
    next: str | None


_COLUMNS = (
    case_row.c.ref,
    case_row.c.opened_at,
    case_row.c.changed_at,
    case_row.c.is_closed,
    case_row.c.is_to_be_read,
    case_row.c.next_due_at,
    case_row.c.next_due_kind,
    case_row.c.direction,
    case_row.c.state,
    case_row.c.vessel,
    case_row.c.holder,
    case_row.c.label,
    case_row.c.seq,
)


def board(
    connection: Connection, *, closed: bool = False, limit: int = 100, after: str | None = None
) -> Page:
    """Open cases, the one that runs out first on top; those without a clock follow, newest first.

    ``after`` is the reference of the last row of the page before.
    """
    row = case_row.c
    order = (row.next_due_at.is_(None), row.next_due_at, row.changed_at.desc(), row.ref)
    query = select(*_COLUMNS).where(row.is_closed == closed).order_by(*order)
    if (last := _row(connection, after)) is not None:
        then = or_(
            row.changed_at < last.changed_at, and_(row.changed_at == last.changed_at, row.ref > last.ref)
        )
        if last.next_due_at is None:
            query = query.where(row.next_due_at.is_(None), then)
        else:
            same_due = and_(row.next_due_at == last.next_due_at, then)
            query = query.where(or_(row.next_due_at.is_(None), row.next_due_at > last.next_due_at, same_due))
    return _page(connection, query, limit)


def of_authority(
    connection: Connection, authority: str, *, limit: int = 100, after: str | None = None
) -> Page:
    """The cases in which this authority has a part."""
    mine = select(case_key.c.ref).where(and_(case_key.c.kind == "authority", case_key.c.value == authority))
    query = (
        select(*_COLUMNS)
        .where(case_row.c.ref.in_(mine))
        .order_by(case_row.c.opened_at.desc(), case_row.c.ref)
    )
    if (last := _row(connection, after)) is not None:
        same = and_(case_row.c.opened_at == last.opened_at, case_row.c.ref > last.ref)
        query = query.where(or_(case_row.c.opened_at < last.opened_at, same))
    return _page(connection, query, limit)


def references(connection: Connection) -> list[tuple[str, bool]]:
    """Every case and whether it is closed, by reference."""
    query = select(case_row.c.ref, case_row.c.is_closed).order_by(case_row.c.ref)
    return [(row.ref, bool(row.is_closed)) for row in connection.execute(query)]


def _row(connection: Connection, ref: str | None) -> Row[Any] | None:
    """Where a page goes on: after the row that was the last of the one before, as that row stands now."""
    return connection.execute(select(case_row).where(case_row.c.ref == ref)).first() if ref else None


def _page(connection: Connection, query: Select[Any], limit: int) -> Page:
    rows = [dict(r) for r in connection.execute(query.limit(limit + 1)).mappings()]
    page = rows[:limit]
    return Page(tuple(page), page[-1]["ref"] if len(rows) > limit else None)


def is_of_authority(connection: Connection, ref: str, authority: str) -> bool:
    where = and_(case_key.c.ref == ref, case_key.c.kind == "authority", case_key.c.value == authority)
    return connection.execute(select(case_key.c.ref).where(where)).first() is not None


def own_alike(
    connection: Connection,
    authority: str,
    reference: str | None,
    keys: Iterable[tuple[str, str]],
    *,
    limit: int = 10,
) -> list[str]:
    """This authority's own cases under the same reference of its own, or about a vessel alike; the newest first."""
    wanted = {(kind, normal(value)) for kind, value in keys if normal(value)}
    if reference:
        wanted.add(("their_reference", reference[:200]))
    if not wanted:
        return []
    mine, alike = case_key.alias("mine"), case_key.alias("alike")
    same = or_(*[and_(alike.c.kind == kind, alike.c.value == value) for kind, value in sorted(wanted)])
    query = (
        select(case_row.c.ref)
        .join(mine, mine.c.ref == case_row.c.ref)
        .join(alike, alike.c.ref == case_row.c.ref)
        .where(mine.c.kind == "authority", mine.c.value == authority, same)
        .group_by(case_row.c.ref, case_row.c.opened_at)
        .order_by(case_row.c.opened_at.desc(), case_row.c.ref)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def sent_before(connection: Connection, authority: str, reference: str, since: datetime) -> str | None:
    """This authority's newest open case under the same reference of its own, opened since then."""
    mine, same = case_key.alias("mine"), case_key.alias("same")
    query = (
        select(case_row.c.ref)
        .join(mine, mine.c.ref == case_row.c.ref)
        .join(same, same.c.ref == case_row.c.ref)
        .where(mine.c.kind == "authority", mine.c.value == authority)
        .where(same.c.kind == "their_reference", same.c.value == reference[:200])
        .where(case_row.c.opened_at >= since, case_row.c.is_closed.is_(False))
        .order_by(case_row.c.opened_at.desc(), case_row.c.ref)
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def same_vessel(
    connection: Connection,
    keys: Iterable[tuple[str, str]],
    *,
    but: str | None = None,
    since: datetime | None = None,
) -> list[tuple[str, str]]:
    """Cases that share an identifier or a name: (reference, what they share). Offered, never merged."""
    wanted = [(kind, normal(value)) for kind, value in keys if normal(value)]
    if not wanted:
        return []
    same = or_(*[and_(case_key.c.kind == kind, case_key.c.value == value) for kind, value in wanted])
    query = (
        select(case_key.c.ref, case_key.c.kind)
        .join(case_row, case_row.c.ref == case_key.c.ref)
        .where(same)
        .order_by(case_row.c.opened_at.desc(), case_key.c.ref)
    )
    if since is not None:
        query = query.where(case_row.c.opened_at >= since)
    found: dict[str, str] = {}
    for row in connection.execute(query):
        if row.ref != but:
            found[row.ref] = f"{found[row.ref]}, {row.kind}" if row.ref in found else row.kind
    return list(found.items())


def names(connection: Connection) -> list[tuple[str, str]]:
    """Every name of every case in comparable form, with the case; the newest case first."""
    query = (
        select(case_key.c.ref, case_key.c.value)
        .join(case_row, case_row.c.ref == case_key.c.ref)
        .where(case_key.c.kind == "name_words")
        .order_by(case_row.c.opened_at.desc(), case_key.c.ref)
    )
    return [(row.ref, row.value) for row in connection.execute(query)]


def counts(connection: Connection) -> Mapping[str, int]:
    """How many cases are open, closed, waiting to be read; for the board's head and the metrics."""
    total = connection.execute(
        select(case_row.c.is_closed, func.count()).group_by(case_row.c.is_closed)
    ).all()
    unread = connection.execute(
        select(func.count()).where(and_(case_row.c.is_to_be_read, ~case_row.c.is_closed))
    ).scalar_one()
    by_state = {bool(closed): n for closed, n in total}
    return {"open": by_state.get(False, 0), "closed": by_state.get(True, 0), "to_be_read": unread}


def runs_a_limit(connection: Connection, now: datetime) -> bool:
    """Whether any open case has a limit that is still ahead."""
    ahead = and_(~case_row.c.is_closed, case_row.c.next_due_at > now)
    return connection.execute(select(case_row.c.ref).where(ahead).limit(1)).first() is not None


def every_case(connection: Connection) -> list[tuple[str, str]]:
    """The references of all cases with the leaf of the newest entry, the oldest case first."""
    query = select(case_row.c.ref, case_row.c.leaf).order_by(case_row.c.opened_at, case_row.c.ref)
    return [(row.ref, row.leaf) for row in connection.execute(query)]
