"""One outside monitor by HTTP, in the way of healthchecks: its address, and ``/start`` and ``/fail`` below it.

Not trusted: it is told reason codes and nothing else, and what it answers is not read but for its status and date.
Whoever knows the address can keep the monitor quiet while the desk is dark, so that it is a secret.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import httpx

from cna_service.kit.second_clock import SecondClock

CONNECT_WITHIN, ANSWER_WITHIN = 3.0, 5.0


class MonitorUnreachable(Exception):
    """``code``: stable, safe to log: ``timeout``, ``connection``, ``http-503``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MonitorHttp:
    """``heard``: where the date of each answer is noted, a second source beside the machine's own clock."""

    def __init__(self, url: str, heard: SecondClock, *, name: str = "monitor") -> None:
        self.name = name
        self._parts = urlsplit(url)
        self._heard = heard
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
        timeout = httpx.Timeout(ANSWER_WITHIN, connect=CONNECT_WITHIN)
        self._client = httpx.Client(timeout=timeout, limits=limits, follow_redirects=False)

    def start(self) -> None:
        self._post("/start", "")

    def success(self) -> None:
        self._post("", "")

    def fail(self, codes: tuple[str, ...]) -> None:
        self._post("/fail", " ".join(codes))

    def close(self) -> None:
        self._client.close()

    def _post(self, what: str, body: str) -> None:
        path = f"{self._parts.path.rstrip('/')}{what}"
        url = urlunsplit((self._parts.scheme, self._parts.netloc, path, self._parts.query, ""))
        try:
            answer = self._client.post(url, content=body.encode(), headers={"User-Agent": "cna-desk"})
        except httpx.TimeoutException:
            raise MonitorUnreachable("timeout") from None
        except httpx.HTTPError:
            raise MonitorUnreachable("connection") from None
        self._heard.note(self.name, answer.headers.get("Date"))
        if not answer.is_success:
            raise MonitorUnreachable(f"http-{answer.status_code}")
