"""The search rows of cases: written once per command from the fold, never from anything else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from cna_service.cases.instructions import stale_since
from cna_service.cases.labels import case_label
from cna_service.cases.record import CaseRecord, Clock
from cna_service.cases.tables import FOLD_VERSION, case_key, case_row
from cna_service.vessels.names import normal_name

# Facts by which another case of the same vessel can be found.
_KEY_FIELDS = ("imo", "mmsi", "call_sign", "registration_number", "hull_mark", "name", "former_name")


# Built once: putting a statement together costs several times what it costs to run.
_IS_THERE = select(case_row.c.ref).where(case_row.c.ref == bindparam("ref"))
_KEYS_THERE = select(case_key.c.kind, case_key.c.value).where(case_key.c.ref == bindparam("ref"))
_BUSY = (
    select(case_key.c.ref)
    .where(
        case_key.c.kind == "busy",
        case_key.c.value == bindparam("officer"),
        case_key.c.ref != bindparam("ref"),
    )
    .limit(1)
)
_NEW_ROW, _NEW_KEYS = insert(case_row), insert(case_key)
_CHANGED_ROW = update(case_row).where(case_row.c.ref == bindparam("whose"))


def write_row(
    connection: Connection, record: CaseRecord, holder: str | None, busy: Collection[str] = ()
) -> None:
    """Make the case's row and keys equal to the record; ``busy``: who holds of it what has a running clock."""
    values = row_of(record, holder)
    if connection.execute(_IS_THERE, {"ref": record.ref}).first() is None:
        connection.execute(_NEW_ROW, values)
    else:
        connection.execute(_CHANGED_ROW, {"whose": record.ref, **values})
    wanted = set(keys_of(record, busy))
    there = {(r.kind, r.value) for r in connection.execute(_KEYS_THERE, {"ref": record.ref})}
    if there - wanted:
        connection.execute(delete(case_key).where(case_key.c.ref == record.ref))
        there = set()
    if fresh := wanted - there:
        rows = [{"ref": record.ref, "kind": kind, "value": value} for kind, value in sorted(fresh)]
        connection.execute(_NEW_KEYS, rows)


def row_of(record: CaseRecord, holder: str | None) -> dict[str, Any]:
    """The row as a mapping: what ``case replay`` compares with what is stored."""
    presses_at, kind = _pressing(record)
    last = record.exchanges[-1] if record.exchanges else None
    return {
        "ref": record.ref,
        "stream": f"case:{record.ref}",
        "seq": record.seq,
        "leaf": record.leaf,
        "fold_version": FOLD_VERSION,
        "opened_at": record.opened_at,
        "changed_at": record.changed_at,
        "is_closed": record.is_closed,
        "is_to_be_read": record.is_to_be_read,
        "next_due_at": presses_at,
        "next_due_kind": kind,
        "direction": last.direction if last else None,
        "state": last.state if last else None,
        "vessel": ", ".join(v.label for v in record.vessels) or None,
        "holder": holder,
        "label": case_label(record),
    }


def _pressing(record: CaseRecord) -> tuple[datetime | None, str | None]:
    """By what the board sorts, and of which kind it is: what runs out first. A lapse nobody dealt with stands where
    its limit was, before all that still runs, on whichever page; so does a unit that acts on what no longer holds."""
    pressing: list[tuple[datetime, str]] = [
        (c.due_at, c.kind)
        for c in record.clocks
        if c.due_at is not None and (c.is_running or (_ran_out(c) and not record.is_closed))
    ]
    if (stale := stale_since(record)) is not None:
        pressing.append((stale, "instruction"))
    return min(pressing, default=(None, None))


def _ran_out(clock: Clock) -> bool:
    """A limit that passed, and nobody answered or recorded an effect; a missed target of ours is no limit."""
    is_over = clock.lapsed_at is not None and clock.stopped_at is None and clock.superseded_seq is None
    return is_over and clock.lapse is None and clock.kind != "own"


def keys_of(record: CaseRecord, busy: Collection[str] = ()) -> Iterable[tuple[str, str]]:
    for officer in busy:
        yield "busy", officer
    for vessel in record.vessels:
        for fact in vessel.facts:
            if fact.field in _KEY_FIELDS and isinstance(fact.value, str) and (bare := normal(fact.value)):
                yield ("name" if fact.field == "former_name" else fact.field), bare
                if "name" in fact.field and (alike := normal_name(fact.value).normal):
                    yield "name_words", alike
    for search in record.searches:
        if search.get("verdict") == "found" and search.get("rid"):
            yield "rid", normal(str(search["rid"]))
    for exchange in record.exchanges:
        if exchange.authority:
            yield "authority", exchange.authority
        if exchange.their_reference:
            yield "their_reference", exchange.their_reference[:200]
    for submission in record.submissions:
        if sender := submission.get("sender", {}).get("authority"):
            yield "authority", sender


def normal(value: str) -> str:
    """How identifiers and names are compared across cases: letters and digits, upper case."""
    return "".join(c for c in value.upper() if c.isalnum())[:200]


def is_busy_elsewhere(connection: Connection, officer: str, ref: str | None) -> bool:
    """Whether he holds a case with a running clock, other than ``ref`` (desk-rules 2.3)."""
    return connection.execute(_BUSY, {"officer": officer, "ref": ref or ""}).first() is not None


def stored_row(connection: Connection, ref: str) -> dict[str, Any] | None:
    found = connection.execute(select(case_row).where(case_row.c.ref == ref)).mappings().first()
    return None if found is None else dict(found)


def outdated(connection: Connection) -> list[str]:
    """Cases whose row was written under another meaning of the row, board first."""
    query = (
        select(case_row.c.ref)
        .where(case_row.c.fold_version != FOLD_VERSION)
        .order_by(case_row.c.is_closed, case_row.c.next_due_at)
    )
    return list(connection.execute(query).scalars())
