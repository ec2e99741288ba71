"""The telephone company's callbacks of calls to the desk's number: a page of markup for each step of a call.

Signed like all others (``callbacks.signed``). A step that leads nowhere hangs up; a desk that cannot write answers 503,
and the company turns to the number's fallback on another host (desk-rules 11.3). No step is in the OpenAPI document:
nobody but the telephone company may call them.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from cna_service.api.callbacks import _HANG_UP, _NOTHING, Signed, _said
from cna_service.workflow import call_menu, calls_in, calls_taken

router = APIRouter(prefix="/callbacks/twilio/voice", include_in_schema=False)

Call = Annotated[str, Query(max_length=40)]
Leg = Annotated[int, Query(ge=0, le=99)]


@router.post("")
def arrives(callback: Signed) -> Response:
    return _said(lambda: calls_in.arrives(callback.service, callback.params), _HANG_UP)


@router.post("/next")
def leg_ended(callback: Signed, call: Call = "", leg: Leg = 0) -> Response:
    return _said(lambda: calls_in.leg_ended(callback.service, call, leg, callback.params), _HANG_UP)


@router.post("/whisper")
def whisper(callback: Signed, call: Call = "", leg: Leg = 0) -> Response:
    return _said(lambda: calls_taken.whisper(callback.service, call, leg), _HANG_UP)


@router.post("/take")
def take(callback: Signed, call: Call = "", leg: Leg = 0) -> Response:
    digits = callback.params.get("Digits", "")
    return _said(lambda: calls_taken.taken(callback.service, call, leg, digits), _HANG_UP)


@router.post("/recorded")
def recorded(callback: Signed, call: Call = "") -> Response:
    return _said(lambda: calls_taken.recorded(callback.service, call), _HANG_UP)


@router.post("/recording")
def recording(callback: Signed, call: Call = "") -> Response:
    def act() -> str:
        calls_taken.recording_is_there(callback.service, call, callback.params)
        return _NOTHING

    return _said(act, _NOTHING)


@router.post("/ended")
def ended(callback: Signed) -> Response:
    def act() -> str:
        calls_in.call_over(callback.service, callback.params)
        return _NOTHING

    return _said(act, _NOTHING)


@router.post("/menu")
def menu(callback: Signed, call: Call = "") -> Response:
    digits = callback.params.get("Digits", "")
    return _said(lambda: call_menu.menu_key(callback.service, call, digits), _HANG_UP)


@router.post("/connect")
def connect(callback: Signed, call: Call = "") -> Response:
    return _said(lambda: call_menu.connect(callback.service, call), _HANG_UP)


@router.post("/code")
def code(callback: Signed, call: Call = "") -> Response:
    digits = callback.params.get("Digits", "")
    return _said(lambda: call_menu.code_typed(callback.service, call, digits), _HANG_UP)


@router.post("/alert")
def alert(
    callback: Signed,
    call: Call = "",
    code: Annotated[str, Query(max_length=40)] = "",
    stream: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    digits = callback.params.get("Digits", "")
    return _said(lambda: call_menu.alert_key(callback.service, call, stream, code, digits), _HANG_UP)
