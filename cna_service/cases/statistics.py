"""Statistics for auditors and negotiators: counts and medians over exchanges, each with the number it rests on.

No average is made; where nothing was measured there is no figure. An exchange under two agreements counts under each
of them and once in the total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median as middle
from typing import Any

from cna_service.cases.exchange_figures import Figures
from cna_service.cases.record import CaseRecord
from cna_service.cases.store import normal

GROUPED_BY = ("direction", "kind", "agreement", "state", "year")


@dataclass(frozen=True, slots=True)
class Span:
    """Of ``n`` spans measured, in seconds: the median, the shortest, the longest. None where ``n`` is 0."""

    n: int
    median_s: float | None = None
    least_s: float | None = None
    most_s: float | None = None

    @classmethod
    def of(cls, spans: Iterable[timedelta]) -> Span:
        seconds = sorted(s.total_seconds() for s in spans)
        return cls(len(seconds), middle(seconds), seconds[0], seconds[-1]) if seconds else cls(0)

    @property
    def median(self) -> timedelta:
        return timedelta(seconds=self.median_s or 0)

    @property
    def least(self) -> timedelta:
        return timedelta(seconds=self.least_s or 0)

    @property
    def most(self) -> timedelta:
        return timedelta(seconds=self.most_s or 0)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of the exchanges that share ``key``, a value for each of :data:`GROUPED_BY` that was asked for."""

    key: Mapping[str, Any]
    exchanges: int
    cases: int
    acknowledged: Span
    answered: Span
    unanswered: int
    overdue: int
    withdrawn: int
    reported: Span
    reports_open: int
    registry: Mapping[str, int]
    measures: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Refused:
    """One vessel that was refused, over all its cases; ``label`` is the name known last."""

    label: str
    direction: str
    refusals: int
    cases: tuple[str, ...]


def group_by(figures: Sequence[Figures], names: Sequence[str]) -> list[Group]:
    """One group for each combination of values met, in their order."""
    members: dict[tuple[Any, ...], list[Figures]] = {}
    for each in figures:
        for agreement in each.agreements if "agreement" in names else ("",):
            key = tuple(agreement if n == "agreement" else getattr(each, n) for n in names)
            members.setdefault(key, []).append(each)
    ordered = sorted(members.items(), key=lambda m: tuple(str(part) for part in m[0]))
    return [group(dict(zip(names, key, strict=True)), found) for key, found in ordered]


def group(key: Mapping[str, Any], figures: Sequence[Figures]) -> Group:
    measures: dict[str, Counter[str]] = {}
    for each in figures:
        for measure, value in each.measures:
            measures.setdefault(measure, Counter())[value] += 1
    return Group(
        key=key,
        exchanges=len(figures),
        cases=len({f.ref for f in figures}),
        acknowledged=Span.of(f.to_acknowledge for f in figures if f.to_acknowledge is not None),
        answered=Span.of(f.to_answer for f in figures if f.to_answer is not None),
        unanswered=sum(f.to_answer is None and not f.is_withdrawn and f.kind == "request" for f in figures),
        overdue=sum(f.is_overdue for f in figures),
        withdrawn=sum(f.is_withdrawn for f in figures),
        reported=Span.of(span for f in figures for span in f.to_report),
        reports_open=sum(f.reports_open for f in figures),
        registry=dict(sorted(Counter(v for f in figures for v in f.registry).items())),
        measures={m: dict(sorted(c.items())) for m, c in sorted(measures.items())},
    )


def refusals(figures: Iterable[Figures], records: Mapping[str, CaseRecord]) -> list[Refused]:
    """Refusals by vessel, the most often refused first.

    Two vessels of two cases count as one where they have the same IMO number, or where a person linked the cases and
    each has one vessel or the two have a name or identifier in common (practice R20).
    """
    counted: dict[tuple[str, Hashable], list[tuple[str, int]]] = {}
    found = list(figures)
    same = _same_vessels({f.ref for f in found if f.refused}, records)
    for each in found:
        for vessel in each.refused:
            counted.setdefault((each.direction, same((each.ref, vessel))), []).append((each.ref, vessel))
    listed = [
        Refused(
            _label(records, members), direction, len(members), tuple(dict.fromkeys(r for r, _ in members))
        )
        for (direction, _), members in counted.items()
    ]
    return sorted(listed, key=lambda r: (-r.refusals, r.label, r.cases))


def _label(records: Mapping[str, CaseRecord], members: Sequence[tuple[str, int]]) -> str:
    ref, n = members[-1]
    vessel = records[ref].vessel(n)
    return vessel.label if vessel is not None else f"vessel {n}"


def _same_vessels(
    refs: Iterable[str], records: Mapping[str, CaseRecord]
) -> Callable[[tuple[str, int]], Hashable]:
    """Which vessel of which case stands for a vessel: the smallest of those that are one."""
    above: dict[tuple[str, int], tuple[str, int]] = {}

    def top(vessel: tuple[str, int]) -> tuple[str, int]:
        while (higher := above.get(vessel, vessel)) != vessel:
            vessel = higher
        return vessel

    def join(a: tuple[str, int], b: tuple[str, int]) -> None:
        low, high = sorted((top(a), top(b)))
        above[high] = low

    by_imo: dict[str, tuple[str, int]] = {}
    for ref in sorted(refs):
        record = records[ref]
        for vessel in record.vessels:
            for imo in vessel.values("imo"):
                join((ref, vessel.n), by_imo.setdefault(str(imo), (ref, vessel.n)))
        for link in record.links:
            other = records.get(str(link["case"]))
            for mine, theirs in _linked(record, other):
                join((ref, mine), (str(link["case"]), theirs))
    return top


def _linked(record: CaseRecord, other: CaseRecord | None) -> Iterable[tuple[int, int]]:
    if other is None:
        return
    if len(record.vessels) == len(other.vessels) == 1:
        yield record.vessels[0].n, other.vessels[0].n
        return
    for mine in record.vessels:
        for theirs in other.vessels:
            if _marks(mine) & _marks(theirs):
                yield mine.n, theirs.n


def _marks(vessel: Any) -> set[str]:
    told = vessel.values("name", "former_name", "imo", "mmsi", "call_sign", "registration_number")
    return {normal(str(value)) for value in told} - {""}
