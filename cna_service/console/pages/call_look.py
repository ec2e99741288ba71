"""What the register says to a call form that is still being filled in (desk-rules 1.5). Records nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.console.forms import Posted
from cna_service.console.pages.call_body import whose
from cna_service.console.pages.search import SUGGESTIONS, Card, cards
from cna_service.console.visits import Visit
from cna_service.directory.model import Authority
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.registry.model import Query
from cna_service.registry.rules import Suggestion
from cna_service.workflow.case_reading import authorities
from cna_service.workflow.looking import MOST, look_while_asking, spoken
from cna_service.workflow.service import Service

LOOK = "look"
"""Which button was pressed: look, and open nothing."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """``says``: the suggestion in words; ``question``: as (language, words); ``answers``: what the register has
    for it, with how many candidates each; ``is_none``: no candidate is near, and those further off are not shown."""

    says: str = ""
    is_none: bool = False
    reason: str = ""
    register: str = ""
    cards: tuple[Card, ...] = ()
    more: int = 0
    question: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, int], ...] = ()
    trouble: str = ""


def seen(service: Service, visit: Visit, posted: Posted) -> Seen | None:
    """None where this officer may not look into the register."""
    if not visit.may(Action.REGISTRY_SEARCH):
        return None
    told = posted.body()
    looked = look_while_asking(service, visit.actor, query_of_form(told))
    if looked.outcome is None:
        return Seen(trouble=looked.trouble)
    outcome, question = looked.outcome, looked.question
    recorded = outcome.as_json()
    version = outcome.version
    return Seen(
        says=SUGGESTIONS[outcome.suggestion.value],
        is_none=outcome.suggestion is Suggestion.NONE,
        reason=outcome.reason,
        register=f"{version.register} register, version {version.number}"
        + (f", as of {version.as_of}" if version.as_of else ""),
        cards=cards(recorded)[:MOST],
        more=max(0, len(outcome.candidates) - MOST),
        question=() if question is None else spoken(question, languages(told, authorities(service))),
        answers=() if question is None else question.values,
    )


def query_of_form(told: Mapping[str, Any]) -> Query:
    """The first vessel of the form as a question; what the form cannot hold is cut, never refused."""
    vessels = told.get("vessels")
    first = vessels[0] if isinstance(vessels, list) and vessels else {}
    vessel = first if isinstance(first, Mapping) else {}

    def text(*names: str) -> str:
        return next((str(vessel[n])[:_LONGEST] for n in names if isinstance(vessel.get(n), str)), "")

    return Query(
        names=tuple(filter(None, [text("name")])),
        former_names=tuple(filter(None, [text("former_name")])),
        registration_number=text("registration_number"),
        imo=text("imo"),
        mmsi=text("mmsi"),
        call_sign=text("call_sign"),
        hull_mark=text("hull_mark"),
        homeport=text("homeport"),
        flag=text("flag_claimed", "flag_flown"),
        length=text("length"),
        vessel_type=text("type"),
        remarks=text("description"),
    )


def languages(told: Mapping[str, Any], listed: Iterable[Authority]) -> tuple[str, ...]:
    """The caller's: as noted on the form, else those the directory has of his authority, without English."""
    said = told.get("told")
    if isinstance(said, Mapping) and isinstance(said.get("language"), str):
        return (str(said["language"]),)
    known = tuple(listed)
    try:
        meant = whose(str(told.get("authority") or ""), known)
    except Invalid:
        return ()
    found = next((a for a in known if a.id == meant.get("authority")), None)
    return () if found is None else tuple(code for code in found.languages if code != "en")
