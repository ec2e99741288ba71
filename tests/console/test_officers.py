"""Accounts: added with a link that is shown once, changed, disabled, reset and told of."""

from __future__ import annotations

from cna_service.ledger import store
from cna_service.workflow.projections import DUTY
from tests.console.conftest import DeskUnderTest

NEW = {
    "officer": "duty-7",
    "name": "Lieutenant Ana Ruiz",
    "post": "Duty officer",
    "office": "Operations",
    "role": "duty_officer",
    "phone": "+1 (555) 010-4444",
    "email": "ruiz@example.test",
}


def queued(desk: DeskUnderTest) -> list[tuple[str, str, str]]:
    """Channel, contact and text of every notice asked for."""
    from sqlalchemy import select

    from cna_service.db.outbox import outbox

    with desk.service.database.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.created_at, outbox.c.id)).all()
    return [(r.channel, r.contact, r.content["text"]) for r in rows if r.content["purpose"] == "notice"]


def test_an_administrator_adds_an_officer_and_sees_the_link_once(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("administrator")
    form = browser.get("/console/officers/new")
    page = browser.submit(form, "/console/officers/new", **NEW)
    link = page.tree.find(".//p[@class='link-once mono']").text.removeprefix("https://desk.example.test")
    twice = browser.submit(form, "/console/officers/new", **NEW)
    assert twice.tree.find(".//p[@class='link-once mono']") is None
    assert "cannot be shown again" in twice.text
    assert "link not used yet" in browser.get("/console/officers").text
    desk.open_link("duty-7", link)
    assert desk.sign_in("duty-7").get("/console/").heading == "Board"
    assert desk.service.read is not None
    assert "+15550104444" in browser.get("/console/officers/duty-7").html


def test_every_wrong_field_of_a_new_officer_is_named(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("administrator")
    page = browser.submit(
        browser.get("/console/officers/new"),
        "/console/officers/new",
        status=422,
        **(NEW | {"officer": "Duty 7", "phone": "12", "email": "nowhere", "name": ""}),
    )
    for words in (
        "Account cannot be read",
        "Telephone cannot be read",
        "Mail cannot be read",
        "Name is missing",
    ):
        assert words in page.text
    assert dict(page.fields("/console/officers/new"))["officer"] == "Duty 7"


def test_an_identifier_is_used_once(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("administrator")
    page = browser.submit(
        browser.get("/console/officers/new"),
        "/console/officers/new",
        status=409,
        **(NEW | {"officer": "administrator"}),
    )
    assert page.heading == "An officer with this identifier is already listed"


def test_a_change_records_what_changed_and_an_empty_second_number_takes_it_away(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("administrator")
    where = "/console/officers/duty-1/change"
    page = browser.submit(browser.get("/console/officers/duty-1"), where, second_phone="+15550109999")
    assert "The account was changed" in page.text
    page = browser.submit(page, where, second_phone="", name="Captain Duty-1")
    assert page.heading == "Captain Duty-1"
    assert dict(page.fields(where))["second_phone"] == ""
    refused = browser.submit(page, where, status=409)
    assert refused.heading == "That is so already"


def test_rule_16_3_a_reset_is_told_to_the_officer_on_his_other_contact_and_to_the_supervisors(
    desk: DeskUnderTest,
) -> None:
    desk.enrol("duty-1", "duty_officer")
    desk.enrol("sup-1", "supervisor")
    browser = desk.signed_in("administrator")
    before = len(queued(desk))
    page = browser.get("/console/officers/duty-1")
    browser.submit(page, "/console/officers/duty-1/reset", reason="telephone lost")
    told = queued(desk)[before:]
    assert {contact for _, contact, _ in told} >= {"duty-1@example.test", "sup-1@example.test"}
    assert all("were reset by Lieutenant Administrator" in text for _, _, text in told)
    assert "+1555010" not in {contact for channel, contact, _ in told if channel == "email"}


def test_rule_16_3_for_a_day_each_act_of_the_account_says_who_reset_it(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("administrator")
    page = browser.get("/console/officers/duty-1")
    made = browser.submit(page, "/console/officers/duty-1/reset", reason="telephone lost")
    link = made.tree.find(".//p[@class='link-once mono']").text.removeprefix("https://desk.example.test")
    desk.open_link("duty-1", link)
    duty = desk.sign_in("duty-1")
    duty.submit(duty.get("/console/watch"), "/console/watch/take", reason="night")
    entry = duty.get("/console/log/entries/duty/1")
    assert "credential reset by administrator" in entry.text
    desk.clock.forward(hours=25)
    duty = desk.sign_in("duty-1")
    duty.submit(duty.get("/console/watch"), "/console/watch/take", reason="second night", post="deputy")
    assert "credential reset" not in duty.get(f"/console/log/entries/duty/{newest_override(desk)}").text


def newest_override(desk: DeskUnderTest) -> int:
    with desk.service.read() as reader:
        kept = store.read_entries(reader.connection, desk.service.desk.log_origin, DUTY).entries
    return max(entry.seq for entry in kept if entry.type == "roster.override_added")


def test_nobody_disables_himself(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("administrator")
    page = browser.get("/console/officers/administrator")
    refused = browser.submit(page, "/console/officers/administrator/disable", status=409, reason="tired")
    assert refused.heading == "Another administrator must do this to your own account"


def test_an_officer_is_disabled_and_enabled_and_never_deleted(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.signed_in("administrator")
    page = browser.get("/console/officers/duty-1")
    page = browser.submit(page, "/console/officers/duty-1/disable", reason="left the service")
    assert "disabled" in page.text
    page = browser.submit(
        browser.get("/console/officers/duty-1"), "/console/officers/duty-1/enable", reason="is back"
    )
    assert "The account is enabled" in page.text
