"""Statistics over all cases of this desk: read from the folds, kept nowhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from cna_service.cases import queries as case_queries
from cna_service.cases.exchange_figures import NOT_AUTHENTIC, AgreementOf, Figures, figures_of
from cna_service.cases.record import CaseRecord
from cna_service.cases.statistics import GROUPED_BY, Group, Refused, Span, group, group_by, refusals
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.ledger.folds import Folds
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.service import Reader, Service

TABLES = ("groups", "exchanges", "refusals")


@dataclass(frozen=True, slots=True)
class Wanted:
    """``since`` and ``until``: when the request was made or received, from and up to."""

    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    agreement: str | None = None

    def takes(self, figures: Figures) -> bool:
        return (
            (self.since is None or figures.asked_at >= self.since)
            and (self.until is None or figures.asked_at < self.until)
            and self.state in (None, figures.state)
            and (self.agreement is None or self.agreement in figures.agreements)
        )


@dataclass(frozen=True, slots=True)
class Statistics:
    """``left_out``: exercise cases, exchanges found not authentic; they count nowhere else."""

    at: datetime
    wanted: Wanted
    total: Group
    by: Mapping[str, Sequence[Group]]
    groups: Sequence[Group]
    exchanges: Sequence[Figures]
    refused: Sequence[Refused]
    left_out: Mapping[str, int]


def wanted(asked: Asked) -> Wanted:
    """``{from?, to?, state?, agreement?}``. Raises Invalid."""
    since, until = asked.instant("from"), asked.instant("to")
    state, agreement = asked.text("state", longest=2), asked.text("agreement", longest=80)
    if since is not None and until is not None and until <= since:
        asked.wrong("to", to_text(until), "is not after the beginning", "send a later instant")
    asked.check_unknown()
    asked.done()
    return Wanted(since, until, state.upper() if state else None, agreement)


def statistics(service: Service, actor: Actor, asked: Asked) -> Statistics:
    """Raises Invalid, NotPermitted."""
    require(actor, Action.STATISTICS_READ)
    want = wanted(asked)
    catalogue = service.policies.catalogue

    def agreement_of(provision: str) -> str | None:
        known = catalogue.by_id.get(provision)
        return None if known is None else catalogue.agreement_of(known).id

    with service.read() as reader:
        counted = _counted(reader, agreement_of)
        found = [f for c in counted for f in c.figures if want.takes(f)]
        records = _refused_records(reader, found)
        at = reader.now
    return Statistics(
        at=at,
        wanted=want,
        total=group({}, found),
        by={name: group_by(found, (name,)) for name in GROUPED_BY},
        groups=group_by(found, GROUPED_BY),
        exchanges=sorted(found, key=lambda f: (f.asked_at, f.ref, f.exchange)),
        refused=refusals(found, records),
        left_out={
            "exercise_cases": sum(c.is_exercise for c in counted),
            "exchanges_not_authentic": sum(c.not_authentic for c in counted),
        },
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a case adds, up to its entry ``leaf``."""

    leaf: str
    figures: tuple[Figures, ...]
    is_exercise: bool
    not_authentic: int


# Figures follow from entries alone: what was counted of a case holds until its next entry.
_KEPT: WeakKeyDictionary[Folds, dict[str, _Counted]] = WeakKeyDictionary()


def _counted(reader: Reader, agreement_of: AgreementOf) -> list[_Counted]:
    before = _KEPT.get(reader.folds, {})
    now: dict[str, _Counted] = {}
    for ref, leaf in case_queries.every_case(reader.connection):
        known = before.get(ref)
        now[ref] = known if known is not None and known.leaf == leaf else _count(reader, ref, agreement_of)
    _KEPT[reader.folds] = now
    return list(now.values())


def _count(reader: Reader, ref: str, agreement_of: AgreementOf) -> _Counted:
    record = reader.stream(case_stream(ref)).of(CASE)
    doubted = sum(e.standing == NOT_AUTHENTIC for e in record.exchanges)
    return _Counted(
        record.leaf,
        tuple(figures_of(record, agreement_of)),
        record.as_exercise,
        0 if record.as_exercise else doubted,
    )


def _refused_records(reader: Reader, found: Iterable[Figures]) -> dict[str, CaseRecord]:
    """The cases in which something was refused, and those that a person linked to them."""
    records: dict[str, CaseRecord] = {}
    for figures in found:
        if figures.refused and figures.ref not in records:
            record = records[figures.ref] = reader.stream(case_stream(figures.ref)).of(CASE)
            for ref in (str(link["case"]) for link in record.links):
                if ref not in records:
                    records[ref] = reader.stream(case_stream(ref)).of(CASE)
    return records


def as_json(found: Statistics) -> dict[str, Any]:
    """The answer of ``GET /statistics``; every span in seconds beside the number of spans it rests on."""
    want = found.wanted
    return {
        "at": to_text(found.at),
        "from": None if want.since is None else to_text(want.since),
        "to": None if want.until is None else to_text(want.until),
        "state": want.state,
        "agreement": want.agreement,
        "total": _group_json(found.total),
        "by": {name: [_group_json(g) for g in groups] for name, groups in found.by.items()},
        "groups": [_group_json(g) for g in found.groups],
        "refusals": {
            "refusals": sum(r.refusals for r in found.refused),
            "vessels": len(found.refused),
            "by_vessel": [
                {
                    "vessel": r.label,
                    "direction": r.direction,
                    "refusals": r.refusals,
                    "cases": list(r.cases),
                }
                for r in found.refused
            ],
        },
        "left_out": dict(found.left_out),
    }


def _group_json(told: Group) -> dict[str, Any]:
    return {**told.key, **{k: v for k, v in asdict(told).items() if k != "key"}}


def as_csv(found: Statistics, table: str) -> str:
    """One of :data:`TABLES`, with a line of headings; instants in UTC, spans in whole seconds, empty where there is
    none."""
    lines = {"groups": _group_lines, "exchanges": _exchange_lines, "refusals": _refusal_lines}[table](found)
    text = io.StringIO()
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([_cell(value) for value in line])
    return text.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is written so that it stays a text."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value


def _seconds(value: float | None) -> int | None:
    return None if value is None else round(value)


def _span_cells(span: Span) -> list[object]:
    return [span.n, _seconds(span.median_s), _seconds(span.least_s), _seconds(span.most_s)]


def _group_lines(found: Statistics) -> Iterable[Sequence[object]]:
    registry = sorted({v for g in found.groups for v in g.registry})
    values = sorted({(m, v) for g in found.groups for m, counts in g.measures.items() for v in counts})
    spans = [
        f"{what}_{part}"
        for what in ("acknowledged", "answered", "reported")
        for part in ("n", "median_s", "least_s", "most_s")
    ]
    counts = ["exchanges", "cases", "unanswered", "overdue", "withdrawn", "reports_open"]
    yield [
        *GROUPED_BY,
        *counts,
        *spans,
        *(f"confirm_registry={v}" for v in registry),
        *(f"{m}={v}" for m, v in values),
    ]
    for g in found.groups:
        yield [
            *(g.key[name] for name in GROUPED_BY),
            *(getattr(g, name) for name in counts),
            *(cell for span in (g.acknowledged, g.answered, g.reported) for cell in _span_cells(span)),
            *(g.registry.get(v, 0) for v in registry),
            *(g.measures.get(m, {}).get(v, 0) for m, v in values),
        ]


def _exchange_lines(found: Statistics) -> Iterable[Sequence[object]]:
    yield [
        "case",
        "exchange",
        "direction",
        "kind",
        "state",
        "agreements",
        "asked_at",
        "to_acknowledge_s",
        "to_answer_s",
        "overdue",
        "withdrawn",
        "values",
    ]
    for f in found.exchanges:
        values = [("confirm_registry", v) for v in f.registry] + list(f.measures)
        yield [
            f.ref,
            f.exchange,
            f.direction,
            f.kind,
            f.state,
            " ".join(f.agreements),
            to_text(f.asked_at),
            None if f.to_acknowledge is None else round(f.to_acknowledge.total_seconds()),
            None if f.to_answer is None else round(f.to_answer.total_seconds()),
            "yes" if f.is_overdue else "no",
            "yes" if f.is_withdrawn else "no",
            " ".join(f"{m}={v}" for m, v in values),
        ]


def _refusal_lines(found: Statistics) -> Iterable[Sequence[object]]:
    yield ["vessel", "direction", "refusals", "cases"]
    for r in found.refused:
        yield [r.label, r.direction, r.refusals, " ".join(r.cases)]
