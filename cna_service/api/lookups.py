"""Looking things up: the rule card, agreements, authorities, the register, identifier checks. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from cna_service.agreements.arming import card_json
from cna_service.agreements.card import card
from cna_service.agreements.law import LawBook
from cna_service.agreements.measures import FUNCTIONS, MEASURES, ZONES
from cna_service.agreements.model import Agreement, Form
from cna_service.api import shapes
from cna_service.api.calls import Caller, Desk
from cna_service.cases.as_json import plain
from cna_service.identity.permissions import Action, require
from cna_service.vessels.identifiers import check_identifiers
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.searching import search_register

router = APIRouter()

Text = Annotated[str | None, Query(max_length=500)]
Texts = Annotated[list[str] | None, Query(max_length=50)]

_READING = shapes.answers(200, 401, 403, 422)


def _asked(request: Request) -> Asked:
    """The query as a verb reads a body, so that every wrong parameter is named at once."""
    told: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        told.setdefault(name, []).append(value)
    return Asked({name: v[0] if len(v) == 1 else v for name, v in told.items()}, "/query")


def _state(asked: Asked, field: str) -> str:
    state = asked.needed(field, longest=40).upper()
    if state and (len(state) != 2 or not state.isascii() or not state.isalpha()):
        asked.wrong(field, state, "is no two-letter State code", "send ISO 3166 alpha-2, such as PA")
    return state


def _words(asked: Asked, field: str, among: tuple[str, ...]) -> tuple[str, ...]:
    told = asked.texts(field)
    for word in told:
        if word not in among:
            asked.wrong(field, word, "is not a known word here", f"one of: {', '.join(among)}")
    return told


@router.get("/rules", summary="The rule card between two States", tags=["rules"], responses=_READING)
def read_rules(
    request: Request,
    service: Desk,
    actor: Caller,
    requesting: Annotated[str, Query(description="ISO 3166 alpha-2", max_length=40)],
    requested: Annotated[str, Query(description="ISO 3166 alpha-2", max_length=40)],
    offence: Texts = None,
    zone: Annotated[str | None, Query(description="territorial_sea:XQ names the coastal State")] = None,
    function: Texts = None,
    measure: Texts = None,
    form: Annotated[str | None, Query(description="of the request: oral, written, either")] = None,
    at: Annotated[str | None, Query(description="the law of this instant; default now")] = None,
    known_at: Annotated[str | None, Query(description="as the desk knew it then")] = None,
) -> JSONResponse:
    """Provisions and elections that apply then, who takes part, their clocks, what silence means, their sources and
    whether adopted, and what each basis allows without an answer. No rule is picked: an officer chooses."""
    require(actor, Action.RULES_READ)
    asked = _asked(request)
    told: dict[str, Any] = {
        "requesting": _state(asked, "requesting"),
        "requested": _state(asked, "requested"),
        "at": asked.instant("at"),
        "known_at": asked.instant("known_at"),
        "offences": asked.texts("offence"),
        "zone": _zone(asked),
        "functions": _words(asked, "function", FUNCTIONS),
        "measures": _words(asked, "measure", MEASURES),
        "form": Form(asked.word("form", tuple(Form), Form.EITHER.value)),
    }
    asked.check_unknown()
    asked.done()
    with service.read() as reader:
        told["at"] = told["at"] or reader.now
        found = card(service.policies.catalogue, reader.stream(DESK).of(LAW), **told)
    return JSONResponse(card_json(found))


def _zone(asked: Asked) -> str | None:
    zone = asked.text("zone", longest=40)
    if zone is not None and zone.partition(":")[0] not in ZONES:
        asked.wrong("zone", zone, "is no known zone", f"one of: {', '.join(ZONES)}, territorial_sea:XQ")
    return zone


@router.get("/agreements", summary="The instruments and who takes part", tags=["rules"], responses=_READING)
def list_agreements(service: Desk, actor: Caller) -> JSONResponse:
    require(actor, Action.RULES_READ)
    with service.read() as reader:
        law, now = reader.stream(DESK).of(LAW), reader.now
    agreements = service.policies.catalogue.agreements.values()
    adopted = {p.id for a in agreements for p in a.provisions if law.adoption(p, now, None) is not None}
    return JSONResponse({"agreements": [_agreement(a, law, adopted) for a in agreements]})


def _agreement(agreement: Agreement, law: LawBook, adopted: set[str]) -> dict[str, Any]:
    return {
        "agreement": agreement.id,
        "title": agreement.title,
        "kind": agreement.kind,
        "signed": agreement.signed,
        "in_force": agreement.in_force,
        "area": agreement.area,
        "exercise": agreement.exercise,
        "binds_all": agreement.binds_all,
        "source": agreement.source.as_json(),
        "file_sha256": agreement.file_sha256,
        "participations": [
            {
                "state": p.state,
                "status": p.status,
                "from": plain(p.valid_from),
                "to": plain(p.valid_to),
                "source": p.source,
                "adopted": p.adopted,
            }
            for p in law.participations
            if p.instrument == agreement.id and p.corrected_at is None
        ],
        "provisions": [
            {
                "provision": p.id,
                "article": p.article,
                "title": p.title,
                "reading": p.reading.value,
                "adopted": p.id in adopted,
                "terms_sha256": p.terms_sha256,
                "text_sha256": p.text_sha256,
            }
            for p in agreement.provisions
        ],
    }


@router.get(
    "/registry/search",
    summary="Look into the register",
    tags=["register"],
    responses={**_READING, **shapes.answers(404)},
)
def search(
    request: Request,
    service: Desk,
    actor: Caller,
    name: Texts = None,
    former_names: Texts = None,
    registration_number: Text = None,
    imo: Text = None,
    mmsi: Text = None,
    call_sign: Text = None,
    hull_mark: Text = None,
    homeport: Text = None,
    flag: Text = None,
    length: Text = None,
    vessel_type: Text = None,
    remarks: Text = None,
) -> JSONResponse:
    """Candidates with explained scores; leaves no entry. For a case, post a search to it."""
    told: dict[str, Any] = {}
    for field, value in request.query_params.multi_items():
        told.setdefault(field, []).append(value)
    lists = ("name", "names", "former_names")
    query: Mapping[str, Any] = {f: v if f in lists else v[-1] for f, v in told.items()}
    return JSONResponse(search_register(service, actor, query))


@router.get(
    "/vessels/check", summary="Check identifiers against each other", tags=["vessels"], responses=_READING
)
def check(
    service: Desk,
    actor: Caller,
    imo: Text = None,
    mmsi: Text = None,
    call_sign: Text = None,
    flag: Text = None,
) -> JSONResponse:
    """What does not fit, gravest first. An empty list means that nothing contradicts, never that it is true."""
    require(actor, Action.RULES_READ)
    found = check_identifiers(imo=imo, mmsi=mmsi, call_sign=call_sign, flag=flag)
    return JSONResponse({"findings": [f.as_json() for f in found], "is_contradicted": bool(found)})
