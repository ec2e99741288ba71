"""What a verification found: differences, what could not be decided, counts; as words, JSON and an exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

SOUND, TAMPERED, UNDECIDED = 0, 1, 2
"""Exit codes (ledger.md 2.11): never to be confused, a false alarm is as bad as none."""

MOST_PER_KIND = 100
"""Differences of one kind that are named; the others are counted."""

# A difference in an entry names its place; a wrong root only says where at the earliest; a row follows from entries.
_EXACT, _WITHIN, _DERIVED = range(3)
_RANK = {"root": _WITHIN, "tile": _WITHIN, "checkpoint": _WITHIN, "policy_text": _WITHIN, "row": _DERIVED}


@dataclass(frozen=True, slots=True)
class Place:
    """An entry by its stream and number, and its index in the tree; None for what is not known or not given."""

    stream: str | None = None
    seq: int | None = None
    index: int | None = None

    def __str__(self) -> str:
        entry = None if self.stream is None else f"{self.stream} entry {self.seq}"
        index = None if self.index is None else f"index {self.index}"
        return " at ".join(part for part in (entry, index) if part) or "the log"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what is stored and what it must be. ``kind`` is a stable word, ``why`` a sentence."""

    kind: str
    place: Place
    why: str

    @property
    def stream(self) -> str | None:
        return self.place.stream

    @property
    def seq(self) -> int | None:
        return self.place.seq

    @property
    def index(self) -> int | None:
        return self.place.index

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "stream": self.stream,
            "seq": self.seq,
            "index": self.index,
            "why": self.why,
        }


@dataclass(slots=True)
class Findings:
    """Collects differences as they are met, in the order of the log."""

    _kept: list[Finding] = field(default_factory=list)
    _met: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, place: Place, why: str) -> None:
        self._met[kind] += 1
        if self._met[kind] <= MOST_PER_KIND:
            self._kept.append(Finding(kind, place, why))

    def sorted(self) -> tuple[Finding, ...]:
        """The first difference first: lowest index; what waits for an index after what has one."""
        return tuple(sorted(self._kept, key=_order))

    @property
    def more(self) -> int:
        """How many were met and not kept."""
        return self._met.total() - len(self._kept)


def _order(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    index = (place.index is None, place.index or 0)
    return (
        _RANK.get(finding.kind, _EXACT),
        *index,
        place.stream is None,
        place.stream or "",
        place.seq or 0,
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified. ``erased`` counts private values whose disclosure is gone, which is no difference.

    ``warnings`` change no result; each of ``undecided`` says what is missing for one.
    """

    log: str
    findings: tuple[Finding, ...] = ()
    more: int = 0
    entries: int = 0
    size: int = 0
    root: str = ""
    checkpoints: int = 0
    signed_size: int = 0
    streams: int = 0
    disclosures: int = 0
    erased: int = 0
    blobs: int = 0
    policies: int = 0
    pending: int = 0
    undecided: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def first(self) -> Finding | None:
        return self.findings[0] if self.findings else None

    @property
    def exit_code(self) -> int:
        """0 sound, 1 evidence of tampering, 2 cannot be decided."""
        if self.findings:
            return TAMPERED
        return UNDECIDED if self.undecided else SOUND

    def words(self) -> list[str]:
        """Lines for a person: the result, the first difference, what was looked at."""
        return [self._result(), *_numbered(self.findings), *self._rest(), *self._counts()]

    def as_json(self, most: int = 50) -> dict[str, Any]:
        """The same as JSON values (no floats), fit for an entry of the log: the first ``most`` differences."""
        return {
            "log": self.log,
            "exit_code": self.exit_code,
            "findings": [finding.as_json() for finding in self.findings[:most]],
            "more": self.more + max(0, len(self.findings) - most),
            "entries": self.entries,
            "size": self.size,
            "root": self.root,
            "checkpoints": self.checkpoints,
            "signed_size": self.signed_size,
            "streams": self.streams,
            "disclosures": self.disclosures,
            "erased": self.erased,
            "blobs": self.blobs,
            "policies": self.policies,
            "pending": self.pending,
            "undecided": list(self.undecided),
            "warnings": list(self.warnings),
        }

    def _result(self) -> str:
        if self.first is not None:
            return f"NOT SOUND: what is stored was changed. First difference: {self.first.place}."
        if self.undecided:
            return "CANNOT BE DECIDED: no difference was found, but not everything could be checked."
        return "Sound: everything stored is as it was sealed."

    def _rest(self) -> Iterator[str]:
        if self.more:
            yield f"  and {self.more} more of these kinds."
        yield from (f"Cannot be decided: {why}" for why in self.undecided)
        yield from (f"Warning: {why}" for why in self.warnings)

    def _counts(self) -> Iterator[str]:
        yield f"Log {self.log}: {self.entries} entries in {self.streams} streams, {self.pending} waiting for an index."
        yield f"Tree of {self.size}, root {self.root}."
        yield f"{self.checkpoints} checkpoints, the newest of size {self.signed_size}."
        yield f"{self.disclosures} private values opened, {self.erased} erased."
        yield f"{self.blobs} attachments and {self.policies} cited texts present."


def _numbered(findings: Iterable[Finding]) -> Iterator[str]:
    for n, finding in enumerate(findings, start=1):
        yield f"  {n}. {finding.place}: {finding.why} ({finding.kind})"
