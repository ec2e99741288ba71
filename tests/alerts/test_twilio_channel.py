"""The real adapter on the real SDK against a real HTTP server."""

from __future__ import annotations

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cna_service.alerts.ports import ChannelError, Report
from cna_service.alerts.rules import Fault as Whose
from cna_service.alerts.rules import verdict
from cna_service.alerts.twilio_channel import TwilioAccount, TwilioTelephony, callback_for
from cna_service.exercise.phone_company_faults import Fault, RequestFault
from tests.exercise.telephony import (
    DEPUTY,
    DESK_NUMBER,
    OFFICER,
    SECOND_TOKEN,
    SID,
    START,
    TOKEN,
    Desk,
    Line,
    a_line,
)

REFERENCE = "0192f0c4-7a3e-7c11-9d6b-3f1f0f6f2a11"


def send(line: Line, to: str = OFFICER, text: str = "CNA: new request. Reply 1 4827") -> str:
    sent = line.telephony.send_sms(to=to, text=text, callback_url=line.desk.status_url, reference=REFERENCE)
    return sent.sid


def failing(line: Line, to: str = OFFICER) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        send(line, to)
    return caught.value


def test_an_sms_is_accepted_with_the_providers_id_and_stands_on_the_phone(line: Line) -> None:
    accepted = line.telephony.send_sms(
        to=OFFICER, text="CNA: TEST", callback_url=line.desk.status_url, reference=REFERENCE
    )
    assert accepted.provider == "twilio"
    assert accepted.sid.startswith("SM")
    assert accepted.status == "queued"
    assert [sms["text"] for sms in line.sms()] == ["CNA: TEST"]
    assert line.sms()[0]["id"] == accepted.sid


def test_each_callback_carries_the_outbox_uuid_and_no_fragment(line: Line) -> None:
    sid = send(line)
    line.settle()
    assert line.desk.statuses() == ["sent", "delivered"]
    for callback in line.desk.received:
        assert callback.url == f"{line.desk.status_url}?sending={REFERENCE}"
        assert callback.params["MessageSid"] == sid


def test_the_callback_url_asks_for_five_more_tries_and_keeps_a_query() -> None:
    assert callback_for("https://desk.example/s", "a b") == (
        "https://desk.example/s?sending=a%20b#rc=5&rp=all&ct=3000&rt=5000"
    )
    assert callback_for("https://desk.example/s?x=1", "u").startswith("https://desk.example/s?x=1&sending=u#")


def test_a_signature_is_believed_with_either_token_and_no_other(line: Line) -> None:
    for token in (TOKEN, SECOND_TOKEN):
        line.company.sign_with(token)
        send(line)
        line.settle()
    for callback in line.desk.received:
        assert line.telephony.verify(callback.url, callback.params, callback.signature)

    line.company.sign_with("somebody else's")
    send(line)
    line.settle()
    forged = line.desk.received[-1]
    assert not line.telephony.verify(forged.url, forged.params, forged.signature)


def test_a_callback_with_a_changed_word_or_url_or_no_signature_is_not_believed(line: Line) -> None:
    send(line)
    line.settle()
    good = line.desk.received[-1]
    verify = line.telephony.verify
    assert not verify(good.url, good.params | {"MessageStatus": "failed"}, good.signature)
    assert not verify(good.url.replace("http:", "https:"), good.params, good.signature)
    assert not verify(good.url + "&sending=other", good.params, good.signature)
    assert not verify(good.url, good.params, None)
    assert not verify(good.url, good.params, "")


def test_the_public_url_behind_a_proxy_is_what_counts(line: Line) -> None:
    from twilio.request_validator import RequestValidator

    public = "https://desk.example/callbacks/twilio/status?sending=1"
    signed = RequestValidator(TOKEN).compute_signature(public, {"MessageStatus": "sent"})
    assert line.telephony.verify(public, {"MessageStatus": "sent"}, signed)
    assert not line.telephony.verify(public.replace("https", "http"), {"MessageStatus": "sent"}, signed)


@pytest.mark.parametrize(
    ("number", "code"), [("911", "21211"), ("not a number", "21211"), ("+1", "21211")], ids=str
)
def test_a_number_that_is_none_is_permanent_and_flags_the_contact(line: Line, number: str, code: str) -> None:
    error = failing(line, number)
    assert (error.permanent, error.code, error.outcome_unknown) == (True, code, False)
    assert verdict(error.code).flags_contact


def test_after_stop_the_contact_is_flagged_and_start_takes_it_back(line: Line) -> None:
    send(line)
    line.company.reply(OFFICER, " stop ")
    error = failing(line)
    assert (error.permanent, error.code) == (True, "21610")
    line.company.reply(OFFICER, "START")
    assert send(line)


def test_the_words_of_an_error_hold_no_telephone_number(line: Line) -> None:
    line.company.order(Fault(RequestFault.REFUSE, http_status=400, code=21614))
    refused = failing(line)
    assert refused.permanent
    error = failing(line, "+1 (555) 0100-99")
    for text in (str(error), error.detail):
        assert "555" not in text
        assert "[number]" in text


def test_429_says_how_long_to_wait_and_was_not_accepted(line: Line) -> None:
    line.company.order(Fault(RequestFault.TOO_MANY, retry_after=7))
    error = failing(line)
    assert (error.permanent, error.code, error.outcome_unknown) == (False, "20429", False)
    assert error.retry_after == timedelta(seconds=7)
    line.company.order(Fault(RequestFault.TOO_MANY))
    assert failing(line).retry_after is None


def test_500_after_accepting_is_found_again_by_the_alerts_code(line: Line) -> None:
    line.company.order(Fault(RequestFault.ERROR, accepts=True))
    error = failing(line)
    assert (error.permanent, error.outcome_unknown) == (False, True)
    line.settle()
    assert line.desk.statuses() == ["sent", "delivered"]
    found = line.telephony.find_recent(to=OFFICER, containing="4827", since=START)
    assert found == line.desk.received[0].params["MessageSid"]


def test_500_before_accepting_finds_nothing(line: Line) -> None:
    line.company.order(Fault(RequestFault.ERROR, code=None, http_status=503))
    error = failing(line)
    assert (error.permanent, error.code, error.outcome_unknown) == (False, "http-503", True)
    assert line.telephony.find_recent(to=OFFICER, containing="4827", since=START) is None


def test_find_recent_wants_number_words_and_time(line: Line) -> None:
    first = send(line)
    line.advance(60)
    later = line.clock.now()
    second = send(line)
    find = line.telephony.find_recent
    assert find(to=OFFICER, containing="4827", since=START) == second
    assert find(to=OFFICER, containing="9999", since=START) is None
    assert find(to=DEPUTY, containing="4827", since=START) is None
    assert find(to=OFFICER, containing="4827", since=later + timedelta(seconds=1)) is None
    assert first != second


def test_an_officers_own_words_are_not_taken_for_a_sending_of_ours(line: Line) -> None:
    line.company.reply(OFFICER, "1 4827")
    assert line.telephony.find_recent(to=OFFICER, containing="4827", since=START) is None
    assert line.telephony.find_recent(to=DESK_NUMBER, containing="4827", since=START) is None


def test_a_provider_that_hangs_is_given_up_in_time(desk: Desk) -> None:
    with a_line(desk, timeout=0.3) as line:
        line.telephony.prepare()
        line.company.order(Fault(RequestFault.HANG, accepts=True))
        error = failing(line)
        assert (error.permanent, error.code, error.outcome_unknown) == (False, "timeout", True)
        assert send(line)


def test_a_reset_connection_leaves_the_outcome_unknown(line: Line) -> None:
    line.company.order(Fault(RequestFault.RESET))
    error = failing(line)
    assert (error.permanent, error.code, error.outcome_unknown) == (False, "broken-off", True)


def test_an_answer_that_is_no_json_leaves_the_outcome_unknown(line: Line) -> None:
    line.company.order(Fault(RequestFault.UNREADABLE, accepts=True))
    error = failing(line)
    assert (error.permanent, error.code, error.outcome_unknown) == (False, "unreadable", True)


def test_a_provider_that_cannot_be_reached_has_accepted_nothing() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        telephony = TwilioTelephony(
            TwilioAccount(SID, (TOKEN,), DESK_NUMBER, base_url=f"http://127.0.0.1:{port}")
        )
        with pytest.raises(ChannelError) as caught:
            telephony.send_sms(to=OFFICER, text="x", callback_url="http://desk.example/", reference="r")
        telephony.close()
    error = caught.value
    assert (error.permanent, error.code, error.outcome_unknown) == (False, "connection", False)


def test_a_wrong_token_is_our_fault_and_flags_no_contact(line: Line) -> None:
    stranger = TwilioTelephony(TwilioAccount(SID, ("wrong",), DESK_NUMBER, base_url=line.company.base_url))
    with pytest.raises(ChannelError) as caught:
        stranger.send_sms(to=OFFICER, text="x", callback_url=line.desk.status_url, reference="r")
    for ask, code in (
        (lambda: stranger.find_recent(to=OFFICER, containing="x", since=START), "http-401"),
        (lambda: stranger.fetch_status("SM" + "0" * 32), "20003"),
        (stranger.account_is_active, "20003"),
    ):
        with pytest.raises(ChannelError) as also:
            ask()
        assert also.value.code == code
    stranger.close()
    judged = verdict(caught.value.code)
    assert caught.value.code == "20003"
    assert (judged.fault, judged.flags_contact) == (Whose.ACCOUNT, False)


def test_rule_13_3_the_account_state_is_read(line: Line) -> None:
    assert line.telephony.account_is_active()
    line.company.suspend()
    assert not line.telephony.account_is_active()
    assert failing(line).code == "20005"


def test_the_status_of_a_sending_can_be_asked_for_with_its_error_code(line: Line) -> None:
    from cna_service.exercise.phone_company_phones import Condition

    good = send(line)
    line.company.condition(OFFICER, Condition.OFF)
    bad = send(line)
    line.settle()
    assert line.telephony.fetch_status(good) == Report("delivered")
    assert line.telephony.fetch_status(bad) == Report("undelivered", "30003")
    assert line.telephony.fetch_status("SM" + "f" * 32) is None


def test_a_call_needs_a_page_or_its_url_and_not_both(line: Line) -> None:
    for said in ({}, {"twiml": "<Response/>", "answer_url": "http://desk.example/"}):
        with pytest.raises(ValueError, match="answer_url or twiml"):
            line.telephony.place_call(to=OFFICER, callback_url=line.desk.status_url, reference="r", **said)


def test_a_call_made_is_found_again(line: Line) -> None:
    assert line.telephony.find_recent_call(to=OFFICER, since=START) is None
    placed = line.telephony.place_call(
        to=OFFICER,
        callback_url=line.desk.status_url,
        reference=REFERENCE,
        twiml="<Response><Say>a</Say></Response>",
    )
    assert placed.sid.startswith("CA")
    assert line.telephony.find_recent_call(to=OFFICER, since=START) == placed.sid
    assert line.telephony.fetch_status(placed.sid) == Report("completed")
    assert line.telephony.fetch_status("CA" + "f" * 32) is None


def test_a_messaging_service_replaces_the_number(line: Line) -> None:
    service = TwilioTelephony(
        TwilioAccount(
            SID, (TOKEN,), DESK_NUMBER, messaging_service="MG" + "1" * 32, base_url=line.company.base_url
        )
    )
    assert service.send_sms(to=OFFICER, text="x", callback_url=line.desk.status_url, reference="r").sid
    service.close()


def test_many_senders_at_once_each_get_their_own_answer(line: Line) -> None:
    numbers = [f"+1555020{n:03d}" for n in range(60)]
    with ThreadPoolExecutor(12) as senders:
        sids = list(senders.map(lambda number: send(line, number), numbers))
    for number, sid in zip(numbers, sids, strict=True):
        assert [sms["id"] for sms in line.sms(number)] == [sid]
    line.settle()


def test_logs_hold_no_numbers_and_no_words(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    send(line, text="MARKER in a text")
    line.telephony.find_recent(to=OFFICER, containing="MARKER", since=START)
    line.settle()
    assert "MARKER" not in caplog.text
    assert OFFICER.removeprefix("+") not in caplog.text


def test_an_account_without_a_token_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="token"):
        TwilioTelephony(TwilioAccount(SID, (), DESK_NUMBER))


def test_tokens_do_not_show() -> None:
    assert TOKEN not in repr(TwilioAccount(SID, (TOKEN,), DESK_NUMBER))
