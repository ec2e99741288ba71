"""What stands around every call: headers of safety, counting, and the last word when something broke.

Plain ASGI. An error that nobody foresaw is answered 500 and written to the application log by its kind and place
only: its words may hold what a caller sent.
"""

from __future__ import annotations

import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cna_service.api import problems
from cna_service.api.metrics import Metrics
from cna_service.kit.clock import Clock

log = structlog.get_logger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HSTS = {"Strict-Transport-Security": "max-age=31536000"}


class Gate:
    def __init__(self, app: ASGIApp, metrics: Metrics, clock: Clock, *, is_https: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock
        self._headers = {**HEADERS, **(_HSTS if is_https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock.monotonic()
        told: list[int] = []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told.append(message["status"])
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            pass
        except Exception as error:
            # The one broad net of the edge: whatever it is, the caller gets an answer and the log no words.
            _note(scope, error)
            if told:
                raise
            await _broken()(scope, receive, send_with_headers)
        finally:
            route = _route(scope)
            self._metrics.answered(
                scope["method"], route, told[0] if told else 0, self._clock.monotonic() - began
            )


def _broken() -> Any:
    return problems.response(
        500,
        "internal",
        "The desk failed at this",
        "Nothing was recorded unless you find it in the record. Tell the administrator; repeat with the same key.",
    )


def _route(scope: MutableMapping[str, Any]) -> str:
    """The template of the path: the path itself holds references."""
    return str(getattr(scope.get("route"), "path", "none"))


def _note(scope: Scope, error: Exception) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "cna_service" in f.filename]
    where = [f"{f.filename.rpartition('cna_service/')[2]}:{f.lineno} {f.name}" for f in (ours or frames)[-5:]]
    log.error(
        "a call failed", error=type(error).__name__, route=_route(scope), method=scope["method"], at=where
    )
