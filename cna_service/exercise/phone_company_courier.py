"""Signed posts to the desk, by worker threads, tried again as the URL's fragment asks for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag

import httpx

Then = Callable[[str | None], None]
_WORKERS = 16
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class _Letter:
    url: str
    params: Mapping[str, str]
    token: str
    then: Then | None


class Courier:
    """Posts of one ``lane`` go out one after the other, so that only an ordered fault mixes up statuses."""

    def __init__(self, signing_token: str, client: httpx.Client | None = None) -> None:
        self.signing_token = signing_token
        # The desk of an exercise answers plain HTTP on loopback, and reading all certificate authorities takes
        # a tenth of a second; for https, give a client.
        self._client = client or httpx.Client(
            trust_env=False,
            limits=httpx.Limits(max_connections=64),
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="phone-company")
        self._lanes: dict[str, deque[_Letter]] = {}
        self._pending = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()

    @property
    def in_flight(self) -> int:
        with self._changed:
            return self._pending

    def wait_until_idle(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, seconds)

    def post(
        self, url: str, params: Mapping[str, str], *, lane: str, then: Then | None = None, copies: int = 1
    ) -> None:
        """Post form fields. ``then`` gets the body of a 2xx answer, or None if every try failed. Never waits."""
        letter = _Letter(url, params, str(uuid.uuid4()), then)
        with self._changed:
            if self._stopping.is_set():
                return
            self._pending += copies
            starts = lane not in self._lanes
            self._lanes.setdefault(lane, deque()).extend([letter] * copies)
            if starts:
                self._pool.submit(self._walk, lane)

    def stop(self) -> None:
        with self._changed:
            self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._client.close()

    def _walk(self, lane: str) -> None:
        while (letter := self._next(lane)) is not None:
            try:
                body = self._deliver(letter)
                if letter.then is not None and not self._stopping.is_set():
                    letter.then(body)
            finally:
                with self._changed:
                    self._pending -= 1
                    self._changed.notify_all()

    def _next(self, lane: str) -> _Letter | None:
        with self._changed:
            waiting = self._lanes[lane]
            if waiting:
                return waiting.popleft()
            del self._lanes[lane]
            return None

    def _deliver(self, letter: _Letter) -> str | None:
        target, fragment = urldefrag(letter.url)
        wishes = {name: values[0] for name, values in parse_qs(fragment).items()}
        limits = httpx.Timeout(
            int(wishes.get("rt", 15_000)) / 1000, connect=int(wishes.get("ct", 5_000)) / 1000, pool=None
        )
        for _ in range(1 + int(wishes.get("rc", 1))):
            try:
                answer = self._client.post(
                    target, data=dict(letter.params), headers=self._headers(target, letter), timeout=limits
                )
            except httpx.TransportError:
                again = True
            else:
                if answer.is_success:
                    return answer.text
                again = wishes.get("rp") == "all"
            if not again or self._stopping.wait(_PAUSE):
                return None
        return None

    def _headers(self, target: str, letter: _Letter) -> dict[str, str]:
        return {
            "X-Twilio-Signature": signature(self.signing_token, target, letter.params),
            "I-Twilio-Idempotency-Token": letter.token,
        }


def signature(token: str, url: str, params: Mapping[str, str]) -> str:
    """HMAC-SHA1 over the URL and the sorted fields, base64 (Twilio, "Validating requests are coming from Twilio")."""
    signed = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), hashlib.sha1)).decode()
