"""Paper periods transcribed afterwards. Folded by ``fold_transcripts``; field names are the case's JSON keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PaperPeriod:
    """One period on paper, typed in afterwards. ``scan``: the pages as files; ``acts``: how many were typed in.

    ``compared``: what a second person found when he held the entries against the scan; None while nobody has.
    """

    n: int
    seq: int
    begins_at: datetime
    ends_at: datetime
    scan: tuple[Mapping[str, Any], ...]
    acts: int
    transcribed_by: Mapping[str, Any]
    transcribed_at: datetime
    words: object = None
    compared: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class TranscribedEntry:
    """One entry that was typed in: from which page, with the instant that stands there and the one of the typing.

    In the parts of the record an instant is the one written; ``recorded_at`` tells when the desk had it.
    """

    seq: int
    period: int
    page: str | None
    written_at: datetime
    recorded_at: datetime
    acted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Transcripts:
    """Empty in a case without any."""

    paper_periods: tuple[PaperPeriod, ...] = ()
    transcribed: tuple[TranscribedEntry, ...] = ()

    def period(self, n: int) -> PaperPeriod | None:
        return next((p for p in self.paper_periods if p.n == n), None)

    def of(self, seq: int) -> TranscribedEntry | None:
        """How an entry was typed in; None for one that was not."""
        return next((t for t in self.transcribed if t.seq == seq), None)
