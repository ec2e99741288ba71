from __future__ import annotations

from datetime import timedelta

import pytest

from cna_service.exercise.phone_company_faults import CallbackFault, Fault, RequestFault
from cna_service.exercise.phone_company_phones import Condition, NoSuchPhone
from cna_service.exercise.phone_company_switch import Delays
from cna_service.kit.instants import to_text
from tests.exercise.telephony import DEPUTY, DESK_NUMBER, OFFICER, START, Desk, Line, a_line


def send(line: Line, to: str = OFFICER) -> str:
    return line.telephony.send_sms(
        to=to, text="CNA: new request", callback_url=line.desk.status_url, reference="u-1"
    ).sid


def test_a_phone_is_shown_in_the_fixed_shape(line: Line) -> None:
    sid = send(line)
    line.settle()
    assert line.company.phone(OFFICER) == {
        "number": OFFICER,
        "owner": "duty-1",
        "condition": "ok",
        "sms": [
            {
                "id": sid,
                "at": to_text(START),
                "direction": "to_phone",
                "text": "CNA: new request",
                "status": "delivered",
            }
        ],
        "calls": [],
    }
    assert [phone["number"] for phone in line.company.phones()] == [OFFICER, DEPUTY]


def test_receipts_take_the_case_time_they_were_given(desk: Desk) -> None:
    delays = Delays(sent=timedelta(seconds=1), delivered=timedelta(seconds=5))
    with a_line(desk, delays=delays) as line:
        send(line)
        assert line.sms()[0]["status"] == "queued"
        assert line.company.next_due() == START + timedelta(seconds=1)
        assert line.company.in_flight() == 0
        line.advance(1)
        assert desk.statuses() == ["sent"]
        line.advance(4.9)
        assert desk.statuses() == ["sent"]
        line.advance(0.1)
        assert desk.statuses() == ["sent", "delivered"]
        assert line.company.next_due() is None


@pytest.mark.parametrize(
    ("condition", "status", "code"),
    [
        (Condition.OK, "delivered", None),
        (Condition.BUSY, "delivered", None),
        (Condition.VOICEMAIL, "delivered", None),
        (Condition.OFF, "undelivered", "30003"),
        (Condition.UNDELIVERED, "undelivered", "30008"),
    ],
)
def test_what_becomes_of_an_sms(line: Line, condition: Condition, status: str, code: str | None) -> None:
    line.company.condition(OFFICER, condition)
    send(line)
    line.settle()
    assert line.desk.statuses() == ["sent", status]
    assert line.desk.received[-1].params.get("ErrorCode") == code


def test_without_receipt_the_last_word_is_sent(line: Line) -> None:
    line.company.condition(OFFICER, Condition.NO_RECEIPT)
    send(line)
    line.advance(3600)
    assert line.desk.statuses() == ["sent"]


def test_a_condition_may_hold_for_the_next_sendings_only(line: Line) -> None:
    line.company.condition(OFFICER, Condition.OFF, next=2)
    for _ in range(3):
        send(line)
        line.settle()
    assert [sms["status"] for sms in line.sms()] == ["undelivered", "undelivered", "delivered"]
    assert line.company.phone(OFFICER)["condition"] == "ok"


def test_a_condition_may_slow_delivery_down(line: Line) -> None:
    line.company.condition(OFFICER, Condition.OK, delay_seconds=50)
    send(line)
    line.advance(49)
    assert line.desk.statuses() == ["sent"]
    line.advance(1)
    assert line.desk.statuses() == ["sent", "delivered"]


def test_a_failing_provider_is_a_condition_of_one_phone(desk: Desk) -> None:
    from cna_service.alerts.ports import ChannelError

    with a_line(desk, timeout=0.3) as line:
        line.telephony.prepare()
        for condition, code in ((Condition.PROVIDER_500, "20500"), (Condition.PROVIDER_TIMEOUT, "timeout")):
            line.company.condition(OFFICER, condition, next=1)
            with pytest.raises(ChannelError) as caught:
                send(line)
            assert caught.value.code == code
            assert send(line, DEPUTY)
        assert line.sms() == []
        assert send(line)


def test_a_reply_reaches_the_desk_signed_and_its_answer_reaches_the_phone(line: Line) -> None:
    line.desk.pages["/callbacks/twilio/sms"] = lambda one: (
        f"<Response><Message>You said {one.params['Body']}. Not you? Reply NO</Message></Response>"
    )
    line.company.reply(OFFICER, "1 4827")
    line.settle()
    (inbound,) = line.desk.at("/sms")
    assert inbound.params["From"] == OFFICER
    assert inbound.params["To"] == DESK_NUMBER
    assert inbound.params["Body"] == "1 4827"
    assert line.telephony.verify(inbound.url, inbound.params, inbound.signature)
    assert [(sms["direction"], sms["text"]) for sms in line.sms()] == [
        ("from_phone", "1 4827"),
        ("to_phone", "You said 1 4827. Not you? Reply NO"),
    ]


def test_a_reply_that_the_desk_never_takes_is_shown_as_undelivered(line: Line) -> None:
    line.company.send_replies_to(line.desk.base + "/callbacks/twilio/sms")
    line.desk.failures.extend([500] * 6)
    line.company.reply(OFFICER, "ok")
    line.settle()
    assert line.sms()[0]["status"] == "undelivered"


@pytest.mark.parametrize("words", ["", "é ñ ü ✓", "a=b&c=d + e%20f", "two\nlines", "  1   4827 "])
def test_any_words_keep_a_good_signature(line: Line, words: str) -> None:
    line.company.reply(OFFICER, words)
    line.settle()
    (inbound,) = line.desk.at("/sms")
    assert inbound.params["Body"] == words
    assert line.telephony.verify(inbound.url, inbound.params, inbound.signature)


def test_an_unknown_number_is_not_found(line: Line) -> None:
    for act in (
        lambda: line.company.phone("+15559999"),
        lambda: line.company.reply("+15559999", "x"),
        lambda: line.company.condition("+15559999", Condition.OFF),
    ):
        with pytest.raises(NoSuchPhone):
            act()


def test_a_failed_callback_is_posted_again_with_the_same_token(line: Line) -> None:
    line.desk.failures.extend([500, 403])
    send(line)
    line.settle()
    assert line.desk.statuses() == ["sent", "sent", "sent", "delivered"]
    tokens = [one.token for one in line.desk.received]
    assert tokens[0] == tokens[1] == tokens[2] != tokens[3]


def test_after_six_failures_the_company_gives_up(line: Line) -> None:
    line.desk.failures.extend([500] * 6)
    send(line)
    line.settle()
    assert line.desk.statuses() == ["sent"] * 6 + ["delivered"]


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        (CallbackFault.TWICE, ["sent", "sent", "delivered"]),
        (CallbackFault.NEVER, ["delivered"]),
        (CallbackFault.REVERSED, ["delivered", "sent"]),
        (CallbackFault.LATE, ["delivered"]),
    ],
)
def test_callbacks_go_wrong_on_order(line: Line, kind: CallbackFault, statuses: list[str]) -> None:
    line.company.order(Fault(kind, delay=timedelta(hours=1)))
    send(line)
    line.settle()
    assert line.desk.statuses() == statuses


def test_a_late_callback_comes_in_case_time(line: Line) -> None:
    line.company.order(Fault(CallbackFault.LATE, number=OFFICER, delay=timedelta(hours=1)))
    send(line)
    assert line.company.next_due() == START + timedelta(hours=1)
    line.advance(3600)
    assert line.desk.statuses() == ["delivered", "sent"]


def test_a_fault_for_one_number_leaves_the_others_alone(line: Line) -> None:
    from cna_service.alerts.ports import ChannelError

    line.company.order(Fault(RequestFault.ERROR, number=DEPUTY, times=2))
    assert send(line)
    for _ in range(2):
        with pytest.raises(ChannelError):
            send(line, DEPUTY)
    assert send(line, DEPUTY)


def test_each_request_is_noted_as_it_arrives_even_if_it_fails(line: Line) -> None:
    from cna_service.alerts.ports import ChannelError

    line.company.order(Fault(RequestFault.ERROR))
    with pytest.raises(ChannelError):
        send(line)
    send(line)
    first, second = line.company.arrivals()
    assert (first.to, first.text) == (OFFICER, "CNA: new request")
    assert first.at <= second.at
