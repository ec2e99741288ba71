"""The rules of clocks: when one warns, what stops it, what is due next. Pure; reads only what stands in entries.

Four kinds (desk-rules 1.1): *legal* (an adopted provision), *claimed* (the other side says so, or not adopted),
*operational* (the vessel leaves the zone), *own* (our targets). All sort, warn and page alike; only a legal one
states an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases.changing import replace
from cna_service.cases.record import AnswerItem, CaseRecord, Clock
from cna_service.kit.hours import Hours
from cna_service.ledger.entry import Entry

MARKS = ("50", "75", "90")
DECISION_LEAD = "decision_lead"
LONG = timedelta(hours=24)
"""A longer clock than this rings nobody at night before its last warning (desk-rules 3.4)."""
BEFORE_CLOSING = timedelta(hours=1)
"""A warning brought forward comes so long before the office closes that it is still read."""
ACKNOWLEDGED = "acknowledgement"
"""The event for which the desk's own first target waits: acknowledgement, or an answer without one."""
WRITTEN_CONFIRMATION, LIMITATION_NOTICE = "written_confirmation", "limitation_notice"
"""What is owed about one answer: the writing after an oral one, the notice that ours is narrower or taken back."""

# What leaves a question open: it is an answer in words, and no decision on what was asked.
NOT_FINAL = frozenset({"more_information", "unclear", "holding_only", "unanswered"})


def warnings(
    starts_at: datetime, due_at: datetime, lead: timedelta | None, working: Hours | None = None
) -> tuple[tuple[str, datetime], ...]:
    """The instants at which a clock warns: at 50, 75 and 90 % and at decision lead (desk-rules 3.3), in order.

    The lead is left out where it would come before the clock began. With ``working``, a clock of more than 24 h
    warns earlier where the mark lies outside these hours, never later; its last warning stays (desk-rules 3.4).
    """
    length = due_at - starts_at
    marks = [(mark, starts_at + length * int(mark) / 100) for mark in MARKS]
    if lead is not None and due_at - lead > starts_at:
        marks.append((DECISION_LEAD, due_at - lead))
    marks.sort(key=lambda each: each[1])
    if working is None or length <= LONG:
        return tuple(marks)
    ringing = _ringing(marks, due_at)
    # Sorted again by time alone: two marks of one weekend come at the same instant and stay in their order.
    moved = [(m, at if m in ringing else _brought_forward(at, starts_at, working)) for m, at in marks]
    return tuple(sorted(moved, key=lambda each: each[1]))


def _brought_forward(at: datetime, starts_at: datetime, working: Hours) -> datetime:
    earlier = working.latest(at, before_end=BEFORE_CLOSING)
    return at if earlier is None or earlier <= starts_at else earlier


def _ringing(marks: Iterable[tuple[str, datetime]], due_at: datetime) -> set[str]:
    """The last warning, and the one after which nobody who may decide can be reached any more."""
    last = max((at, mark) for mark, at in marks if at < due_at)[1]
    return {last, DECISION_LEAD}


def rings(clock: Clock, mark: str) -> bool:
    """Whether this warning calls people; those of a long clock before its last one come by mail and on the board
    (desk-rules 3.4). Clocks armed before there was such a rule ring at each mark."""
    if clock.starts_at is None or clock.due_at is None or "working_hours" not in clock.terms:
        return True
    if clock.due_at - clock.starts_at <= LONG:
        return True
    return mark in _ringing(clock.warnings, clock.due_at)


def stops(terms: Mapping[str, Any], *, form: str) -> bool:
    """Does an answer conveyed in this form (oral, written) count under the provision? (CETS 156 art. 19(1))."""
    wanted = terms.get("stops_by", {}).get("form", "either")
    return wanted in ("either", form)


def is_final(item: AnswerItem, terms: Mapping[str, Any]) -> bool:
    """Does this value settle what was asked? "Neither" does not where the provision takes it for silence."""
    if item.value == "neither" and terms.get("neither", {}).get("code") == "as_silence":
        return False
    return item.value not in NOT_FINAL


def after_answer(clock: Clock, items: Iterable[AnswerItem], *, form: str, seq: int, at: datetime) -> Clock:
    """The clock once these items were answered in this form; it stops when none of its items is open."""
    if clock.stopped_at is not None or not stops(clock.terms, form=form):
        return clock
    final = {(i.vessel, i.measure) for i in items if is_final(i, clock.terms)}
    answered = clock.answered | {item for item in clock.items if (item.vessel, item.measure) in final}
    stops_by = clock.terms.get("stops_by", {})
    # An answer on nationality breaks the condition of a deemed grant (SUA 8bis(5)(d), San José 16(3)).
    also = any(measure in stops_by.get("also", ()) for _, measure in final)
    if answered == clock.answered and not also:
        return clock
    one_is_enough = also or stops_by.get("needs") == "one_answer"
    if len(answered) < len(clock.items) and not one_is_enough:
        return replace(clock, answered=answered)
    return replace(clock, answered=answered, stopped_at=at, stopped_seq=seq)


def after_event(
    clocks: tuple[Clock, ...], exchange: int, event: str, entry: Entry, answer: int | None = None
) -> tuple[Clock, ...]:
    """The clocks once something happened in an exchange, or to one answer of it, that a target of ours waited for."""

    def waited(clock: Clock) -> bool:
        stops = clock.terms.get("stops_by", {})
        return (clock.exchange, stops.get("event"), stops.get("answer")) == (exchange, event, answer)

    return tuple(
        replace(c, stopped_at=entry.recorded_at, stopped_seq=entry.seq)
        if c.stopped_at is None and waited(c)
        else c
        for c in clocks
    )


def decide_by(clock: Clock) -> datetime | None:
    """The latest instant at which this authority can still reach whoever may decide (desk-rules 3.3)."""
    return next((at for mark, at in clock.warnings if mark == DECISION_LEAD), None)


def due(record: CaseRecord) -> dict[tuple[str, str, int], datetime]:
    """What the case's clocks want next: (kind, clock id, number) -> instant. Pure, and not of now."""
    wanted: dict[tuple[str, str, int], datetime] = {}
    for clock in record.clocks:
        if not clock.is_running or clock.due_at is None:
            continue
        for n, (mark, at) in enumerate(clock.warnings):
            if mark not in clock.warned:
                wanted["clock_warning", clock.id, n] = at
        wanted["clock_expiry", clock.id, 0] = clock.due_at
    return wanted


def next_due(record: CaseRecord) -> datetime | None:
    """By what the board sorts: the earliest instant at which a running clock of this case runs out."""
    return min((c.due_at for c in record.clocks if c.is_running and c.due_at is not None), default=None)


def counts_against_us(record: CaseRecord) -> bool:
    """May silence be taken for a yes of ours? A claimed limit counts as true here (desk-rules 1.1)."""
    return any(
        c.terms.get("silence", {}).get("effect", "none") not in ("none", "no_authority")
        or c.kind == "claimed"
        for c in record.clocks
        if c.stopped_at is None and _is_ours(record, c)
    )


def _is_ours(record: CaseRecord, clock: Clock) -> bool:
    exchange = None if clock.exchange is None else record.exchange(clock.exchange)
    return exchange is not None and exchange.is_inbound
