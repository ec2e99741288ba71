"""The SQL of the registers. Functions take a connection; who opened it commits."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from cna_service.registry.layout import Reject
from cna_service.registry.memory import normal_names
from cna_service.registry.model import IDENTIFIERS, RegisterVessel, vessel_keys
from cna_service.registry.tables import register, register_reject, register_version, register_vessel
from cna_service.vessels.names import NormalName, digits_of

# Well below the parameters one statement may have on either database.
_AT_ONCE = 500
_PLAIN = [f for f in RegisterVessel.__dataclass_fields__ if f not in {"former_names", "rest"}]


@dataclass(frozen=True, slots=True)
class Register:
    """A register the desk may search: whose it is, where it comes from, on what terms it may be used."""

    id: str
    name: str
    source: str
    terms: str
    layout: str


@dataclass(frozen=True, slots=True)
class RegisterVersion:
    """One import. ``as_of`` is the date (YYYY-MM-DD) the register itself states, or None."""

    id: int
    register: str
    number: int
    state: str
    imported_at: datetime
    as_of: str | None
    sha256: str
    rows: int
    rejects: int


def declare(connection: Connection, known: Register) -> None:
    """Enter the register, or bring its name, source and terms up to date."""
    values = {name: getattr(known, name) for name in ("name", "source", "terms", "layout")}
    changed = connection.execute(update(register).where(register.c.id == known.id).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(register).values(id=known.id, **values))


def begin_version(
    connection: Connection, *, of: str, now: datetime, sha256: str, as_of: str | None
) -> RegisterVersion:
    """A new pending version; an unfinished earlier one is abandoned (its rows go with ``drop_abandoned``)."""
    version = register_version
    # The row of the register is the lock: two imports that begin together get two numbers.
    connection.execute(select(register.c.id).where(register.c.id == of).with_for_update())
    is_pending = (version.c.register == of) & (version.c.state == "pending")
    connection.execute(update(version).where(is_pending).values(state="abandoned"))
    number = 1 + (connection.scalar(select(func.max(version.c.number)).where(version.c.register == of)) or 0)
    values = {"register": of, "number": number, "state": "pending", "imported_at": now, "as_of": as_of}
    done = connection.execute(insert(version).values(**values, sha256=sha256, rows=0, rejects=0))
    assert done.inserted_primary_key is not None
    return version_of(connection, int(done.inserted_primary_key[0]))


def version_of(connection: Connection, id: int) -> RegisterVersion:
    row = connection.execute(select(register_version).where(register_version.c.id == id)).mappings().one()
    return RegisterVersion(**row)


def current_version(connection: Connection, of: str) -> RegisterVersion | None:
    """The newest complete import; None before the first."""
    found = select(register_version).where(
        (register_version.c.register == of) & (register_version.c.state == "current")
    )
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else RegisterVersion(**row)


def version_at(connection: Connection, of: str, at: datetime) -> RegisterVersion | None:
    """The version that was in use at an instant: the newest complete import of then; None before the first."""
    table = register_version
    complete = (table.c.register == of) & table.c.state.in_(("current", "superseded"))
    found = select(table).where(complete & (table.c.imported_at <= at)).order_by(table.c.number.desc())
    row = connection.execute(found.limit(1)).mappings().first()
    return None if row is None else RegisterVersion(**row)


def versions(connection: Connection, of: str) -> list[RegisterVersion]:
    """Every import of the register, the newest first."""
    found = select(register_version).where(register_version.c.register == of)
    rows = connection.execute(found.order_by(register_version.c.number.desc())).mappings()
    return [RegisterVersion(**row) for row in rows]


def registers(connection: Connection) -> list[Register]:
    return [
        Register(**row) for row in connection.execute(select(register).order_by(register.c.id)).mappings()
    ]


def add(connection: Connection, version: int, rows: Iterable[RegisterVessel | Reject]) -> bool:
    """Add a chunk of rows to a pending version. False, and nothing added, if another import has overtaken it."""
    state = select(register_version.c.state).where(register_version.c.id == version).with_for_update()
    if connection.scalar(state) != "pending":
        return False
    vessels = [_values(version, row) for row in rows if isinstance(row, RegisterVessel)]
    rejects = [
        {"version": version, "line": row.line, "why": row.why, "row": row.row}
        for row in rows
        if isinstance(row, Reject)
    ]
    if vessels:
        connection.execute(insert(register_vessel), vessels)
    if rejects:
        connection.execute(insert(register_reject), rejects)
    return True


def make_current(connection: Connection, version: RegisterVersion, *, rows: int, rejects: int) -> bool:
    """In one step the pending version becomes current and the old one superseded. False if it was overtaken."""
    table = register_version
    is_old = (table.c.register == version.register) & (table.c.state == "current")
    connection.execute(update(table).where(is_old).values(state="superseded"))
    is_mine = (table.c.id == version.id) & (table.c.state == "pending")
    done = connection.execute(
        update(table).where(is_mine).values(state="current", rows=rows, rejects=rejects)
    )
    return done.rowcount == 1


def abandon(connection: Connection, version: int) -> None:
    is_mine = (register_version.c.id == version) & (register_version.c.state == "pending")
    connection.execute(update(register_version).where(is_mine).values(state="abandoned"))


def drop_abandoned(connection: Connection, of: str, most: int) -> int:
    """Remove at most that many rows of imports that were never finished; how many went. Call until it says 0."""
    abandoned = select(register_version.c.id).where(
        (register_version.c.register == of) & (register_version.c.state == "abandoned")
    )
    gone = 0
    for table, key in ((register_vessel, register_vessel.c.rid), (register_reject, register_reject.c.line)):
        for version in connection.scalars(abandoned).all():
            some = select(key).where(table.c.version == version).limit(most)
            done = connection.execute(delete(table).where((table.c.version == version) & key.in_(some)))
            gone += done.rowcount
    return gone


def vessels_by_rid(connection: Connection, version: int, rids: Sequence[str]) -> dict[str, RegisterVessel]:
    """The vessels of these ids in the order asked; unknown ones are left out."""
    found: dict[str, RegisterVessel] = {}
    for at in range(0, len(rids), _AT_ONCE):
        wanted = (register_vessel.c.version == version) & register_vessel.c.rid.in_(rids[at : at + _AT_ONCE])
        for row in connection.execute(select(register_vessel).where(wanted)).mappings():
            found[row["rid"]] = _vessel(row)
    return {rid: found[rid] for rid in rids if rid in found}


def rids_by_key(connection: Connection, version: int, identifier: str, keys: Collection[str]) -> list[str]:
    """Ids of the vessels whose identifier has one of these keys (``model.identifier_key``), in order of id."""
    if identifier not in IDENTIFIERS:
        raise ValueError(f"{identifier!r} is no identifier of the register")
    column = register_vessel.c[f"{identifier}_key"]
    wanted = (register_vessel.c.version == version) & column.in_(sorted(keys)[: 2 * _AT_ONCE])
    return list(
        connection.scalars(
            select(register_vessel.c.rid).where(wanted).order_by(register_vessel.c.rid).limit(200)
        )
    )


def all_names(connection: Connection, version: int) -> Iterator[tuple[str, str, list[NormalName]]]:
    """(register id, flag, comparable names) of every vessel of a version, for the index."""
    columns = select(register_vessel.c.rid, register_vessel.c.flag, register_vessel.c.name_forms)
    found = columns.where(register_vessel.c.version == version).order_by(register_vessel.c.rid)
    for rid, flag, forms in connection.execution_options(yield_per=5000).execute(found):
        yield rid, flag, [_form(form) for form in forms.split("\n") if form]


def flag_counts(connection: Connection, version: int) -> dict[str, int]:
    """How many vessels of the version fly each flag."""
    counted = select(register_vessel.c.flag, func.count()).where(register_vessel.c.version == version)
    return {row[0]: row[1] for row in connection.execute(counted.group_by(register_vessel.c.flag))}


def rejects_of(connection: Connection, version: int) -> list[Reject]:
    found = select(register_reject).where(register_reject.c.version == version)
    rows = connection.execute(found.order_by(register_reject.c.line)).mappings()
    return [Reject(row["line"], row["why"], row["row"]) for row in rows]


def _values(version: int, vessel: RegisterVessel) -> dict[str, object]:
    keys = {f"{name}_key": key[:100] or None for name, key in vessel_keys(vessel).items()}
    return {
        "version": version,
        **{name: getattr(vessel, name) for name in _PLAIN},
        "former_names": "\n".join(vessel.former_names),
        "rest": json.dumps(dict(vessel.rest), ensure_ascii=False, sort_keys=True),
        "name_forms": "\n".join(name.normal for name in normal_names(vessel)),
        **keys,
    }


def _vessel(row: RowMapping) -> RegisterVessel:
    return RegisterVessel(
        **{name: row[name] for name in _PLAIN},
        former_names=tuple(name for name in row["former_names"].split("\n") if name),
        rest=json.loads(row["rest"]),
    )


def _form(normal: str) -> NormalName:
    tokens = tuple(normal.split())
    return NormalName(normal, "".join(tokens), digits_of(normal), tokens)
