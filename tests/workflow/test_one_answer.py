"""Screen, calendar, interface and climb name the same officer, for any roster and any instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from cna_service.duty.roster import POSTS
from cna_service.escalation.ladders import Who
from cna_service.identity.actors import SERVICE
from cna_service.kit.errors import Conflict, Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow import roster_absences, roster_page, roster_views
from cna_service.workflow.officers import disable_officer, enable_officer
from cna_service.workflow.people import people
from cna_service.workflow.projections import DESK, DUTY, OFFICERS
from cna_service.workflow.roster import add_override, set_roster
from cna_service.workflow.roster_links import calendar_of
from cna_service.workflow.roster_reading import rosters_of
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import fresh_sqlite

OFFICERS_OF = ("duty-1", "duty-2", "sup-1")
officers = st.lists(st.sampled_from(OFFICERS_OF), min_size=1, max_size=3, unique=True)
rotations = st.fixed_dictionaries(
    {
        "post": st.sampled_from(POSTS),
        "officers": officers,
        "kind": st.sampled_from(["daily", "hourly", "monthly"]),
        "from": st.just("2026-11-01"),
    },
    optional={
        "between": st.sampled_from([["20:00", "08:00"], ["01:30", "13:00"]]),
        "days": st.just(["SAT", "SUN", "MON"]),
        "holidays": st.sampled_from(["only", "not"]),
    },
).map(lambda r: {**r, "hand_over": "1 01:30" if r["kind"] == "monthly" else "01:30", "hours": 7})
rosters = st.builds(
    lambda rs, zone, fallback: {
        "roster": "desk",
        "zone": zone,
        "holidays": "US",
        "rotations": rs,
        "fallback": fallback,
    },
    st.lists(rotations, min_size=1, max_size=5),
    st.sampled_from(["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"]),
    st.dictionaries(st.sampled_from(POSTS), st.sampled_from(OFFICERS_OF), max_size=2),
)
hours = st.integers(1, 240)
changes = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "replace", "absence"]),
        st.sampled_from(POSTS),
        st.permutations(OFFICERS_OF),
        hours,
        hours,
    ),
    max_size=4,
)


@given(rosters, changes, st.lists(st.integers(1, 72), min_size=2, max_size=2), st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def agree(desk: LiveDesk, body: dict[str, Any], told: list[Any], ahead: list[int], is_disabled: bool) -> None:
    desk.do(set_roster, "sup-1", **body)
    for kind, post, (one, other, _), begins, length in told:
        start = desk.clock.now() + timedelta(hours=begins)
        span = {"from": to_text(start), "to": to_text(start + timedelta(hours=length)), "reason": "x"}
        try:
            if kind == "absence":
                desk.do(roster_absences.note_absence, "sup-1", officer=one, **span)
            else:
                more = {"instead_of": other} if kind == "replace" else {}
                desk.do(add_override, "sup-1", kind=kind, post=post, officer=one, **more, **span)
        except (Invalid, Conflict):
            # One that would change nothing, or meets an absence, is refused in words; its own tests say how.
            continue
    if is_disabled:
        desk.do(disable_officer, "admin-1", officer="duty-2", reason="x")
    instants = [desk.clock.now() + timedelta(hours=h) for h in sorted(ahead)]
    foretold = [(at, by_interface(desk, at), by_calendar(desk, at), on_the_page(desk, at)) for at in instants]
    for at, interface, calendar, page in foretold:
        assert interface == calendar == page, at
        desk.clock.at = max(at, desk.clock.at)
        assert by_the_climb(desk, interface) == interface, at
        assert on_the_page(desk, at) == interface, at
    if is_disabled:
        desk.do(enable_officer, "admin-1", officer="duty-2", reason="x")


def by_interface(desk: LiveDesk, at: datetime) -> dict[str, str | None]:
    with desk.service.read() as reader:
        posts = roster_views.duty_at(reader, at)["posts"]
        (watch,) = roster_views.watches_between(reader, at, at + timedelta(microseconds=1))
    assert watch["posts"] == posts
    return {post: found and found["officer"] for post, found in posts.items()}


def by_calendar(desk: LiveDesk, at: datetime) -> dict[str, str | None]:
    with desk.service.read() as reader:
        known = reader.stream(DESK).of(OFFICERS)
        feed = calendar_of(desk.service, rosters_of(reader), known, "roster", "desk", reader.now)
    names = {officer.name: officer.id for officer in known.all()}
    found: dict[str, str | None] = dict.fromkeys(POSTS)
    for event in Calendar.from_ical(feed).walk("VEVENT"):
        if event["DTSTART"].dt <= at < event["DTEND"].dt:
            post, _, name = str(event["SUMMARY"]).removeprefix("EXERCISE ").partition(": ")
            who = name.partition(" (")[0]
            found[post.lower().replace(" ", "_")] = names.get(who)
    return found


def on_the_page(desk: LiveDesk, at: datetime) -> dict[str, str | None]:
    page = roster_page.watch_page(desk.service)
    watch = next((w for w in page.ahead if w.starts_at <= at < w.ends_at), page.current)
    assert watch.starts_at is None or watch.starts_at <= at, "the instant is not shown"
    return dict(watch.posts)


def by_the_climb(desk: LiveDesk, wanted: dict[str, str | None]) -> dict[str, str | None]:
    """Of the supervisor's post the climb knows who else is one, where the roster has nobody."""
    with desk.service.tick(SERVICE, [DUTY], wait=True) as work:
        on = people(work, None)
        found = {post: [p.officer for p in on(Who(post))] for post in POSTS}
    return {
        p: (ids[0] if ids else None) if p != "supervisor" or wanted[p] else None for p, ids in found.items()
    }


def test_screen_calendar_interface_and_climb_name_the_same_officer(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path)) as desk:
        agree(desk)
