"""The one question that separates several candidates best, in the languages of the desk (desk-rules 1.5).

Asked while the caller is still on the line: the field that splits the candidates that remain into the most groups, and
that a caller can read off the ship or her papers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from cna_service.registry.model import RegisterVessel
from cna_service.vessels.names import fold, is_placeholder

_QUESTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "homeport": {
            "en": "What is her home port?",
            "es": "¿Cuál es su puerto base?",
            "fr": "Quel est son port d'attache ?",
            "pt": "Qual é o porto de registo?",
        },
        "hull_mark": {
            "en": "What number or mark is on her bow?",
            "es": "¿Qué número o marca lleva en la proa?",
            "fr": "Quel numéro ou quelle marque porte-t-il à la proue ?",
            "pt": "Que número ou marca tem na proa?",
        },
        "call_sign": {
            "en": "What is her call sign?",
            "es": "¿Cuál es su distintivo de llamada?",
            "fr": "Quel est son indicatif d'appel ?",
            "pt": "Qual é o indicativo de chamada?",
        },
        "imo": {
            "en": "What is the IMO number on her superstructure?",
            "es": "¿Qué número OMI lleva en la superestructura?",
            "fr": "Quel numéro OMI porte-t-il sur la superstructure ?",
            "pt": "Que número IMO tem na superestrutura?",
        },
        "flag": {
            "en": "Which State's flag does she fly?",
            "es": "¿De qué Estado es la bandera que enarbola?",
            "fr": "De quel État bat-il pavillon ?",
            "pt": "De que Estado é a bandeira que arvora?",
        },
        "length": {
            "en": "How long is she, about?",
            "es": "¿Qué eslora tiene, aproximadamente?",
            "fr": "Quelle est sa longueur, à peu près ?",
            "pt": "Que comprimento tem, aproximadamente?",
        },
        "former_name": {
            "en": "Has she had another name?",
            "es": "¿Ha tenido otro nombre?",
            "fr": "A-t-il porté un autre nom ?",
            "pt": "Já teve outro nome?",
        },
        "vessel_type": {
            "en": "What kind of vessel is she?",
            "es": "¿Qué tipo de buque es?",
            "fr": "Quel type de navire est-ce ?",
            "pt": "Que tipo de embarcação é?",
        },
    }
)
"""In the order in which they are preferred where two separate equally well: what can be read aloud at sea first."""

_STEP_M = 5


@dataclass(frozen=True, slots=True)
class Question:
    """``field``: what is asked; ``words`` by language; ``leaves``: how many candidates the likeliest answer leaves;
    ``values``: what the register has, with how many candidates each."""

    field: str
    words: Mapping[str, str]
    leaves: int
    values: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, object]:
        values = [{"value": value, "candidates": count} for value, count in self.values]
        return {"field": self.field, "words": dict(self.words), "leaves": self.leaves, "values": values}


def best_question(candidates: Sequence[RegisterVessel], told: Sequence[str]) -> Question | None:
    """``told``: fields that were answered already. None where nothing that can be asked separates them."""
    asked = [_question(field, candidates) for field in _QUESTIONS if field not in told]
    useful = [each for each in asked if each is not None and each.leaves < len(candidates)]
    return min(useful, key=lambda each: each.leaves, default=None)


def _question(field: str, candidates: Sequence[RegisterVessel]) -> Question | None:
    """A candidate for which the register has no value remains whatever is answered."""
    values = Counter(_value(field, vessel) for vessel in candidates)
    silent = values.pop("", 0)
    if not values:
        return None
    return Question(field, _QUESTIONS[field], silent + max(values.values()), tuple(values.most_common()))


def _value(field: str, vessel: RegisterVessel) -> str:
    """In the form in which two answers would be told apart by ear; lengths in steps of five metres."""
    if field == "length":
        return _about(vessel.length_m)
    if field == "former_name":
        return fold(vessel.former_names[0]) if vessel.former_names else ""
    text = str(getattr(vessel, field))
    return "" if is_placeholder(text) else fold(text)


def _about(length_m: str) -> str:
    try:
        metres = float(length_m)
    except ValueError:
        return ""
    if not 0 < metres < 1000:
        return ""
    low = int(metres // _STEP_M) * _STEP_M
    return f"{low} to {low + _STEP_M} m"
