"""The terms a clock is armed with, carried whole (desk-rules 10.1), and when it runs out.

``clock.armed`` holds them as JSON; folding, replay and documents read them from there and nothing from files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from cna_service.agreements.model import (
    Form,
    Limit,
    Needs,
    Neither,
    NeitherRule,
    Silence,
    SilenceRule,
    StopRule,
    Unit,
)

WARNINGS = (50, 75, 90)
"""Per cent of the time after which a clock warns (desk-rules 3.3; the decision lead comes from policy)."""


class ClockKind(StrEnum):
    """desk-rules 1.1. Only a legal clock states a legal effect; all four sort, warn and alert alike."""

    LEGAL = "legal"
    CLAIMED = "claimed"
    OPERATIONAL = "operational"
    OWN = "own"


class WaitsFor(StrEnum):
    """The event that a clock without a beginning still waits for."""

    ACKNOWLEDGEMENT = "acknowledgement"
    EVIDENCE_SUMMARY = "evidence_summary"
    NOTIFICATION = "notification"
    ORAL_REQUEST = "oral_request"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Whose working days are counted: Monday to Friday in ``zone``, without the ``holidays`` listed."""

    name: str = "Monday to Friday, no holidays, UTC"
    zone: str = "UTC"
    holidays: tuple[date, ...] = ()

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "zone": self.zone, "holidays": [d.isoformat() for d in self.holidays]}


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """Everything that a clock needs to be shown, run, stopped and judged in years to come.

    ``provision`` is None for a limit that only the other side states. ``starts`` is the code of the start
    event, ``waits_for`` what has not happened yet. ``why`` says in words why the clock is not a legal one.
    """

    kind: ClockKind
    measures: tuple[str, ...]
    starts: str
    waits_for: WaitsFor | None
    limit: Limit
    silence: SilenceRule
    neither: NeitherRule
    stops_by: StopRule
    provision: str | None = None
    agreement: str | None = None
    agreement_title: str | None = None
    article: str | None = None
    calendar: WorkingCalendar | None = None
    warnings: tuple[int, ...] = WARNINGS
    source: Mapping[str, str] | None = None
    adopted: str | None = None
    election: str | None = None
    terms_sha256: str | None = None
    text_sha256: str | None = None
    file_sha256: str | None = None
    why: str | None = None
    restarts_by_question: bool = False

    @property
    def effect(self) -> str:
        """``none`` unless the clock is legal and the provision says that something follows from silence."""
        return self.silence.effect if self.kind is ClockKind.LEGAL else "none"

    def started(self) -> ClockTerms:
        """The same terms once the event waited for has happened."""
        return replace(self, waits_for=None)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "provision": self.provision,
            "agreement": self.agreement,
            "agreement_title": self.agreement_title,
            "article": self.article,
            "measures": list(self.measures),
            "starts": self.starts,
            "waits_for": None if self.waits_for is None else self.waits_for.value,
            "limit": {"iso": self.limit.iso, **self.limit.as_json()},
            "calendar": None if self.calendar is None else self.calendar.as_json(),
            "silence": {
                "code": self.silence.code.value,
                "words": self.silence.words,
                "scope": list(self.silence.scope),
                "effect": self.effect,
            },
            "neither": {"code": self.neither.code.value, "words": self.neither.words},
            "stops_by": self.stops_by.as_json(),
            "warnings": list(self.warnings),
            "source": None if self.source is None else dict(self.source),
            "adopted": self.adopted,
            "election": self.election,
            "terms_sha256": self.terms_sha256,
            "text_sha256": self.text_sha256,
            "file_sha256": self.file_sha256,
            "why": self.why,
            # Written only where it holds: an ordinary clock's terms keep the shape that they have always had.
            **({"restarts_by_question": True} if self.restarts_by_question else {}),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> ClockTerms:
        """The terms as ``to_json`` wrote them, then or in an earlier build: what a build did not write yet has its
        default. Raises KeyError or ValueError for anything else."""
        limit, silence, neither, stops = (body[k] for k in ("limit", "silence", "neither", "stops_by"))
        waits, calendar = body["waits_for"], body["calendar"]
        plain = {k: body.get(k) for k in _PLAIN}
        return cls(
            kind=ClockKind(body["kind"]),
            measures=tuple(body["measures"]),
            starts=body["starts"],
            waits_for=None if waits is None else WaitsFor(waits),
            limit=Limit(limit["value"], Unit(limit["unit"]), limit["qualifier"]),
            silence=SilenceRule(Silence(silence["code"]), silence["words"], tuple(silence["scope"])),
            neither=NeitherRule(Neither(neither["code"]), neither["words"]),
            stops_by=StopRule(Form(stops["form"]), Needs(stops["needs"]), tuple(stops.get("also", ()))),
            calendar=None if calendar is None else _calendar(calendar),
            warnings=tuple(body["warnings"]),
            source=None if body["source"] is None else dict(body["source"]),
            restarts_by_question=bool(body.get("restarts_by_question", False)),
            **plain,
        )


_PLAIN = (
    "provision",
    "agreement",
    "agreement_title",
    "article",
    "adopted",
    "election",
    "terms_sha256",
    "text_sha256",
    "file_sha256",
    "why",
)


def _calendar(body: Mapping[str, Any]) -> WorkingCalendar:
    return WorkingCalendar(body["name"], body["zone"], tuple(date.fromisoformat(d) for d in body["holidays"]))


def due(start: datetime, terms: ClockTerms) -> datetime | None:
    """When the clock runs out, in UTC; None where the terms give no number.

    Hours and days are exact (a day is 24 hours); working days end at the same local time of day on the n-th
    working day after the start, in the zone of the calendar that the terms carry. Raises ValueError for a start
    without a zone.
    """
    if start.tzinfo is None:
        raise ValueError("an instant needs a zone")
    value, unit = terms.limit.value, terms.limit.unit
    if value is None or unit is Unit.NONE:
        return None
    if unit is Unit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=value)
    if unit is Unit.DAYS:
        return start.astimezone(UTC) + timedelta(days=value)
    return _after_working_days(start, value, terms.calendar or WorkingCalendar())


def _after_working_days(start: datetime, count: int, calendar: WorkingCalendar) -> datetime:
    local = start.astimezone(ZoneInfo(calendar.zone))
    left = count
    while left:
        local += timedelta(days=1)
        left -= calendar.is_working(local.date())
    return local.astimezone(UTC)
