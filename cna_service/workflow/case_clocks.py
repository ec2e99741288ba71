"""The clocks of a case as its page shows them: kind in words, provision and source, what they wait for, when due.

What a clock counts comes from ``clock_views``; here stand the sentence that a claimed limit is handled by
(desk-rules 1.1) and what was recorded of a lapse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.cases.record import CaseRecord, Clock
from cna_service.documents.measures import measure_words
from cna_service.workflow.case_timeline import person_words
from cna_service.workflow.clock_views import ClockView, clock_views
from cna_service.workflow.handling import handling_words


@dataclass(frozen=True, slots=True)
class CaseClock:
    """``adopted``: whether this authority's legal adviser had adopted the provision when the clock was set; None for
    a clock under no provision. ``handling``: the sentence by which a claimed limit is handled. ``lapse``: who
    recorded the effect of its running out, and the words."""

    view: ClockView
    title: str
    provision: str | None
    adopted: bool | None
    source: str | None
    limit: str | None
    silence: str | None
    measures: tuple[str, ...]
    zone: str
    handling: str | None
    effect: str
    lapse: tuple[str, object] | None

    @property
    def may_record_lapse(self) -> bool:
        """Ran out, not yet dealt with, and in an exchange: somebody has to say what follows."""
        return (
            self.view.state == "ran_out"
            and not self.view.is_lapse_recorded
            and self.view.kind in ("legal", "claimed")
        )


def case_clocks(record: CaseRecord, zones: Mapping[int, str]) -> tuple[CaseClock, ...]:
    """Every clock, running ones first, in the order in which they run out; our own targets last. ``zones``: by
    exchange."""
    by_id = {c.id: c for c in record.clocks}
    ordered = sorted(clock_views(record), key=lambda v: v.kind == "own")
    return tuple(_clock(record, view, by_id[view.id], zones) for view in ordered)


def _clock(record: CaseRecord, view: ClockView, clock: Clock, zones: Mapping[int, str]) -> CaseClock:
    terms = clock.terms
    provision = terms.get("provision")
    silence = terms.get("silence") or {}
    several = len({i.vessel for i in clock.items}) > 1
    return CaseClock(
        view=view,
        title=_title(view, clock),
        provision=provision,
        adopted=bool(terms.get("adopted")) if provision else None,
        source=_source(terms.get("source")),
        limit=limit_words(terms.get("limit")),
        silence=silence.get("words") if provision else None,
        measures=tuple(
            measure_words(i.measure).label + (f" (vessel {i.vessel})" if several else "") for i in clock.items
        ),
        zone=zones.get(clock.exchange or 0, "UTC"),
        handling=handling_words(record, clock),
        effect=str(silence.get("effect", "none")) if clock.kind == "legal" else "none",
        lapse=_lapse(clock),
    )


def _title(view: ClockView, clock: Clock) -> str:
    if clock.kind == "claimed" and not clock.terms.get("provision"):
        return "A limit that the other side states"
    return f"{view.what[:1].upper()}{view.what[1:]}"


def _source(told: Any) -> str | None:
    if isinstance(told, Mapping):
        read = f", read {told['entered']}" if told.get("entered") else ""
        return f"{told['where']}{read}" if told.get("where") else None
    return str(told) if told else None


_UNITS = {"h": "h", "d": "days", "working_d": "working days"}


def limit_words(told: Any) -> str | None:
    """``4 h (“as soon as possible”)`` for the limit that stands in a clock's terms; None where there is none."""
    if not isinstance(told, Mapping):
        return None
    value, unit, qualifier = told.get("value"), _UNITS.get(str(told.get("unit"))), told.get("qualifier")
    words = f"{value} {unit}" if value is not None and unit else ""
    if qualifier:
        words = f"{words} (“{qualifier}”)" if words else f"“{qualifier}”"
    return words or None


def _lapse(clock: Clock) -> tuple[str, object] | None:
    if clock.lapse is None:
        return None
    return person_words(clock.lapse.get("actor")), clock.lapse.get("words")
