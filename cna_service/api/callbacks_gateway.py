"""An SMS gateway's callbacks: delivery reports and messages that came in, each with the gateway's proof.

Without its proof over the very bytes it is 403. With it, everything is answered 200, known or not: an error would only
bring it again. The one exception is a database that cannot be written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from cna_service.alerts.gateway_channel import GatewayLine
from cna_service.alerts.ports import TextIn
from cna_service.api import bodies
from cna_service.api.bodies import TooLarge
from cna_service.api.callbacks import LONGEST, NotSigned
from cna_service.intake.readers import clean
from cna_service.kit.errors import ServiceError, Unavailable
from cna_service.workflow.line_reports import take_report, take_text_in
from cna_service.workflow.service import Service

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/callbacks/gateway", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class FromGateway:
    service: Service
    line: GatewayLine
    body: bytes
    content_type: str
    sending: str | None


async def _bytes(request: Request) -> bytes:
    received = await bodies.read(request, LONGEST)
    if received.is_over:
        raise TooLarge("No callback is that long.")
    return received.content


def proved(request: Request, body: Annotated[bytes, Depends(_bytes)]) -> FromGateway:
    """Raises NotSigned."""
    running = request.app.state.running
    headers = {name.lower(): value for name, value in request.headers.items()}
    lines = (line for line in running.outside.lines if isinstance(line, GatewayLine))
    line = next((each for each in lines if each.is_signed(headers, body)), None)
    if line is None:
        raise NotSigned
    sending = request.query_params.get("sending")
    return FromGateway(running.service, line, body, headers.get("content-type", ""), sending)


Proved = Annotated[FromGateway, Depends(proved)]


@router.post("/status")
def status(told: Proved) -> Response:
    report = told.line.read_report(told.body, told.content_type)
    if report is None:
        log.info("a gateway's report says nothing that is known", provider=told.line.name)
        return Response(status_code=200)
    try:
        take_report(told.service, told.line.name, replace(report, reference=report.reference or told.sending))
    except Unavailable:
        raise
    except ServiceError as error:
        log.info("a gateway's report led nowhere", code=error.code)
    return Response(status_code=200)


@router.post("/sms")
def sms(told: Proved) -> Response:
    text = told.line.read_text(told.body, told.content_type)
    if text is None:
        # It is a message to the desk whatever it looks like: kept, and somebody reads it.
        whole = told.body.decode("utf-8", "replace")
        text = TextIn(sha256(told.body).hexdigest(), "", whole)
    try:
        take_text_in(told.service, TextIn(text.id, clean(text.sender), clean(text.text)))
    except Unavailable:
        raise
    except ServiceError as error:
        log.info("a gateway's message led nowhere", code=error.code)
    return Response(status_code=200)
