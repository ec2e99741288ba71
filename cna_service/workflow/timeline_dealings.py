"""The headlines of entries about dealings beside ask and answer, for a case's timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.cases.efforts import OUTCOMES
from cna_service.vessels.states import state_name
from cna_service.workflow.case_facts import FIELDS

Body = Mapping[str, Any]

_RESPONSES = {
    "no_claim": "no claim was made",
    "no_answer": "no answer",
    "nobody_in_charge": "nobody admits being in charge",
}


def _tried(body: Body) -> str:
    outcome = str(body.get("outcome"))
    said = OUTCOMES.get(outcome, outcome)
    if outcome == "spoke_to":
        said = f"spoke to {body.get('spoke_to') or 'somebody not named'}"
    return f"Tried {body.get('number')}: {said}"


def _not_claimed(body: Body) -> str:
    said = _RESPONSES.get(str(body.get("response")), str(body.get("response")))
    return f"Asked of her {body.get('question') or 'nationality'}: {said}"


def _reconciled(body: Body) -> str:
    field = FIELDS.get(str(body.get("field")), str(body.get("field")))
    what = "cannot be told" if body.get("cannot_be_told") else f"{body.get('value')} holds"
    return f"{field}, told differently: {what}"


def _statement(body: Body) -> str:
    against = body.get("contradicts")
    where = str(body.get("made_where")).replace("_", " ")
    if not isinstance(against, Mapping):
        return f"Statement kept ({where}); no answer"
    return (
        f"Statement kept ({where}), contradicts answer {against.get('answer')} of exchange "
        f"{against.get('exchange')}; no answer"
    )


def _waters(body: Body) -> str:
    states = " or ".join(state_name(str(state)) for state in body.get("states") or ())
    where = str(body.get("where")).replace("_", " ")
    on_land = ", on land" if body.get("is_on_land") else ""
    return f"Whose waters, vessel {body.get('vessel', 1)}: {where}{f' ({states})' if states else ''}{on_land}"


SAYS: Mapping[str, Callable[[Body], str]] = {
    "contact.tried": _tried,
    "claim.not_made": _not_claimed,
    "state.not_queried": lambda body: f"{state_name(str(body.get('state')))} is not asked",
    "conflict.reconciled": _reconciled,
    "statement.kept": _statement,
    "waters.looked_up": _waters,
}
