"""The relief sheet: what the going watch hands to the coming one (desk-rules 3.5). Read from entries at one instant.

Each case stands with the seq it was read at: a signature cites these, so that it can be told later what its maker
knew. What is wrong with the desk itself is added by whoever shows the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases import queries as case_queries
from cna_service.cases.labels import case_label
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.duty.relief import RELIEVED_POST, SIGN_BEFORE, Note, Relief, Side, Signature, WatchLife
from cna_service.duty.relief_boundaries import next_of
from cna_service.duty.rules import Rosters
from cna_service.escalation.state import Alert, Escalations
from cna_service.identity.officers import Officers
from cna_service.kit.instants import from_optional, to_text
from cna_service.workflow.clock_views import ClockView, clock_views
from cna_service.workflow.derived import holder_of
from cna_service.workflow.owed import relief_items
from cna_service.workflow.projections import (
    ALERTS,
    CASE,
    DESK,
    DUTY,
    OFFICERS,
    WATCH_LIFE,
    case_stream,
)
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.still_owed import owed_items

LOOK_AHEAD = timedelta(days=8)
MOST_CASES = 500
_TOLD_OTHERWISE = ("clock:", "decision:", "approval:", "consultation:", "law:")
"""Codes of ``owed_items`` that stand on the sheet as clocks, or with their time in ``relief_items``."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that was promised, is owed or waited for. ``due_at`` None: no time was named."""

    kind: str
    words: str
    due_at: datetime | None = None
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class SheetCase:
    """One open case. ``since_signed``: entries that came after the viewer's own signature, None without one."""

    ref: str
    seq: int
    vessels: str
    label: str
    holder: str | None
    clocks: tuple[ClockView, ...]
    promises: tuple[Promise, ...]
    alerts: tuple[Alert, ...]
    since_signed: int | None = None
    as_exercise: bool = False

    @property
    def due_at(self) -> datetime | None:
        return min((c.due_at for c in self.clocks if c.due_at is not None), default=None)


@dataclass(frozen=True, slots=True)
class HandOver:
    """Who relieves whom, and when; ``relief`` is None before the change. ``may_sign``: it is not too early."""

    going: str
    coming: str
    at: datetime
    relief: Relief | None
    early: tuple[Signature, ...] = ()
    may_sign: bool = True

    @property
    def signatures(self) -> tuple[Signature, ...]:
        return self.early if self.relief is None else self.relief.signatures

    def side_of(self, officer: str) -> Side | None:
        if officer == self.coming:
            return "coming"
        return "going" if officer == self.going else None

    def signed_by(self, side: Side) -> Signature | None:
        return next((s for s in reversed(self.signatures) if s.side == side), None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """``alerts``: open ones that belong to no case. ``has_more``: there are more open cases than a sheet holds."""

    at: datetime
    hand_over: HandOver | None
    cases: tuple[SheetCase, ...]
    alerts: tuple[Alert, ...]
    notes: tuple[Note, ...]
    past: tuple[Relief, ...]
    officers: Officers
    has_more: bool = False

    @property
    def shown(self) -> tuple[tuple[str, int], ...]:
        return tuple((case.ref, case.seq) for case in self.cases)

    @property
    def next_due_at(self) -> datetime | None:
        return min((case.due_at for case in self.cases if case.due_at is not None), default=None)

    @property
    def promises(self) -> int:
        return sum(len(case.promises) for case in self.cases)

    def name(self, officer: str | None) -> str:
        found = self.officers.get(officer) if officer else None
        return found.name if found is not None else officer or "nobody"


def relief_sheet(service: Service, viewer: str | None = None) -> Sheet:
    """The sheet now; ``viewer`` is the officer who looks at it."""
    with service.read() as reader:
        return read_sheet(reader, viewer)


def read_sheet(reader: Reader, viewer: str | None = None) -> Sheet:
    duty = reader.stream(DUTY)
    life = duty.of(WATCH_LIFE)
    found = hand_over(rosters_of(reader), life, reader.now)
    side = found.side_of(viewer) if found is not None and viewer is not None else None
    mine = found.signed_by(side) if found is not None and side is not None else None
    page = case_queries.board(reader.connection, limit=MOST_CASES)
    cases = [_case(reader, str(row["ref"]), mine) for row in page.rows]
    loose = [a for name in (DESK, DUTY) for a in reader.stream(name).of(ALERTS).open]
    return Sheet(
        at=reader.now,
        hand_over=found,
        cases=tuple(cases),
        alerts=tuple(loose),
        notes=life.notes,
        past=tuple(reversed(_ended(life))),
        officers=reader.stream(DESK).of(OFFICERS),
        has_more=page.next is not None,
    )


def _ended(life: WatchLife) -> tuple[Relief, ...]:
    relief = life.relief
    return life.past if relief is None or relief.is_open else (*life.past, relief)


def hand_over(rosters: Rosters, life: WatchLife, now: datetime) -> HandOver | None:
    """The relief that is open; else the next change of the watch, to be signed from two hours before it on."""
    relief = life.relief
    if relief is not None and relief.is_open:
        return HandOver(relief.going, relief.coming, relief.at, relief)
    change = next_of(rosters, RELIEVED_POST, now, LOOK_AHEAD)
    if change is None or change.going is None or change.coming is None:
        return None
    return HandOver(
        change.going,
        change.coming,
        change.at,
        None,
        early=life.signed_early(change.going, change.coming, change.at),
        may_sign=change.at - now <= SIGN_BEFORE,
    )


def _case(reader: Reader, ref: str, mine: Signature | None) -> SheetCase:
    folded = reader.stream(case_stream(ref))
    record, alerts = folded.of(CASE), folded.of(ALERTS)
    signed = dict(mine.shown).get(ref, 0) if mine is not None else None
    return SheetCase(
        ref=ref,
        seq=record.seq,
        vessels=", ".join(v.label for v in record.vessels) or "no vessel named yet",
        label=case_label(record),
        holder=holder_of(record, alerts),
        clocks=tuple(v for v in clock_views(record) if v.state in ("running", "ran_out", "waiting")),
        promises=tuple(promises(record, alerts, reader.now)),
        alerts=alerts.open,
        since_signed=None if signed is None else record.seq - signed,
        as_exercise=record.as_exercise,
    )


def promises(record: CaseRecord, alerts: Escalations, now: datetime) -> Iterator[Promise]:
    """What one case leaves to the next watch beside its clocks: a time of our own that runs is one of these."""
    for owed in relief_items(record, now):
        if owed.kind != "promise":
            yield Promise(owed.kind, owed.what, owed.due_at, owed.is_overdue)
    for code, words in owed_items(record):
        if not code.startswith(_TOLD_OTHERWISE):
            yield Promise(code.partition(":")[0], words)
    for instruction in record.sea.instructions:
        if instruction.is_stale:
            yield Promise("instruction_stale", f"instruction {instruction.n} is stale; no STOP was read back")
    yield from _waits(record, alerts, now)
    yield from _calls_back(record, now)


def _waits(record: CaseRecord, alerts: Escalations, now: datetime) -> Iterator[Promise]:
    """The holder said that he waits: he is not asked before, and the next officer should know (desk-rules 3.1)."""
    for key, until in alerts.waiting.items():
        if key.startswith(f"{record.ref}/") and until > now:
            exchange = key.rpartition("/")[2]
            yield Promise(
                "waiting", f"exchange {exchange}: the holder waits, until then he is not asked", until
            )


def _calls_back(record: CaseRecord, now: datetime) -> Iterator[Promise]:
    for call in record.call_backs:
        by = from_optional(call.get("call_back_by"))
        if by is not None:
            yield Promise("call_back", "a caller was not taken; he was promised a call", by, by <= now)
    for exchange in record.exchanges:
        until = _asked_to_wait(record, exchange)
        if until is not None:
            words = f"exchange {exchange.n}: they asked us to wait; call them again"
            yield Promise("call_back", words, until, until <= now)


def _asked_to_wait(record: CaseRecord, exchange: Exchange) -> datetime | None:
    if exchange.is_inbound or exchange.answers or exchange.withdrawn_seq is not None:
        return None
    tries = [t for t in record.dealings.tries if t.get("exchange") == exchange.n]
    return from_optional(tries[-1].get("wait_until")) if tries else None


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """The sheet for the interface; ``shown`` goes back with a signature."""
    return {
        "at": to_text(sheet.at),
        "hand_over": None if sheet.hand_over is None else _hand_over_json(sheet.hand_over),
        "shown": [{"case": ref, "seq": seq} for ref, seq in sheet.shown],
        "cases": [_case_json(case) for case in sheet.cases],
        "alerts": [_alert_json(alert) for alert in sheet.alerts],
        "notes": [{"officer": n.officer, "at": to_text(n.at), "words": str(n.words)} for n in sheet.notes],
        "has_more": sheet.has_more,
    }


def _hand_over_json(found: HandOver) -> dict[str, Any]:
    return {
        "going": found.going,
        "coming": found.coming,
        "at": to_text(found.at),
        "has_passed": found.relief is not None,
        "may_sign": found.may_sign,
        "signatures": [
            {"officer": s.officer, "side": s.side, "at": to_text(s.at), "seq": s.seq}
            for s in found.signatures
        ],
    }


def _case_json(case: SheetCase) -> dict[str, Any]:
    return {
        "case": case.ref,
        "seq": case.seq,
        "vessels": case.vessels,
        "label": case.label,
        "holder": case.holder,
        "clocks": [
            {
                "clock": c.id,
                "kind": c.kind,
                "exchange": c.exchange,
                "what": c.what,
                "state": c.state,
                "due_at": None if c.due_at is None else to_text(c.due_at),
                "says": c.says,
            }
            for c in case.clocks
        ],
        "promises": [
            {
                "kind": p.kind,
                "words": p.words,
                "due_at": None if p.due_at is None else to_text(p.due_at),
                "is_overdue": p.is_overdue,
            }
            for p in case.promises
        ],
        "alerts": [_alert_json(alert) for alert in case.alerts],
        "since_signed": case.since_signed,
    }


def _alert_json(alert: Alert) -> dict[str, Any]:
    held = alert.acknowledgement
    return {
        "alert": alert.id,
        "kind": alert.kind,
        "raised_at": to_text(alert.raised_at),
        "held_by": held.officer if held is not None else None,
    }
