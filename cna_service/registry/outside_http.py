"""One question by HTTP to a register of somebody else: explicit time-outs within what patience is left, no redirect, no
proxy of the surroundings, answers cut at a size, a breaker. What goes wrong becomes a :class:`SourceError`.

Addresses and headers may hold keys: neither is logged, nor does either stand in an error.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from cna_service.kit.clock import Clock
from cna_service.registry.breaker import Breaker
from cna_service.registry.outside import Patience, Received, SourceError

if TYPE_CHECKING:
    import httpx

LONGEST_ANSWER = 2 * 1024 * 1024
_CONNECT = 3.0
_AGENT = "cna-desk"
_TRIES = 2


class RegisterHttp:
    """Of one register. A connection for each question: nobody asks often enough for a pool, and nothing is to close."""

    def __init__(self, clock: Clock, breaker: Breaker | None = None) -> None:
        self.breaker = breaker or Breaker(clock)

    def ask(
        self,
        what: str,
        method: str,
        url: str,
        patience: Patience,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Received:
        """A successful answer. Raises SourceError: ``resting``, ``timeout``, ``connection``, ``certificate``,
        ``broken-off``, ``too-long``, ``refused`` (401, 403), ``not-there`` (404), ``too-often`` (429), ``http-…``."""
        for n in range(_TRIES):
            if not self.breaker.may_ask():
                wait = self.breaker.seconds_left
                words = f"not asked: it failed repeatedly and is left alone for another {wait} s"
                raise SourceError("resting", words, is_temporary=True)
            try:
                found = self._once(what, method, url, patience, headers, params, content)
            except SourceError as error:
                self._note(error)
                # A read asked twice does no harm; a connection that broke is often well the next time.
                if error.code not in ("connection", "broken-off") or n + 1 == _TRIES or patience.left < 1:
                    raise
            else:
                self.breaker.well()
                return found
        raise AssertionError("unreachable")

    def _note(self, error: SourceError) -> None:
        # A refusal is an answer: the register lives.
        if error.is_temporary:
            self.breaker.failed()
        else:
            self.breaker.well()

    def _once(
        self,
        what: str,
        method: str,
        url: str,
        patience: Patience,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
        content: bytes | None,
    ) -> Received:
        import httpx

        if patience.is_over:
            raise no_answer(patience)
        sent = {"User-Agent": _AGENT, **(headers or {})}
        try:
            with (
                _client(patience) as client,
                client.stream(method, url, headers=sent, params=params, content=content) as answer,
            ):
                kind = answer.headers.get("content-type", "application/octet-stream")[:100]
                received = Received(what, kind, _body(answer, patience))
                _check(answer, received)
                return received
        except httpx.ConnectTimeout:
            raise SourceError("connection", "not reached", is_temporary=True) from None
        except httpx.ConnectError as error:
            is_certificate = "certificate" in str(error).lower()
            code = "certificate" if is_certificate else "connection"
            words = "its certificate is not trusted" if is_certificate else "not reached"
            raise SourceError(code, words, is_temporary=True) from None
        except httpx.TimeoutException:
            raise no_answer(patience) from None
        except httpx.HTTPError:
            raise SourceError("broken-off", "it broke the connection off", is_temporary=True) from None
        except (httpx.InvalidURL, ValueError, UnicodeError):
            raise SourceError("address", "its address cannot be used", is_temporary=False) from None


def no_answer(patience: Patience) -> SourceError:
    return SourceError("timeout", f"no answer within {patience.seconds:.0f} s", is_temporary=True)


def _client(patience: Patience) -> httpx.Client:
    import httpx

    # It would write each address, key and all, at the level of information.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    left = max(0.05, patience.left)
    timeout = httpx.Timeout(left, connect=min(_CONNECT, left))
    return httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False, verify=_trust())


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own authorities, and those of the usual list."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _body(answer: httpx.Response, patience: Patience) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        # The client's limit is for each piece; an answer that drips would have no end.
        if patience.is_over:
            raise no_answer(patience)
        if len(body) > LONGEST_ANSWER:
            raise SourceError("too-long", "its answer has no end", is_temporary=False)
    return bytes(body)


def _check(answer: httpx.Response, received: Received) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    if status in (401, 403):
        code, words, later = "refused", "it does not take our key", False
    elif status == 404:
        code, words, later = "not-there", "it has nothing at that address", False
    elif status == 429:
        code, words, later = "too-often", "we asked too often", True
    else:
        code, words, later = f"http-{status}", f"it answered with an error ({status})", status >= 500
    raise SourceError(code, words, is_temporary=later, received=(received,))
