"""What stands of one item of an exchange: the newest answer that counts, and why one does not. Pure, of now nothing.

Every answer stays where it is; this says which of them is shown first, and what is owed in writing about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cna_service.cases.clocks import WRITTEN_CONFIRMATION
from cna_service.cases.grant import GRANTED
from cna_service.cases.grant_changes import AS_WRITTEN, confirmation_of, is_about, not_counted
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Exchange, Item


def answers_to(exchange: Exchange, item: Item) -> Iterator[tuple[Answer, AnswerItem]]:
    """Every answer to one item, the newest first."""
    for answer in reversed(exchange.answers):
        for given in answer.items:
            if (given.vessel, given.measure) == (item.vessel, item.measure):
                yield answer, given


def counts(answer: Answer, given: AnswerItem) -> bool:
    """Whether the listed authority gave it, or made it its own."""
    return not_counted(answer, given) is None or confirmation_of(answer, given) is not None


def latest(exchange: Exchange, item: Item) -> tuple[Answer, AnswerItem] | None:
    """The newest answer to one item, ours or theirs; earlier ones stay beside it. One that was taken back, or that
    an office gave which is not the listed one, is shown only where nothing else is."""
    found = list(answers_to(exchange, item))
    standing = [f for f in found if f[0].withdrawal is None]
    return next((f for f in standing if counts(*f)), None) or next(iter([*standing, *found]), None)


def differing(exchange: Exchange, item: Item) -> Answer | None:
    """The newest writing that differs from the word on this item, and that nobody took back."""
    return next(
        (
            a
            for a in reversed(exchange.answers)
            if a.withdrawal is None and any(is_about(d, item) for d in a.differs)
        ),
        None,
    )


def reading_of(answer: Answer, item: Item) -> str | None:
    """What the officer who read the writing lets stand of this item: as_spoken, as_written, neither; None: unread."""
    read = [i["stands"] for r in answer.readings for i in r["items"] if is_about(i, item)]
    return read[-1] if read else None


def standing_of(exchange: Exchange, item: Item) -> str | None:
    """Why the newest answer is not what stands: held, not_counted, withdrawn, left_out; None where it is."""
    found = latest(exchange, item)
    if found is None:
        return None
    answer, given = found
    if answer.withdrawal is not None:
        return "withdrawn"
    written = differing(exchange, item)
    if written is not None and written.n >= answer.n and not written.ours:
        read = reading_of(written, item)
        if read in (None, "neither"):
            return "held"
        if read == AS_WRITTEN and not any(is_about(i, item) for i in _keys(written)):
            return "left_out"
    return None if counts(answer, given) else "not_counted"


def _keys(answer: Answer) -> Iterator[dict[str, Any]]:
    yield from ({"vessel": i.vessel, "measure": i.measure} for i in answer.items)


def confirmed_by(exchange: Exchange, answer: Answer) -> Answer | None:
    """The writing that confirms an oral answer; ours once it was conveyed."""
    return next(
        (
            a
            for a in exchange.answers
            if a.confirms == answer.n and a.withdrawal is None and (not a.ours or a.conveyed_at is not None)
        ),
        None,
    )


def is_oral_grant(answer: Answer) -> bool:
    """An answer by word of mouth that grants something and was not taken back."""
    granting = any(i.value in GRANTED for i in answer.items)
    return answer.form == "oral" and granting and answer.withdrawal is None


def written_confirmation(record: CaseRecord, exchange: Exchange) -> dict[str, Any] | None:
    """``{status, answer, by?, due_at?}`` of the newest oral grant: due, outstanding once its time ran out, received;
    None where nothing was granted by word of mouth. ``owed_by``: us or them."""
    oral = next((a for a in reversed(exchange.answers) if is_oral_grant(a)), None)
    if oral is None:
        return None
    told: dict[str, Any] = {"answer": oral.n, "owed_by": "us" if oral.ours else "them"}
    written = confirmed_by(exchange, oral)
    if written is not None:
        unread = [d for d in written.differs if reading_of(written, Item(d["vessel"], d["measure"])) is None]
        return {"status": "received", **told, "confirmed_by": written.n, "to_be_read": len(unread)}
    clock = next((c for c in record.clocks if _waits(c.terms, oral, c.exchange == exchange.n)), None)
    is_over = clock is not None and clock.lapsed_at is not None
    due_at = None if clock is None else clock.due_at
    return {"status": "outstanding" if is_over else "due", **told, "due_at": due_at}


def _waits(terms: Any, oral: Answer, is_of_exchange: bool) -> bool:
    stops = terms.get("stops_by", {})
    return is_of_exchange and (stops.get("event"), stops.get("answer")) == (WRITTEN_CONFIRMATION, oral.n)
