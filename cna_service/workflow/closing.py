"""Notes, links between cases, closing and reopening. Nothing is merged and nothing deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.kit.ids import read_reference
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alerts


class StillOpen(Conflict):
    code = "still-open"
    title = "Something is still owed or running in this case"


class NotClosed(Conflict):
    code = "not-closed"
    title = "The case is open"


def add_note(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words}``: a note of the desk; it also marks what could not be read as read."""
    asked = Asked(body)
    words = asked.needed("words")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CASE_NOTE, case_stream(ref), key=key) as work:
        work.append(Draft("note.added", {"words": words}))
        return done(work)


def link_cases(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{case, reason?}``: one entry in each of the two, in one transaction; a person links, never a program."""
    asked = Asked(body)
    named, reason = asked.needed("case", longest=40), asked.text("reason")
    other = read_reference(named) if named else None
    if named and (other is None or other == ref):
        asked.wrong(
            "case",
            named,
            "is no other case's reference",
            "check the reference; its last character is a check",
        )
    asked.check_unknown()
    asked.done()
    assert other is not None
    with service.write(actor, Action.CASE_LINK, case_stream(ref), case_stream(other), key=key) as work:
        for here, there in ((ref, other), (other, ref)):
            told = {"case": there, "reason": reason}
            work.append(
                Draft("case.linked", {k: v for k, v in told.items() if v is not None}), case_stream(here)
            )
        return done(work, linked=other)


def close_case(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words?, waived?, seen?}``: refused while a clock runs or something asked of us is unanswered, unless
    ``waived`` says why that is owed no more. Raises StillOpen."""
    asked = Asked(body)
    words, waived = asked.text("words"), asked.text("waived")
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CASE_CLOSE, case_stream(ref), key=key) as work:
        owed = still_owed(work.of(CASE))
        if owed and not waived:
            raise StillOpen("; ".join(owed), owed=owed)
        told = {"words": words, "waived": waived, "owed": owed or None}
        work.append(Draft("case.closed", {k: v for k, v in told.items() if v is not None}))
        close_alerts(work, "case_closed")
        return done(work)


def still_owed(record: CaseRecord) -> list[str]:
    """What keeps a case open, in words: running clocks, lapses without a recorded effect, items without an answer."""
    owed = [
        f"a {c.kind} clock of exchange {c.exchange} runs"
        for c in record.clocks
        if c.is_running and c.kind != "own"
    ]
    owed += [
        f"clock of exchange {c.exchange} ran out; effect not recorded by anyone"
        for c in record.clocks
        if c.kind == "legal" and c.lapsed_at is not None and c.lapse is None and c.stopped_at is None
    ]
    owed += [
        f"exchange {e.n} asked us and has no answer"
        for e in record.exchanges
        if e.is_inbound and e.kind == "request" and not e.answers and e.withdrawn_seq is None
    ]
    return owed


def reopen_case(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words}``. Raises NotClosed."""
    asked = Asked(body)
    words = asked.needed("words")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CASE_REOPEN, case_stream(ref), key=key) as work:
        if not work.case.is_closed:
            raise NotClosed(ref)
        work.append(Draft("case.reopened", {"words": words}))
        return done(work)
