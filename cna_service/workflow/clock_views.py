"""How a clock is shown: whether it counts down, to what, for whom (desk-rules 1.1, 3.3, 5.1).

A clock whose expiry gives nothing is no countdown: it says since when nobody answers, and counts up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from cna_service.cases.clocks import decide_by
from cna_service.cases.record import CaseRecord, Clock

KIND_WORDS = {
    "legal": "Legal",
    "claimed": "Claimed, not verified by us",
    "operational": "Operational",
    "own": "Our own target",
}
_TO_THEM = {
    "deemed_grant": "deemed granted to them",
    "deemed_waiver": "deemed waived by us",
    "remain_aboard": "they may remain aboard",
}
_TO_US = {
    "deemed_grant": "deemed granted",
    "deemed_waiver": "deemed waived by them",
    "remain_aboard": "we may remain aboard",
}
_STARTS = {
    "evidence_summary": "the summary of evidence",
    "notification": "the notification",
    "writing": "the request in writing",
    "oral_request": "the request by word of mouth",
}

Counts = Literal["down", "up", "none"]


@dataclass(frozen=True, slots=True)
class ClockView:
    """``counts``: down to ``due_at``, up from ``starts_at``, or not at all; ``says`` stands beside the count.

    ``state``: running, waiting, stopped or ran_out. ``terms``: the entry's own copy of the provision.
    """

    id: str
    kind: str
    kind_words: str
    exchange: int | None
    what: str
    state: str
    counts: Counts
    says: str
    starts_at: datetime | None
    due_at: datetime | None
    decide_by: datetime | None
    waits_for: str | None
    reason: object
    why_not_legal: str | None
    disturbed_by: str | None
    stopped_at: datetime | None
    lapsed_at: datetime | None
    is_lapse_recorded: bool
    seq: int


def clock_views(record: CaseRecord) -> tuple[ClockView, ...]:
    """Every clock of a case: running ones first, in the order in which they run out."""
    shown = [clock_view(record, c) for c in record.clocks]
    order = {"running": 0, "ran_out": 1, "waiting": 2, "stopped": 3}
    return tuple(
        sorted(
            shown,
            key=lambda v: (
                order[v.state],
                v.due_at is None,
                v.due_at.timestamp() if v.due_at else 0.0,
                v.seq,
            ),
        )
    )


def pressing(record: CaseRecord) -> tuple[ClockView, ...]:
    """What the board shows of a case: a lapse that nobody dealt with, then the clock that runs out next; where that
    is a target of our own, the next one that is not, or one that waits to begin, stands below it."""
    views = clock_views(record)
    unrecorded = [v for v in views if v.state == "ran_out" and not v.is_lapse_recorded and v.kind != "own"]
    running = [v for v in views if v.state == "running"]
    first = running[:1]
    if first and first[0].kind == "own":
        first += [v for v in views if v.kind != "own" and v.state in ("running", "waiting")][:1]
    return (*unrecorded[:1], *first)


def clock_view(record: CaseRecord, clock: Clock) -> ClockView:
    state = _state(clock)
    counts, says = _count(record, clock, state)
    return ClockView(
        id=clock.id,
        kind=clock.kind,
        kind_words=KIND_WORDS.get(clock.kind, clock.kind),
        exchange=clock.exchange,
        what=_what(clock),
        state=state,
        counts=counts,
        says=says,
        starts_at=clock.starts_at,
        due_at=clock.due_at,
        decide_by=decide_by(clock) if state == "running" else None,
        waits_for=_waits_for(clock, is_ours=_is_ours(record, clock)),
        reason=clock.reason,
        why_not_legal=clock.terms.get("why"),
        disturbed_by=clock.disturbed_by,
        stopped_at=clock.stopped_at,
        lapsed_at=clock.lapsed_at,
        is_lapse_recorded=clock.lapse is not None,
        seq=clock.seq,
    )


def _state(clock: Clock) -> str:
    if clock.stopped_at is not None:
        return "stopped"
    if clock.lapsed_at is not None:
        return "ran_out"
    return "running" if clock.due_at is not None else "waiting"


def _is_ours(record: CaseRecord, clock: Clock) -> bool:
    """Whether it is we who are asked."""
    exchange = None if clock.exchange is None else record.exchange(clock.exchange)
    return exchange is not None and exchange.is_inbound


def _waits_for(clock: Clock, *, is_ours: bool) -> str | None:
    if clock.terms.get("counts_up"):
        return "the hand-over"
    if clock.waits_for == "acknowledgement":
        return "our acknowledgement of the request" if is_ours else "their acknowledgement of our request"
    return None if clock.waits_for is None else _STARTS.get(clock.waits_for, clock.waits_for)


def _what(clock: Clock) -> str:
    terms = clock.terms
    if terms.get("article"):
        article = str(terms["article"])
        where = f"art. {article}" if article[:1].isdigit() else article
        return f"{where}, {terms.get('agreement_title') or terms.get('agreement')}"
    return str(terms.get("words") or KIND_WORDS.get(clock.kind, clock.kind))


def _count(record: CaseRecord, clock: Clock, state: str) -> tuple[Counts, str]:
    if state == "ran_out":
        return "up", _ran_out(clock)
    if state != "running":
        return "none", ""
    is_ours = _is_ours(record, clock)
    silence = clock.terms.get("silence", {})
    effect = silence.get("effect", "none")
    if clock.kind in ("own", "operational"):
        what = str(clock.terms.get("words") or "").removeprefix("our target: ")
        return "none", f"{what}; nothing follows in law" if clock.kind == "operational" else what
    if effect in _TO_THEM:
        return _with_effect(clock, silence, effect, is_ours=is_ours)
    said = silence.get("stated")
    if is_ours and said:
        return "down", f"they say: {said}; not verified by us"
    if is_ours and clock.kind == "claimed" and "provision" not in clock.terms:
        return "up", "they state a limit and not what silence means; handle it as due"
    return "up", "silence gives nothing, at any time"


def _with_effect(clock: Clock, silence: Any, effect: str, *, is_ours: bool) -> tuple[Counts, str]:
    """A claimed effect is treated as true where it would count against us, as false where for us (1.1)."""
    scope = _measures(silence.get("scope", ()))
    if is_ours:
        doubt = "" if clock.kind == "legal" else " (claimed; not verified by us)"
        return "down", f"{_TO_THEM[effect]}{scope}{doubt}"
    if clock.kind == "legal":
        return "down", f"we may record: {_TO_US[effect]}{scope}"
    return "up", "silence gives us nothing we may rely on: this limit is not verified"


def _measures(scope: Any) -> str:
    words = ", ".join(str(m).replace("_", " ") for m in scope)
    return f": {words}" if words else ""


def _ran_out(clock: Clock) -> str:
    if clock.kind == "own":
        return "our target was missed"
    return "ran out" if clock.lapse is not None else "ran out; effect not recorded by anyone"
