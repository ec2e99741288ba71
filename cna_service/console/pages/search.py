"""Searching the register for a case: the question from the case's facts, the candidates, a person's verdict.

Every search made for a case is an entry, whatever it found; nothing is found without a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.pages.case_acting import Standstill, attempt
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid, Problem
from cna_service.registry.model import Query
from cna_service.registry.rules import NoRegister
from cna_service.registry.store import Register, RegisterVersion
from cna_service.workflow.case_reading import case_query, case_view
from cna_service.workflow.case_view import CaseView, sheet
from cna_service.workflow.keys import Key
from cna_service.workflow.looking import question_of_search, spoken
from cna_service.workflow.searching import search_for_case
from cna_service.workflow.service import Service

router = pages()

FIELDS = (
    ("names", "Names"),
    ("former_names", "Former names"),
    ("registration_number", "Registration number"),
    ("imo", "IMO number"),
    ("mmsi", "MMSI"),
    ("call_sign", "Call sign"),
    ("hull_mark", "Hull mark"),
    ("homeport", "Home port"),
    ("flag", "Nationality claimed"),
    ("length", "Length"),
    ("vessel_type", "Type"),
    ("remarks", "Anything else that was told"),
)
_SEVERAL = ("names", "former_names")
SUGGESTIONS = {
    "found_one": "One candidate stands out",
    "several": "Several candidates",
    "none": "No candidate is near",
}
_OF_VESSEL = (
    ("flag", "Flag"),
    ("imo", "IMO"),
    ("mmsi", "MMSI"),
    ("call_sign", "Call sign"),
    ("registration_number", "Registration"),
    ("hull_mark", "Hull mark"),
    ("homeport", "Home port"),
    ("length_m", "Length, m"),
    ("vessel_type", "Type"),
    ("built", "Built"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A candidate as recorded. ``score`` in hundredths of log-odds; ``is_tied``: so near the first one that the
    search cannot tell them apart."""

    rid: str
    name: str
    former: str
    score: int
    is_tied: bool
    facts: tuple[tuple[str, str], ...]
    fits: tuple[str, ...]
    misfits: tuple[str, ...]


@router.get("/cases/{ref}/search")
def search_page(
    request: Request, visit: SignedIn, ref: str, vessel: int = 1, search: int | None = None
) -> Response:
    visit.require(Action.SEARCH_MAKE)
    return _page(request, visit, ref, vessel, search)


@router.post("/cases/{ref}/search")
def make_search(request: Request, posted: Sent, ref: str) -> Response:
    """Search and record what came, without a verdict yet."""
    visit, service = signed_in(request), service_of(request)
    vessel = _number(posted.value("vessel")) or 1
    view = case_view(service, ref)
    n = len(view.record.searches) + 1
    return attempt(
        request,
        visit,
        posted,
        lambda key: _search(service, visit, view.ref, question(posted, service.clock.now()), key),
        to=f"/console/cases/{view.ref}/search?vessel={vessel}&search={n}",
        done=None,
        again=lambda form, status, standstill: _page(
            request, visit, ref, vessel, None, asking=form, status=status, standstill=standstill
        ),
        view=lambda: view,
    )


@router.post("/cases/{ref}/searches/{n}/verdict")
def judge(request: Request, posted: Sent, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    made = next((s for s in view.record.searches if s["search"] == n), {})
    vessel = int(made.get("vessel", 1))
    return attempt(
        request,
        visit,
        posted,
        lambda key: search_for_case(service, visit.actor, view.ref, verdict_body(posted, n), key),
        to=f"/console/cases/{view.ref}",
        done="recorded",
        again=lambda form, status, standstill: _page(
            request, visit, ref, vessel, n, judging=form, status=status, standstill=standstill
        ),
        view=lambda: view,
    )


def _search(service: Service, visit: Visit, ref: str, body: dict[str, Any], key: Key | None) -> object:
    """A register that had nothing at that instant is a field to mend, not the end of the page. Raises Invalid."""
    try:
        return search_for_case(service, visit.actor, ref, body, key)
    except NoRegister as error:
        field = "/at" if "at" in body else "/register"
        why = "names no version of a register"
        raise Invalid("", Problem(field, body.get(field[1:]), why, str(error))) from error


def question(posted: Posted, now: datetime) -> dict[str, Any]:
    """The body of a search: names are divided by commas or line ends."""
    told = {f: posted.value(f).strip() for f, _ in FIELDS}
    body: dict[str, Any] = {f: v for f, v in told.items() if v}
    for f in _SEVERAL:
        if f in body:
            body[f] = [part.strip() for part in body[f].replace("\n", ",").split(",") if part.strip()]
    if register := posted.value("register").strip():
        body["register"] = register
    if at := posted.value("at").strip():
        body["at"] = as_instant(at, now)
    return body | {"vessel": _number(posted.value("vessel")) or 1, "verdict": "undecided"}


def verdict_body(posted: Posted, n: int) -> dict[str, Any]:
    """``found:<rid>`` or another verdict, from one list of radio buttons."""
    verdict, _, rid = posted.value("choice").partition(":")
    body = {"search": n, "verdict": verdict, "rid": rid, "words": posted.value("words").strip()}
    return {k: v for k, v in body.items() if v}


def _number(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 4 else None


def cards(made: Mapping[str, Any]) -> tuple[Card, ...]:
    found = made.get("candidates") or ()
    best = max((int(c["score"]) for c in found), default=0)
    several = made.get("suggestion") == "several"
    return tuple(_card(c, is_tied=several and best - int(c["score"]) < 120) for c in found)


def _card(told: Mapping[str, Any], *, is_tied: bool) -> Card:
    vessel = told.get("vessel") or {}
    facts = tuple((label, str(vessel[f])) for f, label in _OF_VESSEL if vessel.get(f))
    former = ", ".join(vessel.get("former_names") or ())
    return Card(
        rid=str(told["rid"]),
        name=str(vessel.get("name") or "(no name)"),
        former=former,
        score=int(told["score"]),
        is_tied=is_tied,
        facts=facts,
        fits=tuple(told.get("fits") or ()),
        misfits=tuple(told.get("misfits") or ()),
    )


def register_words(register: Register, version: RegisterVersion) -> str:
    as_of = f", as of {version.as_of}" if version.as_of else ""
    return f"{register.name or register.id}: version {version.number}{as_of}, {version.rows} vessels"


def _defaults(query: Query) -> dict[str, str]:
    told = {f: getattr(query, f) for f, _ in FIELDS}
    return {f: ", ".join(v) if isinstance(v, tuple) else v for f, v in told.items() if v}


def _page(
    request: Request,
    visit: Visit,
    ref: str,
    vessel: int,
    search: int | None,
    *,
    asking: Form | None = None,
    judging: Form | None = None,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    service = service_of(request)
    view: CaseView = case_view(service, ref)
    mine = [s for s in view.record.searches if s.get("vessel", 1) == vessel]
    made = next((s for s in mine if s["search"] == search), None)
    separating = None if made is None else question_of_search(made)
    languages = [
        code for e in view.exchanges if e.authority for code in e.authority.languages if code != "en"
    ]
    return frame_of(request).page(
        request,
        "case/search.html",
        visit,
        status=status,
        view=view,
        vessel=vessel,
        fields=FIELDS,
        asking=asking or Form(defaults=_defaults(case_query(service, view.ref, vessel))),
        judging=judging or Form(),
        made=None if made is None else sheet(made),
        cards=cards(made) if made is not None else (),
        asks=() if separating is None else spoken(separating, languages),
        answers=() if separating is None else separating.values,
        registers=[
            (each.id, register_words(each, version)) for each, version in service.registry.registers()
        ],
        labels=dict(FIELDS) | {"register": "Register", "at": "As it was at"},
        earlier=[sheet(s) for s in reversed(mine) if s is not made],
        suggestions=SUGGESTIONS,
        standstill=standstill,
    )
