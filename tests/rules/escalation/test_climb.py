from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.escalation import drafts
from cna_service.escalation.ladders import Channel, Who
from cna_service.escalation.rules import (
    Climb,
    Empty,
    Ended,
    Exhausted,
    Person,
    Wait,
    acknowledgement_window,
    furthest_wait,
    next_step,
    reach,
    step_now,
)
from cna_service.escalation.state import Contact
from tests.rules.escalation.climbing import LADDERS, SMS, SUBJECT, T0, VOICE, Desk, seconds

MAIL = Contact(Channel.EMAIL, "mail")
FIRST_ROUND = [
    (0, "duty-1", "sms"),
    (120, "duty-1", "voice"),
    (300, "deputy-1", "sms"),
    (300, "deputy-1", "voice"),
    (600, "supervisor-1", "sms"),
    (600, "supervisor-1", "voice"),
]


def test_a_climb_that_nobody_answers_goes_through_every_rung_and_begins_again():
    desk = Desk()
    desk.raise_alert()
    desk.until(1019)
    assert desk.called() == [
        *FIRST_ROUND,
        (900, "supervisor-1", "sms"),
        (900, "supervisor-1", "voice"),
        (900, "admin-1", "sms"),
        (900, "admin-1", "voice"),
        (900, "duty-1", "sms"),
    ]
    assert desk.types().count("ladder.exhausted") == 1
    assert next_step(desk.alert(), desk.now) == Wait(T0 + seconds(1020))


def test_only_a_person_ends_a_climb():
    desk = Desk()
    desk.raise_alert()
    desk.until(100 * 900)
    assert desk.alert().round == 101
    assert desk.alert().is_climbing


def test_an_acknowledgement_stops_the_climb():
    desk = Desk()
    desk.raise_alert()
    desk.until(130)
    desk.acknowledge()
    desk.until(5000)
    assert desk.called() == FIRST_ROUND[:2]
    assert next_step(desk.alert(), desk.now) == Ended("acknowledged")
    assert step_now(desk.alert()) == Ended("acknowledged")


def test_a_closed_alert_has_ended():
    desk = Desk()
    desk.raise_alert()
    desk.append(drafts.closed(desk.alert(), why="answered"))
    desk.append(drafts.closed(desk.alert(), why="again"))
    assert next_step(desk.alert(), desk.now + seconds(10_000)) == Ended("closed")
    assert step_now(desk.alert()) == Ended("closed")
    assert desk.state.open == ()
    assert desk.alert().closed_why == "answered"


def test_rule_1_4_a_case_opened_by_the_officer_on_watch_is_born_acknowledged():
    desk = Desk()
    ladder = LADDERS.for_kind("new_request")
    desk.append(drafts.raised("a1", kind="new_request", subject=SUBJECT, ladder=ladder), "duty-1")
    desk.append(drafts.acknowledged(desk.alert(), "duty-1", by="console"), "duty-1")
    desk.tick()
    desk.until(5000)
    assert desk.called() == []


def test_after_a_sleep_through_three_rungs_one_rung_is_taken_now_and_the_next_from_now():
    desk = Desk()
    desk.raise_alert()
    desk.at(8 * 3600)
    late = [e for e in desk.entries if e.type == "rung.climbed"]
    assert [(e.body["rung"], e.body["late_by_seconds"]) for e in late] == [(1, 0), (2, 8 * 3600 - 120)]
    assert next_step(desk.alert(), desk.now) == Wait(desk.now + seconds(180))


def test_a_tick_that_comes_a_moment_late_does_not_shift_the_rungs_after_it():
    desk = Desk()
    desk.raise_alert()
    desk.at(121)
    desk.at(302)
    assert desk.alert().next_at == T0 + seconds(600)


def test_a_rung_asked_for_before_its_time_starts_the_wait_for_the_one_after_it():
    desk = Desk()
    desk.raise_alert()
    desk.now = T0 + seconds(30)
    step = step_now(desk.alert())
    assert isinstance(step, Climb)
    desk.append(drafts.take_step(desk.alert(), step, desk.people, desk.new_id, why="asked"), "duty-1")
    assert desk.alert().rung == 2
    assert next_step(desk.alert(), desk.now) == Wait(T0 + seconds(30 + 180))


def test_the_next_rung_after_the_last_is_the_next_round():
    desk = Desk()
    desk.raise_alert()
    desk.until(600)
    assert step_now(desk.alert()) == Exhausted(1)


def test_a_rung_with_nobody_on_it_is_skipped_at_once():
    desk = Desk(posts={Who.DUTY_OFFICER: [], Who.DEPUTY: ["deputy-1"], Who.SUPERVISOR: ["supervisor-1"]})
    desk.raise_alert()
    assert desk.called() == [(0, "deputy-1", "sms"), (0, "deputy-1", "voice")]
    skipped = [e.body for e in desk.entries if e.type == "rung.skipped"]
    assert [(s["rung"], s["reason"]) for s in skipped] == [(1, "nobody"), (2, "nobody")]
    desk.until(300)
    assert desk.called()[-1] == (300, "supervisor-1", "voice")


def test_officers_without_any_contact_are_a_rung_of_nobody_with_its_own_reason():
    desk = Desk(contacts={"duty-1": ()})
    desk.raise_alert()
    assert [e.body["reason"] for e in desk.entries if e.type == "rung.skipped"] == ["no_contact"] * 2


def test_an_officer_without_the_rungs_channel_is_summoned_on_what_he_has():
    desk = Desk(contacts={"duty-1": (VOICE,)})
    desk.raise_alert()
    assert desk.called() == [(0, "duty-1", "voice")]


def test_a_ladder_of_empty_rungs_does_not_spin():
    desk = Desk(posts={Who.ADMINISTRATOR: ["admin-1"]})
    desk.raise_alert()
    assert desk.called() == [(0, "admin-1", "sms"), (0, "admin-1", "voice")]
    assert next_step(desk.alert(), desk.now) == Wait(T0 + seconds(300))


def test_when_nobody_at_all_can_be_reached_the_desk_keeps_trying():
    desk = Desk(posts={Who.DECIDER: ["nobody asks him"]})
    desk.raise_alert()
    desk.until(900)
    assert desk.called() == []
    assert desk.types().count("ladder.exhausted") == 4


def test_one_officer_on_two_posts_is_summoned_once():
    desk = Desk(posts={Who.HOLDER: ["duty-1"], Who.DEPUTY: ["duty-1", "deputy-2"]})
    desk.raise_alert(kind="clock_warning_75")
    assert [officer for _, officer, _ in desk.called()] == ["duty-1", "duty-1", "deputy-2", "deputy-2"]


def test_of_several_contacts_on_one_channel_the_first_is_used_and_the_others_are_spare():
    second = Contact(SMS.channel, "private")
    desk = Desk(contacts={"duty-1": (SMS, second, VOICE)})
    desk.raise_alert()
    target = desk.entries[-1].body["targets"][0]
    assert [s["contact"] for s in target["sendings"]] == ["mobile"]
    assert target["spare"] == [
        {"channel": "sms", "contact": "private"},
        {"channel": "voice", "contact": "mobile"},
    ]


def test_rule_2_3_who_holds_another_case_is_summoned_together_with_the_following_rung():
    desk = Desk()
    ladder = LADDERS.for_kind("new_request")
    desk.append(drafts.raised("a1", kind="new_request", subject=SUBJECT, ladder=ladder))
    desk.tick(is_busy=lambda officer: officer == "duty-1")
    assert desk.called() == [(0, "duty-1", "sms"), (0, "deputy-1", "sms"), (0, "deputy-1", "voice")]
    desk.until(120)
    assert desk.called()[3:] == [(120, "duty-1", "voice")]


def test_rule_2_3_the_last_rung_has_none_that_follows():
    desk = Desk()
    desk.raise_alert()
    desk.until(599)
    desk.now = T0 + seconds(600)
    desk.tick(is_busy=lambda _: True)
    assert [o for s, o, _ in desk.called() if s == 600] == ["supervisor-1", "supervisor-1"]


def test_an_edit_of_the_file_changes_no_running_climb():
    desk = Desk()
    desk.raise_alert()
    copy = desk.entries[0].body["ladder_copy"]
    assert desk.alert().ladder.as_json() == copy
    assert copy["rungs"][2]["who"] == "deputy"


def test_rule_3_1_the_window_is_a_tenth_of_the_time_left_between_three_and_thirty_minutes():
    assert acknowledgement_window(timedelta(hours=2)) == timedelta(minutes=12)
    assert acknowledgement_window(timedelta(days=14)) == timedelta(minutes=30)
    assert acknowledgement_window(timedelta(minutes=10)) == timedelta(minutes=3)
    assert acknowledgement_window(timedelta(0)) == timedelta(minutes=3)


def test_rule_3_1_the_holder_may_wait_for_half_of_the_time_left_at_most():
    assert furthest_wait(T0, T0 + seconds(7200)) == T0 + seconds(3600)
    assert furthest_wait(T0, T0 - seconds(60)) == T0


@given(st.lists(st.integers(min_value=0, max_value=3000), min_size=1, max_size=12), st.integers(0, 11))
@settings(max_examples=150, deadline=None)
def test_never_a_step_after_the_acknowledgement(pauses, when):
    desk = Desk()
    desk.raise_alert()
    at = 0
    for n, pause in enumerate(pauses):
        at += pause
        desk.at(at)
        if n == when % len(pauses):
            desk.acknowledge()
            so_far = desk.called()
    desk.at(at + 100_000)
    assert desk.called() == so_far


@given(st.lists(st.integers(min_value=1, max_value=100_000), min_size=1, max_size=20))
@settings(max_examples=150, deadline=None)
def test_one_rung_at_a_time_however_long_the_desk_slept(pauses):
    desk = Desk()
    desk.raise_alert()
    at = 0
    for pause in pauses:
        at += pause
        before = desk.types().count("rung.climbed")
        desk.at(at)
        assert desk.types().count("rung.climbed") - before <= 1
        assert desk.alert().next_at > desk.now


@given(
    st.sets(st.sampled_from(["duty_officer", "deputy", "supervisor"])),
    st.lists(st.integers(min_value=1, max_value=5000), max_size=8),
)
@settings(max_examples=100, deadline=None)
def test_a_climb_always_goes_on(missing, pauses):
    desk = Desk()
    for post in missing:
        desk.posts.pop(Who(post))
    desk.raise_alert()
    at = 0
    for pause in pauses:
        at += pause
        desk.at(at)
    step = next_step(desk.alert(), desk.now)
    assert isinstance(step, Wait)
    assert timedelta(0) < step.until - desk.now <= timedelta(seconds=300)
    before = len(desk.called())
    desk.until(at + 1000)
    assert len(desk.called()) > before


def test_a_rung_of_mail_alone_wakes_nobody():
    """Who has no mail is not called by telephone instead, and a mail that fails leads to no telephone either."""
    people = {"a": Person("a", (SMS, VOICE)), "b": Person("b", (SMS, VOICE, MAIL))}
    only_mail = reach([Who.DUTY_OFFICER], [Channel.EMAIL], lambda _: [people["a"]], lambda: "s1")
    assert only_mail == Empty("no_contact")
    [target] = reach([Who.DUTY_OFFICER], [Channel.EMAIL], lambda _: [people["b"]], lambda: "s1")
    assert [c for _, c in target.sendings] == [MAIL]
    assert target.spare == ()


def test_an_officer_without_the_rungs_channel_is_called_on_what_he_has():
    [target] = reach([Who.DEPUTY], [Channel.VOICE], lambda _: [Person("a", (SMS,))], lambda: "s1")
    assert [c for _, c in target.sendings] == [SMS]
