"""Acknowledgement, its withdrawal, the guard against sleep, timers, clock steps, and what the fold may read."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.escalation import drafts
from cna_service.escalation.entry_types import ENTRY_TYPES
from cna_service.escalation.fold import apply_escalation
from cna_service.escalation.ladders import Who
from cna_service.escalation.state import Escalations, Subject
from cna_service.escalation.timers import due_timers
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft, Erased, TypeTable, UnknownEntryType
from tests.rules.escalation.climbing import STREAM, SUBJECT, T0, Desk, entry, note, seconds

KEY = "X-R4T7-HAX/1"
DUE_IN_2_H = {"due_at": to_text(T0 + seconds(7200))}


def quiet(desk, due_of=None):
    """The instant of the acknowledgement timeout in seconds after the beginning, or None."""
    found = [at for (kind, _, _), at in due_timers(desk.state, due_of).items() if kind == "acknowledgement"]
    return (found[0] - T0).total_seconds() if found else None


def held(facts=DUE_IN_2_H, **more):
    desk = Desk()
    desk.raise_alert(text_facts=facts)
    desk.acknowledge(**more)
    return desk


def test_the_first_acknowledgement_wins():
    desk = held()
    desk.acknowledge("deputy-1")
    assert desk.alert().acknowledgement.officer == "duty-1"
    assert desk.state.holder("X-R4T7-HAX", 1) == "duty-1"
    assert desk.state.holder("X-R4T7-HAX", 2) is None


def test_a_withdrawn_acknowledgement_lets_the_climb_go_on_from_where_it_stood():
    desk = Desk()
    desk.raise_alert()
    desk.until(120)
    desk.acknowledge()
    desk.now = T0 + seconds(200)
    desk.append(drafts.acknowledgement_withdrawn(desk.alert(), "duty-1", by="sms"), "duty-1")
    assert desk.state.holder("X-R4T7-HAX", 1) is None
    desk.until(300)
    assert desk.called()[-1] == (300, "deputy-1", "voice")


def test_withdrawn_after_the_next_rung_was_due_it_is_climbed_at_once_and_counts_as_on_time():
    desk = held()
    desk.now = T0 + seconds(1000)
    desk.append(drafts.acknowledgement_withdrawn(desk.alert(), "duty-1", by="sms"), "duty-1")
    desk.tick()
    assert desk.entries[-1].body["rung"] == 2
    assert desk.entries[-1].body["late_by_seconds"] == 0


def test_nobody_takes_back_another_officers_acknowledgement():
    desk = held()
    desk.append(drafts.acknowledgement_withdrawn(desk.alert(), "deputy-1", by="sms"), "deputy-1")
    assert desk.state.holder("X-R4T7-HAX", 1) == "duty-1"


def test_the_latest_acknowledgement_about_an_exchange_says_who_holds_it():
    desk = held()
    desk.raise_alert("a2", kind="clock_warning_75", text_facts=DUE_IN_2_H, holder="duty-1")
    desk.acknowledge("deputy-1", name="a2")
    assert desk.state.holder("X-R4T7-HAX", 1) == "deputy-1"
    assert desk.alert("a2").holder == "duty-1"
    desk.append(drafts.closed(desk.alert("a2"), why="answered"))
    assert desk.state.holder("X-R4T7-HAX", 1) == "duty-1"


def test_an_older_acknowledgement_of_a_newer_alert_does_not_take_the_hold():
    desk = Desk()
    desk.raise_alert("a1", text_facts=DUE_IN_2_H)
    desk.raise_alert("a2", kind="clock_warning_75")
    desk.acknowledge("deputy-1", name="a2")
    desk.acknowledge("duty-1", name="a1")
    assert desk.state.holder("X-R4T7-HAX", 1) == "duty-1"


def test_rule_3_1_a_quiet_holder_is_due_after_a_tenth_of_the_time_left():
    assert quiet(held()) == 720


def test_rule_3_1_every_entry_of_a_person_counts_anew_and_a_machines_or_an_authoritys_does_not():
    desk = held()
    desk.now = T0 + seconds(600)
    desk.append(note("service"))
    partner = entry(99, desk.now, note("partner"), actor={"kind": "authority", "id": "mrcc"})
    desk.state = apply_escalation(desk.state, partner)
    assert quiet(desk) == 720
    desk.append(note("duty-1"), officer="duty-1")
    assert quiet(desk) == 600 + 660


def test_rule_3_1_it_ends_with_the_clock_and_is_asked_of_the_case():
    desk = held()
    assert quiet(desk, lambda _: None) is None
    assert quiet(desk, lambda _: T0 + seconds(1200)) == 180
    assert quiet(desk, lambda _: T0 - seconds(1)) is None
    assert quiet(held(facts=None)) is None


def test_rule_3_1_the_summons_of_a_quiet_holder_goes_to_him_and_the_next_rung_together():
    desk = held()
    desk.posts |= {Who.HOLDER: ["duty-1"], Who.ABOVE_HOLDER: ["deputy-1"]}
    desk.now = T0 + seconds(720)
    desk.raise_alert("a2", kind="ack_overdue", text_facts=DUE_IN_2_H, holder="duty-1")
    assert {officer for at, officer, _ in desk.called() if at == 720} == {"duty-1", "deputy-1"}
    assert quiet(desk) is None
    desk.acknowledge("deputy-1", name="a2")
    assert quiet(desk) == 720 + 648


def test_rule_3_1_the_holder_may_name_what_he_waits_for():
    desk = held()
    until = T0 + seconds(3600)
    desk.append(drafts.waiting_stated(SUBJECT, until=until, waiting_for="the registry opens"), "duty-1")
    assert quiet(desk) == 3600
    desk.append(drafts.waiting_stated(Subject(), until=until, waiting_for="nothing"), "duty-1")
    assert list(desk.state.waiting) == [KEY]


def test_rule_2_3_in_transit_sets_the_timeout_until_the_next_entry_of_a_person():
    desk = held(in_transit_minutes=20)
    assert quiet(desk) == 1200
    desk.now = T0 + seconds(300)
    desk.append(note("duty-1"), officer="duty-1")
    assert quiet(desk) == 300 + 690


def test_an_alert_of_no_case_has_no_holder_to_guard():
    desk = Desk()
    desk.raise_alert(kind="desk_trouble", subject=Subject(), text_facts=DUE_IN_2_H)
    desk.acknowledge("admin-1")
    assert due_timers(desk.state) == {}
    assert desk.state.holds == {}


def test_timers_are_the_next_rung_and_the_receipts_and_nothing_else():
    desk = Desk()
    desk.raise_alert()
    desk.send_all()
    assert due_timers(desk.state) == {
        ("rung", "a1", 102): T0 + seconds(120),
        ("receipt", "sending-1", 1): T0 + seconds(45),
    }
    desk.until(900)
    assert ("rung", "a1", 202) in due_timers(desk.state)


def test_an_acknowledged_or_closed_alert_wants_no_rung_and_no_receipt():
    desk = held(facts=None)
    desk.send_all()
    assert due_timers(desk.state) == {}


def stepped(before, after):
    return Draft("clock.stepped", {"before": to_text(before), "after": to_text(after)})


def test_a_clock_set_back_delays_no_summons():
    desk = held()
    desk.raise_alert("a2")
    desk.send_all("a2")
    before = due_timers(desk.state)
    hour = timedelta(hours=1)
    desk.now -= hour
    desk.append(stepped(T0, T0 - hour))
    assert due_timers(desk.state, lambda _: T0 - hour + timedelta(hours=2)) == {
        key: at - hour for key, at in before.items()
    }
    assert desk.alert("a2").raised_at == T0


def test_a_clock_set_forward_or_back_in_another_stream_changes_no_wait():
    desk = Desk()
    desk.raise_alert()
    before = due_timers(desk.state)
    desk.append(stepped(T0, T0 + seconds(300)))
    desk.append(stepped(T0, T0 - seconds(300)), stream="desk")
    assert due_timers(desk.state) == before


def test_a_step_back_before_anybody_wrote_shortens_the_rungs_all_the_same():
    desk = Desk()
    desk.raise_alert()
    desk.append(stepped(T0, T0 - seconds(60)))
    assert desk.alert().next_at == T0 + seconds(60)


def test_entries_of_other_slices_and_of_unknown_alerts_are_passed_over():
    desk = Desk()
    for draft in (note("x"), Draft("alert.closed", {"alert": "unknown", "why": "answered"})):
        desk.append(draft)
    assert desk.state == Escalations()
    desk.raise_alert()
    before = desk.alert()
    desk.append(Draft("alert.delivered", {"alert": "a1", "sending": "unknown"}))
    assert desk.alert() == before


def test_rule_12_5_a_version_that_this_build_does_not_know_stops_the_fold():
    newer = replace(entry(1, T0, Draft("alert.closed", {"alert": "a1", "why": "x"})), v=2)
    with pytest.raises(UnknownEntryType):
        apply_escalation(Escalations(), newer)
    assert apply_escalation(Escalations(), replace(newer, type="other.type")) == Escalations()


def test_every_type_is_declared_once_and_numbers_texts_codes_and_words_are_private():
    table = TypeTable(ENTRY_TYPES)
    assert set(table.get("alert.sent", 1).private) == {"/to", "/text"}
    assert set(table.get("alert.acknowledged", 1).private) == {"/code", "/from", "/words"}


def erased(each):
    table = {declared.name: declared for declared in ENTRY_TYPES}
    body = dict(each.body)
    for path in table[each.type].private if each.type in table else ():
        name = path.strip("/")
        if body.get(name) is not None:
            body[name] = Erased("digest")
    return replace(each, body=body)


@given(st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_rule_9_1_folding_without_the_private_values_gives_the_same_state(chosen):
    desk = Desk()
    desk.raise_alert(text_facts=DUE_IN_2_H)
    desk.send_all()
    desk.undelivered("sending-1")
    desk.until(300)
    desk.acknowledge(code="4827", from_number="+15550101")
    desk.append(drafts.acknowledgement_withdrawn(desk.alert(), "duty-1", by="sms", from_number="+15550101"))
    desk.append(drafts.waiting_stated(SUBJECT, until=desk.now, waiting_for="a call"))
    desk.append(drafts.closed(desk.alert(), why="answered", words="answered by phone"))
    state = Escalations()
    for n, each in enumerate(desk.entries):
        state = apply_escalation(state, erased(each) if chosen >> n % 32 & 1 else each)
    assert state == desk.state


def test_the_fold_depends_on_the_entries_alone():
    desk = held()
    desk.until(500)
    state = Escalations()
    for each in desk.entries:
        state = apply_escalation(state, each)
    assert state == desk.state
    assert {alert.stream for alert in state.by_id.values()} == {STREAM}
