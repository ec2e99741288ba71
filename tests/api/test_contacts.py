"""Officers' contacts over the interface."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cna_service.db.outbox import outbox
from tests.api.desk import ApiDesk

OWN = "/officers/me/contacts"
SECOND = "+15550100201"


def sent(desk: ApiDesk, purpose: str) -> list[Any]:
    with desk.service.database.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.created_at, outbox.c.id)).all()
    return [r for r in rows if r.content["purpose"] == purpose]


def test_an_officer_adds_a_number_proves_it_and_puts_it_first(desk: ApiDesk) -> None:
    me = desk.officer("duty-1")
    # Never night to him: what is not known to ring at night would go last then.
    always = {"waking": {"from": "00:00", "to": "00:00"}}
    assert desk.post("/officers/me/preferences", me, always).status_code == 201
    made = desk.post(OWN, me, {"kind": "number", "value": "+1 555 010 0201", "label": "boat"}).json()
    contact = made["contact"]
    asked = desk.post(f"{OWN}/{contact}/proof", me, {})
    assert asked.status_code == 202, asked.text
    (row,) = sent(desk, "proof")
    assert (row.channel, row.contact) == ("sms", SECOND)
    code = row.content["text"].split(" is the code")[0][-6:]
    wrong = desk.post(f"{OWN}/{contact}/verification", me, {"code": "1"})
    assert wrong.status_code == 422
    assert wrong.json()["type"].endswith("proof-refused")
    assert desk.post(f"{OWN}/{contact}/verification", me, {"code": code}).status_code == 201
    assert desk.post(f"{OWN}/order", me, {"order": [contact]}).status_code == 201
    told = desk.get(OWN, me).json()
    assert [c["contact"] for c in told["contacts"]] == [contact, "phone", "email"]
    assert told["verified"] == 2
    assert told["contacts"][0]["value"] == SECOND


def test_a_call_to_be_verified_tells_the_key_to_who_asked(desk: ApiDesk) -> None:
    told = desk.post(f"{OWN}/phone/proof", desk.officer("duty-1"), {"by": "call"}).json()
    assert told["key"] in set("4678")
    (row,) = sent(desk, "proof")
    assert told["key"] not in row.content["text"]


def test_anothers_contacts_are_read_and_changed_by_supervisor_and_administrator_alone(desk: ApiDesk) -> None:
    path = "/officers/duty-1/contacts"
    for who, status in (("duty-2", 403), ("aud-1", 403), ("sup-1", 200), ("admin-1", 200), ("duty-1", 200)):
        assert desk.get(path, desk.officer(who)).status_code == status, who
    body = {"kind": "email", "value": "second@example.test"}
    assert desk.post(path, desk.officer("duty-2"), body).status_code == 403
    assert desk.post(path, desk.officer("sup-1"), body).status_code == 201
    assert desk.get(path, desk.authority()).status_code == 403
    assert desk.get(OWN, desk.authority()).status_code == 404


def test_rules_are_set_shown_as_they_would_call_now_and_taken_back(desk: ApiDesk) -> None:
    me = desk.officer("duty-1")
    rules = {
        "high": [{"after_seconds": 0, "channel": "sms"}, {"after_seconds": 60, "channel": "voice"}],
        "repeat_every_seconds": 120,
    }
    assert desk.post("/officers/me/contact-rules", me, rules).status_code == 201
    told = desk.get(OWN, me).json()
    assert told["now"]["high"] == [
        {"after_seconds": 0, "channel": "sms", "contact": "phone"},
        {"after_seconds": 60, "channel": "voice", "contact": "phone"},
    ]
    bad = desk.post("/officers/me/contact-rules", me, {"high": [{"channel": "email"}], "colour": 1})
    assert {p["pointer"] for p in bad.json()["problems"]} == {"/high", "/colour"}
    desk.post("/officers/me/contact-rules", me, {})
    assert desk.get(OWN, me).json()["rules"] is None


def test_a_test_is_asked_for_and_answered(desk: ApiDesk) -> None:
    me = desk.officer("duty-1")
    test = desk.post("/officers/me/phone-tests", me, {}).json()["test"]
    assert {(r.channel, r.contact) for r in sent(desk, "test")} == {
        ("sms", "+15550100101"),
        ("voice", "+15550100101"),
    }
    assert desk.post("/officers/me/phone-tests", me, {}).status_code == 409
    other = desk.post(f"/officers/me/phone-tests/{test}/answer", desk.officer("duty-2"), {})
    assert other.status_code == 404
    assert desk.post(f"/officers/me/phone-tests/{test}/answer", me, {"rang": True}).status_code == 201
    assert desk.get(OWN, me).json()["tests"][0]["heard"][0]["contact"] == "phone"


def test_preferences_are_his(desk: ApiDesk) -> None:
    me = desk.officer("duty-1")
    body = {"zone": "Atlantic/Azores", "waking": {"from": "08:00", "to": "23:00"}, "language": "pt"}
    assert desk.post("/officers/me/preferences", me, body).status_code == 201
    told = desk.get(OWN, me).json()
    assert (told["zone"], told["language"]) == ("Atlantic/Azores", "pt")
    assert desk.post("/officers/me/preferences", me, {"zone": "Mars/Base"}).status_code == 422


def test_rule_3_6_the_card_holds_every_number_that_the_desk_calls_from(desk: ApiDesk) -> None:
    told = desk.get("/duty/contact-card", desk.officer("duty-1"))
    assert told.headers["content-type"].startswith("text/vcard")
    assert "TEL:+15550100" in told.text
    assert "FN:EXERCISE" in told.text
