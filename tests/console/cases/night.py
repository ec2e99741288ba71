"""One night at an exercise desk: an officer on watch with a browser, and a partner who asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from cna_service.bootstrap import build
from cna_service.cases.record import CaseRecord
from cna_service.console.routes import create_console
from cna_service.identity.actors import Actor, authority_actor
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Entry
from cna_service.ledger.store import read_entries
from cna_service.settings import Settings
from cna_service.workflow.fire import fire_due
from cna_service.workflow.keys import Reply
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receive import Arrival, receive
from cna_service.workflow.status import Notices
from tests.console.browser import ORIGIN, Browser, Page
from tests.console.conftest import DeskUnderTest, HandClock
from tests.console.lint import text_of

XB = authority_actor("mrcc-xb", state="XB", name="EXERCISE: Maritime Rescue and Law Enforcement Centre of XB")
BASIS = "CETS 156 art. 6"
REQUEST: Mapping[str, Any] = {
    "requester_reference": "MRCC-77/26",
    "legal_basis": [BASIS],
    "offences": ["narcotics"],
    "measures": ["confirm_registry", "board", "search"],
    "grounds": "Low in the water, no lights, drums on deck.",
    "vessels": [
        {
            "names": ["BAR TEST"],
            "flag_claimed": "XA",
            "call_sign": "XA2345",
            "positions": ["14°03.5'N 074°22.1'W"],
        }
    ],
}


def open_desk(folder: Path) -> DeskUnderTest:
    """An exercise desk with its console, at three minutes past six in the evening, Zulu."""
    clock = HandClock(datetime(2026, 11, 21, 18, 3, 22, tzinfo=UTC))
    settings = Settings(data=folder / "desk", public_url=ORIGIN, telephone="+15550100", port=8009)
    running = build(settings, exercise=True, clock=clock, machine=clock)
    application = FastAPI()
    notices = Notices(running.service, None, running.outside)
    application.include_router(create_console(running.service, notices=notices))
    return DeskUnderTest(running, clock, application)


@dataclass
class Night:
    """``browser``: of the officer on watch."""

    desk: DeskUnderTest
    browser: Browser
    others: dict[str, Browser] = field(default_factory=dict)

    def as_role(self, role: str) -> Browser:
        """The browser of an officer of another role, signed in once."""
        if role not in self.others:
            self.others[role] = self.desk.signed_in(role)
        return self.others[role]

    def limit(self, *, hours: int) -> dict[str, str]:
        """A limit that the other side states, and what it says silence means."""
        due = self.desk.clock.now() + timedelta(hours=hours)
        return {"reply_wanted_by": to_text(due), "silence_stated": "silence is consent"}

    def receive(self, by: Actor = XB, content: bytes | None = None) -> Reply:
        """Something arrives over the interface."""
        sent = json.dumps(REQUEST).encode() if content is None else content
        return receive(self.desk.service, by, Arrival(sent, "application/json", "api"))

    def request(self, by: Actor = XB, **changes: Any) -> str:
        """A request arrives over the interface; its case."""
        return str(json.loads(self.receive(by, json.dumps({**REQUEST, **changes}).encode()).body)["case"])

    def browser_call(self) -> str:
        """A request by telephone, opened by the officer on watch; its case."""
        path = "/console/calls/new"
        typed = {
            "vessels__0__name": "BAR TEST",
            "authority": "mrcc-xb",
            "exchange__measures": ["confirm_registry"],
        }
        page = self.browser.submit(self.browser.get(path), path, **typed)
        return page.path.removeprefix("/console/cases/")

    def case(self, ref: str) -> Page:
        return self.browser.get(f"/console/cases/{ref}")

    def hours_pass(self, hours: int) -> None:
        """Time goes by, what fell due is done, and the officers sign in again."""
        self.desk.clock.forward(hours=hours)
        for _ in range(20):
            if not fire_due(self.desk.service):
                break
        browsers = {"duty-officer": self.browser} | {r.replace("_", "-"): b for r, b in self.others.items()}
        for officer, browser in browsers.items():
            browser.client.cookies.clear()
            self.desk.sign_in(officer, browser)

    def act_as(self, role: str, ref: str, name: str, /, **typed: Any) -> Page:
        """Another officer fills in one of the small forms."""
        browser, path = self.as_role(role), f"/console/cases/{ref}/do/{name}"
        return browser.submit(browser.get(path), path, **typed)

    def line(self, page: Page) -> str:
        """The line that is kept in sight."""
        return text_of(page.tree.find(".//div[@id='case-line']"))

    def act(self, ref: str, name: str, /, *, exchange: int = 0, status: int = 200, **typed: Any) -> Page:
        """Fill in one of the small forms and send it."""
        of_exchange = f"exchanges/{exchange}/" if exchange else ""
        path = f"/console/cases/{ref}/{of_exchange}do/{name}"
        return self.browser.submit(self.browser.get(path), path, status=status, **typed)

    def record(self, ref: str) -> CaseRecord:
        with self.desk.service.read() as reader:
            return reader.stream(case_stream(ref)).of(CASE)

    def entries(self, ref: str, kind: str = "") -> list[Entry]:
        service = self.desk.service
        with service.read() as reader:
            found = read_entries(reader.connection, service.desk.log_origin, case_stream(ref)).entries
        return [e for e in found if e.type.startswith(kind)]
