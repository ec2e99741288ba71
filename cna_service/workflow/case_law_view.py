"""What the page of a case shows of changes of the law: which exchange each touches, and what an officer did with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.kit.instants import from_text

KINDS: Mapping[str, str] = {
    "amendment": "The law changes",
    "late_notice": "The law had changed; the desk learnt it later",
    "correction": "The desk had the law wrong",
    "adoption": "The legal adviser adopted a provision",
    "adoption_ended": "The adoption of a provision was ended",
    "not_said": "A file of the catalogue was edited",
}


@dataclass(frozen=True, slots=True)
class LawLine:
    """One change as it touches one exchange. ``at``: the instant whose law is another one than was held;
    ``rebasing``: what an officer then did, None while nobody has."""

    change: str
    exchange: int
    kind: str
    about: str
    provisions: tuple[str, ...]
    at: datetime
    is_at_receipt: bool
    recorded_at: datetime
    rebasing: Mapping[str, Any] | None

    @property
    def kind_words(self) -> str:
        return KINDS.get(self.kind, self.kind)

    @property
    def words(self) -> str:
        """In a line, for a list to choose from."""
        return f"{self.kind_words}: {self.about} (exchange {self.exchange})"


@dataclass(frozen=True, slots=True)
class LawView:
    lines: tuple[LawLine, ...]

    @property
    def undecided(self) -> tuple[LawLine, ...]:
        return tuple(x for x in self.lines if x.rebasing is None)

    @property
    def decided(self) -> tuple[LawLine, ...]:
        return tuple(x for x in self.lines if x.rebasing is not None)


def law_view(record: CaseRecord) -> LawView:
    return LawView(tuple(_line(record, c, x) for c in record.law.law_changes for x in c["exchanges"]))


def _line(record: CaseRecord, change: Mapping[str, Any], line: Mapping[str, Any]) -> LawLine:
    return LawLine(
        change=change["change"],
        exchange=line["exchange"],
        kind=change["kind"],
        about=about_words(change.get("subject", {})),
        provisions=tuple(line["provisions"]),
        at=from_text(line["at"]),
        is_at_receipt=line["when"] == "at_receipt",
        recorded_at=change["recorded_at"],
        rebasing=record.law.rebasing(change["change"], line["exchange"]),
    )


def about_words(subject: Mapping[str, Any]) -> str:
    """What a change is about: a State and an instrument, a choice, a provision."""
    state = subject.get("state")
    if subject.get("election"):
        chosen = subject.get("option") or "a choice that is not known"
        return f"{state} under {subject['election']}: {chosen}"
    what = subject.get("provision") or subject.get("instrument") or "the catalogue"
    status = f", {str(subject['status']).replace('_', ' ')}" if subject.get("status") else ""
    return f"{state} and {what}{status}" if state else str(what)
