"""A desk with its console, and browsers to look at it. Time is moved by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cna_service.app import create_app
from cna_service.bootstrap import Running, build
from cna_service.identity import totp
from cna_service.identity.actors import SERVICE
from cna_service.settings import Settings
from cna_service.workflow import officers, roster
from cna_service.workflow.service import Service
from tests.console.browser import ORIGIN, Browser, Page

PASSWORD = "a lamp beside the chart table"


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class DeskUnderTest:
    """A desk, its clock, and what the code generators of its officers hold."""

    running: Running
    clock: HandClock
    application: FastAPI
    generators: dict[str, str] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        return self.running.service

    def browser(self) -> Browser:
        return Browser(TestClient(self.application, base_url=ORIGIN))

    def add(self, officer: str, role: str, *, name: str = "", email: str = "") -> str:
        """Add an account; returns the path of its one-time link."""
        body = {
            "officer": officer,
            "name": name or f"Lieutenant {officer.title()}",
            "post": role.replace("_", " ").capitalize(),
            "office": "Maritime Operations Centre",
            "role": role,
            "phone": f"+1555010{len(self.generators) + 1000}",
            "email": email or f"{officer}@example.test",
        }
        made = officers.add_officer(self.service, SERVICE, body)
        return f"/console/link/{made.secret}"

    def enrol(self, officer: str, role: str, **more: str) -> None:
        """Add an account and set its password and generator through the pages."""
        self.open_link(officer, self.add(officer, role, **more))

    def open_link(self, officer: str, link: str) -> Page:
        browser = self.browser()
        page = browser.get(link)
        found = re.search(r'class="mono secret">([^<]+)<', page.html)
        assert found is not None
        self.generators[officer] = found[1].replace(" ", "")
        return browser.submit(
            page, link, password=PASSWORD, repeated=PASSWORD, code=self.code(officer, used=False)
        )

    def code(self, officer: str, *, used: bool = True) -> str:
        """What the officer's generator shows; each code is good once, so the clock goes on by half a minute."""
        if used:
            self.clock.forward(seconds=30)
        return totp.code_at(self.generators[officer], self.clock.now())

    def sign_in(self, officer: str, browser: Browser | None = None) -> Browser:
        browser = browser or self.browser()
        page = browser.get("/console/sign-in")
        browser.submit(page, "/console/sign-in", account=officer, password=PASSWORD, code=self.code(officer))
        return browser

    def signed_in(self, role: str) -> Browser:
        """A browser of a fresh officer of this role, whose account has the role's name with hyphens."""
        officer = role.replace("_", "-")
        self.enrol(officer, role)
        return self.sign_in(officer)

    def give_watch(self, officer: str) -> None:
        body = {
            "post": "duty_officer",
            "officer": officer,
            "to": (self.clock.now() + timedelta(hours=24)).isoformat(),
            "reason": "first watch",
        }
        roster.add_override(self.service, SERVICE, body)


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., DeskUnderTest]]:
    made: list[Running] = []

    def make(*, exercise: bool = False) -> DeskUnderTest:
        clock = HandClock(datetime(2026, 11, 21, 18, 3, 22, tzinfo=UTC))
        settings = Settings(
            data=tmp_path / f"desk-{len(made)}", public_url=ORIGIN, telephone="+15550100", port=8009
        )
        running = build(settings, exercise=exercise, clock=clock, machine=clock)
        made.append(running)
        return DeskUnderTest(running, clock, create_app(running))

    yield make
    for running in made:
        if running.exercise is not None:
            running.exercise.stop()
        running.service.database.close()


@pytest.fixture
def desk(make_desk: Callable[..., DeskUnderTest]) -> DeskUnderTest:
    """A real desk on its first day: no officer, no roster, nothing adopted."""
    return make_desk()
