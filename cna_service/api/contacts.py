"""Officers' contacts: listed, added, proved, put in order; rules and preferences; tests of telephones; the desk's card.

``me`` stands for the officer whose token it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Call, Caller, Command, Desk
from cna_service.api.shapes import many, one_of, text, thing, whole
from cna_service.identity.actors import Actor
from cna_service.identity.contact_rules import CHANNELS
from cna_service.identity.contacts import FURTHER_KINDS
from cna_service.identity.permissions import require
from cna_service.kit.errors import NotFound
from cna_service.workflow import contact_card, contact_views
from cna_service.workflow.asked import Asked
from cna_service.workflow.contact_proving import send_proof, verify_contact
from cna_service.workflow.contact_wishes import set_preferences, set_rules
from cna_service.workflow.keys import Reply
from cna_service.workflow.officer_contacts import (
    action_on,
    add_contact,
    change_contact,
    order_contacts,
    remove_contact,
)
from cna_service.workflow.phone_tests import answer_test, try_phone
from cna_service.workflow.replies_json import as_bytes

router = APIRouter(tags=["duty"])

OfficerId = Annotated[str, Path(max_length=64, description="an officer's id, or `me`")]
ContactId = Annotated[str, Path(max_length=40, description="a contact's id, such as `phone` or `number-1`")]
TestId = Annotated[str, Path(max_length=40)]

_HOURS = thing({"from": text("such as 07:00"), "to": text("such as 22:00")}, required=("from", "to"))
_STEP = thing(
    {
        "after_seconds": whole("counted from the summons", minimum=0, maximum=1800),
        "channel": one_of(CHANNELS),
        "contact": text("its id; `any`: every one that has the channel"),
    },
    required=("channel",),
    strict=False,
)
_CONTACT = thing(
    {
        "kind": one_of(tuple(FURTHER_KINDS)),
        "value": text("number, address or subscription"),
        "label": text("in his own words"),
        "by_day": {"type": "boolean"},
    },
    required=("kind", "value"),
    strict=False,
)
_CHANGE = thing({"value": text(), "label": text(), "by_day": {"type": "boolean"}}, strict=False)
_RULES = thing(
    {
        "high": many(_STEP),
        "repeat_every_seconds": whole("until somebody acknowledges", minimum=60, maximum=3600),
        "low": many(_STEP),
        "quiet": _HOURS,
    },
    strict=False,
)
_PREFERENCES = thing(
    {"zone": text("such as Europe/Lisbon"), "waking": _HOURS, "language": text("two letters")}, strict=False
)


def _whose(actor: Actor, officer: str) -> str:
    if officer != "me":
        return officer
    if actor.kind != "officer" or actor.id is None:
        raise NotFound
    return actor.id


@router.get(
    "/officers/{officer}/contacts",
    summary="How an officer is reached, and what is proved of it",
    responses=shapes.answers(200, 401, 403, 404),
)
def read_contacts(service: Desk, actor: Caller, officer: OfficerId) -> JSONResponse:
    """In the order of use just now, with his rules as they would call him now, and his last tests."""
    whose = _whose(actor, officer)
    require(actor, action_on(actor, whose))
    page = contact_views.contact_page(service, whose)
    return JSONResponse(contact_views.page_json(page, with_values=True))


@router.get(
    "/duty/contact-card",
    summary="The desk's numbers as a vCard",
    responses=shapes.files("text/vcard"),
)
def read_card(service: Desk, actor: Caller) -> Response:
    """Every number that the desk may call or text from: what a telephone's Do-Not-Disturb must let through."""
    require(actor, action_on(actor, actor.id or ""))
    head = {"Content-Disposition": f'attachment; filename="{contact_card.FILE_NAME}"'}
    return Response(contact_card.card(service.desk), media_type="text/vcard", headers=head)


def _run(call: Call, officer: str, verb: Callable[..., Reply], *place: str) -> Response:
    whose = _whose(call.actor, officer)
    return call.answer(lambda: verb(call.service, call.actor, whose, *place, call.body, call.key))


@router.post(
    "/officers/{officer}/contacts",
    summary="Add a contact",
    status_code=201,
    openapi_extra=shapes.body(_CONTACT),
    responses=shapes.commands(),
)
def add(officer: OfficerId, call: Command) -> Response:
    return _run(call, officer, add_contact)


@router.post(
    "/officers/{officer}/contacts/order",
    summary="Say in which order contacts are used",
    status_code=201,
    openapi_extra=shapes.body(thing({"order": many(text())}, required=("order",), strict=False)),
    responses=shapes.commands(),
)
def order(officer: OfficerId, call: Command) -> Response:
    return _run(call, officer, order_contacts)


@router.post(
    "/officers/{officer}/contacts/{contact}/change",
    summary="Change a contact",
    status_code=201,
    openapi_extra=shapes.body(_CHANGE),
    responses=shapes.commands(),
)
def change(officer: OfficerId, contact: ContactId, call: Command) -> Response:
    """A new value is unverified until its owner proves it; the old one is told."""
    return _run(call, officer, change_contact, contact)


@router.post(
    "/officers/{officer}/contacts/{contact}/removal",
    summary="Take a contact away",
    status_code=201,
    openapi_extra=shapes.body(thing({"reason": text()}, strict=False), required=False),
    responses=shapes.commands(),
)
def remove(officer: OfficerId, contact: ContactId, call: Command) -> Response:
    return _run(call, officer, remove_contact, contact)


@router.post(
    "/officers/{officer}/contacts/{contact}/proof",
    summary="Send a code to a contact, or call it",
    status_code=202,
    openapi_extra=shapes.body(thing({"by": one_of(("code", "call"))}, strict=False), required=False),
    responses=shapes.answers(400, 401, 403, 404, 409, 413, 422, 503),
)
def proof(officer: OfficerId, contact: ContactId, call: Command) -> Response:
    """`key` in the answer is what must be pressed in the call: for the screen of who asked."""
    whose = _whose(call.actor, officer)

    def act() -> Reply:
        reply, key = send_proof(call.service, call.actor, whose, contact, call.body)
        return reply if key is None else _with_key(reply, key)

    return call.answer(act)


def _with_key(reply: Reply, key: str) -> Reply:
    told: dict[str, Any] = json.loads(reply.body)
    return Reply(reply.status, as_bytes(told | {"key": key}))


@router.post(
    "/officers/{officer}/contacts/{contact}/verification",
    summary="Type the code back",
    status_code=201,
    openapi_extra=shapes.body(thing({"code": text()}, required=("code",), strict=False)),
    responses=shapes.commands(),
)
def verification(officer: OfficerId, contact: ContactId, call: Command) -> Response:
    return _run(call, officer, verify_contact, contact)


@router.post(
    "/officers/{officer}/contact-rules",
    summary="Say which contact is used when",
    status_code=201,
    openapi_extra=shapes.body(_RULES, required=False),
    responses=shapes.commands(),
)
def rules(officer: OfficerId, call: Command) -> Response:
    """Empty: the ladder's own channels again."""
    return _run(call, officer, set_rules)


@router.post(
    "/officers/{officer}/preferences",
    summary="Time zone, waking hours and language",
    status_code=201,
    openapi_extra=shapes.body(_PREFERENCES, required=False),
    responses=shapes.commands(),
)
def preferences(officer: OfficerId, call: Command) -> Response:
    return _run(call, officer, set_preferences)


@router.post(
    "/officers/{officer}/phone-tests",
    summary="Test a telephone now",
    status_code=201,
    openapi_extra=shapes.body(thing({"contact": text(), "channel": text()}, strict=False), required=False),
    responses=shapes.commands(),
)
def phone_test(officer: OfficerId, call: Command) -> Response:
    return _run(call, officer, try_phone)


@router.post(
    "/officers/me/phone-tests/{test}/answer",
    summary="Say that a test was heard, and whether it rang",
    status_code=201,
    openapi_extra=shapes.body(thing({"rang": {"type": "boolean"}}, strict=False), required=False),
    responses=shapes.commands(),
)
def test_heard(test: TestId, call: Command) -> Response:
    asked = Asked(call.body)
    rang = None if call.body.get("rang") is None else asked.yes("rang")
    asked.raw("rang")
    asked.check_unknown()
    asked.done()
    return call.answer(lambda: answer_test(call.service, call.actor, test, by="api", rang=rang, key=call.key))
