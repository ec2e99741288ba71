"""What a case's page shows of dealings beside ask and answer: States pointed to, who was asked, statements, the chase.

Pure: the record and the directory in, a view out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.efforts import effort_lines
from cna_service.cases.pointed import PointedTo, states_pointed_to
from cna_service.cases.record import CaseRecord
from cna_service.cases.statements import Contradiction, contradictions
from cna_service.directory.rules import Directory
from cna_service.vessels.states import state_name
from cna_service.workflow.chase import Chase, chase

RESPONSES = {
    "no_claim": "made no claim",
    "no_answer": "did not answer",
    "nobody_in_charge": "nobody admits being in charge",
}
WHOM = {
    "master": "the master",
    "person_in_charge": "the person in charge",
    "crew": "one of the crew",
    "other": "somebody else",
}


@dataclass(frozen=True, slots=True)
class PointedView:
    """A State to which something points. ``words``: by what; ``what``: what was done about it."""

    pointed: PointedTo
    name: str
    words: str
    what: str


@dataclass(frozen=True, slots=True)
class AskedView:
    """One person asked of registry or nationality. ``missing``: what a court would ask for and nobody recorded."""

    claim: Mapping[str, Any]
    whom: str
    said: str
    exhibit: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementView:
    statement: Mapping[str, Any]
    against: Contradiction | None


@dataclass(frozen=True, slots=True)
class DealingsView:
    """``chases``: by exchange, of our asks that have no answer; ``efforts``: of every ask of ours that was chased."""

    pointed: tuple[PointedView, ...] = ()
    asked: tuple[AskedView, ...] = ()
    statements: tuple[StatementView, ...] = ()
    chases: Mapping[int, Chase] | None = None
    efforts: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def open_states(self) -> tuple[PointedView, ...]:
        return tuple(p for p in self.pointed if p.pointed.is_open)

    def chase(self, n: int) -> Chase | None:
        return (self.chases or {}).get(n)

    @property
    def is_empty(self) -> bool:
        return not (self.pointed or self.asked or self.statements or self.efforts)


def dealings_view(
    record: CaseRecord, directory: Directory, now: datetime, own_state: str | None
) -> DealingsView:
    against = {c.statement: c for c in contradictions(record)}
    ours = [e for e in record.exchanges if not e.is_inbound]
    tried = {t["exchange"] for t in record.dealings.tries}
    return DealingsView(
        pointed=tuple(_pointed(p) for p in states_pointed_to(record, own_state)),
        asked=tuple(_asked(c) for c in reversed(record.dealings.claims)),
        statements=tuple(
            StatementView(s, against.get(s["statement"])) for s in reversed(record.dealings.statements)
        ),
        chases={
            e.n: chase(record, e, directory, now) for e in ours if not e.answers and e.withdrawn_seq is None
        },
        efforts=tuple((e.n, effort_lines(record, e)) for e in ours if e.n in tried),
    )


_BY = {"claim": "a claim", "flag_flown": "a flag flown", "flag_painted": "a flag painted"}


def _pointed(pointed: PointedTo) -> PointedView:
    by = ", ".join(f"{_BY.get(kind, kind.replace('_', ' '))} (entry {seq})" for kind, seq in pointed.by)
    return PointedView(pointed, state_name(pointed.state), by, _done(pointed))


def _done(pointed: PointedTo) -> str:
    if pointed.state_of_it == "ours":
        return "our own State: our register says"
    if pointed.exchanges:
        asked = ", ".join(str(n) for n in pointed.exchanges)
        registry = "" if pointed.is_registry_asked else "; its register was not asked"
        return f"asked in exchange {asked}{registry}"
    return "not asked, and somebody said why" if pointed.passed_over else "not asked, and nobody said why"


def _asked(claim: Mapping[str, Any]) -> AskedView:
    response = str(claim.get("response") or "claimed")
    state = claim.get("state")
    exhibit = claim.get("exhibit")
    if isinstance(exhibit, Mapping):
        exhibit = ", from ".join(str(exhibit[f]) for f in ("id", "start") if exhibit.get(f))
    said = f"claims {state_name(str(state))}" if state else RESPONSES.get(response, response)
    whom = WHOM.get(str(claim.get("asked_whom")), "somebody")
    return AskedView(claim, whom, said, str(exhibit or ""), tuple(_missing(claim)))


def _missing(claim: Mapping[str, Any]) -> Iterator[str]:
    for field, words in (
        ("question", "which question was put"),
        ("asked_whom", "whether it was the master or who else"),
        ("asked_by", "who asked"),
        ("language", "in which language"),
        ("words", "the words"),
    ):
        if claim.get(field) is None:
            yield words
