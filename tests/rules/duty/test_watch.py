from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.duty.roster import POSTS, RosterUnreadable, read_roster
from cna_service.duty.rules import (
    ENTRY_TYPES,
    Rosters,
    Shift,
    apply_duty,
    gaps,
    override_added,
    shifts,
    watches,
    who_has_the_watch,
)
from cna_service.ledger.entry import Draft, Entry, TypeTable, UnknownEntryType

ZONES = ("Europe/Lisbon", "Atlantic/Azores", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati")
DAY = timedelta(days=1)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def weekly(post="duty_officer", officers=("a", "b"), **more):
    told = {
        "post": post,
        "officers": list(officers),
        "kind": "weekly",
        "hand_over": "MON 08:00",
        "from": "2026-01-05",
    }
    return told | more


def daily(post="duty_officer", officers=("a", "b"), **more):
    return weekly(post, officers, kind="daily", hand_over="08:00") | more


def body(*rotations, zone="Europe/Lisbon", name="desk", **more):
    return {"roster": name, "zone": zone, "rotations": list(rotations), **more}


NEW_YEAR = utc(2026, 1, 1)


def told(*drafts):
    state = Rosters()
    for n, each in enumerate(drafts, 1):
        state = apply_duty(state, entry(each, n))
    return state


def entry(draft, seq=1, at=NEW_YEAR):
    if isinstance(draft, dict):
        draft = Draft("roster.set", draft)
    return Entry("duty", seq, f"e{seq}", draft.type, draft.v, at, {"kind": "officer"}, draft.body, "leaf")


def on_watch(state, at, post="duty_officer"):
    return who_has_the_watch(state, at).posts[post]


def override(officer, starts_at, ends_at, post="duty_officer", name="o1"):
    return override_added(
        name, post=post, officer=officer, starts_at=starts_at, ends_at=ends_at, by="boss", reason="ill"
    )


def test_a_weekly_rotation_hands_over_on_monday_at_eight_in_summer_and_in_winter():
    state = told(body(weekly()))
    assert on_watch(state, utc(2026, 1, 5, 7, 59)) is None
    assert on_watch(state, utc(2026, 1, 5, 8)) == "a"
    assert on_watch(state, utc(2026, 1, 12, 7, 59)) == "a"
    assert on_watch(state, utc(2026, 1, 12, 8)) == "b"
    summer = who_has_the_watch(state, utc(2026, 7, 1))
    assert (summer.starts_at, summer.ends_at) == (utc(2026, 6, 29, 7), utc(2026, 7, 6, 7))


def test_the_first_hand_over_is_the_first_at_or_after_the_date():
    state = told(body(weekly(**{"from": "2026-01-06"})))
    assert on_watch(state, utc(2026, 1, 12, 7, 59)) is None
    assert on_watch(state, utc(2026, 1, 12, 8)) == "a"


def test_daily_every_second_day_and_hourly_rotations():
    every_second = told(body(daily(every=2)))
    assert [on_watch(every_second, utc(2026, 1, d, 9)) for d in (5, 6, 7, 8, 9)] == ["a", "a", "b", "b", "a"]
    halves = told(body(daily(kind="hourly", hours=12)))
    assert [on_watch(halves, utc(2026, 1, 5, h)) for h in (8, 19, 20, 23)] == ["a", "a", "b", "b"]


def test_a_hand_over_in_the_repeated_hour_happens_at_its_first_instant():
    state = told(body(daily(hand_over="01:30")))
    before, after = on_watch(state, utc(2026, 10, 25, 0, 29)), on_watch(state, utc(2026, 10, 25, 0, 30))
    assert before != after
    assert on_watch(state, utc(2026, 10, 25, 1, 15)) == after
    assert on_watch(state, utc(2026, 10, 25, 1, 30)) == after
    assert who_has_the_watch(state, utc(2026, 10, 25, 12)).ends_at == utc(2026, 10, 26, 1, 30)


def test_a_hand_over_in_the_skipped_hour_happens_at_its_end():
    state = told(body(daily(hand_over="01:30")))
    watch = who_has_the_watch(state, utc(2026, 3, 29, 12))
    assert watch.starts_at == utc(2026, 3, 29, 1)


def test_a_rotation_ends_at_its_date():
    state = told(body(weekly(to="2026-01-19")))
    assert on_watch(state, utc(2026, 1, 19, 7, 59)) == "b"
    assert on_watch(state, utc(2026, 1, 19, 8)) is None
    assert who_has_the_watch(state, utc(2026, 2, 1)).ends_at is None


def test_nights_and_weekends_only_with_another_rotation_for_the_rest():
    nights = weekly(officers=["night"], between=["20:00", "08:00"])
    weekend = weekly(officers=["weekend"], days=["SAT", "SUN"])
    rest = weekly(officers=["day"])
    state = told(body(nights, weekend, rest))
    assert on_watch(state, utc(2026, 1, 7, 12)) == "day"
    assert on_watch(state, utc(2026, 1, 7, 20)) == "night"
    assert on_watch(state, utc(2026, 1, 8, 7, 59)) == "night"
    assert on_watch(state, utc(2026, 1, 10, 12)) == "weekend"
    assert on_watch(state, utc(2026, 1, 11, 23)) == "night"


def test_hours_on_one_weekday_leave_the_rest_of_the_week_empty():
    state = told(body(weekly(officers=["a"], days=["WED"], between=["09:00", "17:00"])))
    watch = who_has_the_watch(state, utc(2026, 1, 8))
    assert watch.posts["duty_officer"] is None
    assert watch.ends_at == utc(2026, 1, 12, 8)
    assert on_watch(state, utc(2026, 1, 14, 9)) == "a"
    assert on_watch(state, utc(2026, 1, 14, 17)) is None


def test_an_override_counts_from_its_beginning_to_its_end():
    state = told(body(weekly()), override("c", utc(2026, 1, 7, 6), utc(2026, 1, 7, 18)))
    assert on_watch(state, utc(2026, 1, 7, 5, 59)) == "a"
    assert on_watch(state, utc(2026, 1, 7, 6)) == "c"
    assert on_watch(state, utc(2026, 1, 7, 18)) == "a"
    watch = who_has_the_watch(state, utc(2026, 1, 7, 12))
    assert (watch.starts_at, watch.ends_at) == (utc(2026, 1, 7, 6), utc(2026, 1, 7, 18))


def test_of_two_overrides_the_later_entered_counts():
    first, second = (override(o, utc(2026, 1, 7), utc(2026, 1, 8), name=o) for o in ("c", "d"))
    assert on_watch(told(body(weekly()), first, second), utc(2026, 1, 7, 12)) == "d"
    assert on_watch(told(body(weekly()), second, first), utc(2026, 1, 7, 12)) == "c"


def test_a_removed_override_stays_true_for_the_time_it_was():
    state = told(body(weekly()), override("c", utc(2026, 1, 7, 6), utc(2026, 1, 7, 18)))
    removed = Draft("roster.override_removed", {"override": "o1", "by": "boss"})
    during = apply_duty(state, entry(removed, 3, utc(2026, 1, 7, 10)))
    assert [on_watch(during, utc(2026, 1, 7, h)) for h in (9, 10)] == ["c", "a"]
    before = apply_duty(state, entry(removed, 3, utc(2026, 1, 6)))
    assert before.overrides == {}
    after = apply_duty(state, entry(removed, 3, utc(2026, 1, 8)))
    assert after == state
    unknown = Draft("roster.override_removed", {"override": "o9"})
    assert apply_duty(state, entry(unknown, 3)) == state


def test_a_new_version_leaves_the_past_as_it_was():
    state = told(body(weekly(officers=["a"])))
    state = apply_duty(state, entry(body(weekly(officers=["z"])), 2, utc(2026, 3, 1, 12)))
    later = body(weekly(officers=["y"]), in_force_from="2026-04-01T00:00:00Z")
    state = apply_duty(state, entry(later, 3, utc(2026, 3, 2)))
    assert [on_watch(state, utc(2026, m, 1, 11)) for m in (2, 3, 4)] == ["a", "a", "y"]
    assert on_watch(state, utc(2026, 3, 1, 12)) == "z"
    assert who_has_the_watch(state, utc(2026, 3, 30)).ends_at == utc(2026, 3, 30, 7)
    assert who_has_the_watch(state, utc(2026, 3, 31)).ends_at == utc(2026, 4, 1)


def test_a_gap_falls_back_and_is_reported_all_the_same():
    weekdays = weekly(officers=["a"], days=["MON", "TUE", "WED", "THU", "FRI"])
    others = [weekly(post, ["x"]) for post in ("deputy", "supervisor")]
    state = told(body(weekdays, *others, fallback={"duty_officer": "boss"}))
    saturday, monday = utc(2026, 1, 10), utc(2026, 1, 12)
    watch = who_has_the_watch(state, saturday)
    assert watch.posts["duty_officer"] == "boss"
    assert watch.fallen_back == {"duty_officer"}
    assert gaps(state, utc(2026, 1, 6), utc(2026, 1, 13)) == [Shift("duty_officer", "boss", saturday, monday)]


def test_without_any_roster_everything_is_a_gap():
    start, stop = utc(2026, 1, 6), utc(2026, 1, 13)
    assert gaps(Rosters(), start, stop) == [Shift(post, None, start, stop) for post in POSTS]
    assert who_has_the_watch(Rosters(), start).ends_at is None


def test_a_second_roster_fills_the_posts_that_the_first_leaves_empty():
    state = told(body(weekly()), body(weekly("deputy", ["d"]), weekly("duty_officer", ["z"]), name="more"))
    assert dict(who_has_the_watch(state, utc(2026, 1, 7)).posts) == {
        "duty_officer": "a",
        "deputy": "d",
        "supervisor": None,
    }


def test_a_hand_over_to_oneself_does_not_divide_a_watch():
    state = told(body(weekly(officers=["a"])))
    (only,) = watches(state, utc(2026, 1, 6), utc(2026, 2, 6))
    assert (only.starts_at, only.ends_at, only.posts["duty_officer"]) == (
        utc(2026, 1, 6),
        utc(2026, 2, 6),
        "a",
    )


def test_shifts_are_joined_over_hand_overs_of_others():
    state = told(body(weekly(officers=["a"]), daily("deputy", ["d", "e"])))
    start, stop = utc(2026, 1, 6), utc(2026, 1, 9)
    assert [s for s in shifts(state, start, stop) if s.post == "duty_officer"] == [
        Shift("duty_officer", "a", start, stop)
    ]
    assert [s.officer for s in shifts(state, start, stop) if s.post == "deputy"] == ["d", "e", "d", "e"]


ROTATIONS = st.one_of(
    st.builds(
        lambda t: daily(hand_over=t), st.sampled_from(["00:00", "00:30", "01:00", "01:30", "02:15", "08:00"])
    ),
    st.builds(lambda h: daily(kind="hourly", hours=h, hand_over="01:30"), st.integers(1, 36)),
    st.builds(
        lambda d: weekly(hand_over=f"{d} 01:30", officers=["a", "b", "c"]),
        st.sampled_from(["SAT", "SUN", "MON"]),
    ),
)
CHANGES = st.sampled_from(
    [
        utc(2026, 3, 29),
        utc(2026, 10, 25),
        utc(2026, 3, 8),
        utc(2026, 11, 1),
        utc(2026, 4, 5),
        utc(2026, 10, 4),
    ]
)


@given(st.sampled_from(ZONES), ROTATIONS, CHANGES, st.integers(0, 96), st.integers(1, 8))
@settings(max_examples=80, deadline=None)
def test_coverage_has_no_gap_and_no_overlap_through_every_clock_change(name, rotation, change, quarter, days):
    state = told(body(rotation, zone=name))
    start = change - days * DAY + timedelta(minutes=15 * quarter)
    stop = start + 2 * days * DAY
    found = watches(state, start, stop)
    assert found[0].starts_at == start
    assert found[-1].ends_at == stop
    assert all(one.ends_at == two.starts_at for one, two in pairwise(found))
    assert all(watch.posts["duty_officer"] is not None for watch in found)
    assert all(watch.starts_at < watch.ends_at for watch in found)
    for watch in found:
        for at in (watch.starts_at, watch.ends_at - timedelta(microseconds=1)):
            assert who_has_the_watch(state, at).posts == watch.posts
    assert not [gap for gap in gaps(state, start, stop) if gap.post == "duty_officer"]


@given(st.sampled_from(ZONES), CHANGES, st.integers(-3000, 3000))
@settings(max_examples=80, deadline=None)
def test_restricted_hours_and_their_rest_cover_every_instant(name, change, minutes):
    nights = weekly(officers=["night"], between=["20:00", "01:30"])
    days = weekly(officers=["day"], between=["01:30", "20:00"])
    at = change + timedelta(minutes=minutes)
    state = told(body(nights, days, zone=name))
    watch = who_has_the_watch(state, at)
    assert watch.posts["duty_officer"] in ("night", "day")
    assert watch.starts_at <= at < watch.ends_at


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 100)), max_size=5), st.integers(0, 300))
@settings(max_examples=80, deadline=None)
def test_bounds_of_a_watch_hold_with_any_overrides(stretches, hour):
    base = utc(2026, 3, 25)
    overrides = [
        override(f"o{n}", base + timedelta(hours=s), base + timedelta(hours=s + length), name=f"o{n}")
        for n, (s, length) in enumerate(stretches)
    ]
    state = told(body(weekly()), *overrides)
    at = base + timedelta(hours=hour)
    watch = who_has_the_watch(state, at)
    assert watch.starts_at <= at < watch.ends_at
    step = (watch.ends_at - watch.starts_at) / 7
    assert {on_watch(state, watch.starts_at + n * step) for n in range(7)} == {watch.posts["duty_officer"]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"roster": ""}, "/roster"),
        ({"zone": "Mars/Base"}, "/zone"),
        ({"zone": None}, "/zone"),
        ({"rotations": []}, "/rotations"),
        ({"rotations": [3]}, "/rotations/0"),
        ({"fallback": {"cook": "a"}}, "/fallback"),
        ({"fallback": [1]}, "/fallback"),
    ],
)
def test_a_roster_that_cannot_be_read_names_the_field(change, place):
    with pytest.raises(RosterUnreadable) as caught:
        read_roster(body(weekly()) | change)
    assert place in [problem.pointer for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"post": "cook"}, "post"),
        ({"officers": []}, "officers"),
        ({"officers": [1]}, "officers"),
        ({"kind": "yearly"}, "kind"),
        ({"hand_over": "08:00"}, "hand_over"),
        ({"hand_over": "MON 24:00"}, "hand_over"),
        ({"kind": "daily"}, "hand_over"),
        ({"kind": "hourly", "hand_over": "08:00"}, "hours"),
        ({"every": 0}, "every"),
        ({"every": True}, "every"),
        ({"from": "next week"}, "from"),
        ({"to": "never"}, "to"),
        ({"days": ["FUN"]}, "days"),
        ({"days": []}, "days"),
        ({"between": ["20:00"]}, "between"),
        ({"between": ["20:00", "MON 08:00"]}, "between"),
        ({"between": 3}, "between"),
    ],
)
def test_a_rotation_that_cannot_be_read_names_the_field_and_the_fix(change, field):
    with pytest.raises(RosterUnreadable) as caught:
        read_roster(body(weekly() | change))
    problem = next(p for p in caught.value.problems if p.pointer == f"/rotations/0/{field}")
    assert problem.why
    assert problem.fix


def test_other_entries_are_passed_over_and_unknown_versions_stop_the_fold():
    state = told(body(weekly()))
    assert apply_duty(state, entry(Draft("relief.signed", {}))) == state
    with pytest.raises(UnknownEntryType):
        apply_duty(state, replace(entry(body(weekly())), v=3))
    assert TypeTable(ENTRY_TYPES).get("roster.override_added", 1).private == ("/reason",)
