"""What is open after an act at sea: conditions to check, reports owed, custody not ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cna_service.cases.fold_sea import CUSTODY_ENDS
from cna_service.cases.grants import grants
from cna_service.cases.instructions import not_holding
from cna_service.cases.judging import judge
from cna_service.cases.record import AnswerItem, CaseRecord, Exchange
from cna_service.kit.told import ToldInstant

SETTLED = frozenset({"yes", "no", "cannot_be_told"})
"""What a check may say of a condition; ``not_yet`` leaves it open."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of one permission. ``met``: unchecked, yes, no, not_yet, cannot_be_told, by the newest check;
    ``checks`` are all of them. ``text`` may be erased."""

    exchange: int
    answer: int
    vessel: int
    measure: str
    n: int
    kind: str
    text: object
    until: str | None
    seq: int
    is_ours: bool
    met: str
    checks: tuple[Mapping[str, Any], ...]

    @property
    def id(self) -> str:
        return f"{self.exchange}.{self.answer}.{self.vessel}.{self.measure}.{self.n}"

    @property
    def is_open(self) -> bool:
        return self.met not in SETTLED


def conditions(record: CaseRecord) -> tuple[Condition, ...]:
    """Every condition of what stands granted, and of what an action relied on, in the order given."""
    standing = {(g.exchange, g.answer, g.vessel, g.measure) for g in grants(record)}
    relied = {
        (found.exchange, found.answer, action.get("vessel", 1), action.get("measure"))
        for action in record.sea.actions
        if (found := judge(record, action)).exchange is not None
    }
    checked = {
        tuple(c[k] for k in ("exchange", "answer", "vessel", "measure")) for c in record.sea.condition_checks
    }
    wanted = standing | relied | checked
    return tuple(
        _condition(record, exchange, answer.n, answer.seq, item, n, told)
        for exchange in record.exchanges
        for answer in exchange.answers
        for item in answer.items
        if (exchange.n, answer.n, item.vessel, item.measure) in wanted
        for n, told in numbered(item)
    )


def numbered(item: AnswerItem) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The conditions of an answer by number. Where an older entry says only that there are some, there is one."""
    if item.condition_items:
        yield from ((int(each["n"]), each) for each in item.condition_items)
    elif item.value == "granted_with_conditions":
        count = len(item.conditions) if isinstance(item.conditions, list | tuple) else 1
        yield from ((n, {"kind": "other"}) for n in range(1, max(1, count) + 1))


def _condition(
    record: CaseRecord,
    exchange: Exchange,
    answer: int,
    seq: int,
    item: AnswerItem,
    n: int,
    told: Mapping[str, Any],
) -> Condition:
    key = (exchange.n, answer, item.vessel, item.measure, n)
    checks = tuple(
        c
        for c in record.sea.condition_checks
        if tuple(c[k] for k in ("exchange", "answer", "vessel", "measure", "condition")) == key
    )
    texts = item.conditions if isinstance(item.conditions, list | tuple) else ()
    return Condition(
        *key[:4],
        n,
        str(told.get("kind", "other")),
        texts[n - 1] if n <= len(texts) else item.conditions,
        told.get("until"),
        seq,
        exchange.is_inbound,
        checks[-1]["met"] if checks else "unchecked",
        checks,
    )


def demanded(record: CaseRecord) -> Iterator[tuple[str, Condition]]:
    """Reports that a condition demands and no entry owes yet, with the id of the condition."""
    if not any(_demands(item) for e in record.exchanges for a in e.answers for item in a.items):
        # Asked after every entry of every case: most have no such condition.
        return
    owed = {o.get("condition") for o in record.sea.reports_owed}
    standing = {(g.exchange, g.answer, g.vessel, g.measure) for g in grants(record)}
    for exchange in record.exchanges:
        for answer in exchange.answers:
            for item in answer.items:
                if (exchange.n, answer.n, item.vessel, item.measure) not in standing:
                    continue
                for n, told in numbered(item):
                    made = _condition(record, exchange, answer.n, answer.seq, item, n, told)
                    if made.kind == "report_by" and made.id not in owed:
                        yield made.id, made


def _demands(item: AnswerItem) -> bool:
    return any(each.get("kind") == "report_by" for each in item.condition_items)


def due(record: CaseRecord) -> dict[tuple[str, str, int], datetime]:
    """A report that a condition demands is owed from when the grant stands: noted at the next tick."""
    at = record.changed_at
    if at is None or record.is_closed:
        return {}
    return {("report_demanded", condition, 0): at for condition, _ in demanded(record)}


# --- reports


def open_reports(record: CaseRecord) -> tuple[Mapping[str, Any], ...]:
    return tuple(o for o in record.sea.reports_owed if not o.get("made"))


# --- custody


def open_custody(record: CaseRecord) -> tuple[Mapping[str, Any], ...]:
    """What was taken and neither handed over nor released, nor brought before a judge, as a whole."""
    ended = {c.get("of") for c in record.sea.custody if c["what"] in CUSTODY_ENDS and c.get("ends")}
    return tuple(c for c in record.sea.custody if c["what"] == "taken" and c["custody"] not in ended)


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of the custody chronology; ``lines`` are entries, the earliest first, and may be none."""

    day: date
    lines: tuple[Mapping[str, Any], ...]

    @property
    def says(self) -> str | None:
        return None if self.lines else "no entry for this day"


def custody_days(record: CaseRecord, now: datetime, vessel: int | None = None) -> tuple[Day, ...]:
    """Day by day from the first boarding or taking to the last hand-over, or to today while something is held."""
    mine = [c for c in record.sea.custody if vessel in (None, c["vessel"])]
    boarded = [
        a
        for a in record.sea.actions
        if vessel in (None, a.get("vessel", 1)) and (a.get("measure") in BEGINS_CUSTODY)
    ]
    if not mine and not boarded:
        return ()
    lines = sorted([*mine, *boarded], key=lambda each: (instant_of(each), each["seq"]))
    first = instant_of(lines[0]).date()
    is_open = any(c in mine for c in open_custody(record)) or not mine
    last = max(now.date() if is_open else first, *(instant_of(each).date() for each in lines))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return tuple(Day(day, tuple(x for x in lines if instant_of(x).date() == day)) for day in days)


BEGINS_CUSTODY = frozenset({"board", "detain_vessel", "detain_cargo", "detain_persons", "arrest", "seize"})
"""Measures from which on persons, things or the vessel are in somebody's hands."""


def instant_of(told: Mapping[str, Any]) -> datetime:
    """When it happened as far as told, else when it was recorded; in UTC."""
    happened: ToldInstant | None = told.get("happened_at")
    at: datetime = told["recorded_at"]
    return (happened.earliest or happened.latest or at) if happened is not None else at


# --- what keeps a case open


def owed(record: CaseRecord) -> Iterator[tuple[str, str]]:
    """(code, words) of what is still owed after an act at sea."""
    for each in not_holding(record):
        yield (
            f"instruction:{each.n}",
            f"instruction {each.n} no longer holds and no read-back of its STOP is logged",
        )
    for report in open_reports(record):
        who = "we owe" if report["side"] == "ours" else "they owe"
        code = "consular" if report.get("nationals") else "report"
        yield f"{code}:{report['report']}", f"{who} {report['what']}: no report is logged"
    for condition in conditions(record):
        if condition.is_open:
            yield (
                f"condition:{condition.id}",
                f"condition {condition.n} of {condition.measure} (exchange {condition.exchange}) is {condition.met}",
            )
    for held in open_custody(record):
        yield f"custody:{held['custody']}", f"custody {held['custody']} has no hand-over"
    for action in record.sea.actions:
        if (
            judge(record, action).is_overreach
            and not action.get("reason_given")
            and not action.get("explained")
        ):
            yield (
                f"action:{action['action']}",
                f"action {action['action']} is beyond every grant and has no reason",
            )
