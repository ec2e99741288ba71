"""The access log: which kind of request was answered how, in which time. Never an address: links carry secrets."""

from __future__ import annotations

from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cna_service.kit.clock import Clock

log = structlog.get_logger(__name__)
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by monitors; said only when they fail."""


class AccessLog:
    """Around the application: one line for each request, with the route's pattern instead of its address."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status: list[int] = []

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
            await send(message)

        began = self._clock.monotonic()
        try:
            await self._app(scope, receive, note)
        finally:
            self._say(scope, status[0] if status else 500, self._clock.monotonic() - began)

    def _say(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = getattr(scope.get("route"), "path", None)
        if route in _QUIET and status < 400:
            return
        log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000))
