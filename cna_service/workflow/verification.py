"""Verifying the log, its derived rows with it, and recording that it was verified, by whom and with which result.

Rows are held against folds made from the first entry on, never against what a process keeps (ledger.md 2.11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from cna_service.cases import store as case_store
from cna_service.cases.tables import FOLD_VERSION
from cna_service.db.database import Database
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.ledger import verify as ledger_verify
from cna_service.ledger.entry import Draft
from cna_service.ledger.folds import Folded, Folds
from cna_service.ledger.notes import Verifier
from cna_service.ledger.verify_report import SOUND, TAMPERED, Report
from cna_service.workflow.derived import busy_with, holder_of, wanted_timers
from cna_service.workflow.projections import ALERTS, CASE, DESK, LOG, PROJECTIONS, TYPES
from cna_service.workflow.rows import queries
from cna_service.workflow.rows.queries import CASE_PREFIX, Rows
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert

MOST_RECORDED = 20
"""Differences that ``log.verified`` names; the report says how many more there are."""

_RESULTS = {SOUND: "sound", TAMPERED: "not_sound"}


def verify(service: Service) -> Report:
    """Verify everything in one view of the database; nothing is written.

    In an exercise how long an entry waits is not judged: its clock is moved by hand.
    """
    now = None if service.desk.is_exercise else service.clock.now()
    return verify_stored(service.database, service.desk.log_origin, service.log_keys, now=now)


def verify_stored(
    database: Database, log: str, keys: Sequence[Verifier], *, now: datetime | None = None
) -> Report:
    """The same of a database that no service was built on, whatever was done to it: a copy, or one tampered with."""
    with database.read() as connection:
        rows = RowCheck(connection, log)
        report = ledger_verify.verify(connection, log, keys, TYPES, row_check=rows, now=now)
    return rows.told(report)


def verify_and_record(service: Service, actor: Actor) -> Report:
    """Verify, and write ``log.verified``; evidence of tampering alerts the administrator, once while that is open.

    Raises NotPermitted, DatabaseUnavailable.
    """
    report = verify(service)
    is_sound = report.exit_code == SOUND
    with service.write(actor, Action.LEDGER_VERIFY, LOG, DESK) as work:
        result = _RESULTS.get(report.exit_code, "undecided")
        work.append(Draft("log.verified", {"ok": is_sound, "result": result, **_recorded(report)}), LOG)
        is_told = any(alert.kind == "log_trouble" for alert in work.of(ALERTS, DESK).open)
        if report.exit_code == TAMPERED and not is_told:
            raise_alert(service, work, "log_trouble", stream=DESK)
    return report


def _recorded(report: Report) -> dict[str, Any]:
    return {**report.as_json(MOST_RECORDED), "first": report.first.as_json() if report.first else None}


class RowCheck:
    """Differences between the derived rows of a stream and a fold of it from its first entry, in words.

    Rows of another ``fold_version`` are no difference: the start of a new build writes them anew; they are counted.
    """

    def __init__(self, connection: Connection, log: str) -> None:
        self._connection = connection
        self._folds = fresh_folds(log)
        self.outdated = 0

    def __call__(self, stream: str) -> Iterable[str]:
        found = queries.stored(self._connection, stream)
        if found.row is not None and found.row["fold_version"] != FOLD_VERSION:
            self.outdated += 1
            return ()
        return differences(found, wanted_rows(self._folds.current(self._connection, stream)))

    def told(self, report: Report) -> Report:
        """The report, with a warning where rows could not be compared."""
        if not self.outdated:
            return report
        words = (
            f"{self.outdated} search rows were written by another build; they are written anew at its start"
        )
        return replace(report, warnings=(*report.warnings, words))


def fresh_folds(log: str) -> Folds:
    """Folds that remember nothing: each is made from the first entry on."""
    return Folds(log, TYPES, PROJECTIONS, keep=0)


def wanted_rows(folded: Folded) -> Rows:
    """What the fold says the rows of its stream must be."""
    timers = wanted_timers(folded)
    # A stream without entries has no search row yet.
    if not folded.stream.startswith(CASE_PREFIX) or folded.head.seq == 0:
        return Rows(None, frozenset(), timers)
    record = folded.of(CASE)
    alerts = folded.of(ALERTS)
    row = case_store.row_of(record, holder_of(record, alerts))
    return Rows(row, frozenset(case_store.keys_of(record, busy_with(record, alerts))), timers)


def differences(found: Rows, wanted: Rows) -> list[str]:
    """Which rows differ, without their values: a name may stand in them. Empty where they are equal."""
    return [*_row_differences(found, wanted), *_key_differences(found, wanted), *_timers(found, wanted)]


def _row_differences(found: Rows, wanted: Rows) -> Iterator[str]:
    if found.row is None and wanted.row is None:
        return
    if found.row is None or wanted.row is None:
        yield (
            "the search row is missing" if found.row is None else "a search row is there that no entry gives"
        )
        return
    changed = [name for name, value in wanted.row.items() if found.row.get(name) != value]
    if changed:
        yield f"the search row differs from its entries in {', '.join(changed)}"


def _key_differences(found: Rows, wanted: Rows) -> Iterator[str]:
    if lost := sorted({kind for kind, _ in wanted.keys - found.keys}):
        yield f"search keys are missing: {', '.join(lost)}"
    if strange := sorted({kind for kind, _ in found.keys - wanted.keys}):
        yield f"search keys are there that no entry gives: {', '.join(strange)}"


def _timers(found: Rows, wanted: Rows) -> Iterator[str]:
    keys = sorted(found.timers.keys() | wanted.timers.keys())
    wrong = [key for key in keys if found.timers.get(key) != wanted.timers.get(key)]
    if wrong:
        yield f"{len(wrong)} timers differ from its entries, the first is {wrong[0].kind} {wrong[0].subject}"
