"""Ladders by the hour and by urgency, quiet hours, working hours, limits: read from the file, copied into the entry."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.escalation.ladder_file import LaddersUnreadable, read_ladders
from cna_service.escalation.ladders import ladder_from_json
from cna_service.escalation.limits import Bucket
from cna_service.kit.hours import Hours, hours_from_json
from tests.rules.escalation.climbing import CONFIG, T0, Desk, seconds

FILE = (CONFIG / "ladders.toml").read_text(encoding="utf-8")
LISBON = ZoneInfo("Europe/Lisbon")
BRANCH = """
[[ladder.supervisor.branch]]
when = { from = "22:00", to = "06:00" }
rungs = [{ after_seconds = 0, who = "supervisor", channels = ["voice"] }]

[[ladder.supervisor.branch]]
when = { days = ["sat", "sun"] }
repeat_after_seconds = 600
rungs = [{ after_seconds = 0, who = "administrator", channels = ["sms"] }]
"""


def local(text, zone=LISBON):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_a_ladder_has_other_rungs_at_night_and_at_the_weekend():
    ladders = read_ladders(FILE + BRANCH)
    by_day = ladders.for_kind("wrong_codes", local("2026-11-20 15:00"))
    at_night = ladders.for_kind("wrong_codes", local("2026-11-20 23:00"))
    on_saturday = ladders.for_kind("wrong_codes", local("2026-11-21 15:00"))
    assert (by_day.branch, at_night.branch, on_saturday.branch) == (0, 1, 2)
    assert at_night.rungs[0].channels[0] == "voice"
    assert on_saturday.rungs[0].who[0] == "administrator"
    assert on_saturday.repeat_after == seconds(600)
    assert at_night.repeat_after == by_day.repeat_after


def test_the_copy_says_which_branch_it_is_and_reads_back_as_it_was():
    ladder = read_ladders(FILE + BRANCH).for_kind("wrong_codes", local("2026-11-20 23:00"))
    assert ladder_from_json(ladder.as_json()) == ladder


def test_a_ladder_without_anything_new_is_copied_as_it_always_was():
    copy = read_ladders(FILE).for_kind("new_request", local("2026-11-20 23:00")).as_json()
    assert set(copy) == {"id", "rungs", "repeat_after_seconds", "last_resort", "receipt_seconds", "sha256"}


@pytest.mark.parametrize(
    "kind", ["new_request", "to_be_read", "clock_lapsed", "clock_warning_50", "ack_overdue"]
)
def test_what_concerns_a_request_is_never_of_low_urgency(kind):
    ladder = read_ladders(FILE).for_kind(kind, local("2026-11-20 23:00"), "low")
    assert (ladder.urgency, ladder.quiet) == ("high", None)


def test_a_file_that_makes_a_request_wait_for_the_morning_is_refused():
    lazy = FILE.replace("[ladder.warning_75]\n", '[ladder.warning_75]\nurgency = "low"\n')
    with pytest.raises(LaddersUnreadable, match="clock_warning_75 never waits for the morning"):
        read_ladders(lazy)
    with pytest.raises(LaddersUnreadable, match="/maintenance_kinds: waits for no maintenance"):
        read_ladders(FILE.replace('["test_failed"]', '["new_request"]'))


def test_every_fault_of_the_hours_is_named_at_once():
    wrong = FILE.replace('from = "22:00"', 'from = "late"').replace('days = ["mon"', 'days = ["moonday"')
    wrong += "\n[[ladder.supervisor.branch]]\nwhen = {}\nrungs = []\n"
    with pytest.raises(LaddersUnreadable) as refused:
        read_ladders(wrong)
    assert {p.pointer for p in refused.value.problems} >= {
        "/quiet_hours/from",
        "/working_hours/days",
        "/ladder/supervisor/branch/1/when",
        "/ladder/supervisor/branch/1/rungs",
    }


def climbing(urgency, at, kind="certificate_holders"):
    """An alert of this urgency raised at this instant, with the shipped quiet hours."""
    desk = Desk()
    desk.now = at
    ladder = read_ladders(FILE).for_kind(kind, at.astimezone(UTC), urgency)
    from cna_service.escalation import drafts
    from tests.rules.escalation.climbing import SUBJECT

    desk.append(drafts.raised("a1", kind=kind, subject=SUBJECT, ladder=ladder, urgency=ladder.urgency))
    return desk.alert()


def test_low_urgency_waits_for_the_morning_and_high_does_not():
    night = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert climbing("low", night).next_at == datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    assert climbing("low", T0.replace(hour=15)).next_at == T0.replace(hour=15)
    assert climbing("high", night, "wrong_codes").next_at == night


def test_the_quiet_hours_are_those_of_the_desks_wall():
    quiet = read_ladders(FILE).for_kind("certificate_holders", local("2026-07-01 23:00")).quiet
    assert quiet.offset == timedelta(hours=1)
    assert hours_from_json(quiet.as_json()) == quiet
    assert quiet.after(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == datetime(2026, 7, 2, 6, 0, tzinfo=UTC)


@given(
    at=st.integers(0, 364 * 1440),
    starts=st.integers(0, 1439),
    ends=st.integers(0, 1439),
    days=st.sets(st.integers(0, 6), min_size=1),
    offset=st.integers(-720, 840),
)
def test_what_waits_is_never_inside_the_hours_and_never_earlier(at, starts, ends, days, offset):
    if starts == ends:
        return
    hours = Hours(starts, ends, tuple(sorted(days)), (), timedelta(minutes=offset))
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=at)
    after = hours.after(instant)
    assert after >= instant
    assert hours.holds(instant) or after == instant
    assert not hours.holds(after) or after == instant
    if starts < ends:
        latest = hours.latest(instant, before_end=timedelta(hours=1))
        assert latest is not None
        assert latest <= instant
        assert hours.holds(latest) or ends - starts <= 60


def test_a_holiday_is_no_working_day():
    working = Hours(480, 1080, (0, 1, 2, 3, 4), (date(2026, 12, 25),))
    christmas = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
    assert working.latest(christmas, before_end=timedelta(hours=1)) == datetime(
        2026, 12, 24, 17, 0, tzinfo=UTC
    )


def test_a_bucket_lets_a_burst_pass_and_then_one_at_a_time():
    bucket = Bucket(3, seconds(10))
    full, leaves = None, []
    for _ in range(6):
        at, full = bucket.take(full, T0)
        leaves.append(int((at - T0).total_seconds()))
    assert leaves == [0, 0, 0, 10, 20, 30]
    at, _ = bucket.take(full, T0 + seconds(120))
    assert at == T0 + seconds(120)


def test_the_limits_of_the_file_are_the_ones_that_hold_and_wrong_ones_are_named():
    limits = read_ladders(FILE).limits
    assert limits.as_json()["voice"] == {"burst": 5, "every_seconds": 30}
    with pytest.raises(LaddersUnreadable, match="/limits/sms"):
        read_ladders(FILE.replace("sms = { burst = 10, every_seconds = 6 }", "sms = { burst = 0 }"))
