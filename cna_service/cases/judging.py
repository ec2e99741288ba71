"""An action held against what was granted and conveyed to the acting side at its own instant (desk-rules 6.3).

A later narrowing turns nothing earlier red; it is named beside. The words never say lawful or unlawful: that is not
for a register of entries to say. Pure; computed from the record each time, so that what is learnt later counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.grants import Grant, change_instants, grants
from cna_service.cases.record import CaseRecord
from cna_service.kit.instants import date_time_group
from cna_service.kit.told import ToldInstant

WITHIN, BEYOND, UNKNOWN = "within_grant", "beyond_grant", "cannot_be_told"
OWN_GROUND, SAFETY, NO_MEASURE = "own_ground", "safety_of_life", "no_measure"

GROUNDS: Mapping[str, str] = {
    "right_of_visit": "right of visit",
    "masters_consent": "the master's consent",
    "hot_pursuit": "hot pursuit",
    "unsc": "a resolution of the Security Council",
    "stateless": "a vessel without nationality",
    "safety_of_life": "safety of life",
    "own_flag": "a vessel of one's own flag",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """``code``: within_grant, beyond_grant, cannot_be_told, own_ground, safety_of_life or no_measure.

    ``seq``: the entry of the permission; ``conveyed_at``: from when the acting side had it; ``narrowed_at``: from when
    a later answer took it back or narrowed it, after the action.
    """

    code: str
    words: str
    seq: int | None = None
    exchange: int | None = None
    answer: int | None = None
    conveyed_at: datetime | None = None
    narrowed_at: datetime | None = None

    @property
    def is_overreach(self) -> bool:
        return self.code == BEYOND


def judge(record: CaseRecord, action: Mapping[str, Any]) -> Finding:
    """What the record says of one action: an entry ``action.recorded`` as folded."""
    basis = action.get("basis") or {}
    ground = basis.get("ground")
    if ground == "safety_of_life":
        return Finding(SAFETY, "safety of life; logged as such: no authorization follows from it")
    if ground is not None:
        under = f" ({basis['provision']})" if basis.get("provision") else ""
        return Finding(
            OWN_GROUND, f"on a ground of its own: {GROUNDS.get(ground, ground)}{under}; no grant is relied on"
        )
    if action.get("measure") is None:
        return Finding(NO_MEASURE, "no measure that anybody grants; recorded as told")
    return _against_grants(record, action)


def _against_grants(record: CaseRecord, action: Mapping[str, Any]) -> Finding:
    first, last = _bounds(record, action)
    points = [first, *(p for p in change_instants(record) if first < p < last), last]
    found = [_grant_at(record, action, p) for p in points]
    granted = [g for g in found if g is not None]
    if not granted:
        return Finding(BEYOND, _beyond(record, action, last))
    if len(granted) < len(found):
        return Finding(
            UNKNOWN,
            "cannot be told: when it happened is not told exactly enough, and the grant "
            f"as conveyed at {date_time_group(granted[-1].counts_from)} stood for a part of that time only",
        )
    grant = granted[-1]
    narrowed = _narrowed(record, action, grant, last)
    words = f"within the grant as conveyed at {_short(grant.counts_from, last)}"
    if grant.value == "granted_with_conditions":
        words += ", on its conditions"
    if grant.is_deemed:
        words += ", recorded after silence"
    if narrowed is not None:
        words += f"; narrowed from {_short(narrowed, last)}"
    return Finding(WITHIN, words, grant.seq, grant.exchange, grant.answer, grant.counts_from, narrowed)


def _bounds(record: CaseRecord, action: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The earliest and latest instant at which it can have happened; told or not, it happened before it was
    recorded."""
    happened: ToldInstant | None = action.get("happened_at")
    recorded: datetime = action["recorded_at"]
    opened = record.opened_at or recorded
    if happened is None:
        return min(opened, recorded), recorded
    last = happened.latest or recorded
    first = happened.earliest or min(opened, last)
    return first, max(first, last)


def _grant_at(record: CaseRecord, action: Mapping[str, Any], at: datetime) -> Grant | None:
    theirs = action.get("side") == "theirs"
    state = _state(record, action)
    for grant in grants(record, at):
        same = (grant.vessel, grant.measure) == (action.get("vessel", 1), action["measure"])
        if same and grant.is_in_force and grant.is_ours == theirs and state in (None, grant.by_state):
            return grant
    return None


def _state(record: CaseRecord, action: Mapping[str, Any]) -> str | None:
    """The State whose answer is relied on, where one is named."""
    n = (action.get("basis") or {}).get("exchange")
    exchange = record.exchange(n) if n is not None else None
    return exchange.state if exchange is not None else None


def _narrowed(
    record: CaseRecord, action: Mapping[str, Any], grant: Grant, after: datetime
) -> datetime | None:
    """From when, after the action, the grant was taken back, ended or put under conditions."""
    for at in change_instants(record):
        if at <= after:
            continue
        then = _grant_at(record, action, at)
        if then is None or (grant.value == "granted" and then.value == "granted_with_conditions"):
            return at
    return None


def _beyond(record: CaseRecord, action: Mapping[str, Any], last: datetime) -> str:
    later = next(
        (p for p in change_instants(record) if p > last and _grant_at(record, action, p) is not None), None
    )
    words = "beyond every grant: none of this measure stood, as conveyed to the acting side, when it was done"
    return words if later is None else f"{words}; one was conveyed at {_short(later, last)}, after it"


def _short(at: datetime, beside: datetime) -> str:
    """``05:40Z`` on the day of the action, else the whole date-time group."""
    return f"{at:%H:%M}Z" if at.date() == beside.date() else date_time_group(at)
