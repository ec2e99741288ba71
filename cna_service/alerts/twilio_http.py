"""The HTTP client under Twilio's SDK: explicit time-outs, one session per thread, another host for exercises.

The SDK's own client hands each answer back through an attribute that all threads share, so that under several
senders one could be given another's answer; and it logs query strings, which hold telephone numbers. Imported
only when the first request is made: the SDK takes most of a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests import RequestException, Session
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from cna_service.alerts.ports import ChannelError
from cna_service.alerts.rules import verdict
from cna_service.kit.clock import SystemClock

_LONGEST_CONNECT = 3.0


class Wire(TwilioHttpClient):  # type: ignore[misc]
    """``timeout``: seconds for connecting and reading together. ``base_url``: scheme, host and port to use in
    place of the provider's, for the simulated telephone company."""

    # The SDK publishes no types, hence the ignored error on the class.
    def __init__(
        self,
        *,
        timeout: float,
        base_url: str | None = None,
        dated: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        # The date of each answer is a second source beside our clock (desk-rules 11.4).
        self._dated = dated
        super().__init__(pool_connections=False, timeout=timeout)
        connect = min(_LONGEST_CONNECT, timeout / 2)
        self._limits = (connect, timeout - connect)
        self._base = None if base_url is None else urlsplit(base_url)
        self._local = threading.local()
        self._sessions: list[Session] = []
        self._guard = threading.Lock()

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One HTTP exchange. ``timeout`` is the SDK's parameter; the limits given at construction hold.

        Raises requests' exceptions, and :class:`ChannelError` for 429, whose Retry-After the SDK would drop.
        """
        arguments: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        answer = self._session().request(
            method.upper(),
            self._aimed(url),
            timeout=self._limits,
            allow_redirects=allow_redirects,
            **arguments,
        )
        self._dated(answer.headers.get("Date"))
        if answer.status_code == 429:
            raise ChannelError(
                False,
                "20429",
                verdict("20429").words,
                retry_after=_seconds(answer.headers.get("Retry-After")),
            )
        return Response(answer.status_code, answer.text, answer.headers)

    def download(
        self, url: str, auth: tuple[str, str], *, longest: int, within: float
    ) -> tuple[int, str, bytes | None]:
        """GET of a file: (status, media type, bytes); no bytes for a failure or for more than ``longest``. ``within``:
        seconds in all. Raises :class:`ChannelError` where it does not come in time, or at all."""
        clock = SystemClock()
        until = clock.monotonic() + within
        try:
            with self._session().get(
                self._aimed(url), auth=auth, timeout=self._limits, stream=True
            ) as answer:
                media_type = answer.headers.get("Content-Type", "application/octet-stream")[:120]
                if answer.status_code != 200:
                    return answer.status_code, media_type, None
                kept = bytearray()
                for chunk in answer.iter_content(64 * 1024):
                    kept += chunk
                    if len(kept) > longest:
                        return 200, media_type, None
                    if clock.monotonic() > until:
                        raise ChannelError(False, "timeout", "The file did not come in time.")
                return 200, media_type, bytes(kept)
        except RequestException as error:
            raise ChannelError(False, "unreachable", "The telephone company could not be reached.") from error

    def close(self) -> None:
        with self._guard:
            sessions, self._sessions = self._sessions, []
            self._local = threading.local()
        for session in sessions:
            session.close()

    def _session(self) -> Session:
        session: Session | None = getattr(self._local, "session", None)
        if session is None:
            session = Session()
            # A proxy of the surroundings must not see what goes to an exercise on loopback.
            session.trust_env = self._base is None
            with self._guard:
                self._local.session = session
                self._sessions.append(session)
        return session

    def _aimed(self, url: str) -> str:
        if self._base is None:
            return url
        parts = urlsplit(url)
        return urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))


def _seconds(header: str | None) -> timedelta | None:
    return timedelta(seconds=int(header)) if header is not None and header.strip().isdigit() else None
