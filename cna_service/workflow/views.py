"""What screens show, as frozen values: the head of every page, the board, the watch, the alerts.

Everything is read from entries and their rows at one instant; nothing here is kept or decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases import queries as case_queries
from cna_service.cases.instructions import stale_since
from cna_service.cases.record import CaseRecord
from cna_service.duty.rules import Rosters, Watch, who_has_the_watch
from cna_service.escalation.state import Alert, Escalations
from cna_service.escalation.state import Sending as SummonsSending
from cna_service.identity.officers import Officer, Officers
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger import store as ledger_store
from cna_service.workflow import queries
from cna_service.workflow.alerts import AlertNotFound
from cna_service.workflow.announced_state import Announcement
from cna_service.workflow.clock_views import ClockView, pressing
from cna_service.workflow.projections import ALERTS, ANNOUNCED, CASE, DESK, DUTY, OFFICERS, case_stream
from cna_service.workflow.queries import Sent
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Reader, Service


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of every page."""

    now: datetime
    watch: Watch
    officers: Officers
    has_officers: bool
    has_roster: bool
    announced: tuple[Announcement, ...] = ()
    """Exercises and repairs that take place now (desk-rules 15.2)."""

    @property
    def on_watch(self) -> Officer | None:
        post = self.watch.posts.get("duty_officer")
        return self.officers.get(post) if post else None


def head(service: Service) -> Head:
    with service.read() as reader:
        officers, rosters = _officers(reader), _rosters(reader)
        return Head(
            reader.now,
            who_has_the_watch(rosters, reader.now),
            officers,
            any(o.is_enabled for o in officers.all()),
            bool(rosters.versions or rosters.overrides),
            reader.stream(DESK).of(ANNOUNCED).now(reader.now),
        )


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One case on the board. ``holder``: None while nobody holds it."""

    ref: str
    seq: int
    direction: str | None
    vessels: str
    state: str | None
    label: str
    standing: str | None
    clocks: tuple[ClockView, ...]
    holder: Officer | None
    is_summoning: bool
    opened_at: datetime
    changed_at: datetime
    as_exercise: bool = False
    stale_since: datetime | None = None
    """Since when a unit was told what no longer holds, and has not read its STOP back (desk-rules 5.2)."""


@dataclass(frozen=True, slots=True)
class Board:
    """``exercises`` are cases opened as exercise: drawn apart (desk-rules 15.3)."""

    now: datetime
    rows: tuple[BoardRow, ...]
    exercises: tuple[BoardRow, ...]
    next: str | None
    is_broken: bool


def board(service: Service, *, closed: bool = False, after: str | None = None, limit: int = 100) -> Board:
    """Open (or closed) cases: what ran out or runs out first is on top."""
    with service.read() as reader:
        page = case_queries.board(reader.connection, closed=closed, limit=limit, after=after)
        officers = _officers(reader)
        folds = [(row, reader.stream(case_stream(row["ref"]))) for row in page.rows]
        rows = [_board_row(row, f.of(CASE), f.of(ALERTS), officers) for row, f in folds]
    if not closed:
        rows.sort(key=_urgency)
    real = tuple(r for r in rows if not r.as_exercise)
    drills = tuple(r for r in rows if r.as_exercise)
    return Board(reader.now, real, drills, page.next, any(f.broken for _, f in folds))


def _board_row(
    row: Mapping[str, Any], record: CaseRecord, alerts: Escalations, officers: Officers
) -> BoardRow:
    last = record.exchanges[-1] if record.exchanges else None
    return BoardRow(
        ref=row["ref"],
        seq=record.seq,
        direction=row["direction"],
        vessels=row["vessel"] or "No vessel named yet",
        state=row["state"],
        label=row["label"],
        standing=last.standing if last is not None and last.is_inbound else None,
        clocks=pressing(record),
        holder=officers.get(row["holder"]) if row["holder"] else None,
        is_summoning=any(a.is_climbing for a in alerts.open),
        opened_at=row["opened_at"],
        changed_at=row["changed_at"],
        as_exercise=record.as_exercise,
        stale_since=stale_since(record),
    )


def _urgency(row: BoardRow) -> tuple[bool, float, float]:
    """A lapse that nobody dealt with stands where its limit was: before all that still runs. So does an instruction
    that no longer holds."""
    due = [row.stale_since, *(c.due_at for c in row.clocks)]
    at = min((d for d in due if d is not None), default=None)
    return at is None, 0.0 if at is None else at.timestamp(), -row.changed_at.timestamp()


@dataclass(frozen=True, slots=True)
class AlertSending:
    """One sending of a summons: what the log says of it, and the provider's word on every try."""

    summons: SummonsSending
    officer: str
    sent: Sent | None


@dataclass(frozen=True, slots=True)
class AlertView:
    alert: Alert
    sendings: tuple[AlertSending, ...]
    holder: str | None

    @property
    def delayed_until(self) -> datetime | None:
        """Until when the next of its messages waits by the limits of a contact; None where none does."""
        waiting = (s.sent.next_try_at for s in self.sendings if s.sent is not None and s.sent.is_delayed)
        return min(waiting, default=None) if self.alert.is_climbing else None


@dataclass(frozen=True, slots=True)
class Alerts:
    now: datetime
    open: tuple[AlertView, ...]
    closed: tuple[AlertView, ...]


def alerts(service: Service, *, closed_since: timedelta = timedelta(hours=24)) -> Alerts:
    """Open alerts, those that still climb first; and what was closed within ``closed_since``."""
    with service.read() as reader:
        found = _all_alerts(reader)
        shown = [a for a in found if a.is_open or _is_recent(a, reader.now - closed_since)]
        sent = queries.sendings(reader.connection, (s for a in shown for s in a.sendings))
        officers = _officers(reader)
    views = [_alert_view(a, sent, officers) for a in shown]
    is_open = [v for v in views if v.alert.is_open]
    return Alerts(
        reader.now,
        tuple(sorted(is_open, key=lambda v: (not v.alert.is_climbing, v.alert.raised_at))),
        tuple(sorted((v for v in views if not v.alert.is_open), key=_closed_at, reverse=True)),
    )


def alert(service: Service, stream: str, alert_id: str) -> AlertView:
    """One alert, open or closed. Raises AlertNotFound."""
    with service.read() as reader:
        there = ALERTS.reads(stream) and ledger_store.head(reader.connection, stream) is not None
        found = reader.stream(stream).of(ALERTS).by_id.get(alert_id) if there else None
        if found is None:
            raise AlertNotFound(alert_id[:40])
        sent = queries.sendings(reader.connection, found.sendings)
        return _alert_view(found, sent, _officers(reader))


def holds(service: Service, stream: str, alert: str, officer: str) -> bool:
    """Whether this officer has taken this alert."""
    with service.read() as reader:
        found = reader.stream(stream).of(ALERTS).by_id.get(alert)
    held = None if found is None else found.acknowledgement
    return held is not None and held.officer == officer


def _all_alerts(reader: Reader) -> list[Alert]:
    """Of the desk, of open cases, and of cases that changed lately: where an alert can still be open."""
    refs = [r["ref"] for r in case_queries.board(reader.connection, limit=500).rows]
    refs += [r["ref"] for r in case_queries.board(reader.connection, closed=True, limit=100).rows]
    streams = [DESK, DUTY, *(case_stream(ref) for ref in refs)]
    return [a for name in streams for a in reader.stream(name).of(ALERTS).by_id.values()]


def _is_recent(alert: Alert, since: datetime) -> bool:
    return alert.closed_at is not None and alert.closed_at >= since


def _closed_at(view: AlertView) -> float:
    return 0.0 if view.alert.closed_at is None else view.alert.closed_at.timestamp()


def _alert_view(alert: Alert, sent: Mapping[str, Sent], officers: Officers) -> AlertView:
    held = alert.acknowledgement
    listed = (
        AlertSending(s, _name(officers, s.officer), sent.get(s.id))
        for s in sorted(alert.sendings.values(), key=lambda s: (s.round, s.rung, s.id))
    )
    return AlertView(alert, tuple(listed), _name(officers, held.officer) if held else None)


def _name(officers: Officers, officer: str) -> str:
    found = officers.get(officer)
    return found.name if found is not None else officer


@dataclass(frozen=True, slots=True)
class OfficerLine:
    officer: Officer
    has_credential: bool


def officer_lines(service: Service) -> tuple[OfficerLine, ...]:
    """Everybody who ever had an account, enabled ones first."""
    with service.read() as reader:
        listed = _officers(reader).all()
    lines = (OfficerLine(o, o.credential_set_at is not None) for o in listed)
    return tuple(sorted(lines, key=lambda line: (not line.officer.is_enabled, line.officer.id)))


def has_entries(service: Service) -> bool:
    with service.read() as reader:
        return ledger_queries.log_state(reader.connection, service.desk.log_origin).entries > 0


def _officers(reader: Reader) -> Officers:
    return reader.stream(DESK).of(OFFICERS)


def _rosters(reader: Reader) -> Rosters:
    return rosters_of(reader)
