"""Subscribing a device to pushes, the worker behind it, and what the watch page says of telephone companies."""

from __future__ import annotations

import base64
import dataclasses
import json
from decimal import Decimal

from cna_service.alerts.ports import AccountFacts, NumberFacts
from cna_service.workflow import provider_watch
from cna_service.workflow.outside import Outside
from tests.console.conftest import DeskUnderTest
from tests.workflow.lines import Company


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


SUBSCRIPTION = json.dumps(
    {
        "endpoint": "https://push.example.test/device",
        "keys": {"p256dh": _text(b"\x04" + b"\x01" * 64), "auth": _text(bytes(16))},
    }
)


def test_a_device_is_subscribed_with_a_name(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/push")
    assert page.heading == "Push on this device"
    assert "tapping it opens the alert" in page.text
    shown = browser.submit(page, "/console/push", value=SUBSCRIPTION, label="my telephone")
    assert "This device is subscribed" in shown.text and "my telephone" in shown.text
    assert "not verified yet" in shown.text
    again = browser.submit(browser.get("/console/push"), "/console/push", status=422, value=SUBSCRIPTION)
    assert "already" in again.text


def test_what_is_no_subscription_is_refused_in_words(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.submit(browser.get("/console/push"), "/console/push", status=422, value="{}", label="x")
    assert "is no subscription" in page.text


def test_the_worker_serves_the_console_alone_and_the_key_is_the_desks(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    answer = browser.client.get("/console/push-worker.js")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/javascript")
    assert (
        answer.headers["service-worker-allowed"] == "/console/"
        and "no-cache" in answer.headers["cache-control"]
    )
    assert "showNotification" in answer.text
    manifest = browser.client.get("/console/manifest.webmanifest")
    assert manifest.json()["display"] == "standalone" and manifest.json()["scope"] == "/console/"
    assert browser.client.get(manifest.json()["icons"][0]["src"]).status_code == 200
    page = browser.get("/console/push")
    assert [e.get("href") for e in page.tree.iter("link") if e.get("rel") == "manifest"] == [
        "/console/manifest.webmanifest"
    ]
    [form] = [f for f in page.tree.iter("form") if f.get("data-push")]
    point = base64.urlsafe_b64decode(form.get("data-push", "") + "=")
    assert len(point) == 65 and point[0] == 4


def test_rule_13_4_the_watch_page_says_which_company_carries_and_that_there_is_one_only(
    desk: DeskUnderTest,
) -> None:
    browser = desk.signed_in("duty_officer")
    assert "None is set up" in browser.get("/console/watch").text
    company = Company(desk.clock, "twilio")  # type: ignore[arg-type]
    company.facts = AccountFacts(True, Decimal("3.50"), "USD", (NumberFacts("+15550100"),))
    reached = desk.service.reached
    before, reached.outside = reached.outside, Outside(company, None, balance_floor=Decimal(10))
    try:
        page = browser.get("/console/watch")
        assert "One provider only" in page.text and "never yet" in page.text
        provider_watch.look_at_accounts(desk.service, reached.outside)
        shown = browser.get("/console/watch").text
        assert "3.50 USD" in shown and "+15550100" in shown and "below what a week needs" in shown
        reached.outside = dataclasses.replace(reached.outside, telephony=None)
        assert "None is set up" in browser.get("/console/watch").text
    finally:
        reached.outside = before
