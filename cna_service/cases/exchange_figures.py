"""What one exchange adds to the statistics: instants and values of the folded record, nothing judged.

A case opened as an exercise and an exchange found not authentic add nothing (desk-rules 15.3, 4.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cna_service.cases.labels import value_of
from cna_service.cases.record import CaseRecord, Clock, Exchange

AgreementOf = Callable[[str], str | None]
"""The agreement of a provision, by their ids; None where the provision is not known."""

NOT_AUTHENTIC = "not_authentic"
NO_AGREEMENT = "none"
_LIMITS = ("legal", "claimed")


@dataclass(frozen=True, slots=True)
class Figures:
    """``to_acknowledge``: until the request was acknowledged formally; ``to_answer``: until the first answer, for an
    answer of ours until it had reached them; ``to_report``: of each report made, since it was owed. None: it has not
    happened. ``is_overdue``: a limit ran out before any answer. ``values``: what stands now, measure by measure.
    ``refused``: the vessels of which a measure was ever denied.
    """

    ref: str
    exchange: int
    direction: str
    kind: str
    state: str
    agreements: tuple[str, ...]
    asked_at: datetime
    to_acknowledge: timedelta | None
    to_answer: timedelta | None
    to_report: tuple[timedelta, ...]
    reports_open: int
    is_overdue: bool
    is_withdrawn: bool
    registry: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]
    refused: tuple[int, ...]

    @property
    def year(self) -> int:
        return self.asked_at.year


def figures_of(record: CaseRecord, agreement_of: AgreementOf) -> Iterator[Figures]:
    """One of each exchange that counts."""
    if record.as_exercise:
        return
    for exchange in record.exchanges:
        if exchange.standing != NOT_AUTHENTIC:
            yield _figures(record, exchange, agreement_of)


def _figures(record: CaseRecord, exchange: Exchange, agreement_of: AgreementOf) -> Figures:
    clocks = [c for c in record.clocks if c.exchange == exchange.n]
    mark, asked = exchange.acknowledgement, exchange.at
    answered = _answered_at(exchange)
    reports = [r for r in record.sea.reports_owed if r.get("exchange") == exchange.n]
    made = [(r["recorded_at"], r["made"][0]["recorded_at"]) for r in reports if r.get("made")]
    return Figures(
        ref=record.ref,
        exchange=exchange.n,
        direction=exchange.direction,
        kind=exchange.kind,
        state=exchange.state or "",
        agreements=_agreements(exchange, clocks, agreement_of),
        asked_at=asked,
        to_acknowledge=None if mark is None else _since(asked, mark.at),
        to_answer=None if answered is None else _since(asked, answered),
        to_report=tuple(_since(owed, given) for owed, given in made),
        reports_open=len(reports) - len(made),
        is_overdue=any(c.kind in _LIMITS and _ran_out(c, answered) for c in clocks),
        is_withdrawn=exchange.withdrawn_seq is not None,
        registry=tuple(value_of(exchange, i) for i in exchange.items if i.measure == "confirm_registry"),
        measures=tuple(
            (i.measure, value_of(exchange, i)) for i in exchange.items if i.measure != "confirm_registry"
        ),
        refused=tuple(sorted({i.vessel for a in exchange.answers for i in a.items if i.value == "denied"})),
    )


def _since(begin: datetime, end: datetime) -> timedelta:
    """A later instant told for the request than for its answer is a mistake of typing; no time is less than none."""
    return max(end - begin, timedelta())


def _answered_at(exchange: Exchange) -> datetime | None:
    instants = (a.conveyed_at if a.ours else a.recorded_at for a in exchange.answers)
    return min((at for at in instants if at is not None), default=None)


def _ran_out(clock: Clock, answered: datetime | None) -> bool:
    return clock.lapsed_at is not None and (answered is None or clock.lapsed_at < answered)


def _agreements(exchange: Exchange, clocks: list[Clock], agreement_of: AgreementOf) -> tuple[str, ...]:
    """By the terms that its clocks carry, by the basis chosen, else by what was cited."""
    chosen = tuple((exchange.chosen or {}).get("provisions", ()))
    found = [c.terms.get("agreement") for c in clocks if c.kind in _LIMITS]
    found += [agreement_of(p) for p in (chosen or exchange.bases)]
    return tuple(dict.fromkeys(a for a in found if a)) or (NO_AGREEMENT,)
