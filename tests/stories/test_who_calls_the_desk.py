"""Who calls or texts the desk, told by whose telephone rang and by whose did not."""

from __future__ import annotations

from typing import Any

from cna_service.workflow.closing import add_note
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.inbound import take_text
from cna_service.workflow.opening import open_case
from tests.stories.people import Story
from tests.workflow.callers import WITHHELD, Caller

MRCC, YACHT = "+34911222333", "+33612345678"


def a_call(story: Story, number: str = MRCC) -> Caller:
    return Caller(story.desk, number=number).calls()


def rings(story: Story, caller: Caller, officer: str) -> None:
    """The officer's telephone rings for the caller, and nobody else's."""
    person = story.officer(officer)
    assert caller.rings == person.number
    person.is_called()
    story.nobody_else_was_called()


def a_text(story: Story, words: str, number: str = MRCC) -> None:
    told = {"MessageSid": f"SM{abs(hash((words, number))):032x}"[:34], "From": number, "Body": words}
    take_text(story.desk.service, {**told, "To": "+15550100", "NumMedia": "0"}, "once")
    story.desk.settle()


def of_text(story: Story) -> str:
    return str(story.desk.last("desk", "text.received").body["case"])


def gets_a_receipt(story: Story, number: str = MRCC) -> str:
    (only,) = [m for m in story.desk.exchange.phone(number).texts if not m.is_read]
    only.is_read = True
    return str(only.text)


def test_a_rescue_centre_calls_at_night_and_the_officer_on_watch_picks_up(story: Story) -> None:
    caller = a_call(story)
    rings(story, caller, "duty-1")
    assert caller.is_picked_up().startswith("Exercise. C N A call. Press 1 to take it.")
    assert caller.is_taken()
    story.minutes_pass(6)
    caller.talk_ends()
    story.minutes_pass(60)
    story.nobody_else_was_called()


def test_he_opens_the_case_while_he_talks_and_nobody_is_summoned_for_it(story: Story) -> None:
    caller = a_call(story)
    rings(story, caller, "duty-1")
    caller.is_taken()
    story.minutes_pass(1)
    opened = story.desk.do(
        open_case, "duty-1", call=caller.call.id, call_began_at="2026-11-21T14:03:00Z", summary="a freighter"
    )
    assert caller.case == opened["case"]
    story.minutes_pass(2)
    caller.talk_ends()
    assert caller.in_case.ended_at is not None
    assert story.desk.last(caller.case, "call.ended").body["how"] == "answered"
    story.minutes_pass(30)
    story.nobody_else_was_called()


def test_his_voicemail_answers_and_the_deputy_gets_the_caller(story: Story) -> None:
    caller = a_call(story)
    rings(story, caller, "duty-1")
    caller.is_picked_up()
    caller.is_not_taken("completed")
    rings(story, caller, "duty-2")
    assert caller.is_taken()
    caller.talk_ends()
    assert caller.call.taken_by == "duty-2"


def test_nobody_picks_up_he_leaves_his_name_and_is_called_back(story: Story) -> None:
    caller = a_call(story)
    while caller.rings is not None:
        owner = next(
            n for n in ("duty-1", "duty-2", "sup-1", "admin-1") if story.officer(n).number == caller.rings
        )
        rings(story, caller, owner)
        caller.is_not_taken()
    duty = story.officer("duty-1")
    duty.receives_sms(containing="a caller was not answered, answer due 1418Z")
    caller.says(b"MRCC Example, about the BAR TEST")
    caller.is_told_over()
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold 'a caller was not answered'")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")
    story.minutes_pass(10)
    called_back: dict[str, Any] = {
        "direction": "out",
        "channel": "phone",
        "number": MRCC,
        "theirs": {"office": "MRCC"},
        "started_at": "2026-11-21T14:12:00Z",
        "ended_at": "2026-11-21T14:13:00Z",
    }
    story.desk.do(log_communication, "duty-1", caller.case, **called_back)
    story.minutes_pass(60)
    story.nobody_else_was_called()


def test_he_forgot_to_call_back_and_the_desk_did_not(story: Story) -> None:
    caller = a_call(story)
    story.officer("duty-1").is_called()
    caller.hangs_up()
    duty = story.officer("duty-1")
    duty.receives_sms(containing="a caller was not answered")
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")
    story.minutes_pass(14)
    story.nobody_else_was_called()
    story.minutes_pass(2)
    duty.receives_sms(containing="a caller waits for our call")
    story.desk.do(add_note, "duty-1", caller.case, words="called back at 1420Z: wrong number")
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")


def test_two_call_at_once_and_each_gets_somebody(story: Story) -> None:
    one = a_call(story)
    rings(story, one, "duty-1")
    one.is_taken()
    other = a_call(story, YACHT)
    rings(story, other, "duty-2")
    other.is_taken()
    one.talk_ends()
    other.talk_ends()
    assert (one.call.taken_by, other.call.taken_by) == ("duty-1", "duty-2")


def test_the_desk_restarts_while_his_call_rings(story: Story) -> None:
    caller = a_call(story)
    rings(story, caller, "duty-1")
    story.desk.service.folds.forget()
    caller.is_not_taken("busy")
    rings(story, caller, "duty-2")
    assert caller.is_taken()
    caller.talk_ends()


def test_the_telephone_company_forgets_to_say_that_he_hung_up(story: Story) -> None:
    caller = a_call(story, WITHHELD)
    rings(story, caller, "duty-1")
    story.minutes_pass(3)
    story.nobody_else_was_called()
    story.minutes_pass(2)
    duty = story.officer("duty-1")
    duty.receives_sms(containing="a caller was not answered")
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")


def test_an_officer_with_a_dead_screen_calls_in_and_takes_his_alert(story: Story) -> None:
    story.a_request_arrives()
    duty = story.officer("duty-1")
    duty.receives_sms(containing="new request")
    caller = a_call(story, duty.number)
    assert "new request" not in caller.heard.lower()
    caller.presses("1")
    caller.presses(duty.code())
    assert "New request, answer due 18 03 Zulu" in caller.heard
    caller.presses("1")
    caller.is_told_over()
    assert story.desk.alert(story.ref).acknowledgement is not None


def test_somebody_forges_his_number_and_learns_nothing(story: Story) -> None:
    story.a_request_arrives()
    duty = story.officer("duty-1")
    duty.receives_sms(containing="new request")
    forger = a_call(story, duty.number)
    forger.presses("1")
    for n in range(1, 6):
        forger.presses(f"{(int(duty.code()) + n) % 10000:04d}")
    story.officer("sup-1").receives_sms(containing="five wrong codes")
    forger.presses(duty.code())
    assert "request, answer due" not in forger.heard.lower()
    assert story.desk.alert(story.ref).is_climbing
    story.officer("sup-1").replies("1 {code}")
    story.officer("sup-1").receives_sms(containing="You hold")
    story.officer("admin-1").receives_sms(containing="holds")


def test_a_yacht_texts_in_french_and_its_next_words_join_the_first(story: Story) -> None:
    a_text(story, "Cargo suspect, 3 hommes à bord, cap au nord", YACHT)
    duty = story.officer("duty-1")
    duty.receives_sms(containing="a message nobody could read")
    assert "reference X-" in gets_a_receipt(story, YACHT)
    first = of_text(story)
    a_text(story, "ils jettent des paquets", YACHT)
    assert of_text(story) == first
    story.nobody_else_was_called()
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")
    words = [c["text"] for c in story.desk.case(first).communications]
    assert words == ["Cargo suspect, 3 hommes à bord, cap au nord", "ils jettent des paquets"]


def test_advertising_by_the_dozen_wakes_him_once(story: Story) -> None:
    for n in range(30):
        a_text(story, f"win a prize {n}", "+15005550006")
    duty = story.officer("duty-1")
    duty.receives_sms(containing="a message nobody could read")
    gets_a_receipt(story, "+15005550006")
    story.nobody_else_was_called()
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="the duty officer holds")
