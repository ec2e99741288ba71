"""What follows when a sending fails, does not arrive, or brings no report."""

import pytest

from cna_service.escalation import drafts
from cna_service.escalation.rules import LeaveIt, NextRungNow, UseContact, next_contact
from cna_service.escalation.state import SendingState
from cna_service.escalation.timers import due_timers
from tests.rules.escalation.climbing import SMS, T0, VOICE, Desk, seconds


def raised(contacts=None):
    desk = Desk(contacts=contacts)
    desk.raise_alert()
    desk.send_all()
    return desk


@pytest.mark.parametrize("status", ["undelivered", "failed"])
def test_an_sms_that_did_not_arrive_leads_to_the_officers_next_contact_at_once(status):
    desk = raised()
    desk.now += seconds(2)
    assert desk.undelivered("sending-1", status=status) == UseContact("duty-1", VOICE, 1, 1)
    desk.tick()
    assert desk.called() == [(0, "duty-1", "sms"), (2, "duty-1", "voice")]
    assert desk.alert().rung == 1


def test_when_his_last_contact_fails_too_the_next_rung_is_climbed_at_once():
    desk = raised()
    desk.undelivered("sending-1")
    desk.now += seconds(20)
    assert desk.undelivered("sending-2", status="no-answer") == NextRungNow()
    assert desk.alert().next_at == desk.now
    desk.tick()
    assert desk.alert().rung == 2


def test_while_something_else_of_the_rung_can_arrive_the_climb_keeps_its_time():
    desk = raised()
    desk.until(300)
    desk.send_all()
    sms, voice = (s for s in desk.alert().sendings.values() if s.rung == 3)
    assert desk.undelivered(sms.id) == LeaveIt()
    desk.tick()
    assert desk.alert().rung == 3
    assert desk.undelivered(voice.id, status="busy") == NextRungNow()
    desk.tick()
    assert desk.alert().rung == 4


def test_a_late_loss_of_an_earlier_rung_changes_nothing_but_his_own_contacts():
    desk = raised()
    desk.until(300)
    assert desk.undelivered("sending-1") == LeaveIt()
    assert desk.alert().next_at == T0 + seconds(600)


def test_an_untried_contact_is_used_even_after_the_climb_went_on():
    desk = raised(contacts={"deputy-1": (SMS, VOICE)})
    desk.until(119)
    assert isinstance(next_contact(desk.alert(), "sending-1"), UseContact)


def test_no_report_within_45_seconds_uses_the_next_contact():
    desk = raised()
    assert due_timers(desk.state)["receipt", "sending-1", 1] == T0 + seconds(45)
    desk.now = T0 + seconds(45)
    led_to = next_contact(desk.alert(), "sending-1")
    desk.append(drafts.receipt_missed(desk.alert(), "sending-1", led_to=led_to, new_id=desk.new_id))
    assert desk.called()[-1] == (45, "duty-1", "voice")
    assert not [key for key in due_timers(desk.state) if key[0] == "receipt"]
    desk.now = T0 + seconds(50)
    desk.append(drafts.delivered(desk.alert(), "sending-1", status="delivered"))
    assert desk.alert().sendings["sending-1"].state is SendingState.DELIVERED


def test_a_call_has_longer_than_a_phone_rings():
    desk = raised()
    desk.until(120)
    desk.send_all()
    assert due_timers(desk.state)["receipt", "sending-2", 1] == T0 + seconds(240)


def test_a_delivery_report_ends_the_wait_for_it_and_acknowledges_nothing():
    desk = raised()
    desk.append(drafts.delivered(desk.alert(), "sending-1", status="delivered"))
    assert not [key for key in due_timers(desk.state) if key[0] == "receipt"]
    assert desk.alert().is_climbing


def test_reports_that_come_late_twice_or_in_disorder_move_nothing_back():
    desk = raised()
    alert = desk.alert()
    desk.append(drafts.delivered(alert, "sending-1", status="delivered"))
    again = [
        drafts.sent(alert, "sending-1", provider="p", sid="s", to="+1", text="x"),
        drafts.undelivered(
            alert, "sending-1", status="undelivered", led_to=NextRungNow(), new_id=desk.new_id
        ),
        drafts.receipt_missed(alert, "sending-1", led_to=LeaveIt(), new_id=desk.new_id),
    ]
    before = desk.alert()
    for draft in again:
        desk.append(draft)
    assert desk.alert() == before


def test_a_second_report_of_the_same_loss_climbs_no_second_rung():
    desk = raised()
    desk.undelivered("sending-1")
    desk.undelivered("sending-2")
    desk.tick()
    before = desk.alert()
    desk.undelivered("sending-2")
    assert desk.alert() == before


def test_a_temporary_failure_leaves_the_sending_to_its_next_try():
    desk = raised()
    before = desk.alert()
    desk.append(drafts.failed(before, "sending-1", error="20429", permanent=False, new_id=desk.new_id))
    assert desk.alert() == before


@pytest.mark.parametrize("how", [{"permanent": True}, {"permanent": False, "gave_up": True}])
def test_a_failure_for_good_leads_to_the_next_contact(how):
    desk = Desk()
    desk.raise_alert()
    led_to = next_contact(desk.alert(), "sending-1")
    draft = drafts.failed(desk.alert(), "sending-1", error="21211", led_to=led_to, new_id=desk.new_id, **how)
    desk.append(draft)
    assert desk.alert().sendings["sending-1"].state is SendingState.FAILED
    assert desk.called()[-1] == (0, "duty-1", "voice")


def test_an_officer_with_one_contact_that_fails_brings_the_next_rung_at_once():
    desk = raised(contacts={"duty-1": (SMS,)})
    assert desk.undelivered("sending-1") == NextRungNow()
    desk.tick()
    assert desk.alert().rung == 2


def test_after_the_acknowledgement_a_lost_sending_leads_nowhere():
    desk = raised()
    desk.acknowledge()
    assert desk.undelivered("sending-1") == LeaveIt()


def test_a_sending_that_no_entry_knows_leads_nowhere():
    assert next_contact(raised().alert(), "unknown") == LeaveIt()


def test_a_lost_sending_of_the_last_resort_does_not_hurry_the_next_round():
    desk = raised()
    desk.until(900)
    last_resort = [s for s in desk.alert().sendings.values() if s.rung == 0]
    assert {s.officer for s in last_resort} == {"supervisor-1", "admin-1"}
    for sending in last_resort:
        assert desk.undelivered(sending.id) == LeaveIt()


def test_when_nothing_can_be_sent_at_all_the_rounds_wait_for_each_other():
    """The provider's account is closed: every try fails at once and for good, on every rung."""
    desk = Desk()
    desk.raise_alert()
    for _ in range(200):
        waiting = [s for s in desk.alert().sendings.values() if not s.state.is_final]
        if not waiting:
            break
        desk.undelivered(waiting[0].id, status="failed")
        desk.tick()
    assert (desk.alert().round, desk.alert().rung) == (2, 0)
    assert desk.alert().next_at == desk.now + desk.alert().ladder.repeat_after
    # The last resort was asked too, at once.
    assert desk.types().count("ladder.exhausted") == 1
