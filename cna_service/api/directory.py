"""The directory over the interface: who was listed for what at an instant, and what officers found out of a number."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Command, Desk
from cna_service.api.shapes import TOLD_INSTANT, one_of, text, thing, yes_no
from cna_service.cases.as_json import plain
from cna_service.directory.model import CHANNELS, FUNCTIONS, HOURS, STALE, SUBJECTS, Authority
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.workflow import contacts
from cna_service.workflow.asked import Asked
from cna_service.workflow.authorities import directory_at

router = APIRouter()

Text = Annotated[str | None, Query(max_length=80)]
Name = Annotated[str, Path(max_length=64, description="the authority's id in the directory")]


@router.get(
    "/authorities",
    summary="The directory, as it held at an instant",
    tags=["directory"],
    responses=shapes.answers(200, 401, 403, 422),
)
def list_authorities(
    service: Desk,
    actor: Caller,
    state: Annotated[str | None, Query(max_length=2)] = None,
    function: Text = None,
    subject: Text = None,
    at: Annotated[
        str | None, Query(description="in force at this instant; default now", max_length=40)
    ] = None,
    known_at: Annotated[
        str | None, Query(description="as the desk knew it then; default: at", max_length=40)
    ] = None,
) -> JSONResponse:
    """Offices that may ask or answer, by subject and function; each contact with since when and on whose word it
    stands. ``seq`` and ``leaf`` name the entry of the directory up to which it was read."""
    require(actor, Action.CASE_LIST)
    asked = Asked({"at": at, "known_at": known_at, "function": function, "subject": subject}, "/query")
    wanted = (
        asked.word("function", FUNCTIONS, "") or None,
        asked.word("subject", SUBJECTS, "") or None,
    )
    instants = asked.instant("at"), asked.instant("known_at")
    asked.done()
    found = directory_at(service, at=instants[0], known_at=instants[1])
    listed = [
        a
        for a in found.directory.listed_at(found.at)
        if state in (None, a.state) or a.state == (state or "").upper()
    ]
    fitting = [a for a in listed if a.may(*wanted)]
    # A partner knows its own line; the other numbers are the desk's.
    mine = [a for a in fitting if actor.kind != "authority" or a.id == actor.id]
    told = {
        "at": to_text(found.at),
        "known_at": plain(found.known_at),
        "seq": found.seq,
        "leaf": found.leaf,
        "authorities": [authority_json(a, found.at, is_ours=actor.kind != "authority") for a in mine],
    }
    return JSONResponse(told)


def authority_json(authority: Authority, at: datetime, *, is_ours: bool) -> dict[str, Any]:
    """``is_ours``: for our officers; whom they reached is no partner's business."""
    return {
        "id": authority.id,
        "state": authority.state,
        "name": authority.name,
        "functions": list(authority.functions),
        "subjects": list(authority.subjects),
        "languages": list(authority.languages),
        "zone": authority.zone,
        "from": plain(authority.valid_from),
        "to": plain(authority.valid_to),
        "source": authority.source,
        "remarks": plain(authority.remarks),
        "verified": authority.is_verified_at(at),
        "listed_seq": authority.seq,
        "contacts": [
            {
                "contact": c.id,
                "kind": c.kind,
                "value": plain(c.value),
                "function": c.function,
                "hours": c.hours,
                "verified_at": plain(c.verified_at),
                "by": plain(c.by),
                "spoke_to": plain(c.spoke_to) if is_ours else None,
                "since": plain(c.since),
                "state": c.state_at(at),
                "doubted_at": plain(c.doubted_at),
                "doubted_why": c.doubted_why,
                "usable": c.is_usable and c.state_at(at) != STALE,
            }
            for c in authority.contacts
        ],
    }


_WORDS = text("verbatim")
_CONTACT = text("its id with this authority, such as c1")


@router.post(
    "/authorities/{authority}/verifications",
    summary="Say that a contact was proved by reaching them on it",
    tags=["directory"],
    status_code=201,
    openapi_extra=shapes.body(
        thing(
            {"contact": _CONTACT, "spoke_to": text(), "words": _WORDS, "happened_at": TOLD_INSTANT},
            required=("contact", "spoke_to"),
        ),
        required=True,
    ),
    responses=shapes.commands(),
)
def verify(authority: Name, call: Command) -> Response:
    """Who proved it is who calls; whom he spoke to and when stand beside it."""
    return call.run(contacts.verify_contact, authority)


@router.post(
    "/authorities/{authority}/doubts",
    summary="Say that a contact was found to be wrong",
    tags=["directory"],
    status_code=201,
    openapi_extra=shapes.body(
        thing(
            {"contact": _CONTACT, "why": one_of(contacts.WRONG), "words": _WORDS}, required=("contact", "why")
        ),
        required=True,
    ),
    responses=shapes.commands(),
)
def doubt(authority: Name, call: Command) -> Response:
    """It is offered no more until somebody proves it."""
    return call.run(contacts.doubt_contact, authority)


@router.post(
    "/authorities/{authority}/contacts",
    summary="Enter a contact, replace one, or take one out",
    tags=["directory"],
    status_code=201,
    openapi_extra=shapes.body(
        thing(
            {
                "contact": _CONTACT,
                "kind": one_of(CHANNELS),
                "value": text(),
                "function": one_of(FUNCTIONS),
                "hours": one_of(HOURS),
                "by": text("on whose word"),
                "reason": text("on what it rests"),
                "remove": yes_no(),
            },
            required=("reason",),
        ),
        required=True,
    ),
    responses=shapes.commands(),
)
def change(authority: Name, call: Command) -> Response:
    """What is entered was verified by nobody yet."""
    return call.run(contacts.change_contact, authority)
