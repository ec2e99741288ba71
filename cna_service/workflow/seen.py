"""Whether a line that somebody kept, the last of a letter of ours, is part of the log (desk-rules 16.1)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from cna_service.db.database import Database
from cna_service.documents.log_line import LogLine
from cna_service.ledger import queries


@dataclass(frozen=True, slots=True)
class Seen:
    """``size``: of the head whose root the line shows. ``exit_code``: 0 part of this log, 1 not, 2 cannot be told."""

    exit_code: int
    size: int | None
    words: str

    def as_json(self) -> dict[str, object]:
        return {"exit_code": self.exit_code, "size": self.size, "words": self.words}


def look_for(database: Database, log: str, line: LogLine) -> Seen:
    """Find the head with that root among all heads of the log. That the heads are right, verification says."""
    if line.origin != log:
        return Seen(
            2, None, f"The line is of the log {line.origin}, this one is {log}: nothing can be said of it."
        )
    if line.root20 is None:
        return Seen(2, None, "The line was written before anything was sealed: it shows no root.")
    with database.read() as connection:
        for head in queries.stored_heads(connection, log):
            if isinstance(head.root, bytes) and b64encode(head.root).decode().startswith(line.root20):
                words = f"The line is part of this log: its root is that of the first {head.size} entries."
                return Seen(0, head.size, words)
    return Seen(1, None, "NOT PART OF THIS LOG: no head of it ever had the root that the line shows.")
