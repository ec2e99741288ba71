"""To which States claims and indicia point, and whether each was asked (practice R2; pitfalls 13 to 15).

Crew's nationalities and the figures of an MMSI point nowhere: three different things (pitfall 15).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.cases.record import CaseRecord, Exchange

OURS, QUERIED, PASSED_OVER, OPEN = "ours", "queried", "not_queried", "open"


@dataclass(frozen=True, slots=True)
class PointedTo:
    """One State for one vessel. ``by``: (kind, seq) of each claim or indicium; ``exchanges``: our asks to it.

    ``state_of_it``: ``ours`` (this desk's own State: its register is searched), ``queried``, ``not_queried`` (a person
    said why: ``passed_over``), ``open`` (neither asked nor explained).
    """

    vessel: int
    state: str
    by: tuple[tuple[str, int], ...]
    exchanges: tuple[int, ...]
    is_registry_asked: bool
    passed_over: Mapping[str, Any] | None
    state_of_it: str

    @property
    def is_open(self) -> bool:
        return self.state_of_it == OPEN


def states_pointed_to(record: CaseRecord, own_state: str | None = None) -> tuple[PointedTo, ...]:
    """Each State that a claim or an indicium names, in the order named, with what was done about it."""
    named: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for vessel, state, kind, seq in sorted(_pointers(record), key=lambda each: each[3]):
        named.setdefault((vessel, state), []).append((kind, seq))
    return tuple(_one(record, vessel, state, by, own_state) for (vessel, state), by in named.items())


def _pointers(record: CaseRecord) -> Iterator[tuple[int, str, str, int]]:
    for vessel in record.vessels:
        for fact in vessel.facts:
            if fact.field == "claim" and isinstance(fact.value, str):
                yield vessel.n, fact.value.upper(), "claim", fact.seq
    for told in record.dealings.indicia:
        if told.get("state"):
            yield int(told.get("vessel", 1)), str(told["state"]), str(told.get("kind", "other")), told["seq"]


def _one(
    record: CaseRecord, vessel: int, state: str, by: list[tuple[str, int]], own_state: str | None
) -> PointedTo:
    asks = [e for e in record.exchanges if _asks(e, vessel, state)]
    passed = [u for u in record.dealings.unqueried if (u["vessel"], u["state"]) == (vessel, state)]
    if state == own_state:
        what = OURS
    elif asks:
        what = QUERIED
    else:
        what = PASSED_OVER if passed else OPEN
    return PointedTo(
        vessel,
        state,
        tuple(by),
        tuple(e.n for e in asks),
        any(i.measure == "confirm_registry" and i.vessel == vessel for e in asks for i in e.items),
        passed[-1] if passed else None,
        what,
    )


def _asks(exchange: Exchange, vessel: int, state: str) -> bool:
    """An ask of ours to that State about that vessel; one that names no measure asks about all."""
    mine = not exchange.is_inbound and exchange.state == state and exchange.withdrawn_seq is None
    return mine and (not exchange.items or any(i.vessel == vessel for i in exchange.items))
