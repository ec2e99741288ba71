"""Paper periods transcribed afterwards. Folded by ``fold_transcripts``; field names are the case's JSON keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transcripts:
    """Empty in a case without any."""
