"""What was known of a vessel at each ask and each answer (practice R3; D2): later finds are new entries.

Pure, from the record alone: every fact names its entry, so that what stood up to entry ``seq`` is what was known then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cna_service.cases.record import CaseRecord

IDENTIFIERS = (
    "name",
    "former_name",
    "imo",
    "mmsi",
    "call_sign",
    "registration_number",
    "hull_mark",
    "homeport",
)
"""By what a register is searched; what a vessel looks like is no identifier."""


@dataclass(frozen=True, slots=True)
class Known:
    """One identifier as told, by the entry that told it. ``value`` may be erased."""

    vessel: int
    field: str
    value: object
    seq: int
    how: str | None


@dataclass(frozen=True, slots=True)
class KnownAt:
    """At one act: ``answer`` None for the ask itself. ``identifiers`` empty: none was known, which is a fact too."""

    exchange: int
    answer: int | None
    seq: int
    at: datetime
    identifiers: tuple[Known, ...]


def identifiers_known(
    record: CaseRecord, seq: int | None = None, vessel: int | None = None
) -> tuple[Known, ...]:
    """The identifiers told up to entry ``seq`` (None: by now), in the order told; of one vessel or of all."""
    return tuple(
        Known(v.n, f.field, f.value, f.seq, f.how)
        for v in record.vessels
        if vessel in (None, v.n)
        for f in v.facts
        if f.field in IDENTIFIERS and (seq is None or f.seq <= seq)
    )


def known_at_each_act(record: CaseRecord) -> tuple[KnownAt, ...]:
    """What was known when each exchange was opened and when each answer of it was given, in that order."""
    return tuple(_acts(record))


def _acts(record: CaseRecord) -> Iterator[KnownAt]:
    for exchange in record.exchanges:
        about = {i.vessel for i in exchange.items} or {v.n for v in record.vessels}

        def known(seq: int, about: set[int] = about) -> tuple[Known, ...]:
            return tuple(k for k in identifiers_known(record, seq) if k.vessel in about)

        yield KnownAt(exchange.n, None, exchange.seq, exchange.at, known(exchange.seq))
        for answer in exchange.answers:
            yield KnownAt(exchange.n, answer.n, answer.seq, answer.recorded_at, known(answer.seq))
