"""Summonses of a time and what came of them, read from the entries themselves: for the supervisor and the auditor."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from cna_service.kit.instants import to_text
from cna_service.ledger import queries as ledger_queries
from cna_service.workflow.service import Service

USUAL = timedelta(days=92)
MOST = 200_000
"""Entries read at once; an answer that would need more is asked for in shorter times."""
_TYPES = (
    "alert.raised",
    "rung.climbed",
    "rung.skipped",
    "ladder.exhausted",
    "alert.acknowledged",
    "alert.closed",
)
COLUMNS = (
    "alert",
    "case",
    "kind",
    "urgency",
    "raised_at",
    "acknowledged_at",
    "seconds",
    "officer",
    "by",
    "round",
    "rung",
    "skipped",
    "exhausted",
    "closed_at",
    "closed_why",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One summons. ``rung`` and ``round``: how far it had climbed when it was taken first, or has climbed."""

    alert: str
    case: str | None
    kind: str
    urgency: str
    raised_at: datetime
    acknowledged_at: datetime | None = None
    officer: str | None = None
    by: str | None = None
    round: int = 1
    rung: int = 0
    skipped: int = 0
    exhausted: int = 0
    closed_at: datetime | None = None
    closed_why: str | None = None

    @property
    def seconds(self) -> int | None:
        """From the summons until somebody took it."""
        if self.acknowledged_at is None:
            return None
        return int((self.acknowledged_at - self.raised_at).total_seconds())

    def as_json(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in COLUMNS}
        return {k: to_text(v) if isinstance(v, datetime) else v for k, v in told.items()}


@dataclass(frozen=True, slots=True)
class History:
    begins: datetime
    ends: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """``what``: ``all``, ``month`` or ``officer``; ``of``: which. Times in seconds, over those that were taken; the
    median rests on ``taken``. ``on_first_rung``: taken before a second rung was called."""

    what: str
    of: str
    alerts: int
    taken: int
    median_seconds: int | None
    slowest_seconds: int | None
    on_first_rung: int
    skipped: int
    exhausted: int

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def history(service: Service, begins: datetime | None = None, ends: datetime | None = None) -> History:
    """The summonses raised from ``begins`` (92 days ago without it) to ``ends`` (now), oldest first. Exercises' own
    cases are among them, marked by their reference alone."""
    with service.read() as reader:
        until = ends or reader.now
        since = begins or until - USUAL
        rows = ledger_queries.bodies_between(
            reader.connection, service.desk.log_origin, _TYPES, since, until, MOST
        )
        lines: dict[str, Line] = {}
        for row in rows:
            _apply(lines, row.stream, row.type, row.recorded_at, json.loads(row.body)["body"])
    return History(since, until, tuple(lines.values()))


def _apply(lines: dict[str, Line], stream: str, type_: str, at: datetime, body: dict[str, Any]) -> None:
    alert = body["alert"]
    if type_ == "alert.raised":
        case = stream.removeprefix("case:") if stream.startswith("case:") else None
        lines[alert] = Line(alert, case, body["kind"], body["urgency"], at)
        return
    line = lines.get(alert)
    if line is None:
        return
    if type_ == "rung.climbed" and line.acknowledged_at is None:
        line = replace(line, round=body["round"], rung=body["rung"])
    elif type_ == "rung.skipped":
        line = replace(line, skipped=line.skipped + 1)
    elif type_ == "ladder.exhausted":
        line = replace(line, exhausted=line.exhausted + 1)
    elif type_ == "alert.acknowledged" and line.acknowledged_at is None:
        line = replace(line, acknowledged_at=at, officer=body["officer"], by=body["by"])
    elif type_ == "alert.closed":
        line = replace(line, closed_at=at, closed_why=body["why"])
    lines[alert] = line


def figures(found: History) -> tuple[Figure, ...]:
    """Over all, then per month, then per officer who took them."""
    months: dict[str, list[Line]] = defaultdict(list)
    officers: dict[str, list[Line]] = defaultdict(list)
    for line in found.lines:
        months[f"{line.raised_at:%Y-%m}"].append(line)
        if line.officer is not None:
            officers[line.officer].append(line)
    return (_figure("all", "", found.lines), *_each("month", months), *_each("officer", officers))


def _each(what: str, groups: dict[str, list[Line]]) -> Iterator[Figure]:
    return (_figure(what, of, lines) for of, lines in sorted(groups.items()))


def _figure(what: str, of: str, lines: Iterable[Line]) -> Figure:
    every = list(lines)
    times = [line.seconds for line in every if line.seconds is not None]
    return Figure(
        what=what,
        of=of,
        alerts=len(every),
        taken=len(times),
        median_seconds=int(median(times)) if times else None,
        slowest_seconds=max(times, default=None),
        on_first_rung=sum(1 for x in every if x.seconds is not None and (x.round, x.rung) <= (1, 1)),
        skipped=sum(x.skipped for x in every),
        exhausted=sum(x.exhausted for x in every),
    )


def as_csv(found: History) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=COLUMNS)
    writer.writeheader()
    for line in found.lines:
        writer.writerow({k: "" if v is None else v for k, v in line.as_json().items()})
    return out.getvalue()
