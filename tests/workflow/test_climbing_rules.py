"""Desk-rules of the climb: who is summoned for the next case, on the way, in whose working hours."""

from __future__ import annotations

from cna_service.workflow.alerts import acknowledge_alert
from cna_service.workflow.projections import case_stream
from tests.workflow import acts
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST

SECOND = {**BAR_TEST, "requester_reference": "MRCC-78/26", "vessels": [{"names": ["OTHER SHIP"]}]}


def arrives(desk: LiveDesk, **request: object) -> str:
    ref = str(desk.receive(**request)["case"])
    desk.settle()
    return ref


def test_rule_2_3_who_holds_a_case_is_summoned_for_the_next_with_the_following_rung(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    acts.received(desk)
    second = arrives(desk, **SECOND)
    climbed = desk.last(second, "rung.climbed").body
    assert [(t["officer"], t["post"]) for t in climbed["targets"]] == [
        ("duty-1", "duty_officer"),
        ("duty-2", "deputy"),
    ]
    assert desk.person("duty-2").receives_sms(containing="new request")
    desk.person("duty-2").is_called()
    desk.person("duty-1").receives_sms(containing="new request")


def test_rule_2_3_who_answered_is_alone_again_for_the_next(desk: LiveDesk) -> None:
    first = acts.received(desk, **{**BAR_TEST, "measures": ["board"]})
    acts.answer(desk, first, values={"board": "denied"}, convey=[{"channel": "mail"}])
    second = arrives(desk, **SECOND)
    assert [t["officer"] for t in desk.last(second, "rung.climbed").body["targets"]] == ["duty-1"]


def test_rule_2_3_a_message_in_his_own_case_calls_nobody_with_him(desk: LiveDesk) -> None:
    acts.received(desk)
    second = arrives(desk, **SECOND)
    acknowledge_alert(desk.service, desk.officer("duty-1"), case_stream(second), desk.alert(second).id)
    desk.settle()
    desk.receive(in_reply_to=second, notes="one thing more")
    desk.settle()
    climbed = desk.last(second, "rung.climbed").body
    assert [t["officer"] for t in climbed["targets"]] == ["duty-1"]


def test_rule_2_3_mine_but_on_the_way_keeps_the_case_his_and_tells_the_next_rung(desk: LiveDesk) -> None:
    """SMS ``3 code 10``: his, the next rung is told; after ten minutes without an entry both are summoned."""
    ref = arrives(desk, **BAR_TEST)
    duty, deputy = desk.person("duty-1"), desk.person("duty-2")
    duty.replies("3 {code} 10")
    assert desk.alerts(ref).holder(ref, 1) == "duty-1"
    deputy.receives_sms(containing="on the way for 10 min")
    desk.forget_messages()
    desk.advance(minutes=9.9)
    desk.nobody_else_was_called()
    desk.advance(minutes=0.2)
    assert "ack_overdue" in {a.kind for a in desk.alerts(ref).open}


def test_rule_2_3_key_3_in_a_call_means_twenty_minutes(desk: LiveDesk) -> None:
    ref = arrives(desk, **BAR_TEST)
    desk.advance(minutes=2)
    assert "on the way for 20 minutes" in desk.person("duty-1").presses("3")
    assert desk.last(ref, "alert.acknowledged").body["in_transit_minutes"] == 20
    desk.person("duty-2").receives_sms(containing="on the way for 20 min")
