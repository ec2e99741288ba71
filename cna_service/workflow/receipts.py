"""What a command answers: which entries it wrote, and the case as it then stood. Made before commit."""

from __future__ import annotations

from typing import Any

from cna_service.cases.record import Exchange
from cna_service.db.idempotency import Reply
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text
from cna_service.workflow.replies_json import as_bytes
from cna_service.workflow.work import Work


def done(work: Work, *, status: int = 201, **more: Any) -> Reply:
    """Set and return the command's answer: ``{"case", "seq", "leaf", "entries": [{seq, type, leaf}], …}``."""
    mine = [e for e in work.appended if e.stream == work.stream]
    last = mine[-1] if mine else work.appended[-1]
    body = {
        "case": work.stream.removeprefix("case:") if work.stream.startswith("case:") else None,
        "seq": last.seq,
        "leaf": last.leaf,
        "recorded_at": to_text(work.now),
        "entries": [
            {"stream": e.stream, "seq": e.seq, "type": e.type, "leaf": e.leaf} for e in work.appended
        ],
        **more,
    }
    work.reply = Reply(status, as_bytes(body))
    return work.reply


def exchange_of(work: Work, n: int) -> Exchange:
    """Exchange ``n`` of the command's case. Raises NotFound."""
    found = work.case.exchange(n)
    if found is None:
        raise NotFound(f"the case has no exchange {n}")
    return found
