"""The last line of every text and document that leaves the desk (desk-rules 16.1).

Log origin, the first 20 characters of the root at sending, the instant of sending; never the size, which would
tell how busy the desk is. Whoever kept the letter has kept a witness of the log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from cna_service.documents.shown import one_line
from cna_service.kit.instants import from_text, to_text

_NOTHING_SEALED = "none yet"
_FORM = re.compile(r"Log: (?P<origin>\S+); root: (?P<root>[A-Za-z0-9+/]{20}|none yet); sent: (?P<sent>\S+Z)")


@dataclass(frozen=True, slots=True)
class LogLine:
    """What one line says: ``root20`` is base64, None where nothing was sealed at sending."""

    origin: str
    root20: str | None
    sent_at: datetime

    def __str__(self) -> str:
        origin = "".join(one_line(self.origin).split())
        return f"Log: {origin}; root: {self.root20 or _NOTHING_SEALED}; sent: {to_text(self.sent_at)}"


def read_log_line(line: str) -> LogLine | None:
    """The line as somebody copied it from a letter, for ``cna ledger verify --seen``; None if it is no such line."""
    found = _FORM.search(" ".join(line.split()))
    if found is None:
        return None
    try:
        sent_at = from_text(found["sent"])
    except ValueError:
        return None
    root = found["root"]
    return LogLine(found["origin"], None if root == _NOTHING_SEALED else root, sent_at)
