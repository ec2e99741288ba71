"""A telephone company and a desk, both real HTTP servers on loopback, for the tests of either side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from cna_service.alerts.twilio_channel import TwilioAccount, TwilioTelephony
from cna_service.exercise.phone_company import PhoneCompany
from cna_service.exercise.phone_company_schedule import HeldScheduler
from cna_service.exercise.phone_company_switch import Account, Delays
from cna_service.kit.clock import SystemClock

START = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
SID = "AC" + "0" * 32
TOKEN = "first-token"
SECOND_TOKEN = "second-token"
DESK_NUMBER = "+15550100"
OFFICER = "+15550111"
DEPUTY = "+15550112"


@dataclass
class Received:
    """One request of the company to the desk."""

    url: str
    params: dict[str, str]
    signature: str
    token: str

    @property
    def status(self) -> str:
        return self.params.get("MessageStatus") or self.params["CallStatus"]


Page = Callable[[Received], str]


@dataclass
class Desk:
    """Keeps what it receives, answers with the page of that path, or fails on order."""

    base: str = ""
    received: list[Received] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    failures: list[int] = field(default_factory=list)
    broken_paths: set[str] = field(default_factory=set)

    @property
    def status_url(self) -> str:
        return self.base + "/callbacks/twilio/status"

    def statuses(self) -> list[str]:
        return [one.status for one in self.received if "/status" in one.url]

    def at(self, path: str) -> list[Received]:
        return [one for one in self.received if path in one.url]


@contextmanager
def a_desk() -> Iterator[Desk]:
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            params = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
            one = Received(
                url=desk.base + self.path,
                params=params,
                signature=self.headers["X-Twilio-Signature"],
                token=self.headers["I-Twilio-Idempotency-Token"],
            )
            desk.received.append(one)
            status = desk.failures.pop(0) if desk.failures else 200
            path = self.path.partition("?")[0]
            status = 500 if path in desk.broken_paths else status
            page = desk.pages.get(path)
            answer = (page(one) if page is not None else "").encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    desk.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Line:
    """The company, the case clock it follows, and the desk's adapter to it."""

    company: PhoneCompany
    clock: HeldScheduler
    telephony: TwilioTelephony
    desk: Desk

    def settle(self) -> None:
        assert self.company.wait_until_idle(5)
        assert self.company.in_flight() == 0

    def advance(self, seconds: float) -> None:
        """From due instant to due instant, as the exercise clock goes."""
        target = self.clock.now() + timedelta(seconds=seconds)
        self.settle()
        while (due := self.clock.next_due()) is not None and due <= target:
            self.clock.advance_to(due)
            self.settle()
        self.clock.advance_to(target)

    def sms(self, number: str = OFFICER) -> list[dict[str, object]]:
        return self.company.phone(number)["sms"]  # type: ignore[return-value]

    def call(self, number: str = OFFICER) -> dict[str, object]:
        return self.company.phone(number)["calls"][-1]  # type: ignore[index, no-any-return]


@contextmanager
def a_line(desk: Desk, *, delays: Delays | None = None, timeout: float = 2.0) -> Iterator[Line]:
    clock = HeldScheduler(START)
    company = PhoneCompany(
        Account(SID, TOKEN, DESK_NUMBER),
        clock,
        SystemClock(),
        inbound_sms_url=desk.base + "/callbacks/twilio/sms",
        delays=delays,
        hang=timedelta(seconds=3),
    )
    company.start()
    for number, owner in ((OFFICER, "duty-1"), (DEPUTY, "deputy-1")):
        company.add_phone(number, owner)
    account = TwilioAccount(
        sid=SID,
        tokens=(TOKEN, SECOND_TOKEN),
        number=DESK_NUMBER,
        base_url=company.base_url,
        timeout=timedelta(seconds=timeout),
    )
    telephony = TwilioTelephony(account)
    try:
        yield Line(company, clock, telephony, desk)
    finally:
        telephony.close()
        company.stop()
