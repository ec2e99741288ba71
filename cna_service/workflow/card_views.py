"""The rule card asked for outside a case: between which States, about what, where, when (desk-rules 1.3, 5.6).

Several States may be claimed for one vessel: each has its own card, and each is asked (UNCLOS art. 92(2)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cna_service.agreements.arming import card_json
from cna_service.agreements.card import card
from cna_service.agreements.measures import FUNCTIONS, MEASURES, ZONES
from cna_service.agreements.model import Form
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service

SEVERAL = (
    "Several States are claimed: ask each of them, at once and apart; never pick one. A vessel that uses two flags at "
    "convenience may be assimilated to one without nationality (UNCLOS art. 92(2)); whether it did, a person decides."
)
MOST_STATES = 6


@dataclass(frozen=True, slots=True)
class Names:
    """What the lists are called where the question comes from: plural in a body, one each in a query."""

    offences: str = "offences"
    measures: str = "measures"
    functions: str = "functions"


IN_BODY = Names()
IN_QUERY = Names("offence", "measure", "function")


def rule_cards(service: Service, asked: Asked, names: Names = IN_BODY) -> list[dict[str, Any]]:
    """A card for each State claimed, as JSON: ``{requesting, requested, offences?, zone?, measures?, functions?, form?,
    at?, known_at?}``; ``requested`` is one State, several with commas between, or a list.

    Offences that are not known are taken as not stated. Raises Invalid, naming every field that cannot be read.
    """
    requesting, requested = (
        _states(asked, "requesting", most=1),
        _states(asked, "requested", most=MOST_STATES),
    )
    told: dict[str, Any] = {
        "offences": asked.texts(names.offences),
        "zone": _zone(asked),
        "measures": _among(asked, names.measures, MEASURES),
        "functions": _among(asked, names.functions, FUNCTIONS),
        "form": Form(asked.word("form", tuple(Form), Form.EITHER.value)),
        "at": asked.instant("at"),
        "known_at": asked.instant("known_at"),
    }
    asked.check_unknown()
    asked.done()
    with service.read() as reader:
        law, told["at"] = reader.stream(DESK).of(LAW), told["at"] or reader.now
    catalogue = service.policies.catalogue
    return [card_json(card(catalogue, law, requesting=requesting[0], requested=r, **told)) for r in requested]


def answer_of(cards: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer of ``GET /rules``: the card, or several side by side with what follows from there being several."""
    if len(cards) == 1:
        return cards[0]
    first = cards[0]
    return {
        "requesting": first["requesting"],
        "requested": [c["requested"] for c in cards],
        "at": first["at"],
        "known_at": first["known_at"],
        "words": SEVERAL,
        "cards": cards,
    }


def _states(asked: Asked, field: str, *, most: int) -> list[str]:
    told = asked.texts(field, required=True)
    states = list(dict.fromkeys(s.strip().upper() for each in told for s in each.split(",") if s.strip()))
    for state in states:
        if len(state) != 2 or not state.isascii() or not state.isalpha():
            asked.wrong(field, state, "is no two-letter State code", "send ISO 3166 alpha-2, such as PA")
    if len(states) > most:
        why = "names several States" if most == 1 else f"names more than {most} States"
        asked.wrong(field, ", ".join(states), why, f"send at most {most}")
    if not states and told:
        asked.wrong(field, ", ".join(told), "names no State", "send ISO 3166 alpha-2, such as PA")
    return states


def _zone(asked: Asked) -> str | None:
    zone = asked.text("zone", longest=40)
    if zone is not None and zone.partition(":")[0] not in ZONES:
        asked.wrong("zone", zone, "is no known zone", f"one of: {', '.join(ZONES)}, territorial_sea:XQ")
    return zone


def _among(asked: Asked, field: str, known: tuple[str, ...]) -> tuple[str, ...]:
    told = asked.texts(field)
    for each in told:
        if each not in known:
            asked.wrong(field, each, "is not known here", f"one of: {', '.join(known)}")
    return told
