"""What is owed within the desk: what follows when a time of ours runs out, and what goes on the relief list.

Pure functions of the record: the coming watch is told what the going one leaves (desk-rules 6.2, 6.5, 3.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.record import CaseRecord, Clock
from cna_service.cases.record_deciding import ReadBack
from cna_service.ledger.entry import Draft


@dataclass(frozen=True, slots=True)
class Owed:
    """One line of the relief list. ``kind``: unconfirmed_decision, open_approval, consultation_overdue,
    consultation_open, law_changed, promise. ``seq``: the entry it rests on; ``is_overdue`` at the instant asked
    about."""

    kind: str
    case: str
    seq: int
    what: str
    since: datetime
    exchange: int | None = None
    due_at: datetime | None = None
    is_overdue: bool = False


def unconfirmed(record: CaseRecord, now: datetime) -> tuple[ReadBack, ...]:
    """Decisions taken by voice whose maker has not confirmed what was recorded, half an hour or longer after."""
    return tuple(r for r in record.deciding.read_backs if r.is_open and r.due_at <= now)


def relief_items(record: CaseRecord, now: datetime) -> tuple[Owed, ...]:
    """What whoever takes the watch must know of one case: decisions not confirmed, approvals owed, agencies asked, and
    promises made. The longest due first."""
    items = [
        *_decisions(record, now),
        *_approvals(record, now),
        *_consultations(record, now),
        *_changes_of_the_law(record),
        *_promises(record, now),
    ]
    return tuple(sorted(items, key=lambda o: (not o.is_overdue, o.due_at or o.since, o.seq)))


def relief_list(records: Iterable[CaseRecord], now: datetime) -> tuple[Owed, ...]:
    """The relief list over the cases that a watch hands on."""
    items = (item for record in records for item in relief_items(record, now))
    return tuple(sorted(items, key=lambda o: (not o.is_overdue, o.due_at or o.since, o.case, o.seq)))


def keeps_open(record: CaseRecord) -> Iterator[tuple[str, str]]:
    """(code, words) of what keeps a case from being closed: each was asked of a person who has said nothing yet."""
    for each in record.deciding.read_backs:
        if each.is_open:
            words = f"decision {each.decision} of exchange {each.exchange} is not confirmed by who took it"
            yield f"decision:{each.exchange}.{each.decision}", words
    for approval in record.deciding.approvals:
        if approval.is_open:
            yield (
                f"approval:{approval.n}",
                f"approval {approval.n} ({approval.act}) by a second officer is open",
            )
    for asked in record.deciding.consultations:
        if asked.is_open:
            yield f"consultation:{asked.n}", f"consultation {asked.n}: {asked.agency} has not answered"
    for change, n in _undecided_law(record):
        yield f"law:{change['seq']}.{n}", _law_words(n)


def _decisions(record: CaseRecord, now: datetime) -> Iterator[Owed]:
    for each in record.deciding.read_backs:
        if each.is_open:
            what = f"decision {each.decision} of exchange {each.exchange}: not confirmed by who took it"
            yield Owed("unconfirmed_decision", record.ref, each.seq, what, each.sent_at, each.exchange, each.due_at,
                       each.due_at <= now)  # fmt: skip


def _approvals(record: CaseRecord, now: datetime) -> Iterator[Owed]:
    for each in record.deciding.approvals:
        if each.is_open:
            held = "held back until then" if each.holds_back else "owed afterwards"
            what = f"approval {each.n} ({each.act}) by a second officer: {held}"
            is_late = each.due_at is not None and each.due_at <= now
            yield Owed(
                "open_approval",
                record.ref,
                each.seq,
                what,
                each.asked_at,
                each.exchange,
                each.due_at,
                is_late,
            )


def _consultations(record: CaseRecord, now: datetime) -> Iterator[Owed]:
    for each in record.deciding.consultations:
        if each.is_open:
            is_late = each.due_at is not None and each.due_at <= now
            kind = "consultation_overdue" if is_late else "consultation_open"
            what = f"consultation {each.n}: {each.agency} has not answered"
            yield Owed(kind, record.ref, each.seq, what, each.asked_at, each.exchange, each.due_at, is_late)


def _undecided_law(record: CaseRecord) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Changes of the law that touch an exchange still standing, for which no officer kept or changed the basis."""
    for change, n in record.law.undecided:
        exchange = record.exchange(n)
        if exchange is not None and exchange.withdrawn_seq is None:
            yield change, n


def _law_words(n: int) -> str:
    return f"exchange {n}: the law changed; nobody has kept the basis or re-based"


def _changes_of_the_law(record: CaseRecord) -> Iterator[Owed]:
    for change, n in _undecided_law(record):
        yield Owed("law_changed", record.ref, change["seq"], _law_words(n), change["recorded_at"], n)


def _promises(record: CaseRecord, now: datetime) -> Iterator[Owed]:
    """What we said we would do by a time: operational and own clocks that run and are none of the above."""
    own = {r.clock for r in record.deciding.read_backs} | {a.clock for a in record.deciding.approvals}
    own |= {c.clock for c in record.deciding.consultations}
    for clock in record.clocks:
        if clock.kind not in ("own", "operational") or clock.stopped_at is not None or clock.id in own:
            continue
        if clock.due_at is None or clock.starts_at is None:
            continue
        what = str(clock.terms.get("words") or "a time of our own")
        yield Owed("promise", record.ref, clock.seq, what, clock.starts_at, clock.exchange or None, clock.due_at,
                   clock.due_at <= now)  # fmt: skip


def owed_drafts(record: CaseRecord, clock: Clock) -> tuple[Draft, ...]:
    """The entries that say what it means that a time of our own ran out, beside ``clock.lapsed``."""
    return tuple(
        Draft("approval.lapsed", {"approval": a.n, "act": a.act, "about": dict(a.about), "clock": clock.id})
        for a in record.deciding.approvals
        if a.clock == clock.id and a.state == "asked"
    )
