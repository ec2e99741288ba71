"""Shapes of rotations, and what changes them for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.duty.roster import RosterUnreadable, read_roster
from cna_service.duty.rules import shifts, watches, who_has_the_watch
from cna_service.ledger.entry import Draft
from tests.rules.duty.shapes import (
    DAY,
    HOUR,
    ZONES,
    absence,
    has,
    override,
    roster,
    rotation,
    span,
    told,
    utc,
)


def holidays(*days: str, calendar: str = "PT", year: int = 2026) -> Draft:
    listed = [{"date": day, "name": "day"} for day in days]
    body = {"calendar": calendar, "year": year, "days": listed, "source": "test"}
    return Draft("roster.holidays_set", body)


def test_a_monthly_rotation_hands_over_on_its_day_and_on_the_last_day_of_a_short_month() -> None:
    state = told(roster(rotation("monthly", "a", "b", "c", hand_over="31 08:00", **{"from": "2026-01-01"})))
    assert has(state, utc(2026, 1, 31, 7, 59)) is None
    assert has(state, utc(2026, 1, 31, 8)) == "a"
    assert has(state, utc(2026, 2, 28, 7, 59)) == "a"
    assert has(state, utc(2026, 2, 28, 8)) == "b"
    assert has(state, utc(2026, 3, 31, 6, 59)) == "b"
    assert has(state, utc(2026, 3, 31, 7)) == "c"
    leap = told(roster(rotation("monthly", "a", "b", hand_over="29 08:00", **{"from": "2028-01-01"})))
    assert who_has_the_watch(leap, utc(2028, 2, 10)).ends_at == utc(2028, 2, 29, 8)
    every_third = told(roster(rotation("monthly", "a", "b", every=3, **{"from": "2026-01-01"})))
    assert [has(every_third, utc(2026, month, 2)) for month in (1, 3, 4, 6, 7)] == ["a", "a", "b", "b", "a"]


def test_a_day_off_costs_nobody_his_turn_where_only_worked_days_count() -> None:
    weekdays = {
        "days": ["MON", "TUE", "WED", "THU", "FRI"],
        "between": ["08:00", "20:00"],
        "turns": "worked_days",
    }
    state = told(roster(rotation("daily", "a", "b", "c", **weekdays)))
    days = [utc(2026, 1, d, 12) for d in (5, 6, 7, 8, 9, 10, 11, 12, 13)]
    assert [has(state, at) for at in days] == ["a", "b", "c", "a", "b", None, None, "c", "a"]


def test_holidays_are_not_counted_as_turns_either() -> None:
    state = told(
        roster(rotation("daily", "a", "b", holidays="not", turns="worked_days"), holidays="PT"),
        holidays("2026-01-06"),
    )
    assert [has(state, utc(2026, 1, d, 12)) for d in (5, 6, 7, 8)] == ["a", None, "b", "a"]
    only = told(
        roster(rotation("daily", "a", "b", holidays="only", turns="worked_days"), holidays="PT"),
        holidays("2026-01-06", "2026-02-17"),
    )
    assert [has(only, utc(2026, m, d, 12)) for m, d in ((1, 5), (1, 6), (2, 17), (2, 18))] == [
        None,
        "a",
        "b",
        None,
    ]


def test_a_holiday_lasts_from_midnight_to_midnight_by_the_wall() -> None:
    state = told(
        roster(
            rotation("weekly", "feast", holidays="only"),
            rotation("weekly", "work", holidays="not"),
            zone="America/New_York",
            holidays="US",
        ),
        holidays("2026-03-08", calendar="US"),
    )
    assert has(state, utc(2026, 3, 8, 4, 59)) == "work"
    assert has(state, utc(2026, 3, 8, 5)) == "feast"
    # The clock goes forward that night: the day has 23 hours.
    assert has(state, utc(2026, 3, 9, 3, 59)) == "feast"
    assert has(state, utc(2026, 3, 9, 4)) == "work"


def test_a_day_struck_or_added_changes_the_days_to_come_only() -> None:
    base = told(
        roster(rotation("weekly", "feast", holidays="only"), holidays="PT"),
        holidays("2026-01-06", "2026-05-01", "2026-06-10"),
    )
    struck = Draft("roster.holiday_changed", {"calendar": "PT", "date": "2026-05-01", "is_holiday": False})
    added = {"calendar": "PT", "date": "2026-06-13", "is_holiday": True, "name": "own"}
    state = told(struck, Draft("roster.holiday_changed", added), at=utc(2026, 4, 1), state=base)
    again = told(holidays("2026-05-01", "2026-07-01"), at=utc(2026, 4, 2), state=state)
    for each in (state, again):
        assert has(each, utc(2026, 1, 6, 12)) == "feast"
        assert has(each, utc(2026, 5, 1, 12)) is None
        assert has(each, utc(2026, 6, 13, 12)) == "feast"
    assert (has(again, utc(2026, 6, 10, 12)), has(again, utc(2026, 7, 1, 12))) == (None, "feast")


def test_listed_stretches_are_what_they_say() -> None:
    stretches = [
        {"officer": "a", **span(utc(2026, 2, 1), utc(2026, 2, 2))},
        {"officer": "b", **span(utc(2026, 2, 1, 12), utc(2026, 2, 3))},
    ]
    state = told(roster({"post": "duty_officer", "kind": "listed", "stretches": stretches}))
    assert [has(state, utc(2026, 2, 1, h)) for h in (0, 11, 12, 23)] == ["a"] * 4
    assert [has(state, utc(2026, 2, 2, h)) for h in (0, 23)] == ["b", "b"]
    assert has(state, utc(2026, 2, 3)) is None


@pytest.mark.parametrize(
    ("stretch", "field"),
    [
        ({}, "officer"),
        ({"officer": "a", "from": "soon", "to": "2026-02-02T00:00:00Z"}, "from"),
        ({"officer": "a", "from": "2026-02-02T00:00:00Z", "to": "2026-02-01T00:00:00Z"}, "to"),
    ],
)
def test_a_stretch_that_cannot_be_read_names_its_field(stretch: dict[str, str], field: str) -> None:
    with pytest.raises(RosterUnreadable) as caught:
        read_roster(roster({"post": "deputy", "kind": "listed", "stretches": [stretch]}).body)
    assert f"/rotations/0/stretches/0/{field}" in [p.pointer for p in caught.value.problems]


def test_a_roster_entry_that_nobody_can_read_is_passed_over_and_the_one_before_it_holds() -> None:
    good = roster(rotation("weekly", "day"))
    state = told(good, roster({"post": "captain", "kind": "listed"}))
    assert len(state.unreadable) == 1
    assert state.versions == told(good).versions


def test_officer_and_deputy_at_once_and_several_rotations_by_precedence() -> None:
    state = told(
        roster(
            rotation("weekly", "night", between=["20:00", "08:00"]),
            rotation("weekly", "day"),
            rotation("weekly", "dep", post="deputy"),
        )
    )
    watch = who_has_the_watch(state, utc(2026, 1, 7, 21))
    assert (watch.posts["duty_officer"], watch.posts["deputy"]) == ("night", "dep")
    assert has(state, utc(2026, 1, 7, 12)) == "day"


# --- absences, overrides, swaps, temporary rosters


def test_the_next_of_the_rotation_stands_in_for_who_is_absent_and_it_is_told() -> None:
    state = told(roster(rotation("weekly", "a", "b", "c")), absence("a", utc(2026, 1, 6), utc(2026, 1, 8)))
    watch = who_has_the_watch(state, utc(2026, 1, 7))
    assert watch.posts["duty_officer"] == "b"
    assert watch.passed_over == {"duty_officer": ("a",)}
    assert watch.why["duty_officer"] == "next"
    assert (watch.starts_at, watch.ends_at) == (utc(2026, 1, 6), utc(2026, 1, 8))
    assert has(state, utc(2026, 1, 8)) == "a"
    ended = told(Draft("absence.ended", {"absence": "a-a"}), at=utc(2026, 1, 7), state=state)
    assert [has(ended, utc(2026, 1, d, h)) for d, h in ((6, 23), (7, 0))] == ["b", "a"]


def test_when_all_are_absent_the_fallback_has_it_and_when_he_is_too_nobody() -> None:
    away = [absence(o, utc(2026, 1, 6), utc(2026, 1, 8)) for o in ("a", "b")]
    state = told(roster(rotation("weekly", "a", "b"), fallback={"duty_officer": "f"}), *away)
    watch = who_has_the_watch(state, utc(2026, 1, 7))
    assert watch.posts["duty_officer"] == "f"
    assert watch.fallen_back == {"duty_officer"}
    assert watch.passed_over["duty_officer"] == ("a", "b")
    none = told(absence("f", utc(2026, 1, 6), utc(2026, 1, 8)), state=state)
    assert who_has_the_watch(none, utc(2026, 1, 7)).posts["duty_officer"] is None


def test_who_takes_the_watch_after_his_absence_was_noted_has_it() -> None:
    state = told(roster(rotation("weekly", "b")), absence("a", utc(2026, 1, 6), utc(2026, 1, 9)))
    taken = told(override("a", utc(2026, 1, 7), utc(2026, 1, 8)), state=state)
    assert [has(taken, utc(2026, 1, d)) for d in (6, 7, 8)] == ["b", "a", "b"]
    noted_later = told(
        roster(rotation("weekly", "b")),
        override("a", utc(2026, 1, 7), utc(2026, 1, 8)),
        absence("a", utc(2026, 1, 6), utc(2026, 1, 9)),
    )
    assert has(noted_later, utc(2026, 1, 7, 12)) == "b"


def test_a_disabled_account_is_passed_over_only_while_it_is_disabled() -> None:
    state = told(roster(rotation("weekly", "a", "b")))
    disabled = replace(state, away={"a": ((utc(2026, 1, 7), utc(2026, 1, 8)),)})
    assert [has(disabled, utc(2026, 1, d, 12)) for d in (6, 7, 8)] == ["a", "b", "a"]
    assert has(replace(state, away={"a": ((utc(2026, 1, 7), None),)}), utc(2026, 1, 20)) == "b"


def test_replace_follows_the_officer_and_remove_leaves_it_to_the_next() -> None:
    start, end = utc(2026, 1, 5), utc(2026, 1, 30)
    state = told(roster(rotation("weekly", "a", "b")), override("z", start, end, "replace", instead_of="a"))
    assert [has(state, utc(2026, 1, d)) for d in (7, 14, 21)] == ["z", "b", "z"]
    removed = told(roster(rotation("weekly", "a", "b")), override("a", start, end, "remove"))
    assert [has(removed, utc(2026, 1, d)) for d in (7, 14, 21)] == ["b", "b", "b"]
    circle = told(override("a", start, end, "replace", instead_of="z"), state=state)
    assert has(circle, utc(2026, 1, 7)) == "a"


def test_replacing_who_is_on_leave_gives_it_to_the_one_named() -> None:
    start, end = utc(2026, 1, 5), utc(2026, 1, 30)
    state = told(
        roster(rotation("weekly", "a", "b")),
        absence("a", start, end),
        override("z", start, end, "replace", instead_of="a"),
    )
    assert has(state, utc(2026, 1, 7)) == "z"


def asked(given: tuple[datetime, datetime], wanted: tuple[datetime, datetime] | None = None) -> Draft:
    body = {
        "swap": "s",
        "officer": "a",
        "other": "b",
        "by": "a",
        "given": {"post": "duty_officer", **span(*given)},
    }
    mine = None if wanted is None else {"post": "duty_officer", **span(*wanted)}
    return Draft("swap.asked", {**body, "wanted": mine})


def test_a_swap_moves_watches_when_accepted_and_only_then() -> None:
    one, two = (utc(2026, 1, 7), utc(2026, 1, 9)), (utc(2026, 1, 13), utc(2026, 1, 15))
    state = told(roster(rotation("weekly", "a", "b")), asked(one, two))
    assert [has(state, utc(2026, 1, d)) for d in (7, 13)] == ["a", "b"]
    accepted = told(Draft("swap.accepted", {"swap": "s", "by": "b"}), state=state)
    assert [has(accepted, utc(2026, 1, d)) for d in (6, 7, 9, 13, 15)] == ["a", "b", "a", "a", "b"]
    assert who_has_the_watch(accepted, utc(2026, 1, 8)).why["duty_officer"] == "swap"
    declined = told(Draft("swap.declined", {"swap": "s", "by": "b"}), state=state)
    late = told(Draft("swap.accepted", {"swap": "s", "by": "b"}), state=declined)
    assert late.swaps["s"].state == "declined"
    assert has(late, utc(2026, 1, 8)) == "a"


def test_a_temporary_roster_stands_for_the_whole_of_the_other_one() -> None:
    body = roster(rotation("daily", "t")).body
    told_of_it = {"temporary": "t1", "roster": body, **span(utc(2026, 2, 1), utc(2026, 2, 10))}
    state = told(
        roster(rotation("weekly", "a"), rotation("weekly", "d", post="deputy")),
        roster(rotation("weekly", "s", post="supervisor"), name="other"),
        Draft("roster.temporary_set", told_of_it),
    )
    assert dict(who_has_the_watch(state, utc(2026, 2, 5)).posts) == {
        "duty_officer": "t",
        "deputy": None,
        "supervisor": "s",
    }
    assert has(state, utc(2026, 1, 31)) == "a"
    assert who_has_the_watch(state, utc(2026, 2, 9, 9)).ends_at == utc(2026, 2, 10)
    ended = told(Draft("roster.temporary_ended", {"temporary": "t1"}), at=utc(2026, 2, 3), state=state)
    assert [has(ended, utc(2026, 2, d)) for d in (2, 3)] == ["t", "a"]


def test_an_ended_roster_leaves_the_past_as_it_was() -> None:
    state = told(roster(rotation("weekly", "a")))
    ended = told(Draft("roster.ended", {"roster": "desk"}), at=utc(2026, 3, 1), state=state)
    assert [has(ended, utc(2026, m, 1)) for m in (2, 3)] == ["a", None]


# --- coverage: no gap, no overlap, whatever the clock does

SHAPES = st.one_of(
    st.builds(
        lambda d, t: rotation("monthly", "a", "b", "c", hand_over=f"{d} {t}"),
        st.integers(1, 31),
        st.sampled_from(["00:00", "01:30", "02:15"]),
    ),
    st.builds(
        lambda t: rotation("daily", "a", "b", hand_over=t), st.sampled_from(["00:00", "01:30", "08:00"])
    ),
    st.builds(lambda h: rotation("hourly", "a", "b", hours=h, hand_over="01:30"), st.integers(1, 36)),
)
CHANGES = st.sampled_from(
    [
        utc(1994, 12, 31),
        utc(1995, 1, 1),
        utc(2026, 3, 29),
        utc(2026, 10, 25),
        utc(2026, 3, 8),
        utc(2026, 11, 1),
        utc(2026, 4, 5),
        utc(2026, 10, 4),
        utc(2028, 2, 29),
    ]
)


@given(st.sampled_from(ZONES), SHAPES, CHANGES, st.integers(0, 95), st.integers(1, 6), st.booleans())
@settings(max_examples=80, deadline=None)
def test_coverage_has_no_gap_and_no_overlap_with_holidays_and_absences(
    name: str, shape: dict[str, object], change: datetime, quarter: int, days: int, is_away: bool
) -> None:
    feast = {**shape, "holidays": "only", "officers": ["feast"]}
    rest = {**shape, "holidays": "not"}
    local = [f"{change + n * DAY:%Y-%m-%d}" for n in (-1, 0, 1, 3)]
    drafts = [
        roster({**feast, "from": "1990-01-01"}, {**rest, "from": "1990-01-01"}, zone=name, holidays="XX"),
        holidays(*local, calendar="XX", year=change.year),
    ]
    if is_away:
        drafts.append(absence("a", change - DAY, change + 2 * DAY + 7 * HOUR))
    state = told(*drafts, at=utc(1990, 1, 1))
    start = change - days * DAY + timedelta(minutes=15 * quarter)
    stop = start + 2 * days * DAY
    found = watches(state, start, stop)
    assert (found[0].starts_at, found[-1].ends_at) == (start, stop)
    assert all(one.ends_at == two.starts_at for one, two in pairwise(found))
    for watch in found:
        assert watch.posts["duty_officer"] is not None
        for at in (watch.starts_at, watch.ends_at - timedelta(microseconds=1)):
            assert who_has_the_watch(state, at).posts == watch.posts
    covered = [s for s in shifts(state, start, stop) if s.post == "duty_officer"]
    assert sum((s.ends_at - s.starts_at for s in covered), timedelta()) == stop - start


def test_the_day_that_kiritimati_skipped_is_nobodys_and_leaves_no_gap() -> None:
    state = told(
        roster(rotation("daily", "a", "b", **{"from": "1994-12-28"}), zone="Pacific/Kiritimati"),
        at=utc(1994, 1, 1),
    )
    found = [s for s in shifts(state, utc(1994, 12, 29), utc(1995, 1, 4)) if s.post == "duty_officer"]
    assert all(one.ends_at == two.starts_at for one, two in pairwise(found))
    # 31 December 1994 did not exist there: its hand-over is the first instant of the new year.
    assert utc(1994, 12, 31, 10) in {s.starts_at for s in found}


@pytest.mark.parametrize(
    ("zone_name", "change", "hand_over", "at"),
    [
        ("Europe/Lisbon", "repeated", "01:30", utc(2026, 10, 25, 0, 30)),
        ("Europe/Lisbon", "skipped", "01:30", utc(2026, 3, 29, 1)),
        ("Australia/Lord_Howe", "repeated", "01:45", utc(2026, 4, 4, 14, 45)),
        ("Australia/Lord_Howe", "skipped", "02:15", utc(2026, 10, 3, 15, 30)),
        ("America/New_York", "repeated", "01:30", utc(2026, 11, 1, 5, 30)),
        ("America/New_York", "skipped", "02:30", utc(2026, 3, 8, 7)),
        ("Atlantic/Azores", "repeated", "00:30", utc(2026, 10, 25, 0, 30)),
        ("Atlantic/Azores", "skipped", "00:30", utc(2026, 3, 29, 1)),
    ],
)
def test_a_hand_over_in_the_repeated_or_skipped_hour_has_one_instant(
    zone_name: str, change: str, hand_over: str, at: datetime
) -> None:
    state = told(roster(rotation("daily", "a", "b", hand_over=hand_over), zone=zone_name))
    assert has(state, at - timedelta(seconds=1)) != has(state, at), change
    near = watches(state, at - 3 * HOUR, at + 3 * HOUR)
    assert [w.starts_at for w in near[1:]] == [at]
