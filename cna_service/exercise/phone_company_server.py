"""The company's HTTP server on loopback, with the failures that were ordered from it."""

from __future__ import annotations

import base64
import contextlib
import hmac
import logging
import socket
import socketserver
import struct
import threading
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cna_service.exercise.phone_company_faults import Fault, RequestFault
from cna_service.exercise.phone_company_media import MediaRoom
from cna_service.exercise.phone_company_phones import Condition
from cna_service.exercise.phone_company_rest import Answer, Form, Rest, refusal
from cna_service.exercise.phone_company_switch import Switch
from cna_service.kit.clock import Clock

_log = logging.getLogger(__name__)
MEDIA = "media"
"""In place of a number in a fault: fetching and removing recordings and files."""
_BY_CONDITION = {
    Condition.PROVIDER_500: Fault(RequestFault.ERROR),
    Condition.PROVIDER_TIMEOUT: Fault(RequestFault.HANG),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request to send, as it came in: seconds of ``Clock.monotonic()``, whatever was answered."""

    at: float
    path: str
    to: str
    text: str


class Server(ThreadingHTTPServer):
    """``latency`` and ``hang`` are real time: before each answer, and of a request that is left hanging."""

    daemon_threads = False
    request_queue_size = 512
    allow_reuse_address = True

    def __init__(
        self,
        switch: Switch,
        rest: Rest,
        clock: Clock,
        *,
        port: int,
        latency: timedelta,
        hang: timedelta,
        media: MediaRoom | None = None,
    ) -> None:
        self.switch = switch
        self.rest = rest
        self.media = media or MediaRoom()
        self.clock = clock
        self.latency = latency.total_seconds()
        self.hang = hang.total_seconds()
        self.stopping = threading.Event()
        self.arrivals: deque[Arrival] = deque(maxlen=100_000)
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for its own name, which may take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("a connection to the simulated telephone company broke off", exc_info=True)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        with self._guard:
            waiting = list(self._open)
        for connection in waiting:
            # Ends the wait for the next request on connections that are kept alive.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        form = parse_qs(self._body().decode(), keep_blank_values=True)
        path = urlsplit(self.path).path
        to = form.get("To", [""])[0]
        self.server.arrivals.append(
            Arrival(self.server.clock.monotonic(), path, to, form.get("Body", form.get("Url", [""]))[0])
        )
        self.server.stopping.wait(self.server.latency)
        if not self._is_known():
            self._answer(refusal(401, 20003, "Authenticate"))
            return
        fault = self._fault(to)
        if fault is None:
            self._answer(self.server.rest.create(path, form))
        else:
            self._fail(fault, path, form)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if not self._is_known():
            self._answer(refusal(401, 20003, "Authenticate"))
            return
        if MediaRoom.is_media(parts.path):
            self._hand_over(parts.path)
            return
        self._answer(self.server.rest.read(parts.path, parse_qs(parts.query)))

    def do_DELETE(self) -> None:
        path = urlsplit(self.path).path
        if not self._is_known():
            self._answer(refusal(401, 20003, "Authenticate"))
        elif (fault := self.server.switch.faults.for_request(MEDIA)) is not None:
            self._fail(fault, path, {})
        elif self.server.media.remove(path):
            self.send_response(204)
            self.end_headers()
        else:
            self._answer(refusal(404, 20404, "The requested resource was not found"))

    def _hand_over(self, path: str) -> None:
        fault = self.server.switch.faults.for_request(MEDIA)
        if fault is not None:
            self._fail(fault, path, {})
            return
        found = self.server.media.find(path)
        if found is None:
            self._answer(refusal(404, 20404, "The requested resource was not found"))
            return
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg" if path.endswith(".mp3") else found.media_type)
        self.send_header("Content-Length", str(len(found.content)))
        self.end_headers()
        self.wfile.write(found.content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: request lines hold telephone numbers."""

    def _fault(self, to: str) -> Fault | None:
        return _BY_CONDITION.get(self.server.rest.condition_met(to)) or self.server.switch.faults.for_request(
            to
        )

    def _fail(self, fault: Fault, path: str, form: Form) -> None:
        if fault.accepts:
            self.server.rest.create(path, form)
        match fault.kind:
            case RequestFault.TOO_MANY:
                wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
                self._answer(refusal(429, 20429, "Too Many Requests", **wait))
            case RequestFault.HANG:
                self.server.stopping.wait(self.server.hang)
                self.close_connection = True
            case RequestFault.RESET:
                # Lingering for no time at all makes the close a reset.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            case RequestFault.UNREADABLE:
                self._answer(Answer(201, b'{"sid": "SM'))
            case _ if fault.code is None:
                self._answer(Answer(fault.http_status, b"<html>Bad gateway</html>"))
            case _:
                self._answer(refusal(fault.http_status, fault.code or 0, "An ordered failure"))

    def _is_known(self) -> bool:
        account = self.server.switch.account
        wanted = base64.b64encode(f"{account.sid}:{account.token}".encode()).decode()
        return hmac.compare_digest(self.headers.get("Authorization", ""), f"Basic {wanted}")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
