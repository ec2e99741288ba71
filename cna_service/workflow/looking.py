"""Looking into the register while somebody is still on the line: candidates, and the one question that separates them
(desk-rules 1.5). Leaves no entry; a search for the case does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.registry.model import IDENTIFIERS, Query, RegisterVessel
from cna_service.registry.rules import MARGIN, NoRegister, Suggestion
from cna_service.registry.search import Outcome
from cna_service.registry.separating import Question, best_question
from cna_service.workflow.service import Service

MOST = 5
"""Candidates shown while the caller speaks; the search page has them all."""
_VESSEL_FIELDS = frozenset(f.name for f in fields(RegisterVessel))
_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "es": ("es", "spanish", "español", "espanol", "castellano", "castilian"),
    "fr": ("fr", "french", "français", "francais"),
    "pt": ("pt", "portuguese", "português", "portugues"),
    "en": ("en", "english", "inglés", "ingles", "anglais", "inglês"),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """``outcome`` None: too little was typed to look for, or ``trouble`` says why nobody could look."""

    outcome: Outcome | None = None
    question: Question | None = None
    trouble: str = ""


def look_while_asking(service: Service, actor: Actor, query: Query) -> Looked:
    """What the register suggests for what has been typed so far. Raises NotPermitted, DatabaseUnavailable."""
    require(actor, Action.REGISTRY_SEARCH)
    if not says_enough(query):
        return Looked()
    try:
        outcome = service.registry.search(query, service.clock.now())
    except NoRegister as error:
        return Looked(trouble=str(error))
    return Looked(outcome, question_of_outcome(outcome))


def says_enough(query: Query) -> bool:
    """A flag, a port or a length alone would only list a fleet."""
    told = [
        *query.names,
        *query.former_names,
        *(str(getattr(query, i, "")) for i in IDENTIFIERS),
        query.remarks,
    ]
    return any(sum(c.isalnum() for c in each) >= 2 for each in told)


def question_of_outcome(outcome: Outcome) -> Question | None:
    remaining = [(c.vessel, c.score) for c in outcome.candidates]
    return _question(outcome.suggestion.value, remaining, outcome.keys_tried)


def question_of_search(made: Mapping[str, Any]) -> Question | None:
    """The same from the entry of a search: of the candidates that it kept."""
    found = [(c.get("vessel") or {}, int(c["score"])) for c in made.get("candidates") or ()]
    vessels = [(_vessel(told), score) for told, score in found if told.get("rid")]
    return _question(str(made.get("suggestion")), vessels, tuple(made.get("keys_tried") or ()))


def _question(
    suggestion: str, remaining: Sequence[tuple[RegisterVessel, int]], tried: Sequence[str]
) -> Question | None:
    if suggestion != Suggestion.SEVERAL.value or len(remaining) < 2:
        return None
    best = max(score for _, score in remaining)
    near = [vessel for vessel, score in remaining if best - score < MARGIN]
    # Where one leads and still does not stand out, what the first few differ in is worth asking all the same.
    among = near if len(near) > 1 else [vessel for vessel, _ in remaining[:MOST]]
    return best_question(among, ["former_name" if field == "former_names" else field for field in tried])


def _vessel(told: Mapping[str, Any]) -> RegisterVessel:
    known: dict[str, Any] = {k: v for k, v in told.items() if k in _VESSEL_FIELDS and v is not None}
    return RegisterVessel(**{**known, "former_names": tuple(known.get("former_names") or ())})


def spoken(question: Question, languages: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """The question as it is read out, as (language, words): the caller's language first, then English; in every
    language that it is kept in where nobody said which is his."""
    codes = [c for c in map(language_code, languages) if c in question.words]
    wanted = [*codes, "en"] if codes else list(question.words)
    return tuple((code, question.words[code]) for code in dict.fromkeys(wanted))


def language_code(words: str) -> str:
    """Of a language as somebody writes it; empty for one that no question is kept in."""
    told = words.strip().casefold()
    return next((code for code, names in _LANGUAGES.items() if told.split("-")[0] in names), "")
