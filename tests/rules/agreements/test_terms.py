"""When clocks run out, and that their terms survive JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.agreements.arming import clock_terms
from cna_service.agreements.model import (
    Form,
    Limit,
    Needs,
    Neither,
    NeitherRule,
    Silence,
    SilenceRule,
    StopRule,
    Unit,
)
from cna_service.agreements.terms import ClockKind, ClockTerms, WaitsFor, WorkingCalendar, due
from cna_service.kit import canonical
from tests.rules.agreements.exercise_law import WRITTEN, row

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware in the same line


def terms_of(limit: Limit, calendar: WorkingCalendar | None = None) -> ClockTerms:
    armed = clock_terms(row("XB", "coe-7", form=WRITTEN))
    assert armed is not None
    return replace(armed, limit=limit, calendar=calendar)


@given(INSTANTS, st.integers(1, 500))
def test_hours_and_days_are_exact(start: datetime, value: int) -> None:
    assert due(start, terms_of(Limit(value, Unit.HOURS))) == start + timedelta(hours=value)
    assert due(start, terms_of(Limit(value, Unit.DAYS))) == start + timedelta(days=value)


def test_no_number_runs_out_never() -> None:
    assert due(datetime(2026, 11, 21, tzinfo=UTC), terms_of(Limit(qualifier="expeditiously"))) is None


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        due(datetime(2026, 11, 21), terms_of(Limit(4, Unit.HOURS)))  # noqa: DTZ001 - that is the point


def test_working_days_skip_weekends_and_the_holidays_that_the_terms_carry() -> None:
    saturday = datetime(2026, 11, 21, 13, 12, tzinfo=UTC)
    three = terms_of(Limit(3, Unit.WORKING_DAYS))
    assert due(saturday, three) == datetime(2026, 11, 25, 13, 12, tzinfo=UTC)
    calendar = WorkingCalendar("XM", "UTC", (date(2026, 11, 24),))
    assert due(saturday, replace(three, calendar=calendar)) == datetime(2026, 11, 26, 13, 12, tzinfo=UTC)


def test_working_days_are_those_of_the_calendars_zone() -> None:
    sunday_night_utc = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday 08:30 in Tokyo
    tokyo = terms_of(Limit(1, Unit.WORKING_DAYS), WorkingCalendar("XJ", "Asia/Tokyo"))
    assert due(sunday_night_utc, tokyo) == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


@given(INSTANTS, st.integers(1, 30))
def test_working_days_end_on_a_working_day_and_never_early(start: datetime, value: int) -> None:
    end = due(start, terms_of(Limit(value, Unit.WORKING_DAYS), WorkingCalendar()))
    assert end is not None
    assert end.weekday() < 5
    assert end - start >= timedelta(days=value)


ANY_TERMS = st.builds(
    ClockTerms,
    kind=st.sampled_from(ClockKind),
    measures=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    starts=st.text(max_size=9),
    waits_for=st.none() | st.sampled_from(WaitsFor),
    limit=st.builds(
        Limit, st.none() | st.integers(1, 99), st.sampled_from(Unit), st.none() | st.text(max_size=9)
    ),
    silence=st.builds(SilenceRule, st.sampled_from(Silence), st.text(max_size=9), st.just(("board",))),
    neither=st.builds(NeitherRule, st.sampled_from(Neither), st.text(max_size=9)),
    stops_by=st.builds(
        StopRule, st.sampled_from(Form), st.sampled_from(Needs), st.just(("confirm_registry",))
    ),
    calendar=st.none()
    | st.builds(WorkingCalendar, st.text(max_size=9), st.just("UTC"), st.just((date(2026, 1, 1),))),
    warnings=st.just((50, 75, 90)),
    adopted=st.none() | st.text(max_size=9),
    why=st.none() | st.text(max_size=9),
)


@given(ANY_TERMS)
def test_terms_survive_the_log(terms: ClockTerms) -> None:
    written = canonical.encode(terms.to_json())
    assert ClockTerms.from_json(canonical.decode(written)) == terms


def test_terms_of_an_earlier_build_are_read_with_what_it_did_not_write_yet() -> None:
    body = terms_of(Limit(4, Unit.HOURS)).to_json()
    assert "restarts_by_question" not in body, "ordinary terms keep the shape that they have always had"
    older = {k: v for k, v in body.items() if k not in ("election", "why", "file_sha256")}
    older["stops_by"] = {k: v for k, v in body["stops_by"].items() if k != "also"}
    read = ClockTerms.from_json(older)
    assert (read.election, read.why, read.stops_by.also, read.restarts_by_question) == (None, None, (), False)
    anew = replace(read, restarts_by_question=True)
    assert ClockTerms.from_json(anew.to_json()) == anew
