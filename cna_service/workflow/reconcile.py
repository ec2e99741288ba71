"""What a named person makes of reports that differ, and of a State that is pointed to and not asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.conflicts import ONE_EACH, bare, conflicts, differ
from cna_service.cases.pointed import states_pointed_to
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict as Contradicts
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service

CANNOT_BE_TOLD = "cannot be told"


class NoConflict(Contradicts):
    code = "no-conflict"
    title = "No reports of this case contradict each other on that field"


class StateWasAsked(Contradicts):
    code = "state-was-asked"
    title = "That State was asked, or nothing points to it"


def reconcile(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{vessel?, field, value | "cannot be told", reason, seen}``: all reports stay; a new one that contradicts opens
    it again. Of two claims of nationality none is chosen: both States are asked. Raises Invalid, NoConflict, CaseMoved.
    """
    asked = Asked(body)
    vessel, field = asked.number("vessel", least=1) or 1, asked.word("field", ONE_EACH)
    value, reason = asked.needed("value", longest=500), asked.needed("reason")
    seen = asked.number("seen", least=0)
    is_open = value.strip().lower() == CANNOT_BE_TOLD
    if field == "claim" and value and not is_open:
        why = "is one of several claims: none of them is chosen here"
        asked.wrong(
            "value", value, why, f"ask every State claimed; write “{CANNOT_BE_TOLD}” to note that they differ"
        )
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CONFLICT_RECONCILE, case_stream(ref), key=key) as work:
        found = next((c for c in conflicts(work.case) if (c.vessel, c.field) == (vessel, field)), None)
        if found is None:
            raise NoConflict(
                f"Vessel {vessel}, {field.replace('_', ' ')}: nothing told contradicts anything else."
            )
        if not is_open and all(differ(field, value, r.value) for r in found.values):
            told = "; ".join(dict.fromkeys(_words(r.value) for r in found.values))
            asked.wrong(
                "value", value, "was told by nobody", f"one of: {told}; or record it first, with its source"
            )
        asked.done()
        work.refuse_if_moved(seen)
        entry = {
            "vessel": vessel,
            "field": field,
            "value": None if is_open else value,
            "cannot_be_told": is_open or None,
            "reason": reason,
            "reports": [r.seq for r in found.values],
        }
        work.append(
            Draft("conflict.reconciled", {k: v for k, v in entry.items() if v is not None}, seen=seen)
        )
        return done(work, vessel=vessel, field=field)


def _words(value: object) -> str:
    return str(value.get("text")) if isinstance(value, Mapping) else str(value) if bare(value) else "?"


def pass_over(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{vessel?, state, reason}``: a claim or an indicium points to that State and it is not asked; a person says why
    (practice R2). Raises Invalid, StateWasAsked."""
    asked = Asked(body)
    vessel, reason = asked.number("vessel", least=1) or 1, asked.needed("reason")
    state = asked.needed("state", longest=2).upper()
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.STATE_PASS_OVER, case_stream(ref), key=key) as work:
        found = [
            p
            for p in states_pointed_to(work.case, service.desk.state)
            if (p.vessel, p.state) == (vessel, state)
        ]
        if not found or found[0].exchanges:
            raise StateWasAsked(
                f"Vessel {vessel}: "
                + (
                    f"{state} was asked in exchange {found[0].exchanges[-1]}."
                    if found
                    else f"nothing points to {state}."
                )
            )
        work.append(Draft("state.not_queried", {"vessel": vessel, "state": state, "reason": reason}))
        return done(work, vessel=vessel, state=state)
