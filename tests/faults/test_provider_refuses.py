"""The telephone company says no, says nothing, or says it late: what is tried, what is believed, who is told."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cna_service.alerts.twilio_channel import TwilioAccount, TwilioTelephony
from cna_service.db import outbox
from cna_service.exercise.phone_company_courier import signature
from cna_service.exercise.phone_company_faults import CallbackFault, Fault, RequestFault
from cna_service.exercise.phone_company_phones import Condition
from tests.faults import rig
from tests.faults.station import Station, a_station

pytestmark = pytest.mark.faults


def post(station: Station, path: str, params: dict[str, str], signed: str, token: str = "t") -> int:
    line = http.client.HTTPConnection(station.place.public_url.removeprefix("http://"), timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
    line.request("POST", path, urlencode(params), headers | {"I-Twilio-Idempotency-Token": token})
    status = line.getresponse().status
    line.close()
    return status


def told(
    station: Station, sending: dict[str, Any], status: str, *, token: str, signing: str = rig.TOKEN
) -> int:
    """The company posts a status of one sending, signed."""
    path = f"/callbacks/twilio/status?sending={sending['id']}"
    params = {"MessageSid": sending["sid"] or "SM" + "1" * 32, "MessageStatus": status}
    return post(station, path, params, signature(signing, station.place.public_url + path, params), token)


def test_429_without_retry_after_is_tried_again_after_two_seconds(station: Station) -> None:
    station.company.order(Fault(RequestFault.TOO_MANY, rig.DUTY))
    case = station.receive()
    station.advance(3)
    [sms] = station.sendings(case)
    first, second = station.tries(sms["id"])
    assert round((second["began_at"] - first["began_at"]).total_seconds()) == 2
    assert sms["state"] == outbox.DELIVERED and not station.texts_to(rig.DUTY)[1].endswith("(repeat)")


def test_a_wrong_token_summons_nobody_twice_and_never_spins(station: Station) -> None:
    """401 to everything: each contact is tried once in a round, the rounds keep their distance, nothing is dropped."""
    station.company.order(Fault(RequestFault.REFUSE, times=10_000, http_status=401, code=20003))
    case = station.receive()
    station.advance(120)
    arrivals = len(station.company.arrivals())
    rows = station.sendings(case)
    assert rows and {r["state"] for r in rows if r["channel"] in ("sms", "voice")} == {outbox.FAILED}
    assert arrivals <= 40, arrivals
    # Set right, the next round reaches the officer.
    station.company._switch.faults.clear()
    station.advance(420)
    assert len(station.texts_to(rig.DUTY)) > 1 or station.calls_to(rig.DUTY) > 0
    assert [r for r in station.sendings(case) if r["state"] in (outbox.ACCEPTED, outbox.DELIVERED)]
    assert station.types(f"case:{case}")["alert.raised"] == 1


def test_a_suspended_account_is_no_fault_of_the_officers_number(station: Station) -> None:
    station.company.suspend()
    case = station.receive()
    station.advance(10)
    assert {r["state"] for r in station.sendings(case) if r["channel"] == "sms"} == {outbox.FAILED}
    station.company.suspend(suspended=False)
    station.advance(420)
    assert [r for r in station.sendings(case) if r["state"] in (outbox.ACCEPTED, outbox.DELIVERED)]


@pytest.fixture
def full_backlog() -> Iterator[str]:
    """An address that answers no connection: its queue is full and nobody takes from it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        yield f"http://127.0.0.1:{port}"
        for each in waiting:
            each.close()


def test_a_company_that_takes_no_connection_was_given_nothing(station: Station, full_backlog: str) -> None:
    account = TwilioAccount(
        sid=rig.SID,
        tokens=(rig.TOKEN,),
        number=rig.NUMBER,
        base_url=full_backlog,
        timeout=timedelta(seconds=0.6),
    )
    usual = station.running
    station.running = rig.with_telephony(usual, TwilioTelephony(account))
    case = station.receive()
    station.turn()
    [sms] = station.sendings(case)
    assert sms["state"] == outbox.PENDING and station.tries(sms["id"])[0]["code"] == "connection"
    station.running = usual
    station.advance(3)
    # Not given for sure: sent as it was, without a mark.
    assert [t.endswith("(repeat)") for t in station.texts_to(rig.DUTY)] == [False]


def test_a_callback_an_hour_late_and_one_after_close_are_answered_200_and_wake_nobody(
    station: Station,
) -> None:
    station.company.order(Fault(CallbackFault.NEVER, rig.DUTY, times=20))
    case = station.receive()
    station.turn()
    [sms] = station.sendings(case)
    station.advance(3600)
    before = station.types(f"case:{case}")
    assert told(station, sms, "delivered", token="late") == 200
    assert station.sendings(case)[0]["state"] == outbox.DELIVERED
    assert told(station, sms, "sent", token="later") == 200
    assert station.sendings(case)[0]["state"] == outbox.DELIVERED
    after = station.types(f"case:{case}")
    assert after["alert.delivered"] - before["alert.delivered"] == 1
    assert after["rung.climbed"] == before["rung.climbed"]


def test_a_callback_for_a_sending_that_nobody_knows_is_kept_and_answered_200(station: Station) -> None:
    nobody = {"id": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "sid": "SM" + "9" * 32}
    assert told(station, nobody, "delivered", token="x") == 200
    kept = station.witness.sees(lambda c: c.execute(outbox.provider_event.select()).all())
    assert [r.sid for r in kept if r.sid == nobody["sid"]] == [nobody["sid"]]


def test_a_callback_that_is_replayed_is_taken_once(station: Station) -> None:
    station.company.order(Fault(CallbackFault.NEVER, rig.DUTY, times=4))
    case = station.receive()
    station.turn()
    [sms] = station.sendings(case)
    assert [told(station, sms, "delivered", token="same") for _ in range(3)] == [200, 200, 200]
    kept = station.witness.sees(lambda c: c.execute(outbox.provider_event.select()).all())
    assert len([r for r in kept if r.token == "same"]) == 1
    assert station.types(f"case:{case}")["alert.delivered"] == 1


def test_while_a_token_is_changed_the_old_one_still_signs(station: Station) -> None:
    two = TwilioAccount(
        sid=rig.SID, tokens=("the-new-token", rig.TOKEN), number=rig.NUMBER, base_url=station.company.base_url
    )
    line = TwilioTelephony(two)
    for signing, believed in (("the-new-token", True), (rig.TOKEN, True), ("somebody's", False)):
        url, params = "https://desk.example.test/callbacks/twilio/status?sending=1", {"MessageSid": "SM1"}
        assert line.verify(url, params, signature(signing, url, params)) is believed
        # The scheme as the company saw it, whatever a proxy makes of it.
        assert not line.verify(url.replace("https", "http"), params, signature(signing, url, params))


@pytest.mark.parametrize("condition", [Condition.UNDELIVERED, Condition.OFF])
def test_what_does_not_arrive_leads_to_the_next_contact_at_once(
    station: Station, condition: Condition
) -> None:
    station.company.add_phone(rig.DUTY)
    station.company.condition(rig.DUTY, condition, next=1)
    case = station.receive()
    station.advance(2)
    assert station.calls_to(rig.DUTY) == 1
    assert [r["channel"] for r in station.sendings(case)] == ["sms", "voice"]
    assert station.types(f"case:{case}")["rung.climbed"] == 1


def test_no_receipt_within_45_seconds_leads_to_the_next_contact(station: Station) -> None:
    station.company.order(Fault(CallbackFault.NEVER, rig.DUTY, times=20))
    station.receive()
    station.advance(44)
    assert station.calls_to(rig.DUTY) == 0
    station.advance(2)
    assert station.calls_to(rig.DUTY) == 1


@pytest.mark.parametrize("condition", [Condition.VOICEMAIL, Condition.BUSY])
def test_a_machine_or_a_busy_line_acknowledges_nothing(station: Station, condition: Condition) -> None:
    station.company.add_phone(rig.DUTY)
    station.company.condition(rig.DUTY, condition)
    case = station.receive()
    station.advance(310)
    kinds = station.types(f"case:{case}")
    assert kinds["alert.acknowledged"] == 0 and kinds["rung.climbed"] == 3
    assert station.texts_to(rig.DEPUTY)


def test_a_refusal_of_one_number_concerns_nobody_else(database_url: str, tmp_path: Path) -> None:
    with a_station(database_url, tmp_path) as station:
        station.company.order(Fault(RequestFault.REFUSE, rig.DUTY, times=50, http_status=400, code=21211))
        case = station.receive()
        station.advance(1)
        # Both contacts of the officer refused for good: the next rung, at once.
        assert station.texts_to(rig.DEPUTY) and station.types(f"case:{case}")["rung.climbed"] >= 2
