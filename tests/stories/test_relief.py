"""The watch changes hands: what stays with the officer, what goes on with the watch, and who is woken for it."""

from __future__ import annotations

import re
from datetime import datetime

from cna_service.duty.relief import WatchLife
from cna_service.kit.instants import from_text
from cna_service.workflow import relief, replies, roster, watch_check_in
from cna_service.workflow.projections import DUTY, WATCH_LIFE
from cna_service.workflow.relief_sheet import relief_sheet
from cna_service.workflow.waking import Hindrance, Waking
from tests.stories.people import Story
from tests.workflow.station import T0

DAY_AND_NIGHT = {
    "roster": "desk",
    "zone": "UTC",
    "rotations": [
        {
            "post": "duty_officer",
            "officers": ["duty-1", "duty-2"],
            "kind": "hourly",
            "hours": 12,
            "hand_over": "06:00",
            "from": "2026-11-20",
        },
        {
            "post": "supervisor",
            "officers": ["sup-1"],
            "kind": "weekly",
            "hand_over": "MON 08:00",
            "from": "2026-11-16",
        },
    ],
}
"""duty-1 from 06:00 to 18:00, duty-2 through the night; nobody is deputy."""


def the_watch_changes_at_six(story: Story, at: str = "2026-11-22T05:00:00Z") -> None:
    """A Sunday morning: duty-2 has had the night, duty-1 comes at 06:00 and is told so an hour before."""
    story.desk.do(roster.set_roster, "sup-1", **DAY_AND_NIGHT)
    story.desk.settle()
    story.desk.advance_to(instant("2026-11-21T18:00:00Z"))
    signs(story, "duty-1")
    signs(story, "duty-2")
    story.desk.advance_to(instant(at))
    story.desk.forget_messages()


def instant(text: str) -> datetime:
    return from_text(text)


def signs(story: Story, officer: str, words: str | None = None) -> None:
    shown = [{"case": ref, "seq": seq} for ref, seq in relief_sheet(story.desk.service).shown]
    story.desk.do(relief.sign_relief, officer, shown=shown, **({"words": words} if words else {}))
    story.desk.settle()


def code_in(text: str) -> str:
    return re.findall(r"WATCH (\d{4})", text)[0]


def life(story: Story) -> WatchLife:
    with story.desk.service.read() as reader:
        return reader.stream(DUTY).of(WATCH_LIFE)


def duty_types(story: Story) -> list[str]:
    return [t for t in story.desk.types(DUTY) if t.startswith(("watch.", "relief."))]


def test_six_in_the_morning_with_an_open_case(story: Story) -> None:
    """Both sign before the change: at six the coming officer is told what is open, and nobody is summoned."""
    the_watch_changes_at_six(story, "2026-11-22T05:50:00Z")
    going, coming = story.officer("duty-2"), story.officer("duty-1")
    story.a_request_arrives()
    going.receives_sms(containing="new request")
    going.replies("1 {code}")
    going.receives_sms(containing="You hold")
    story.minutes_pass(5)
    signs(story, "duty-2", "The cutter calls again at 06:30.")
    signs(story, "duty-1")
    story.desk.advance_to(instant("2026-11-22T06:00:00Z"))
    told = coming.receives_sms(containing="you have the watch")
    assert re.search(r"until 1800Z\. Open cases: 1, first due \d{4}Z\. Owed: \d", told)
    assert story.ref not in told
    assert "BAR TEST" not in told
    assert duty_types(story)[-2:] == ["watch.changed", "relief.completed"]
    story.minutes_pass(4)
    story.nobody_else_was_called()


def test_rule_3_5_his_watch_ended_and_the_case_goes_to_who_has_the_watch_now(story: Story) -> None:
    """The former holder sleeps: the summons goes to who has the watch, and to him only when that brings nobody."""
    the_watch_changes_at_six(story, "2026-11-22T05:50:00Z")
    former, present = story.officer("duty-2"), story.officer("duty-1")
    story.a_request_arrives()
    former.replies("1 {code}")
    story.acknowledges_the_request("duty-2")
    signs(story, "duty-2")
    signs(story, "duty-1")
    story.desk.advance_to(instant("2026-11-22T06:00:00Z"))
    story.desk.forget_messages()
    while not any("answer due" in m.text for m in present.phone.received if not m.is_read):
        story.minutes_pass(1)
    present.receives_sms(containing="no entry since you took it")
    present.is_called()
    story.nobody_else_was_called()
    story.minutes_pass(4)
    # Three minutes later all others are called, and still not he who sleeps.
    story.officer("sup-1").receives_sms(containing="no entry")
    former.has_nothing()
    story.minutes_pass(4)
    former.receives_sms(containing="no entry since you took it")
    present.replies("1 {code}")
    story.desk.forget_messages()


def test_rule_3_5_unsigned_the_coming_officer_is_summoned_and_then_the_supervisor(story: Story) -> None:
    the_watch_changes_at_six(story, "2026-11-22T05:55:00Z")
    coming, supervisor = story.officer("duty-1"), story.officer("sup-1")
    story.minutes_pass(5)
    coming.receives_sms(containing="you have the watch")
    coming.receives_sms(containing="relief not signed")
    story.minutes_pass(14)
    story.nobody_else_was_called()
    story.minutes_pass(1)
    supervisor.receives_sms(containing="relief not signed")
    supervisor.is_called()
    signs(story, "duty-1")
    story.desk.do(relief.complete_relief, "sup-1", reason="Lt Lacroix left by the 06:05 boat.")
    story.desk.settle()
    story.minutes_pass(60)
    story.nobody_else_was_called()
    done = story.desk.last(DUTY, "relief.completed").body
    assert (done["how"], done["by"]) == ("supervisor", "sup-1")


def test_rule_3_5_a_text_is_no_signature(story: Story) -> None:
    """He takes the summons by SMS and signs nothing: after a quarter of an hour the supervisor is called anyway."""
    the_watch_changes_at_six(story, "2026-11-22T05:55:00Z")
    coming, supervisor = story.officer("duty-1"), story.officer("sup-1")
    story.minutes_pass(5)
    coming.replies("1 {code}")
    coming.receives_sms(containing="you have the watch")
    coming.receives_sms(containing="relief not signed")
    coming.receives_sms(containing="You hold")
    story.minutes_pass(15)
    supervisor.receives_sms(containing="relief still not signed")
    supervisor.is_called()
    assert story.desk.last(DUTY, "relief.overdue").body["unsigned"] == ["going", "coming"]
    signs(story, "duty-1")
    signs(story, "duty-2")
    story.minutes_pass(60)
    story.nobody_else_was_called()


def test_he_is_told_of_his_watch_the_evening_before_and_an_hour_before(story: Story) -> None:
    story.desk.do(roster.set_roster, "sup-1", **DAY_AND_NIGHT)
    story.desk.settle()
    night, morning = story.officer("duty-2"), story.officer("duty-1")
    night.receives_sms(containing="your watch (duty officer) begins 1800Z, until 0600Z")
    story.desk.advance_to(instant("2026-11-21T17:00:00Z"))
    night.receives_sms(containing="your watch (duty officer) begins 1800Z")
    story.desk.advance_to(instant("2026-11-21T17:59:00Z"))
    signs(story, "duty-1")
    signs(story, "duty-2")
    story.desk.advance_to(instant("2026-11-21T18:00:00Z"))
    night.receives_sms(containing="you have the watch")
    morning.receives_sms(containing="your watch (duty officer) begins 0600Z, until 22 NOV 1800Z")
    # By day, not at 06:00 in the morning, he is told of the next night.
    story.desk.advance_to(instant("2026-11-21T21:00:00Z"))
    night.receives_sms(containing="your watch (duty officer) begins 22 NOV 1800Z")
    story.desk.advance_to(instant("2026-11-22T04:59:00Z"))
    story.nobody_else_was_called()
    story.minutes_pass(1)
    morning.receives_sms(containing="your watch (duty officer) begins 0600Z")


def test_she_takes_the_watch_by_text_from_the_boat(story: Story) -> None:
    deputy, duty = story.officer("duty-2"), story.officer("duty-1")
    deputy.replies("Watch!")
    asked = deputy.receives_sms(containing="to take the watch now, send WATCH")
    deputy.replies(f"watch {code_in(asked)}")
    deputy.receives_sms(containing="you have the watch since 1403Z")
    story.officer("sup-1").receives_sms(containing="took the watch at 1403Z, by SMS")
    duty.receives_sms(containing="took the watch from you at 1403Z")
    deputy.receives_sms(containing="relief not signed")
    signs(story, "duty-1")
    signs(story, "duty-2")
    story.a_request_arrives()
    deputy.receives_sms(containing="new request")
    deputy.replies("1 {code}")
    deputy.receives_sms(containing="You hold")
    story.desk.forget_messages()


def test_somebody_forged_her_number(story: Story) -> None:
    """Whoever forges a number does not see what is sent to it: the watch stays where it is."""
    deputy = story.officer("duty-2")
    deputy.replies("WATCH")
    deputy.receives_sms(containing="Not you? Do nothing and call +15550100")
    for guess in ("0000", "0001"):
        if guess not in deputy.phone.texts[0].text:
            deputy.replies(f"WATCH {guess}")
            deputy.receives_sms(containing="that code takes no watch")
    assert "watch.taken" not in story.desk.types(DUTY)
    story.a_request_arrives()
    story.officer("duty-1").receives_sms(containing="new request")
    story.officer("duty-1").replies("1 {code}")
    story.desk.forget_messages()


def test_her_telephone_was_in_other_hands_and_no_gives_the_watch_back(story: Story) -> None:
    deputy, duty = story.officer("duty-2"), story.officer("duty-1")
    deputy.replies("WATCH")
    asked = deputy.receives_sms(containing="send WATCH")
    deputy.replies(f"WATCH {code_in(asked)}")
    deputy.receives_sms(containing="Not you? Reply NO")
    story.desk.forget_messages()
    deputy.replies("NO")
    deputy.receives_sms(containing="given back")
    story.officer("sup-1").receives_sms(containing="was given back")
    story.desk.forget_messages()
    story.a_request_arrives()
    duty.receives_sms(containing="new request")
    duty.replies("1 {code}")
    story.desk.forget_messages()


def test_who_has_it_he_asks_from_the_car(story: Story) -> None:
    story.desk.do(roster.set_roster, "sup-1", **DAY_AND_NIGHT)
    story.desk.settle()
    story.desk.forget_messages()
    duty = story.officer("duty-1")
    duty.replies("who?")
    said = duty.receives_sms(containing="now duty officer EXERCISE Lieutenant Ana Reyes")
    assert "until 1800Z" in said
    assert "Next EXERCISE Lieutenant Benoit Lacroix from 1800Z" in said
    assert "Week: 0600Z EXERCISE Lieutenant Ana Reyes" in said
    assert len(said) <= 470


def test_a_stranger_asks_who_has_the_watch_and_learns_nothing(story: Story) -> None:
    replies.receive_text(story.desk.service, "+15550199999", "WHO")
    story.desk.settle()
    assert all("Reyes" not in m.text for m in story.desk.exchange.phone("+15550199999").received)
    story.desk.forget_messages()


def test_rule_13_1_the_desk_cannot_wake_anybody_and_asks_him_to_check_in(story: Story) -> None:
    duty = story.officer("duty-1")
    dark = Waking(T0, (Hindrance("no-proof", "No telephone channel proved itself."),))
    watch_check_in.look(story.desk.service, dark)
    watch_check_in.look(story.desk.service, dark)
    story.desk.settle()
    duty.receives_sms(
        containing="cannot wake anybody. Sign in at the console and check in by 1433Z, every 30 min"
    )
    story.minutes_pass(20)
    story.desk.do(watch_check_in.check_in, "duty-1")
    story.minutes_pass(29)
    story.nobody_else_was_called()
    story.minutes_pass(1)
    for name in ("duty-1", "duty-2", "sup-1", "admin-1"):
        story.officer(name).receives_sms(containing="no check-in at the desk")
        assert len(story.desk.postbox.to(f"{name}@example.test")) == 1
    story.desk.forget_messages()
    watch_check_in.look(story.desk.service, Waking(T0))
    story.minutes_pass(120)
    story.nobody_else_was_called()
    assert [t for t in duty_types(story) if "check" in t] == [
        "watch.check_in_asked",
        "watch.checked_in",
        "watch.check_in_missed",
        "watch.check_in_ended",
    ]


def test_the_desk_slept_through_three_changes_of_the_watch(story: Story) -> None:
    """Each is recorded once, with how late; only the last is a relief that anybody can still sign."""
    story.desk.do(roster.set_roster, "sup-1", **DAY_AND_NIGHT)
    story.desk.settle()
    story.desk.forget_messages()
    story.the_desk_is_down_for(60 * 36)
    entries = [e.body for e in story.desk.entries(DUTY) if e.type == "watch.changed"]
    changes = [c for c in entries if c["post"] == "duty_officer"]
    assert [(c["going"], c["coming"], c["at"][:16], c["relief"]) for c in changes] == [
        ("duty-1", "duty-2", "2026-11-21T18:00", False),
        ("duty-2", "duty-1", "2026-11-22T06:00", False),
        ("duty-1", "duty-2", "2026-11-22T18:00", True),
    ]
    assert changes[0]["late_by_seconds"] > changes[2]["late_by_seconds"] > 0
    story.officer("duty-2").receives_sms(containing="you have the watch")
    story.officer("duty-2").receives_sms(containing="relief not signed")
    signs(story, "duty-1")
    signs(story, "duty-2")
    story.desk.forget_messages()


def test_an_exercise_in_which_nobody_is_relieved_tells_nobody_anything(story: Story) -> None:
    story.minutes_pass(60 * 24 * 9)
    story.nobody_else_was_called()
    assert duty_types(story) == []
