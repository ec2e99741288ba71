"""``cna case``: the board, one case as folded, its entries, and deriving it anew."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from cna_service.bootstrap import log_origin
from cna_service.cases import queries as case_queries
from cna_service.cases.as_json import case_json, entry_json, plain
from cna_service.cases.record import CaseRecord
from cna_service.cli.deployment import instant_of, open_database
from cna_service.cli.shown import columns, instant, show
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger import store as ledger_store
from cna_service.ledger.entry import Entry
from cna_service.ledger.queries import Seal
from cna_service.workflow.clock_views import clock_views
from cna_service.workflow.projections import CASE
from cna_service.workflow.replay import replay_stored, stream_of_case
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.verification import fresh_folds


def list_cases(asked: Namespace) -> int:
    with open_database(asked) as (_, database), database.read() as connection:
        page = case_queries.board(connection, closed=asked.closed, limit=asked.limit)
    rows = [
        (
            r["ref"],
            r["direction"] or "-",
            r["state"] or "-",
            r["vessel"] or "-",
            r["label"],
            r["next_due_kind"] or "-",
            instant(r["next_due_at"]),
            r["holder"] or "nobody",
        )
        for r in page.rows
    ]
    heads = ("case", "way", "State", "vessel", "label", "clock", "due", "held by")
    more = [f"There are more: --limit {asked.limit * 2}"] if page.next else []
    words = [*columns(rows, heads), *more] if rows else ["No case."]
    show(asked, {"cases": [_plain_row(r) for r in page.rows], "next": page.next}, words)
    return 0


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: plain(value) for name, value in row.items() if name not in ("leaf", "stream", "fold_version")
    }


def show_case(asked: Namespace) -> int:
    at = instant_of("as-of", asked.as_of) if asked.as_of else None
    with open_database(asked) as (settings, database), database.read() as connection:
        log = log_origin(settings, exercise=asked.exercise)
        stream = stream_of_case(connection, asked.ref)
        folded = fresh_folds(log).as_of(connection, stream, seq=asked.seq, at=at)
    record = folded.of(CASE)
    words = list(_case(record))
    if folded.broken is not None:
        words.insert(0, f"THE STORED BYTES DO NOT FIT TOGETHER: {folded.broken}")
    show(asked, {**case_json(record), "clocks": clocks_json(record, None, own=True)}, words)
    return 1 if folded.broken is not None or folded.head.seq == 0 else 0


def _case(record: CaseRecord) -> Iterator[str]:
    yield f"{record.ref}, as of entry {record.seq}, {instant(record.changed_at)}"
    for vessel in record.vessels:
        yield f"vessel {vessel.n}: {vessel.label}"
    for exchange in record.exchanges:
        yield f"exchange {exchange.n}: {exchange.direction}, {exchange.state or '-'}, {exchange.authority or '-'}"
    for clock in clock_views(record):
        said = f", {clock.says}" if clock.says else ""
        yield f"clock {clock.id}: {clock.what} ({clock.kind}), {clock.state}, due {instant(clock.due_at)}{said}"


def entries(asked: Namespace) -> int:
    with open_database(asked) as (settings, database), database.read() as connection:
        log = log_origin(settings, exercise=asked.exercise)
        stream = stream_of_case(connection, asked.ref)
        reading = ledger_store.read_entries(connection, log, stream)
        seals = ledger_queries.seals(connection, log, stream)
    told = [_entry(e, seals) for e in reading.entries]
    rows = [(e["seq"], e["recorded_at"], e["type"], e["actor"].get("id", "-"), e["seal"]) for e in told]
    words = columns(rows, ("seq", "recorded", "type", "by", "seal"))
    if reading.broken is not None:
        words.append(f"THE STORED BYTES DO NOT FIT TOGETHER: {reading.broken}")
    show(asked, told, words)
    return 0 if reading.broken is None else 1


def _entry(entry: Entry, seals: Mapping[int, Seal]) -> dict[str, Any]:
    seal = seals.get(entry.seq)
    state = "recorded" if seal is None else seal.state
    return entry_json(entry, index=None if seal is None else seal.index, seal=state)


def replay_case(asked: Namespace) -> int:
    with open_database(asked) as (settings, database):
        log = log_origin(settings, exercise=asked.exercise)
        done = replay_stored(database, log, None if asked.all else asked.ref)
    words = [f"{d.stream}: {d.why}" for d in done.differences]
    counted = f"{done.streams} stream{'' if done.streams == 1 else 's'} derived anew"
    words.append(
        f"{counted}: {len(done.differences)} differences." if words else f"{counted}: everything is equal."
    )
    show(asked, done.as_json(), words)
    return done.exit_code
