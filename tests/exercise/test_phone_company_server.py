from __future__ import annotations

import http.client
import json
import threading
from datetime import timedelta

import httpx
import pytest

from cna_service.alerts.ports import ChannelError
from cna_service.alerts.twilio_channel import TwilioAccount, TwilioTelephony
from cna_service.exercise.phone_company import PhoneCompany
from cna_service.exercise.phone_company_faults import Fault, RequestFault
from cna_service.exercise.phone_company_schedule import HeldScheduler, RealTimeScheduler
from cna_service.exercise.phone_company_switch import Account, Delays
from cna_service.kit.clock import SystemClock
from tests.exercise.telephony import DESK_NUMBER, OFFICER, SID, START, TOKEN, Desk, Line

BASE = f"/2010-04-01/Accounts/{SID}"


def test_it_starts_in_less_than_a_tenth_of_a_second_and_leaves_no_thread_behind() -> None:
    clock = SystemClock()
    before = set(threading.enumerate())
    needed = []
    # The best of three: a busy machine is no reason to fail.
    for _ in range(3):
        begun = clock.monotonic()
        company = PhoneCompany(Account(SID, TOKEN, DESK_NUMBER), HeldScheduler(START), clock)
        company.start()
        line = http.client.HTTPConnection(company.base_url.removeprefix("http://"))
        line.request(
            "GET", f"{BASE}.json", headers={"Authorization": httpx.BasicAuth(SID, TOKEN)._auth_header}
        )
        assert json.load(line.getresponse())["status"] == "active"
        needed.append(clock.monotonic() - begun)
        # The connection is kept alive, and must not keep the company from stopping.
        company.stop()
        line.close()
    assert min(needed) < 0.1
    assert set(threading.enumerate()) == before


def test_it_stops_while_a_request_hangs() -> None:
    clock = SystemClock()
    company = PhoneCompany(
        Account(SID, TOKEN, DESK_NUMBER), HeldScheduler(START), clock, hang=timedelta(minutes=5)
    )
    company.start()
    company.order(Fault(RequestFault.HANG))
    telephony = TwilioTelephony(TwilioAccount(SID, (TOKEN,), DESK_NUMBER, base_url=company.base_url))
    failed: list[ChannelError] = []

    def ask() -> None:
        try:
            telephony.send_sms(to=OFFICER, text="x", callback_url="http://127.0.0.1:9/", reference="r")
        except ChannelError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not company.arrivals():
        threading.Event().wait(0.01)
    begun = clock.monotonic()
    company.stop()
    assert clock.monotonic() - begun < 1
    asking.join()
    telephony.close()
    assert [error.code for error in failed] == ["broken-off"]


def test_in_real_time_receipts_come_by_themselves(desk: Desk) -> None:
    clock = SystemClock()
    scheduler = RealTimeScheduler(clock)
    tenth = timedelta(seconds=0.1)
    company = PhoneCompany(
        Account(SID, TOKEN, DESK_NUMBER), scheduler, clock, delays=Delays(sent=tenth, delivered=tenth)
    )
    company.start()
    telephony = TwilioTelephony(TwilioAccount(SID, (TOKEN,), DESK_NUMBER, base_url=company.base_url))
    try:
        telephony.send_sms(to=OFFICER, text="x", callback_url=desk.status_url, reference="r")
        for _ in range(200):
            if len(desk.received) == 2:
                break
            threading.Event().wait(0.02)
        assert desk.statuses() == ["sent", "delivered"]
    finally:
        telephony.close()
        company.stop()
        scheduler.stop()


def test_lists_are_filtered_by_receiver_and_instant(line: Line) -> None:
    send = line.telephony.send_sms
    send(to=OFFICER, text="first", callback_url=line.desk.status_url, reference="r")
    line.advance(60)
    send(to=OFFICER, text="second", callback_url=line.desk.status_url, reference="r")
    send(to="+15550199", text="other", callback_url=line.desk.status_url, reference="r")
    with httpx.Client(base_url=line.company.base_url, auth=(SID, TOKEN), trust_env=False) as client:
        url = BASE + "/Messages.json"
        everything = client.get(url).json()["messages"]
        mine = client.get(url, params={"To": OFFICER}).json()["messages"]
        later = client.get(url, params={"To": OFFICER, "DateSent>": "2026-11-21T14:03:30Z"}).json()[
            "messages"
        ]
    assert len(everything) == 3
    assert [one["body"] for one in mine] == ["second", "first"]
    assert [one["body"] for one in later] == ["second"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": DESK_NUMBER, "Body": "x"}, 21604),
        ({"From": "+15550000", "To": OFFICER, "Body": "x"}, 21606),
        ({"From": DESK_NUMBER, "To": OFFICER}, 21602),
        ({"From": DESK_NUMBER, "To": OFFICER, "Body": "x", "ValidityPeriod": "0"}, 21624),
    ],
)
def test_a_wrong_sms_is_refused_with_the_providers_code(line: Line, form: dict[str, str], code: int) -> None:
    answer = httpx.post(
        f"{line.company.base_url}{BASE}/Messages.json", data=form, auth=(SID, TOKEN), trust_env=False
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": DESK_NUMBER, "Url": "http://desk.example/"}, 21201),
        ({"From": "+15550000", "To": OFFICER, "Url": "http://desk.example/"}, 21210),
        ({"From": DESK_NUMBER, "To": OFFICER}, 21205),
    ],
)
def test_a_wrong_call_is_refused_with_the_providers_code(line: Line, form: dict[str, str], code: int) -> None:
    answer = httpx.post(
        f"{line.company.base_url}{BASE}/Calls.json", data=form, auth=(SID, TOKEN), trust_env=False
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_nobody_without_the_token_is_served(line: Line) -> None:
    url = f"{line.company.base_url}{BASE}/Messages.json"
    for answer in (
        httpx.get(url, trust_env=False),
        httpx.post(url, data={"To": OFFICER}, auth=(SID, "wrong"), trust_env=False),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_other_paths_do_not_exist(line: Line) -> None:
    for path in ("/", BASE + "/Faxes.json", BASE + "/Messages/SM0.json"):
        assert httpx.get(line.company.base_url + path, auth=(SID, TOKEN), trust_env=False).status_code == 404
    assert (
        httpx.post(line.company.base_url + BASE + ".json", auth=(SID, TOKEN), trust_env=False).status_code
        == 404
    )
