"""A running desk on a real socket, and the system's Chromium to look at it.

``CNA_CHROMIUM`` names another browser than ``/usr/bin/chromium``; that there is none is an error, never a skip.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cna_service.app import create_app
from cna_service.bootstrap import Running, build
from cna_service.identity import totp
from cna_service.identity.actors import SERVICE
from cna_service.kit.clock import SystemClock
from cna_service.settings import Settings
from cna_service.workflow import officers

CHROMIUM = os.environ.get("CNA_CHROMIUM", "/usr/bin/chromium")
PASSWORD = "a lamp beside the chart table"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desk": DESK}
# What axe knows of WCAG 2.2 A and AA, and of good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class SkippingClock(SystemClock):
    """The machine's clock, set forward by a test that cannot wait half a minute for the next code."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.skipped)


class Site:
    """The application on a socket of this machine; it can be unplugged and plugged in again."""

    application: FastAPI

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def plug_in(self) -> None:
        config = uvicorn.Config(
            self.application, host="127.0.0.1", port=self.port, log_level="error", lifespan="off", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        clock = SystemClock()
        until = clock.monotonic() + 15
        while not self._server.started:
            assert clock.monotonic() < until, "the site did not start"
            self._thread.join(0.02)

    def unplug(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)


@dataclass
class Desk:
    """A desk, where it answers, and what its officers' code generators hold."""

    running: Running
    site: Site
    clock: SkippingClock
    generators: dict[str, str] = field(default_factory=dict)

    def add(self, officer: str, role: str, name: str) -> str:
        """Add an account; returns its one-time link."""
        body = {
            "officer": officer,
            "name": name,
            "post": role.replace("_", " ").capitalize(),
            "office": "Maritime Operations Centre",
            "role": role,
            "phone": f"+1555010{1000 + len(self.generators)}",
            "email": f"{officer}@example.test",
        }
        return (
            f"{self.site.url}/console/link/{officers.add_officer(self.running.service, SERVICE, body).secret}"
        )

    def code(self, officer: str) -> str:
        return totp.code_at(self.generators[officer], self.clock.now())

    def enrol(self, page: Page, officer: str, role: str, name: str) -> None:
        """Open the link, read the generator's secret from the page, set both."""
        page.goto(self.add(officer, role, name))
        self.generators[officer] = re.sub(r"\s", "", page.locator(".secret").inner_text())
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("textbox", name="Code").fill(self.code(officer))
        page.get_by_role("button", name="Set both").click()
        page.wait_for_url("**/console/sign-in*")

    def sign_in(self, page: Page, officer: str) -> None:
        # Each code is good once.
        self.clock.skipped += 30
        page.context.clear_cookies()
        page.goto(f"{self.site.url}/console/sign-in")
        page.get_by_label("Account").fill(officer)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("textbox", name="Code").fill(self.code(officer))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "sign-in" not in url)


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(*, exercise: bool = False) -> Desk:
        clock = SkippingClock()
        site = Site()
        settings = Settings(
            data=tmp_path / f"desk-{len(made)}", public_url=site.url, telephone="+15550100", port=site.port
        )
        running = build(settings, exercise=exercise, machine=clock)
        site.application = create_app(running)
        desk = Desk(running, site, clock)
        made.append(desk)
        site.plug_in()
        return desk

    yield make
    for desk in made:
        desk.site.unplug()
        if desk.running.exercise is not None:
            desk.running.exercise.stop()
        desk.running.service.database.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own; whatever the console complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(size: str = "desk", *, javascript: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport=SIZES[size],
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_fault(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _is_fault(said: Any) -> bool:
    """A refused script or style, an exception; not a request that a test had fail."""
    return said.type == "error" and not any(
        w in said.text for w in ("Failed to load resource", "Failed to fetch")
    )


def axe_faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]]
