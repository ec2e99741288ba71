"""What the stream of the watch records by itself, on both databases; and what a wrong clock, an outage, a disabled
account and a release that knew no such timers do to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from cna_service.db import timers
from cna_service.kit.errors import NotFound
from cna_service.workflow import relief, roster, upkeep, watch_calendar, watch_check_in, watch_digest
from cna_service.workflow.fire import fire_due
from cna_service.workflow.officers import change_officer, disable_officer
from cna_service.workflow.projections import DESK, DUTY
from cna_service.workflow.relief_sheet import relief_sheet
from cna_service.workflow.replay import replay
from cna_service.workflow.waking import Hindrance, Waking
from cna_service.workflow.watch_notice import Open
from tests.workflow.acts import received
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0, desk_facts
from tests.workflow.test_read_back import decided


def a_change_in(desk: LiveDesk, *, minutes: float) -> None:
    """duty-1 has the watch; duty-2 has it from then on for twelve hours."""
    begins = desk.clock.now() + timedelta(minutes=minutes)
    body = {"post": "duty_officer", "officer": "duty-2", "reason": "the night"}
    span = {"from": begins.isoformat(), "to": (begins + timedelta(hours=12)).isoformat()}
    desk.do(roster.add_override, "sup-1", **body, **span)
    desk.settle()


def shown(desk: LiveDesk) -> list[dict[str, object]]:
    return [{"case": ref, "seq": seq} for ref, seq in relief_sheet(desk.service).shown]


def changes(desk: LiveDesk) -> list[tuple[object, ...]]:
    bodies = [e.body for e in desk.entries(DUTY) if e.type == "watch.changed"]
    return [(b["post"], b["going"], b["coming"], b["by"]) for b in bodies]


def test_rule_3_5_the_relief_is_an_act_of_both(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk)
    a_change_in(desk, minutes=20)
    desk.do(relief.add_relief_note, "duty-1", words="The master answers on channel 16 only.")
    desk.do(relief.sign_relief, "duty-1", shown=shown(desk))
    desk.advance(minutes=20)
    assert changes(desk) == [("duty_officer", "duty-1", "duty-2", "override")]
    open_alerts = [a.kind for a in desk.alerts(DUTY).open]
    assert open_alerts == ["relief_unsigned"]
    sheet = relief_sheet(desk.service, "duty-2")
    assert [str(n.words) for n in sheet.notes] == ["The master answers on channel 16 only."]
    assert sheet.cases[0].holder == "duty-1"
    answer = desk.do(relief.sign_relief, "duty-2", shown=shown(desk))
    assert answer["completed"]
    signed = [e.body["shown"] for e in desk.entries(DUTY) if e.type == "relief.signed"]
    assert [[c["case"] for c in each] for each in signed] == [[ref], [ref]]
    assert desk.alerts(DUTY).open == ()
    assert relief_sheet(desk.service).notes == ()
    assert replay(desk.service).differences == ()


def test_rule_3_5_the_sheet_says_what_came_since_he_signed(desk: LiveDesk) -> None:
    ref = received(desk)
    a_change_in(desk, minutes=60)
    desk.do(relief.sign_relief, "duty-1", shown=shown(desk))
    desk.receive(by="mrcc-xb", in_reply_to=ref, grounds="more packages")
    desk.settle()
    (case,) = relief_sheet(desk.service, "duty-1").cases
    assert case.since_signed is not None
    assert case.since_signed > 0
    with pytest.raises(relief.SheetMoved):
        desk.do(relief.sign_relief, "duty-2", shown=[{"case": ref, "seq": case.seq - case.since_signed}])
    desk.do(relief.sign_relief, "duty-1", shown=shown(desk))
    assert relief_sheet(desk.service, "duty-1").cases[0].since_signed == 0


def test_taking_the_watch_by_text(either_desk: LiveDesk) -> None:
    desk = either_desk
    deputy = desk.person("duty-2")
    deputy.replies("WATCH")
    deputy.replies("WATCH")
    first, second = (re.findall(r"WATCH (\d{4})", m.text) for m in deputy.phone.texts[-2:])
    assert first == second
    deputy.replies(f"WATCH {first[0]}")
    assert changes(desk) == [("duty_officer", "duty-1", "duty-2", "override")]
    taken = desk.last(DUTY, "watch.taken")
    assert taken.actor["signed_in"] == {"by": "sms code"}
    assert "from" in str(taken.private)
    deputy.replies(f"WATCH {first[0]}")
    assert "that code takes no watch" in deputy.phone.texts[-1].text
    desk.advance(seconds=1)
    deputy.replies("WATCH")
    deputy.replies(f"WATCH {re.findall(r'WATCH ([0-9]{4})', deputy.phone.texts[-1].text)[0]}")
    assert "you have the watch already" in deputy.phone.texts[-1].text
    deputy.replies("NO")
    assert changes(desk)[-1] == ("duty_officer", "duty-2", "duty-1", "rotation")
    assert desk.types(DUTY).count("watch.given_back") == 1


def test_a_code_holds_for_ten_minutes_and_three_texts(desk: LiveDesk) -> None:
    deputy = desk.person("duty-2")
    for _ in range(5):
        deputy.replies("WATCH")
    sent = [m.text for m in deputy.phone.texts if "send WATCH" in m.text]
    assert len(sent) == 3
    code = re.findall(r"WATCH (\d{4})", sent[0])[0]
    desk.advance(minutes=11)
    deputy.replies(f"WATCH {code}")
    assert "that code takes no watch" in deputy.phone.texts[-1].text
    assert changes(desk) == []


def test_five_wrong_codes_make_the_number_deaf_and_tell_the_supervisor(desk: LiveDesk) -> None:
    deputy = desk.person("duty-2")
    deputy.replies("WATCH")
    right = re.findall(r"WATCH (\d{4})", deputy.phone.texts[-1].text)[0]
    wrong = [f"{n:04d}" for n in range(9) if f"{n:04d}" != right][:5]
    for code in wrong:
        deputy.replies(f"WATCH {code}")
    deputy.replies(f"WATCH {right}")
    assert "do not count until" in deputy.phone.texts[-1].text
    assert changes(desk) == []
    assert "wrong_codes" in [a.kind for a in desk.alerts(DESK).open]


@pytest.mark.parametrize("officer", ["aud-1", "admin-1", "dec-1"])
def test_who_may_not_have_the_watch_cannot_take_it_by_text(desk: LiveDesk, officer: str) -> None:
    person = desk.person(officer)
    person.replies("WATCH")
    assert "your account cannot take the watch" in person.phone.texts[-1].text


def test_a_no_after_a_summons_means_the_summons(desk: LiveDesk) -> None:
    """The newest question to a number is the one that it answers."""
    deputy = desk.person("duty-2")
    deputy.replies("WATCH")
    deputy.replies(f"WATCH {re.findall(r'WATCH ([0-9]{4})', deputy.phone.texts[-1].text)[0]}")
    ref = str(desk.receive(requested_state="XA", measures=["board"])["case"])
    desk.settle()
    desk.advance(seconds=1)
    deputy.replies("1 {code}")
    desk.advance(seconds=1)
    deputy.replies("NO")
    assert desk.alert(ref).acknowledgement is None
    assert "watch.given_back" not in desk.types(DUTY)


def test_a_clock_that_says_2031_records_no_change_of_the_watch(desk: LiveDesk) -> None:
    """As much as a clock is not believed, no watch changes by it (desk-rules 11.4)."""
    a_change_in(desk, minutes=60)
    real = desk.clock.at
    desk.clock.at = real + timedelta(days=1700)
    fire_due(desk.service, lambda _: real)
    assert changes(desk) == []
    desk.clock.at = real


def test_an_account_that_is_disabled_loses_the_watch_within_a_minute(desk: LiveDesk) -> None:
    desk.do(disable_officer, "admin-1", officer="duty-1", reason="left the service")
    watch_calendar.follow_accounts(desk.service)
    watch_calendar.follow_accounts(desk.service)
    desk.settle()
    assert desk.types(DUTY).count("watch.account_noted") == 1
    assert changes(desk) == [("duty_officer", "duty-1", None, "nobody")]
    assert replay(desk.service).differences == ()


def test_a_stream_without_timers_gets_them_and_nobody_is_alarmed(desk: LiveDesk) -> None:
    """The release before knew no such timers: the first minute of this one writes them."""
    a_change_in(desk, minutes=60)
    with desk.service.database.write() as connection:
        timers.rewrite(connection, DUTY, {})
    watch_calendar.follow_accounts(desk.service)
    upkeep.compare_timers(desk.service)
    assert desk.alerts(DESK).open == ()
    desk.advance(minutes=60)
    assert len(changes(desk)) == 1


def test_rule_13_1_check_ins_begin_only_when_it_lasts_and_never_in_an_exercise(desk: LiveDesk) -> None:
    looking = watch_calendar.CheckIns()
    looking(desk.service)
    assert "watch.check_in_asked" not in desk.types(DUTY)
    object.__setattr__(desk.service, "desk", desk_facts(is_exercise=False))
    looking(desk.service)
    desk.clock.at += timedelta(minutes=4)
    looking(desk.service)
    assert "watch.check_in_asked" not in desk.types(DUTY)
    desk.clock.at += timedelta(minutes=2)
    looking(desk.service)
    looking(desk.service)
    assert desk.types(DUTY).count("watch.check_in_asked") == 1
    assert desk.last(DUTY, "watch.check_in_asked").body["officer"] == "duty-1"


def test_rule_13_1_a_missed_check_in_is_recorded_every_half_hour(either_desk: LiveDesk) -> None:
    desk = either_desk
    watch_check_in.look(desk.service, Waking(T0, (Hindrance("no-proof", "Nothing proved itself."),)))
    desk.advance(minutes=95)
    missed = [e for e in desk.entries(DUTY) if e.type == "watch.check_in_missed"]
    assert [(e.recorded_at - T0) / timedelta(minutes=1) for e in missed] == [30, 60, 90]
    assert [a.kind for a in desk.alerts(DUTY).open] == ["check_in_missed"]
    desk.do(watch_check_in.check_in, "sup-1")
    assert desk.alerts(DUTY).open == ()
    with pytest.raises(NotFound):
        desk.alerts("no-such-case")


def test_the_week_goes_to_the_supervisors_by_mail_once_a_day(desk: LiveDesk) -> None:
    watch_digest.send_daily(desk.service)
    desk.deliver()
    assert desk.postbox.to("sup-1@example.test") == []
    object.__setattr__(desk.service, "desk", desk_facts(is_exercise=False))
    a_change_in(desk, minutes=600)
    for _ in range(2):
        watch_digest.send_daily(desk.service)
        desk.deliver()
    (mail,) = [m for m in desk.postbox.to("sup-1@example.test") if "the week from" in m.subject]
    assert "Now, 211403Z NOV 26:\n  Duty officer: EXERCISE Lieutenant Ana Reyes" in mail.text
    assert "220003Z NOV 26 to 221203Z NOV 26  EXERCISE Lieutenant Benoit Lacroix" in mail.text
    assert "No gap within seven days." in mail.text


def test_a_manager_gives_the_watch_to_somebody_and_both_are_told(desk: LiveDesk) -> None:
    a_change_in(desk, minutes=0)
    desk.person("duty-1").receives_sms(containing="took the watch from you")
    desk.person("duty-2").receives_sms(containing="you have the watch")


def test_months_without_the_desk_are_not_recorded_watch_by_watch(desk: LiveDesk) -> None:
    """The desk was off, or an older release recorded no change: the last of each post stands, with their number."""
    told = {"post": "duty_officer", "officers": ["duty-1", "duty-2"], "kind": "daily", "hand_over": "06:00"}
    rotation = {**told, "from": "2026-11-20"}
    desk.do(roster.set_roster, "sup-1", roster="desk", zone="UTC", rotations=[rotation], reason="two of us")
    desk.sleep(days=200)
    desk.settle()
    assert [c[0] for c in changes(desk)].count("duty_officer") == 1
    last = [
        e.body for e in desk.entries(DUTY) if e.type == "watch.changed" and e.body["post"] == "duty_officer"
    ]
    assert last[0]["relief"]
    assert max(e.body.get("unrecorded", 0) for e in desk.entries(DUTY)) == 200
    assert "watch.noticed" not in desk.types(DUTY)
    assert desk.alerts(DESK).open == ()
    assert replay(desk.service).differences == ()


def test_who_floods_the_desk_with_questions_floods_nobody(desk: LiveDesk) -> None:
    deputy = desk.person("duty-2")
    for _ in range(6):
        deputy.replies("WHO")
    assert len([m for m in deputy.phone.texts if "now duty officer" in m.text]) == 3


def test_rule_6_2_a_decision_that_nobody_confirmed_is_on_the_relief_sheet(desk: LiveDesk) -> None:
    ref = received(desk)
    decided(desk, ref)
    desk.advance(minutes=31)
    (case,) = relief_sheet(desk.service).cases
    told = [p for p in case.promises if p.kind == "unconfirmed_decision"]
    assert [(p.is_overdue, p.words) for p in told] == [
        (True, "decision 1 of exchange 1: not confirmed by who took it")
    ]


def test_rule_2_6_the_message_at_the_change_names_no_case_unless_policy_says_so(desk: LiveDesk) -> None:
    ref = received(desk)
    texts = desk.service.policies.texts
    found = Open((ref,), None, 0)
    assert found.cases(texts) == "1"
    assert found.cases(replace(texts, may_also_say=("case",))) == f"1 ({ref})"
    a_change_in(desk, minutes=0)
    told = desk.person("duty-2").receives_sms(containing="you have the watch")
    for said_nowhere in (ref, "BAR TEST", "XB"):
        assert said_nowhere not in told


def test_a_signature_for_a_change_that_was_moved_counts_for_nothing(desk: LiveDesk) -> None:
    a_change_in(desk, minutes=60)
    desk.do(relief.sign_relief, "duty-1", shown=[])
    override = desk.last(DUTY, "roster.override_added").body["override"]
    desk.do(roster.remove_override, "sup-1", override=override, reason="a later boat")
    a_change_in(desk, minutes=240)
    desk.advance(minutes=180)
    hand_over = relief_sheet(desk.service, "duty-1").hand_over
    assert hand_over is not None
    assert hand_over.signatures == ()
    desk.advance(minutes=60)
    assert desk.last(DUTY, "watch.changed").body["relief"]
    assert [a.kind for a in desk.alerts(DUTY).open] == ["relief_unsigned"]


@pytest.mark.parametrize(
    ("language", "asks", "now", "takes"),
    [
        ("es", "¿Quién?", "ahora oficial de guardia", "GUARDIA"),
        ("fr", "Qui?", "maintenant officier de quart", "QUART"),
        ("pt", "Quem?", "agora oficial de quarto", "QUARTO"),
    ],
)
def test_the_desk_speaks_of_the_watch_in_the_officers_language(
    desk: LiveDesk, language: str, asks: str, now: str, takes: str
) -> None:
    desk.do(change_officer, "admin-1", officer="duty-2", language=language)
    deputy = desk.person("duty-2")
    deputy.replies(asks)
    assert now in deputy.phone.texts[-1].text
    deputy.replies(takes)
    code = re.findall(rf"{takes} (\d{{4}})", deputy.phone.texts[-1].text)[0]
    deputy.replies(f"{takes} {code}")
    assert changes(desk) == [("duty_officer", "duty-1", "duty-2", "override")]
