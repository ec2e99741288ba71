"""``POST /submissions``: a request arrives. Whatever its content, it is kept; only who nobody knows is turned away."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from cna_service.api import bodies, problems, shapes, shapes_arrivals
from cna_service.api.bodies import Received
from cna_service.api.calls import Call, Desk, IdempotencyKey, key_of, known_or_refused
from cna_service.identity.actors import Actor
from cna_service.identity.rules import TokenRefused
from cna_service.kit.errors import Unavailable
from cna_service.workflow.quarantine import KEPT_OF_ONE, Stranger, set_aside
from cna_service.workflow.receive import Arrival, receive
from cna_service.workflow.service import Service

router = APIRouter(tags=["submissions"])

KnownOrRefused = Annotated[Actor | TokenRefused, Depends(known_or_refused)]


async def submitted(request: Request, service: Desk, sender: KnownOrRefused) -> Received:
    limit = KEPT_OF_ONE if isinstance(sender, TokenRefused) else service.desk.body_limit
    return await bodies.read(request, limit)


@router.post(
    "/submissions",
    summary="Send a request",
    description=shapes_arrivals.SUBMISSION_WORDS,
    openapi_extra=shapes.body(shapes_arrivals.SUBMISSION, example=shapes_arrivals.SUBMISSION_EXAMPLE),
    status_code=201,
    responses={
        **shapes.answers(201, 400, 401, 403, 409, 413, 422, 503),
        201: shapes_arrivals.submission_answer(),
    },
)
def submit(
    request: Request,
    service: Desk,
    sender: KnownOrRefused,
    received: Annotated[Received, Depends(submitted)],
    key: IdempotencyKey = None,
) -> Response:
    if isinstance(sender, TokenRefused):
        return _turned_away(request, service, sender, received)
    arrival = Arrival(
        received.content, received.media_type, over_limit=received.size if received.is_over else None
    )
    call = Call(service, sender, {}, key_of(sender, request, received, key), None)
    try:
        return call.answer(lambda: receive(service, sender, arrival, call.key))
    except Unavailable as outage:
        return _not_kept(service, outage, received)


def _turned_away(request: Request, service: Service, refused: TokenRefused, received: Received) -> Response:
    """Kept aside and unread; the sender is told only whom to telephone."""
    address = request.client.host if request.client else "unknown"
    set_aside(
        service, Stranger(address, received.content, received.size, received.media_type, refused.reason)
    )
    return problems.token_refused(refused, service.desk.telephone)


def _not_kept(service: Service, outage: Unavailable, received: Received) -> Response:
    """The sender holds the only copy: the answer says so, and names what it saw by its digest."""
    call = f" Urgent: telephone {service.desk.telephone}." if service.desk.telephone else ""
    return problems.response(
        503,
        outage.code,
        outage.title,
        f"Your submission was NOT kept. Send it again with the same Idempotency-Key.{call}",
        {"Retry-After": str(problems.RETRY_AFTER)},
        kept=False,
        sha256=hashlib.sha256(received.content).hexdigest(),
        telephone=service.desk.telephone or None,
    )
