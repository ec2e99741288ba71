"""What officers do with a summons: add a person, hand it over or back, let it rest, close it, take it up again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cna_service.escalation.state import PERSON_WANTED
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow import alert_acts as acts_on
from cna_service.workflow.alerts import AlertHeld, acknowledge_alert
from cna_service.workflow.answer import give_answer
from cna_service.workflow.case_timeline import is_by_itself
from cna_service.workflow.projections import DESK
from cna_service.workflow.summon import raise_alert
from tests.workflow import acts
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST


def arrives(desk: LiveDesk, **request: Any) -> str:
    ref = str(desk.receive(**(request or BAR_TEST))["case"])
    desk.settle()
    return ref


def on(desk: LiveDesk, verb: Any, officer: str, ref: str, kind: str = "new_request", /, **body: Any) -> None:
    alert = desk.alert(ref, kind)
    desk.do(verb, officer, alert.stream, alert.id, **body)
    desk.settle()


def taken(desk: LiveDesk, ref: str, officer: str = "duty-1") -> None:
    alert = desk.alert(ref)
    acknowledge_alert(desk.service, desk.officer(officer), alert.stream, alert.id)


def desk_alert(desk: LiveDesk, kind: str = "desk_trouble") -> None:
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        raise_alert(desk.service, work, kind)
    desk.settle()


def test_one_more_person_is_called_and_the_climb_goes_on_as_it_was(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = arrives(desk)
    due = desk.alert(ref).next_at
    desk.forget_messages()
    on(desk, acts_on.add_person, "duty-1", ref, officer="sup-1", reason="He knows the ship.")
    supervisor = desk.person("sup-1")
    supervisor.receives_sms(containing="new request")
    supervisor.is_called()
    assert desk.alert(ref).next_at == due
    supervisor.replies("1 {code}")
    assert desk.alerts(ref).holder(ref, 1) == "sup-1"


def test_to_a_holders_side_a_person_is_called_until_he_says_that_he_comes(desk: LiveDesk) -> None:
    ref = arrives(desk)
    taken(desk, ref)
    desk.forget_messages()
    on(desk, acts_on.add_person, "duty-1", ref, officer="dec-1", reason="Come to the desk.")
    decider = desk.person("dec-1")
    decider.receives_sms(containing="you are needed on a case")
    decider.is_called()
    desk.advance(minutes=3)
    decider.is_called()
    decider.presses("1")
    assert desk.alerts(ref).holder(ref, 1) == "duty-1"
    assert not desk.alert(ref, PERSON_WANTED).is_climbing


def test_handed_over_it_is_his_once_he_takes_it_and_until_then_the_climb_goes_on(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = arrives(desk)
    taken(desk, ref)
    desk.forget_messages()
    on(desk, acts_on.reassign, "duty-1", ref, officer="duty-2", reason="My watch is over.")
    assert desk.alerts(ref).holder(ref, 1) is None
    deputy = desk.person("duty-2")
    deputy.receives_sms(containing="new request")
    call = deputy.is_called()
    desk.nobody_else_was_called()
    desk.advance(minutes=2)
    desk.person("duty-1").is_called()
    deputy.presses("1", call)
    assert desk.alerts(ref).holder(ref, 1) == "duty-2"
    entry = desk.last(ref, "alert.reassigned")
    assert (entry.body["from"], entry.body["to"], entry.body["reason"]) == (
        "duty-1",
        "duty-2",
        "My watch is over.",
    )


def test_given_back_the_next_rung_is_called_at_once(desk: LiveDesk) -> None:
    ref = arrives(desk)
    taken(desk, ref)
    desk.forget_messages()
    on(desk, acts_on.reassign, "duty-1", ref)
    desk.person("duty-1").is_called()
    desk.nobody_else_was_called()
    desk.advance(minutes=3)
    desk.person("duty-2").receives_sms(containing="new request")


def test_he_took_it_and_gives_it_back_by_sms_with_the_same_code(desk: LiveDesk) -> None:
    ref = arrives(desk)
    duty = desk.person("duty-1")
    code = duty.code()
    duty.replies(f"1 {code}")
    desk.forget_messages()
    duty.replies(f"5 {code}")
    duty.receives_sms(containing="the next person is being called")
    duty.is_called()
    assert desk.alert(ref).is_climbing
    assert desk.last(ref, "alert.reassigned").actor["id"] == "duty-1"


def test_taking_it_twice_says_again_that_he_holds_it_and_is_no_wrong_code(desk: LiveDesk) -> None:
    arrives(desk)
    duty = desk.person("duty-1")
    code = duty.code()
    for _ in range(6):
        duty.replies(f"1 {code}")
    assert duty.phone.texts[-1].text.count("You hold 'new request' since 14:03Z") == 1


def test_nobody_but_who_was_asked_gives_his_word(desk: LiveDesk) -> None:
    desk_alert(desk, "decision_wanted")
    alert = [a for a in desk.alerts(DESK).open if a.kind == "decision_wanted"][-1]
    with pytest.raises(acts_on.AsksOnePerson):
        desk.do(acts_on.reassign, "duty-1", DESK, alert.id, officer="duty-2")


def test_what_nobody_has_taken_cannot_rest(desk: LiveDesk) -> None:
    ref = arrives(desk)
    until = to_text(desk.clock.now() + timedelta(minutes=10))
    with pytest.raises(acts_on.AlertCannotRest):
        on(desk, acts_on.snooze, "duty-1", ref, until=until, reason="Let me sleep.")
    desk.advance(minutes=2)
    desk.person("duty-1").is_called()


def held_with_warning(desk: LiveDesk) -> str:
    """A case that is held, with a warning that climbs beside it."""
    ref = acts.received(desk)
    desk.attend(ref, "duty-1")
    desk.pass_time(119)
    desk._attended.clear()
    desk.advance(minutes=1)
    assert desk.alert(ref, "clock_warning_50").is_climbing
    return ref


def test_a_warning_of_a_held_case_rests_as_long_as_was_said_and_goes_on(desk: LiveDesk) -> None:
    ref = held_with_warning(desk)
    until = desk.clock.now() + timedelta(minutes=20)
    on(desk, acts_on.snooze, "duty-1", ref, "clock_warning_50", until=to_text(until), reason="On the phone.")
    desk.forget_messages()
    desk.clock.at = until - timedelta(seconds=1)
    desk.tick()
    assert desk.alert(ref, "clock_warning_50").rung == 1
    desk.clock.at = until
    desk.tick()
    assert desk.alert(ref, "clock_warning_50").rung == 2


def test_nothing_rests_beyond_half_of_the_time_left(desk: LiveDesk) -> None:
    ref = held_with_warning(desk)
    late = to_text(desk.clock.now() + timedelta(minutes=61))
    with pytest.raises(Invalid) as refused:
        on(desk, acts_on.snooze, "duty-1", ref, "clock_warning_50", until=late, reason="Later.")
    assert [p.pointer for p in refused.value.problems] == ["/until"]


def test_an_alert_of_the_desk_is_closed_by_hand_and_taken_up_again(either_desk: LiveDesk) -> None:
    desk = either_desk
    desk_alert(desk)
    alert = [a for a in desk.alerts(DESK).open if a.kind == "desk_trouble"][-1]
    desk.do(acts_on.close_by_hand, "admin-1", DESK, alert.id, reason="A disk was full; emptied.")
    desk.forget_messages()
    desk.advance(minutes=30)
    desk.nobody_else_was_called()
    desk.do(acts_on.reopen, "sup-1", DESK, alert.id, reason="It is full again.")
    desk.settle()
    desk.person("admin-1").is_called()


def test_a_case_that_nobody_took_or_of_which_a_clock_runs_is_not_closed_by_hand(desk: LiveDesk) -> None:
    ref = arrives(desk)
    with pytest.raises(acts_on.AlertStillNeeded, match="Nobody has taken"):
        on(desk, acts_on.close_by_hand, "duty-1", ref, reason="Done.")
    taken(desk, ref)
    with pytest.raises(acts_on.AlertStillNeeded, match="A clock of it runs"):
        on(desk, acts_on.close_by_hand, "duty-1", ref, reason="Done.")


def test_an_open_alert_is_not_reopened_nor_one_of_a_closed_kind_twice(desk: LiveDesk) -> None:
    ref = arrives(desk)
    with pytest.raises(AlertHeld):
        on(desk, acts_on.reopen, "duty-1", ref)


def test_every_wrong_field_is_named(desk: LiveDesk) -> None:
    ref = arrives(desk)
    with pytest.raises(Invalid) as refused:
        on(desk, acts_on.add_person, "duty-1", ref, officer="nobody-9", colour="red")
    assert {p.pointer for p in refused.value.problems} == {"/officer", "/colour"}
    with pytest.raises(Invalid) as refused:
        on(desk, acts_on.snooze, "duty-1", ref, until="tomorrow")
    assert {p.pointer for p in refused.value.problems} >= {"/until", "/reason"}


def test_an_answer_ends_what_was_added_and_handed_over(desk: LiveDesk) -> None:
    ref = arrives(desk, **{**BAR_TEST, "measures": ["board"]})
    on(desk, acts_on.add_person, "duty-1", ref, officer="sup-1")
    on(desk, acts_on.reassign, "duty-1", ref, officer="duty-2")
    body = {"answers": [{"measure": "board", "value": "denied"}], "form": "written", "seen": desk.look(ref)}
    desk.do(give_answer, "duty-1", ref, 1, **body)
    desk.forget_messages()
    desk.advance(minutes=10)
    assert not desk.alert(ref).is_climbing


def test_what_was_done_with_a_summons_stands_in_the_cases_timeline_under_who_did_it(desk: LiveDesk) -> None:
    ref = arrives(desk)
    on(desk, acts_on.add_person, "duty-1", ref, officer="sup-1")
    taken(desk, ref)
    on(desk, acts_on.reassign, "duty-1", ref, officer="duty-2", reason="Relieved.")
    entries = [e for e in desk.entries(ref) if e.type in ("alert.person_added", "alert.reassigned")]
    assert len(entries) == 2
    assert not any(is_by_itself(e) for e in entries)
    assert {e.actor["id"] for e in entries} == {"duty-1"}
