"""The telephone company's callbacks: delivery reports, replies by SMS, steps of a call.

Each is signed over the address that the company was given, which is the public one whatever proxy stands between;
one that is not is 403. All others are answered 200, known or not: an error would only bring them again. The one
exception is a database that cannot be written: then it shall come again, and gets 503.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from cna_service.api import bodies
from cna_service.api.bodies import TooLarge
from cna_service.intake.readers import clean
from cna_service.kit.errors import Refused, ServiceError, Unavailable
from cna_service.workflow.calls import answered, key_pressed
from cna_service.workflow.inbound import take_text
from cna_service.workflow.replies import report
from cna_service.workflow.service import Service

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/callbacks/twilio", include_in_schema=False)

PROVIDER = "twilio"
LONGEST = 64 * 1024
_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'


class NotSigned(Refused):
    code = "not-signed"
    title = "This callback does not carry the telephone company's signature for this address"


@dataclass(frozen=True, slots=True)
class Callback:
    """``token``: the same for every repetition of one callback."""

    service: Service
    params: Mapping[str, str]
    sending: str | None
    token: str
    provider: str = PROVIDER


async def _form(request: Request) -> bytes:
    received = await bodies.read(request, LONGEST)
    if received.is_over:
        raise TooLarge("No callback is that long.")
    return received.content


def signed(request: Request, form: Annotated[bytes, Depends(_form)]) -> Callback:
    """Raises NotSigned."""
    running = request.app.state.running
    service: Service = running.service
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{service.desk.public_url}{request.url.path}{query}"
    params = dict(parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True))
    signature = request.headers.get("x-twilio-signature")
    line = next((each for each in running.outside.lines if each.verify(url, params, signature)), None)
    if line is None:
        raise NotSigned
    token = request.headers.get("i-twilio-idempotency-token", "")[:80]
    told = {clean(k): clean(v) for k, v in params.items()}
    return Callback(service, told, request.query_params.get("sending"), token, line.name)


Signed = Annotated[Callback, Depends(signed)]


def _xml(page: str) -> Response:
    return Response(page, media_type="application/xml")


def _said(act: Callable[[], str], otherwise: str) -> Response:
    """The page that the act gives. What the service refuses is no fault of the telephone company's."""
    try:
        return _xml(act())
    except Unavailable:
        raise
    except ServiceError as error:
        log.info("a callback led nowhere", code=error.code)
        return _xml(otherwise)


@router.post("/status")
def status(callback: Signed) -> Response:
    def act() -> str:
        report(callback.service, callback.provider, callback.sending, callback.params, callback.token)
        return _NOTHING

    return _said(act, _NOTHING)


@router.post("/sms")
def sms(callback: Signed) -> Response:
    def act() -> str:
        take_text(callback.service, callback.params, callback.token)
        return _NOTHING

    return _said(act, _NOTHING)


@router.post("/call")
def call(callback: Signed) -> Response:
    return _said(lambda: answered(callback.service, callback.sending or ""), _HANG_UP)


@router.post("/call/key")
def call_key(callback: Signed) -> Response:
    digits = callback.params.get("Digits", "")
    return _said(lambda: key_pressed(callback.service, callback.sending or "", digits), _HANG_UP)
