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
from cna_service.workflow.certificate_holders import tell_holders
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.still_owed import owed_items
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
    """``{words?, waived?: [{what, reason, by?}], seen?}``: refused while something is owed, unless somebody waives it.

    ``what`` is a code of the refusal's ``items``, or ``all``; ``by`` names who waives, else it is who closes. A text in
    place of the list waives everything that is owed, for that reason. Raises StillOpen, Invalid.
    """
    asked = Asked(body)
    words = asked.text("words")
    told = _waivers(asked)
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CASE_CLOSE, case_stream(ref), key=key) as work:
        owed = dict(owed_items(work.of(CASE)))
        for n, each in enumerate(told):
            if each["what"] not in (*owed, "all"):
                asked.wrong(
                    f"waived/{n}/what", each["what"], "is not owed", f"one of: {', '.join([*owed, 'all'])}"
                )
        asked.done()
        waived = [w for each in told for w in _named(each, owed, work.actor)]
        left = {what: says for what, says in owed.items() if what not in [w["what"] for w in waived]}
        if left:
            items = [{"what": what, "says": says} for what, says in left.items()]
            raise StillOpen("; ".join(left.values()), owed=list(left.values()), items=items)
        entry = {"words": words, "waived": waived, "owed": list(owed.values())}
        work.append(Draft("case.closed", {k: v for k, v in entry.items() if v}, v=2))
        close_alerts(work, "case_closed")
        return done(work, waived=[{"what": w["what"], "says": w["says"]} for w in waived])


def _waivers(asked: Asked) -> list[dict[str, str | None]]:
    if isinstance(asked.raw("waived"), str):
        reason = asked.text("waived")
        return [{"what": "all", "by": None, "reason": reason}] if reason else []
    found = []
    for each in asked.parts("waived"):
        reason = each.needed("reason")
        found.append(
            {"what": each.needed("what", longest=120), "by": each.text("by", longest=500), "reason": reason}
        )
        each.check_unknown()
    return found


def _named(each: Mapping[str, str | None], owed: Mapping[str, str], actor: Actor) -> list[dict[str, Any]]:
    """One waiver for each thing owed that it is about, with who waives it."""
    about = owed if each["what"] == "all" else {str(each["what"]): owed[str(each["what"])]}
    by = each["by"] or ", ".join(p for p in (actor.post, actor.name) if p)
    return [{"what": what, "says": says, "by": by, "reason": each["reason"]} for what, says in about.items()]


def still_owed(record: CaseRecord) -> list[str]:
    """What keeps a case open, in words."""
    return [says for _, says in owed_items(record)]


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
        tell_holders(service, work)
        return done(work)
