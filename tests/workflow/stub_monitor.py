"""An outside monitor on loopback: a real HTTP server that keeps what it heard, and can hang or fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StubMonitor:
    """``heard``: the words below its address, in order: ``""`` (alive), ``/start``, ``/fail``; ``said``: with bodies.
    ``status``: what it answers; ``date``: what it says the time is; ``hold``: while clear, it does not answer."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.said: list[str] = []
        self.status = 200
        self.date: str | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.url = ""
        self.was_heard = threading.Semaphore(0)
        """Released once for each word that came."""

    def since(self, count: int) -> list[str]:
        return self.heard[count:]


@contextmanager
def a_monitor() -> Iterator[StubMonitor]:
    stub = StubMonitor()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            stub.heard.append(self.path.removeprefix("/ping/secret-uuid"))
            stub.said.append(body)
            stub.was_heard.release()
            stub.hold.wait(20)
            self.send_response(stub.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return stub.date or super().date_time_string(timestamp)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/ping/secret-uuid"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stub
    finally:
        stub.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
