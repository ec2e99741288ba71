"""Any SMS gateway by its file, against a real HTTP server: what is asked, what each answer means, whose it is."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from cna_service.alerts.gateway_channel import GatewayLine, GatewaySecrets
from cna_service.alerts.gateway_file import GatewayUnreadable, read_gateway
from cna_service.alerts.http_out import HttpOut
from cna_service.alerts.ports import ChannelError, Report, TextIn, Told
from cna_service.kit.clock import SystemClock
from tests.alerts.servers import Answering, Gateway, answering

CLOCK = SystemClock()
SECRETS = GatewaySecrets("gateway-token", ("new-secret", "old-secret"))
ROW = "0192aabb-ccdd-7eff-8011-223344556677"


@pytest.fixture
def place() -> Iterator[Answering]:
    with answering() as one:
        one.usual = (200, b'{"message": {"id": "m-1", "state": "accepted"}}')
        yield one


def line_to(place: Answering, text: str | None = None, *, timeout: float = 8.0) -> GatewayLine:
    plan = read_gateway(text or Gateway(place).file())
    line = GatewayLine(plan, SECRETS, CLOCK, HttpOut(CLOCK, timeout=timedelta(seconds=timeout)))
    place.opened.append(line)
    return line


def send(line: GatewayLine, text: str = "CNA: new request. Reply 1 4827") -> str:
    return line.send_sms(to="+15550111", text=text, callback_url="https://desk/cb", reference=ROW).sid


def error_of(line: GatewayLine) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        send(line)
    return caught.value


def test_it_asks_as_the_file_says_and_reads_the_answer(place: Answering) -> None:
    taken = line_to(place).send_sms(
        to="+15550111", text='say "$token" & go', callback_url="https://desk/cb", reference=ROW
    )
    assert (taken.provider, taken.sid, taken.status) == ("gateway", "m-1", "queued")
    [asked] = place.received
    assert asked.headers["authorization"] == "Bearer gateway-token"
    # A text stays a text: neither its quotes nor its $ words leave its place.
    assert asked.json == {
        "to": "+15550111",
        "text": 'say "$token" & go',
        "from": "+15550177",
        "tags": [ROW],
        "callback": f"https://desk/cb?sending={ROW}",
    }


def test_a_form_is_asked_for_as_a_form(place: Answering) -> None:
    text = f"""
[send]
url = "{place.url}/send?user=desk"
format = "form"
body = {{ dest = "$to", msg = "$text", key = "$token" }}
answer = {{ id = "message.id" }}
"""
    assert send(line_to(place, text), "a=b&c") == "m-1"
    [asked] = place.received
    assert asked.form == {"dest": "+15550111", "msg": "a=b&c", "key": "gateway-token"}


@pytest.mark.parametrize(
    ("answer", "code", "permanent", "unknown"),
    [
        ((500, b"oops"), "http-500", False, True),
        ((503, b"{}"), "http-503", False, True),
        ((401, b"{}"), "http-401", True, False),
        ((400, b'{"error": {"code": "NO_SUCH_PHONE"}}'), "30005", True, False),
        ((200, b'{"error": {"code": "NO_CREDIT"}}'), "30002", True, False),
        ((422, b'{"error": {"code": "WHATEVER"}}'), "gateway-refused", True, False),
        ((404, b"{}"), "http-404", True, False),
        ((200, b"<html>"), "unreadable", False, True),
        ((200, b'{"message": {}}'), "unreadable", False, True),
        ("reset", "broken-off", False, True),
    ],
)
def test_what_each_answer_means(
    place: Answering, answer: object, code: str, permanent: bool, unknown: bool
) -> None:
    place.script.append(answer)
    error = error_of(line_to(place))
    assert (error.code, error.permanent, error.outcome_unknown) == (code, permanent, unknown)


def test_429_says_how_long_to_wait(place: Answering) -> None:
    place.script.append((429, b"{}"))
    place.headers["Retry-After"] = "7"
    error = error_of(line_to(place))
    assert (error.code, error.permanent, error.retry_after) == ("20429", False, timedelta(seconds=7))


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_one_that_hangs_or_drips_is_left_in_time_and_may_have_taken_it(place: Answering, fault: str) -> None:
    place.script.append(fault)
    error = error_of(line_to(place, timeout=0.6))
    assert (error.code, error.outcome_unknown) == ("timeout", True)


def test_one_that_is_not_there_has_taken_nothing() -> None:
    with answering() as gone:
        line = line_to(gone)
    error = error_of(line)
    assert (error.code, error.permanent, error.outcome_unknown) == ("connection", False, False)


def test_no_redirect_is_followed(place: Answering) -> None:
    place.script.append((302, b""))
    place.headers["Location"] = f"{place.url}/elsewhere"
    error = error_of(line_to(place))
    assert error.code == "http-302" and len(place.received) == 1


def test_it_cannot_call(place: Answering) -> None:
    line = line_to(place)
    assert not line.has_voice and line.takes_replies
    with pytest.raises(ChannelError) as caught:
        line.place_call(to="+15550111", callback_url="x", reference=ROW, answer_url="y")
    assert caught.value.code == "no-voice"
    assert line.find_recent_call(to="+15550111", since=CLOCK.now()) is None


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        ((200, b'{"message": {"state": "arrived"}}'), Report("delivered")),
        ((200, b'{"message": {"state": "dead", "error": "NO_SUCH_PHONE"}}'), Report("undelivered", "30005")),
        ((200, b'{"message": {"state": "teleported"}}'), None),
        ((404, b"{}"), None),
    ],
)
def test_its_status_is_asked_for(place: Answering, answer: object, report: Report | None) -> None:
    place.script.append(answer)
    assert line_to(place).fetch_status("m/1") == report
    assert place.received[0].path == "/v1/messages/m%2F1"


def test_its_balance_is_the_accounts_word(place: Answering) -> None:
    place.script += [(200, b'{"balance": {"amount": "12.50", "currency": "EUR"}}'), (401, b"{}"), (500, b"")]
    line = line_to(place)
    found = line.account()
    assert (found.is_active, found.balance, found.currency) == (True, Decimal("12.50"), "EUR")
    assert not line.account_is_active()
    with pytest.raises(ChannelError):
        line.account()


def test_without_a_balance_asking_proves_nothing(place: Answering) -> None:
    text = f'[send]\nurl = "{place.url}"\nanswer = {{ id = "id" }}\n'
    found = line_to(place, text).account()
    assert found.is_active and not found.is_proof and place.received == []


# --- callbacks


def proof(body: bytes, secret: str = "new-secret", at: int | None = None) -> dict[str, str]:
    stamp = str(int(CLOCK.now().timestamp()) if at is None else at)
    made = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"x-signature": made, "x-timestamp": stamp}


@pytest.mark.parametrize("secret", ["new-secret", "old-secret"])
def test_two_secrets_count_while_one_is_being_changed(place: Answering, secret: str) -> None:
    assert line_to(place).is_signed(proof(b"{}", secret), b"{}")


def test_forged_altered_and_old_callbacks_are_refused(place: Answering) -> None:
    line, body, now = line_to(place), b'{"message": 1}', int(CLOCK.now().timestamp())
    assert line.is_signed(proof(body), body)
    refused = [
        (proof(body, "somebody's"), body),
        (proof(body), b'{"message": 2}'),
        (proof(body, at=now - 301), body),
        ({**proof(body), "x-timestamp": str(now + 1)}, body),
        ({"x-signature": proof(body)["x-signature"]}, body),
        ({"x-timestamp": str(now)}, body),
        ({"x-signature": "", "x-timestamp": str(now)}, body),
        ({**proof(body), "x-timestamp": "9" * 5000}, body),
        ({**proof(body), "x-signature": "é"}, body),
    ]
    assert [line.is_signed(headers, sent) for headers, sent in refused] == [False] * len(refused)


def test_without_a_secret_nothing_is_signed(place: Answering) -> None:
    line = GatewayLine(read_gateway(Gateway(place).file()), GatewaySecrets(), CLOCK)
    assert not line.is_signed(proof(b"", secret=""), b"")


def test_a_plain_secret_in_a_header(place: Answering) -> None:
    text = Gateway(place).file(timestamp='signature = "secret"')
    line = line_to(place, text)
    assert line.is_signed({"x-signature": "old-secret"}, b"x")
    assert not line.is_signed({"x-signature": "old"}, b"x")


def test_what_it_reports_and_hands_over_is_read(place: Answering) -> None:
    line = line_to(place)
    told = {"message": {"id": "m-1", "tags": [ROW], "state": "dead", "error": "NO_SUCH_PHONE"}}
    report = line.read_report(json.dumps(told).encode(), "application/json")
    assert report == Told("undelivered", ROW, "m-1", "30005")
    assert line.read_report(b'{"message": {"state": "unheard-of"}}', "application/json") is None
    assert line.read_report(b"no json", "application/json") is None
    told = {"message": {"id": "in-1", "from": "+15550111", "text": "1 4827"}}
    assert line.read_text(json.dumps(told).encode(), "application/json") == TextIn(
        "in-1", "+15550111", "1 4827"
    )
    assert line.read_text(b"[]", "application/json") is None


# --- the file


def test_every_fault_of_a_file_is_named_at_once() -> None:
    text = """
colour = "blue"
takes_replies = "yes"
[send]
url = "ftp://x"
format = "xml"
method = "DELETE"
body = { text = "$txt", other = "$" }
[states]
ok = "great"
[callback]
report = { state = "s" }
text = { id = "i" }
signature = "rot13"
"""
    with pytest.raises(GatewayUnreadable) as caught:
        read_gateway(text)
    assert {p.pointer for p in caught.value.problems} == {
        "/colour",
        "/takes_replies",
        "/send/url",
        "/send/format",
        "/send/method",
        "/send/answer/id",
        "/send/body/text",
        "/send/body/other",
        "/states/ok",
        "/callback/signature_header",
        "/callback/signature",
        "/callback/report",
        "/callback/text",
    }


@pytest.mark.parametrize("text", ["", "=", "send = 1", "[send]\nurl = 1"])
def test_a_file_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(GatewayUnreadable):
        read_gateway(text)
