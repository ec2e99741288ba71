"""The steps of a call to the desk over HTTP: signed over the public address, and what goes wrong on the way."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from twilio.request_validator import RequestValidator

from cna_service.ledger.store import read_entries
from tests.api.desk import ApiDesk
from tests.api.test_callbacks import call_back

CALLER = "+34911222333"
STEPS = (
    "", "/next", "/whisper", "/take", "/recorded", "/recording", "/ended", "/menu", "/connect", "/code", "/alert",
)  # fmt: skip


def arrives(desk: ApiDesk, sid: str = "CA1", number: str = CALLER) -> Any:
    told = {"CallSid": sid, "From": number, "To": "+15550100", "CallStatus": "ringing"}
    return call_back(desk, "/voice", told)


def types(desk: ApiDesk) -> list[str]:
    with desk.service.database.read() as connection:
        entries = read_entries(connection, desk.service.desk.log_origin, "desk").entries
    return [e.type for e in entries if e.type.startswith("call.")]


def step(desk: ApiDesk, url: str, **told: str) -> Any:
    """A step under the address that the desk gave for it."""
    parts = urlsplit(url)
    return call_back(desk, f"{parts.path.removeprefix('/callbacks/twilio')}?{parts.query}", told)


def test_rule_14_1_the_pages_of_a_call_lead_to_each_other(desk: ApiDesk) -> None:
    page = arrives(desk)
    assert (page.status_code, page.headers["content-type"]) == (200, "application/xml")
    number = ET.fromstring(page.text).find("Dial/Number")
    assert number is not None
    whispered = step(desk, number.get("url", ""), CallSid="CA2")
    gather = ET.fromstring(whispered.text).find("Gather")
    assert gather is not None
    taken = step(desk, gather.get("action", ""), CallSid="CA2", Digits="1")
    assert ET.fromstring(taken.text).find("Hangup") is None
    ended = call_back(
        desk, "/voice/ended", {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "61"}
    )
    assert ended.status_code == 200
    assert types(desk) == ["call.received", "call.tried", "call.taken", "call.ended"]


@pytest.mark.parametrize("path", STEPS)
def test_row_67_a_step_without_the_company_s_signature_is_403(desk: ApiDesk, path: str) -> None:
    plain = desk.client.post(f"/callbacks/twilio/voice{path}", data={"CallSid": "CA1", "From": CALLER})
    assert (plain.status_code, plain.json()["type"]) == (403, "/problems/not-signed")
    assert types(desk) == []


def test_row_67_signed_over_the_address_inside_the_proxy_it_is_403(desk: ApiDesk) -> None:
    told = {"CallSid": "CA1", "From": CALLER, "To": "+15550100"}
    for inside in (
        "https://inside.proxy.test:9999/callbacks/twilio/voice",
        "http://desk.test/callbacks/twilio/voice",
    ):
        assert call_back(desk, "/voice", told, url=inside).status_code == 403
    wrong_scheme = desk.service.desk.public_url.replace("http://", "https://") + "/callbacks/twilio/voice"
    assert call_back(desk, "/voice", told, url=wrong_scheme).status_code == 403
    assert types(desk) == []


def test_a_step_whose_query_was_changed_is_403(desk: ApiDesk) -> None:
    page = arrives(desk)
    number = ET.fromstring(page.text).find("Dial/Number")
    assert number is not None
    url = number.get("url", "").replace("/whisper", "/take")
    other = url.replace("leg=1", "leg=2")
    told = {"CallSid": "CA2", "Digits": "1"}
    token = desk.running.exercise._account.token
    signature = RequestValidator(token).compute_signature(url, told)
    parts = urlsplit(other)
    answer = desk.client.post(
        f"{parts.path}?{parts.query}", data=told, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 403
    assert "call.taken" not in types(desk)


def test_a_replayed_arrival_is_one_call(desk: ApiDesk) -> None:
    pages = {arrives(desk).text for _ in range(3)}
    assert len(pages) == 1
    assert types(desk) == ["call.received", "call.tried"]


def test_steps_of_an_unknown_call_hang_up_with_200(desk: ApiDesk) -> None:
    for path in STEPS[1:]:
        answer = call_back(
            desk, f"/voice{path}?call=none&leg=1&code=x&stream=desk", {"CallSid": "CA9", "Digits": "1"}
        )
        assert answer.status_code == 200, path
        assert "<Say" not in answer.text
    assert types(desk) == []


def test_a_call_without_any_parameter_is_greeted_all_the_same(desk: ApiDesk) -> None:
    answer = call_back(desk, "/voice", {})
    assert answer.status_code == 200
    assert "<Dial" in answer.text
    assert types(desk) == ["call.received", "call.tried"]


def test_rule_11_3_a_desk_that_cannot_write_answers_503_and_the_company_turns_to_the_fallback(
    desk: ApiDesk,
) -> None:
    desk.make_read_only()
    assert arrives(desk).status_code == 503


def test_no_step_stands_in_the_interface_s_document(desk: ApiDesk) -> None:
    document = desk.client.get("/api/v1/openapi.json")
    paths = document.json()["paths"] if document.status_code == 200 else {}
    assert not [p for p in paths if "callbacks" in p]


def test_no_log_line_and_no_figure_names_who_called_or_texted(
    desk: ApiDesk, capfd: pytest.CaptureFixture[str]
) -> None:
    arrives(desk)
    call_back(desk, "/voice/next?call=none&leg=1", {"CallSid": "CA1", "From": CALLER})
    call_back(desk, "/sms", {"MessageSid": "SM1", "From": CALLER, "To": "+15550100", "Body": "marker-words"})
    call_back(desk, "/voice/ended", {"CallSid": "CA1", "CallStatus": "completed", "From": CALLER})
    written = "".join(capfd.readouterr()) + desk.client.get("/metrics").text
    assert CALLER.strip("+") not in written
    assert "marker-words" not in written
