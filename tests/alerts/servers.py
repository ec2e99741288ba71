"""Real HTTP servers on loopback: an SMS gateway as ``gateway.toml`` may describe one, a receiver of notes."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {k: v[0] for k, v in parse_qs(self.body.decode()).items()}


@dataclass
class Answering:
    """``script``: what the next requests get: (status, body) or ``reset``, ``hang``, ``drip``; else ``usual``."""

    url: str = ""
    usual: tuple[int, bytes] = (200, b"{}")
    script: list[Any] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    received: list[Request] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    opened: list[Any] = field(default_factory=list)
    """Who talks to it, to be closed with it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    place: Answering

    def do_POST(self) -> None:
        self._take("POST")

    def do_GET(self) -> None:
        self._take("GET")

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _take(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {k.lower(): v for k, v in self.headers.items()}
        self.place.received.append(Request(method, self.path, headers, body))
        what = self.place.script.pop(0) if self.place.script else self.place.usual
        if what == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif what == "hang":
            self.place.stopping.wait(10)
            self.close_connection = True
        elif what == "drip":
            self._drip()
        else:
            self._answer(*what)

    def _drip(self) -> None:
        """An answer that never ends: a byte, and another byte."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(1000):
            if self.place.stopping.wait(0.05):
                break
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                break
        self.close_connection = True

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, value in self.place.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def answering(certificate: Path | None = None) -> Iterator[Answering]:
    place = Answering()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"place": place}))
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    place.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        for each in place.opened:
            each.close()
        place.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Gateway:
    """A small SMS gateway: takes messages with a bearer token, knows their states, has a balance."""

    place: Answering
    token: str = "gateway-token"

    def file(self, **more: str) -> str:
        """Its ``gateway.toml``."""
        return f"""
name = "gateway"
sender = "+15550177"
takes_replies = true
[send]
url = "{self.place.url}/v1/messages"
headers = {{ Authorization = "Bearer $token" }}
body = {{ to = "$to", text = "$text", from = "$sender", tags = ["$reference"], callback = "$callback" }}
answer = {{ id = "message.id", state = "message.state", error = "error.code" }}
[states]
accepted = "queued"
underway = "sent"
arrived = "delivered"
dead = "undelivered"
[errors]
"NO_SUCH_PHONE" = "30005"
"NO_CREDIT" = "30002"
[status]
url = "{self.place.url}/v1/messages/$id"
headers = {{ Authorization = "Bearer $token" }}
answer = {{ state = "message.state", error = "message.error" }}
[balance]
url = "{self.place.url}/v1/balance"
headers = {{ Authorization = "Bearer $token" }}
answer = {{ balance = "balance.amount", currency = "balance.currency" }}
[callback]
signature_header = "X-Signature"
{more.get("timestamp", 'timestamp_header = "X-Timestamp"')}
report = {{ id = "message.id", reference = "message.tags.0", state = "message.state", error = "message.error" }}
text = {{ id = "message.id", from = "message.from", text = "message.text" }}
"""


def path_of(request: Request) -> str:
    return urlsplit(request.path).path
