"""The rule card asked for outside a case: between which States, about what, where, when (desk-rules 1.3, 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.arming import card_json
from cna_service.agreements.card import card
from cna_service.agreements.measures import MEASURES, OFFENCES, ZONES
from cna_service.agreements.model import Form
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service


def rule_card_of(service: Service, body: Mapping[str, Any]) -> dict[str, Any]:
    """The card as JSON: ``{requesting, requested, offences?, zone?, measures?, form?, at?, known_at?}``.

    Raises Invalid, naming every field that cannot be read.
    """
    asked = Asked(body)
    states = [_state(asked, name) for name in ("requesting", "requested")]
    offences = _among(asked, "offences", OFFENCES)
    measures = _among(asked, "measures", MEASURES)
    zone, form = asked.text("zone", longest=40), asked.word("form", [f.value for f in Form], "") or None
    if zone is not None and zone.partition(":")[0] not in ZONES:
        asked.wrong("zone", zone, "is no known place", f"one of: {', '.join(ZONES)}")
    at, known_at = asked.instant("at"), asked.instant("known_at")
    asked.done()
    with service.read() as reader:
        law, now = reader.stream(DESK).of(LAW), reader.now
    found = card(
        service.policies.catalogue,
        law,
        requesting=states[0],
        requested=states[1],
        at=at or now,
        known_at=known_at,
        offences=offences,
        zone=zone,
        measures=measures,
        form=None if form is None else Form(form),
    )
    return card_json(found)


def _state(asked: Asked, field: str) -> str:
    state = asked.needed(field, longest=2).upper()
    if state and not (len(state) == 2 and state.isascii() and state.isalpha()):
        asked.wrong(field, state, "is no State's code", "write two letters, ISO 3166 alpha-2")
    return state


def _among(asked: Asked, field: str, known: tuple[str, ...]) -> tuple[str, ...]:
    told = asked.texts(field)
    for each in told:
        if each not in known:
            asked.wrong(field, each, "is not known here", f"one of: {', '.join(known)}")
    return told
