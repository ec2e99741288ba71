"""The telephone company fails: what is tried again and when, and that nobody is lost or called twice for nothing."""

from __future__ import annotations

import http.client
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cna_service.alerts.ports import Accepted
from cna_service.alerts.twilio_channel import TwilioTelephony
from cna_service.db import outbox
from cna_service.exercise.phone_company_courier import signature
from cna_service.exercise.phone_company_faults import CallbackFault, Fault, RequestFault
from cna_service.workflow import deliver
from cna_service.workflow.deliver import LEASE, Outside
from tests.faults import rig
from tests.faults.station import NODE, Station, a_station

pytestmark = pytest.mark.faults

BEFORE_IT_TOOK_ANYTHING = (RequestFault.ERROR, RequestFault.UNREADABLE, RequestFault.RESET)


def test_a_failing_provider_is_tried_again_after_2_4_8_and_15_seconds_then_the_next_contact(
    station: Station,
) -> None:
    station.company.order(Fault(RequestFault.ERROR, rig.DUTY, times=5))
    case = station.receive()
    station.advance(30)
    sms, call = station.sendings(case)
    began = [t["began_at"] for t in station.tries(sms["id"])]
    waits = [round((b - a).total_seconds()) for a, b in itertools.pairwise(began)]
    assert waits == [2, 4, 8, 15]
    assert (sms["channel"], sms["state"]) == ("sms", outbox.FAILED)
    assert call["channel"] == "voice" and call["contact"] == rig.DUTY
    assert station.calls_to(rig.DUTY) == 1
    assert station.types(f"case:{case}")["alert.failed"] == 5


def test_429_with_retry_after_is_waited_for(station: Station) -> None:
    station.company.order(Fault(RequestFault.TOO_MANY, rig.DUTY, retry_after=7))
    case = station.receive()
    station.advance(8)
    [sms] = station.sendings(case)
    first, second = station.tries(sms["id"])
    assert round((second["began_at"] - first["began_at"]).total_seconds()) == 7
    # Not taken for sure: sent again as it was.
    assert station.texts_to(rig.DUTY)[1] == station.texts_to(rig.DUTY)[0]
    assert sms["state"] == outbox.DELIVERED


@pytest.mark.parametrize("kind", BEFORE_IT_TOOK_ANYTHING)
def test_what_the_provider_may_have_taken_is_asked_for_and_sent_again_marked(
    station: Station, kind: RequestFault
) -> None:
    station.company.order(Fault(kind, rig.DUTY))
    case = station.receive()
    station.turn()
    [sms] = station.sendings(case)
    assert sms["state"] == outbox.UNKNOWN
    station.advance(3)
    [sms] = station.sendings(case)
    assert sms["state"] == outbox.DELIVERED
    first, second = station.texts_to(rig.DUTY)
    assert second == f"{first} (repeat)"
    assert station.types(f"case:{case}")["alert.sent"] == 1


@pytest.mark.parametrize("callback", [None, CallbackFault.NEVER])
@pytest.mark.parametrize("kind", BEFORE_IT_TOOK_ANYTHING)
def test_accepted_then_failed_is_one_row_and_one_message(
    station: Station, kind: RequestFault, callback: CallbackFault | None
) -> None:
    """With its callback the desk knows at once; without it the provider is asked, and remembers."""
    station.company.order(Fault(kind, rig.DUTY, accepts=True))
    if callback is not None:
        station.company.order(Fault(callback, rig.DUTY, times=2))
    case = station.receive()
    station.advance(20)
    [sms] = station.sendings(case)
    assert sms["state"] == (outbox.DELIVERED if callback is None else outbox.ACCEPTED)
    assert sms["sid"].startswith("SM")
    assert len(station.texts_to(rig.DUTY)) == 1
    assert station.types(f"case:{case}")["alert.sent"] == 1


@pytest.mark.parametrize("accepts", [True, False])
def test_a_provider_that_hangs_is_left_after_the_limit(
    database_url: str, tmp_path: Path, accepts: bool
) -> None:
    with a_station(database_url, tmp_path, timeout=0.6) as station:
        station.company.order(Fault(RequestFault.HANG, rig.DUTY, accepts=accepts))
        station.company.order(Fault(CallbackFault.NEVER, rig.DUTY, times=2 if accepts else 0))
        case = station.receive()
        station.turn()
        [sms] = station.sendings(case)
        assert (sms["state"], sms["tries"]) == (outbox.UNKNOWN, 1)
        [tried] = station.tries(sms["id"])
        assert tried["code"] == "timeout"
        station.advance(3)
        assert len(station.texts_to(rig.DUTY)) == (1 if accepts else 2)
        assert station.types(f"case:{case}")["alert.sent"] == 1


def test_what_was_found_at_the_provider_for_another_sending_proves_nothing(station: Station) -> None:
    """Two calls to one number: the first one's must not stand for the second one's, or nobody would be called."""
    case = station.receive()
    station.advance(121)
    [_, call] = station.sendings(case)
    assert call["channel"] == "voice" and station.calls_to(rig.DUTY) == 1
    other = station.receive()
    station.advance(100)
    [sms] = station.sendings(other)
    # As after a death between claim and HTTP, for a sending on the other channel.
    abandoned = {"state": outbox.SENDING, "channel": "voice", "sid": None, "lease_until": station.clock.now()}
    station.set_row(sms["id"], created_at=call["created_at"], **abandoned)
    station.turn()
    assert station.calls_to(rig.DUTY) == 2


def test_a_provider_that_is_down_for_a_minute_loses_nobody(station: Station) -> None:
    station.company.order(Fault(RequestFault.ERROR, times=10_000, http_status=503, code=None))
    cases = [station.receive() for _ in range(3)]
    station.advance(60)
    station.company._switch.faults.clear()
    station.advance(16)
    for case in cases:
        rows = station.sendings(case)
        reached = [r for r in rows if r["state"] in (outbox.ACCEPTED, outbox.DELIVERED)]
        assert reached, [(r["channel"], r["state"], r["tries"]) for r in rows]
        kinds = station.types(f"case:{case}")
        # Every try of which nothing came stands in the record.
        assert kinds["alert.failed"] >= 5 and kinds["alert.raised"] == 1


def test_a_callback_with_a_forged_signature_is_refused_and_changes_nothing(station: Station) -> None:
    station.company.order(Fault(CallbackFault.NEVER, rig.DUTY, times=2))
    case = station.receive()
    station.turn()
    [sms] = station.sendings(case)
    before = station.types(f"case:{case}")
    params = {"MessageSid": sms["sid"], "MessageStatus": "undelivered", "ErrorCode": "30003"}
    path = f"/callbacks/twilio/status?sending={sms['id']}"
    forged = signature("somebody's-token", station.place.public_url + path, params)
    assert [_called_back(station, path, params, s) for s in (forged, "", None)] == [403, 403, 403]
    assert station.types(f"case:{case}") == before
    # Signed for another address: a proxy's, or another desk's.
    elsewhere = signature(rig.TOKEN, "http://other.example.test" + path, params)
    assert _called_back(station, path, params, elsewhere) == 403
    # The company's own is taken, however often it comes.
    true = signature(rig.TOKEN, station.place.public_url + path, params)
    assert [_called_back(station, path, params, true) for _ in range(3)] == [200, 200, 200]
    assert station.types(f"case:{case}")["alert.undelivered"] == 1


def _called_back(station: Station, path: str, params: dict[str, str], signed: str | None) -> int:
    line = http.client.HTTPConnection(station.place.public_url.removeprefix("http://"), timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "I-Twilio-Idempotency-Token": "t"}
    line.request(
        "POST", path, urlencode(params), headers | ({"X-Twilio-Signature": signed} if signed else {})
    )
    status = line.getresponse().status
    line.close()
    return status


class SlowToReturn(TwilioTelephony):
    """Returns only when every callback has been answered."""

    station: Station

    def send_sms(self, **told: Any) -> Accepted:
        accepted = super().send_sms(**told)
        assert self.station.company.wait_until_idle(10)
        return accepted


def test_a_callback_that_comes_before_the_result_is_stored_is_no_second_sending(station: Station) -> None:
    line = SlowToReturn(rig.telephony(station.company.base_url)._account)
    line.station = station
    case = station.receive()
    [claimed] = deliver.claim(station.service, NODE, 8)
    deliver.send(station.service, Outside(line, None), claimed, NODE)
    line.close()
    [sms] = station.sendings(case)
    assert sms["state"] == outbox.DELIVERED
    assert len(station.tries(sms["id"])) == 1
    kinds = station.types(f"case:{case}")
    assert (kinds["alert.sent"], kinds["alert.delivered"]) == (1, 1)
    station.advance(LEASE.total_seconds() + 2)
    assert len(station.texts_to(rig.DUTY)) == 1


def test_callbacks_that_come_late_twice_or_in_the_wrong_order_move_nothing_back(station: Station) -> None:
    station.company.order(Fault(CallbackFault.REVERSED, rig.DUTY))
    station.company.order(Fault(CallbackFault.TWICE, rig.DUTY))
    case = station.receive()
    station.turn()
    station.company.order(Fault(CallbackFault.LATE, rig.DUTY, delay=timedelta(seconds=30)))
    other = station.receive()
    station.advance(35)
    for ref in (case, other):
        assert [r["state"] for r in station.sendings(ref)] == [outbox.DELIVERED]
        kinds = station.types(f"case:{ref}")
        assert (kinds["alert.sent"], kinds["alert.delivered"]) == (1, 1)
