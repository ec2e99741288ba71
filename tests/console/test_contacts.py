"""My contacts in a browser: added, proved, ordered, tested; the card; who sees whose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cna_service.db.outbox import outbox
from tests.console.browser import Browser, Page
from tests.console.conftest import DeskUnderTest

MINE = "/console/contacts"


def newest(desk: DeskUnderTest, purpose: str) -> Any:
    with desk.service.database.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.created_at, outbox.c.id)).all()
    return [r for r in rows if r.content["purpose"] == purpose][-1]


def added(desk: DeskUnderTest, browser: Browser, value: str = "+351912345678") -> Page:
    page = browser.get(MINE)
    return browser.submit(
        page, f"{MINE}/of/duty-officer/add", kind="number", value=value, label="duty mobile"
    )


def test_an_officer_adds_a_number_and_proves_it_by_the_code(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = added(desk, browser)
    assert "The contact is added" in page.text
    assert "duty mobile" in page.text
    base = f"{MINE}/of/duty-officer/number-1"
    page = browser.submit(page, f"{base}/proof", by="code")
    assert "A code is on its way" in page.text
    code = newest(desk, "proof").content["text"].split(" is the code")[0][-6:]
    wrong = browser.submit(page, f"{base}/verify", status=422, code="000")
    assert "is not what was sent there" in wrong.text
    page = browser.submit(wrong, f"{base}/verify", code=code)
    assert "The contact is verified" in page.text


def test_the_key_of_a_call_stands_on_the_page_of_who_asked(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    base = f"{MINE}/of/duty-officer/phone"
    page = browser.submit(browser.get(MINE), f"{base}/proof", by="call")
    assert "is being called. Pick up and press" in page.text
    assert newest(desk, "proof").channel == "voice"


def test_what_is_no_number_is_shown_again_with_what_was_typed(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    where = f"{MINE}/of/duty-officer/add"
    page = browser.submit(browser.get(MINE), where, status=422, kind="number", value="12")
    assert "Number or address" in page.text
    assert dict(page.fields(where))["value"] == "12"


def test_rule_3_6_the_page_gives_the_card_and_the_steps_for_both_telephones(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get(MINE)
    assert "Emergency Bypass" in page.text
    assert "starred contacts" in page.text
    assert f"{MINE}/duty-desk.vcf" in page.links()
    assert "daytime only" in page.text
    card = browser.client.get(f"{MINE}/duty-desk.vcf")
    assert card.headers["content-type"].startswith("text/vcard")
    assert "TEL:+15550100" in card.text


def test_rules_are_set_and_the_page_says_what_a_summons_would_ring_now(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    where = f"{MINE}/of/duty-officer/rules"
    page = browser.get(MINE)
    assert "No rules of your own" in page.text
    refused = browser.submit(page, where, status=422, **{"high/0/way": "email:email"})
    assert "nothing that rings comes within two minutes" in refused.text
    lines = {
        "high/0/way": "sms:phone",
        "high/1/way": "voice:any",
        "high/1/after_seconds": "60",
        "repeat_every_seconds": "120",
    }
    lines["high/1/way"] = "voice:phone"
    page = browser.submit(browser.get(MINE), where, **lines)
    assert "The rules are set" in page.text
    assert "call to phone" in page.text
    assert dict(page.fields(where))["high/1/after_seconds"] == "60"


def test_a_test_is_asked_for_and_answered_at_the_console(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.submit(browser.get(MINE), f"{MINE}/of/duty-officer/test")
    assert "A test is under way" in page.text
    action = next(a for a in page.actions() if a.endswith("/answer"))
    page = browser.submit(page, action)
    assert "Thank you" in page.text
    assert "SMS on phone" in page.text


def test_zone_and_waking_hours_and_language(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    where = f"{MINE}/of/duty-officer/wishes"
    page = browser.submit(
        browser.get(MINE), where, language="pt", zone="Atlantic/Azores", **{"waking/from": "08:00"}
    )
    fields = dict(page.fields(where))
    assert (fields["language"], fields["zone"], fields["waking/from"]) == ("pt", "Atlantic/Azores", "08:00")


def test_who_keeps_the_roster_sees_everybody_and_mends_for_another(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("supervisor")
    page = browser.get(f"{MINE}/all")
    assert "no verified contact" in page.text
    page = browser.get(f"{MINE}/of/duty-1")
    page = browser.submit(page, f"{MINE}/of/duty-1/add", kind="email", value="second@example.test")
    assert page.heading == "Contacts of Lieutenant Duty-1"
    assert "email-1" in page.text


def test_nobody_else_sees_anothers_contacts(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("auditor")
    browser.get(f"{MINE}/of/duty-1", status=403)
    browser.get(f"{MINE}/all", status=403)
    assert browser.get(MINE).heading == "My contacts"


def test_an_order_a_change_and_a_removal(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = added(desk, browser)
    base = f"{MINE}/of/duty-officer/number-1"
    page = browser.submit(page, f"{base}/first")
    assert "The order is recorded" in page.text
    page = browser.submit(page, f"{base}/change", value="", label="boat", by_day="yes")
    assert "by day only, by his own word" in page.text
    page = browser.submit(page, f"{base}/remove")
    assert "number-1" not in page.text
