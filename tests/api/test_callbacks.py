"""The telephone company's callbacks: signed over the public address, answered 200 whatever they say."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from httpx2 import Response
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from cna_service.db.outbox import outbox, provider_event
from tests.api.desk import ApiDesk

NUMBER = "+15550100101"


def call_back(desk: ApiDesk, path: str, params: Mapping[str, str], *, url: str | None = None) -> Response:
    """As the company sends it: form-encoded, signed over the address it was given."""
    token = desk.running.exercise._account.token
    signed = url or f"{desk.service.desk.public_url}/callbacks/twilio{path}"
    headers = {
        "X-Twilio-Signature": RequestValidator(token).compute_signature(signed, dict(params)),
        "I-Twilio-Idempotency-Token": f"t-{params.get('MessageSid', params.get('CallSid', ''))}",
        "Content-Type": "application/x-www-form-urlencoded",
        # What a proxy in front says of itself must not matter.
        "Host": "inside.proxy.test:9999",
    }
    return desk.client.post(f"/callbacks/twilio{path}", content=urlencode(params), headers=headers)


def first_sending(desk: ApiDesk) -> tuple[str, str]:
    with desk.service.database.read() as connection:
        row = connection.execute(
            select(outbox.c.id, outbox.c.content).where(outbox.c.channel == "sms")
        ).first()
    assert row is not None
    return row.id, row.content["code"]


def kept(desk: ApiDesk) -> int:
    with desk.service.database.read() as connection:
        return len(connection.execute(select(provider_event.c.id)).all())


def test_a_delivery_report_becomes_an_entry_once(desk: ApiDesk) -> None:
    ref = desk.submitted()
    sending, _ = first_sending(desk)
    told = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": NUMBER}
    for _ in range(2):
        answer = call_back(desk, f"/status?sending={sending}", told)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert desk.types(ref).count("alert.delivered") == 1


def test_a_callback_that_is_not_signed_for_this_address_is_403(desk: ApiDesk) -> None:
    desk.submitted()
    sending, code = first_sending(desk)
    elsewhere = f"http://evil.test/callbacks/twilio/status?sending={sending}"
    told = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert call_back(desk, f"/status?sending={sending}", told, url=elsewhere).status_code == 403
    plain = desk.client.post("/callbacks/twilio/sms", data={"From": NUMBER, "Body": f"1 {code}"})
    assert (plain.status_code, plain.json()["type"]) == (403, "/problems/not-signed")
    assert kept(desk) == 0


def test_a_reply_by_sms_takes_the_alert_and_is_acted_on_once(desk: ApiDesk) -> None:
    ref = desk.submitted()
    _, code = first_sending(desk)
    told = {"MessageSid": "SM9", "From": NUMBER, "To": "+15550100", "Body": f"1 {code}"}
    for _ in range(3):
        assert call_back(desk, "/sms", told).status_code == 200
    assert desk.types(ref).count("alert.acknowledged") == 1
    assert kept(desk) == 1
    assert desk.get(f"/cases/{ref}", desk.officer()).json()["holder"] == "duty-1"


def test_a_call_says_nothing_of_the_case_and_a_key_takes_it(desk: ApiDesk) -> None:
    ref = desk.submitted()
    desk.let_pass(minutes=3)
    with desk.service.database.read() as connection:
        query = select(outbox.c.id).where(outbox.c.channel == "voice")
        sending = connection.execute(query).scalars().first()
    opening = call_back(desk, f"/call?sending={sending}", {"CallSid": "CA1"})
    assert opening.status_code == 200 and opening.headers["content-type"] == "application/xml"
    assert "<Gather" in opening.text and ref not in opening.text and "BAR TEST" not in opening.text
    pressed = call_back(desk, f"/call/key?sending={sending}", {"CallSid": "CA1", "Digits": "1"})
    assert pressed.status_code == 200 and "<Say" in pressed.text
    assert "alert.acknowledged" in desk.types(ref)


def test_what_nobody_knows_is_answered_200(desk: ApiDesk) -> None:
    for path, told in (
        ("/status?sending=none", {"MessageSid": "SM7", "MessageStatus": "sent"}),
        ("/status", {}),
        ("/sms", {"From": "+19990000000", "Body": "hello\x00"}),
        ("/sms", {}),
        ("/call?sending=none", {"CallSid": "CA7"}),
        ("/call/key", {"Digits": "9"}),
    ):
        answer = call_back(desk, path, told)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml"), (
            path,
            answer.text,
        )


def test_a_database_that_cannot_be_written_makes_the_company_come_again(desk: ApiDesk) -> None:
    desk.submitted()
    _, code = first_sending(desk)
    desk.make_read_only()
    told = {"MessageSid": "SM9", "From": NUMBER, "Body": f"1 {code}"}
    assert call_back(desk, "/sms", told).status_code == 503


def test_a_body_that_is_too_long_is_413(desk: ApiDesk) -> None:
    answer = desk.client.post("/callbacks/twilio/sms", content=b"a=" + b"x" * 70_000)
    assert answer.status_code == 413
