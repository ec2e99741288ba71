"""One HTTP request to somebody outside: explicit time-outs, a deadline for all of it, no redirects, no proxy of the
surroundings, answers cut at a size. What goes wrong becomes a :class:`ChannelError`.

``outcome_unknown`` is set wherever the other side may have acted: once the request was on its way and no answer of its
own refused it.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cna_service.alerts.ports import ChannelError
from cna_service.alerts.rules import verdict
from cna_service.kit.clock import Clock

if TYPE_CHECKING:
    import httpx

TOTAL = timedelta(seconds=8)
_CONNECT = 3.0
_READ = 5.0
LONGEST_ANSWER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def retry_after(self) -> timedelta | None:
        told = self.headers.get("retry-after", "").strip()
        return timedelta(seconds=int(told)) if told.isdigit() else None


class HttpOut:
    """Safe to use from several threads; one connection pool. ``timeout``: for one request in all."""

    def __init__(
        self, clock: Clock, *, timeout: timedelta = TOTAL, authorities_file: str | None = None
    ) -> None:
        self._clock = clock
        self._timeout = timeout.total_seconds()
        self._trust = authorities_file
        self._guard = threading.Lock()
        self._ready: httpx.Client | None = None

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> Answer:
        """The answer, whatever its status. Raises :class:`ChannelError`: ``connection`` (never reached), ``timeout``,
        ``broken-off``, ``certificate``."""
        import httpx

        deadline = self._clock.monotonic() + self._timeout
        request = self._client().build_request(
            method, url, headers=dict(headers or {}), content=content, extensions=dict(extensions or {})
        )
        try:
            answer = self._client().send(request, stream=True)
            try:
                return Answer(answer.status_code, self._body(answer, deadline), dict(answer.headers))
            finally:
                answer.close()
        except httpx.ConnectTimeout as error:
            raise failed("connection") from error
        except httpx.ConnectError as error:
            is_certificate = "certificate" in str(error).lower()
            raise failed("certificate" if is_certificate else "connection") from error
        except httpx.TimeoutException as error:
            raise failed("timeout", unknown=True) from error
        except httpx.HTTPError as error:
            raise failed("broken-off", unknown=True) from error
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise failed("address-refused") from error

    def close(self) -> None:
        with self._guard:
            ready, self._ready = self._ready, None
        if ready is not None:
            ready.close()

    def _body(self, answer: httpx.Response, deadline: float) -> bytes:
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if self._clock.monotonic() > deadline:
                raise failed("timeout", unknown=True)
            if len(body) > LONGEST_ANSWER:
                raise failed("unreadable", unknown=True)
        return bytes(body)

    def _client(self) -> httpx.Client:
        import httpx

        with self._guard:
            if self._ready is None:
                connect = min(_CONNECT, self._timeout / 2)
                limits = httpx.Timeout(connect, read=min(_READ, self._timeout - connect))
                self._ready = httpx.Client(
                    timeout=limits,
                    # Kept by address: one whose certificate was checked for a name would serve another name there.
                    limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
                    follow_redirects=False,
                    # A proxy of the surroundings would see what is meant for one receiver alone.
                    trust_env=False,
                    verify=_trust(self._trust),
                )
            return self._ready


def _trust(authorities_file: str | None) -> ssl.SSLContext:
    """The machine's own authorities, which may hold the authority's; and those of the usual list, where it has none."""
    context = ssl.create_default_context(cafile=authorities_file)
    if authorities_file is None:
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def failed(code: str, *, unknown: bool = False, retry_after: timedelta | None = None) -> ChannelError:
    judged = verdict(code)
    return ChannelError(
        judged.goes_on_at_once, code, judged.words, outcome_unknown=unknown, retry_after=retry_after
    )


def refused(answer: Answer) -> ChannelError:
    """The error of an answer that is no success, by its status alone."""
    code = "20429" if answer.status == 429 else f"http-{answer.status}"
    return failed(code, unknown=answer.status >= 500, retry_after=answer.retry_after)
