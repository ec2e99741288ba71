"""The same request sent twice: both are kept, each is a case, and people are not called twice over."""

from __future__ import annotations

from cna_service.workflow.alerts import acknowledge_alert
from tests.workflow import acts
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST


def again(desk: LiveDesk, **more: object) -> tuple[str, list[str]]:
    told = desk.receive(**{**BAR_TEST, **more})
    desk.settle()
    return str(told["case"]), list(told["possible_duplicates"])


def test_row_37_sent_again_while_he_holds_it_he_gets_one_text_and_nobody_else_is_called(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    first = acts.received(desk)
    second, offered = again(desk)
    assert second != first
    assert offered == [first]
    alert = desk.alert(second, "repeated_request")
    assert alert.text_facts["repeats"] == first
    duty = desk.person("duty-1")
    duty.receives_sms(containing="the same request again, answer due 1803Z")
    desk.advance(minutes=4.9)
    desk.nobody_else_was_called()
    duty.replies("1 {code}")
    assert desk.alerts(second).holder(second, 1) == "duty-1"


def test_row_37_while_the_first_still_rings_the_second_adds_one_text(desk: LiveDesk) -> None:
    first = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    desk.forget_messages()
    again(desk)
    desk.person("duty-1").receives_sms(containing="the same request again")
    desk.nobody_else_was_called()
    assert desk.alert(first).is_climbing


def test_row_37_nobody_looks_and_the_telephones_ring_as_for_a_new_one(desk: LiveDesk) -> None:
    acts.received(desk)
    second, _ = again(desk)
    desk.forget_messages()
    desk.pass_time(15)
    desk.deliver()
    climbed = [e.body for e in desk.entries(second) if e.type == "rung.climbed"]
    alert = desk.alert(second, "repeated_request")
    assert [b["rung"] for b in climbed if b["alert"] == alert.id] == [1, 2, 3, 4]


def test_another_reference_or_another_authority_or_a_later_hour_is_a_new_request(desk: LiveDesk) -> None:
    first = acts.received(desk)
    other, _ = again(desk, requester_reference="MRCC-78/26")
    assert desk.alert(other).kind == "new_request"
    theirs = str(desk.receive(by="mrcc-xp", **BAR_TEST)["case"])
    assert desk.alert(theirs).kind == "new_request"
    alert = desk.alert(other)
    acknowledge_alert(desk.service, desk.officer("duty-1"), alert.stream, alert.id)
    desk.attend(first, "duty-1")
    desk.pass_time(16)
    later, _ = again(desk)
    assert desk.alert(later).kind == "new_request"


def test_sent_again_after_it_was_answered_is_a_new_request(desk: LiveDesk) -> None:
    first = acts.received(desk, **{**BAR_TEST, "measures": ["board"]})
    acts.answer(desk, first, values={"board": "denied"}, convey=[{"channel": "mail"}])
    second, offered = again(desk)
    assert offered == [first]
    assert desk.alert(second).kind == "new_request"
