"""What is found in the weeks ahead, and that the same thing is the same finding at the next look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cna_service.duty.findings import ContactStanding, Finding, look
from cna_service.duty.limits import CAPS
from cna_service.duty.preview import next_changes, previews
from cna_service.duty.rules import Rosters
from cna_service.ledger.entry import Draft
from tests.rules.duty.shapes import DAY, HOUR, absence, override, roster, rotation, told, utc

NOW = utc(2026, 1, 12, 12)
FULL = [
    rotation("weekly", *officers, post=post)
    for post, officers in (("duty_officer", ("a", "b")), ("deputy", ("d",)), ("supervisor", ("s",)))
]


def found(state: Rosters, **more: object) -> list[Finding]:
    return list(look(state, NOW, **more))  # type: ignore[arg-type]


def kinds(state: Rosters, **more: object) -> list[str]:
    return [f.kind for f in found(state, **more)]


def test_a_roster_without_fault_has_no_finding() -> None:
    assert found(told(roster(*FULL))) == []


def test_a_gap_is_urgent_when_it_begins_within_a_day() -> None:
    ends = {"to": "2026-01-26"}
    state = told(roster({**FULL[0], **ends}, *FULL[1:]))
    (gap,) = found(state)
    assert (gap.kind, gap.post, gap.starts_at, gap.is_urgent) == (
        "gap",
        "duty_officer",
        utc(2026, 1, 26, 8),
        False,
    )
    (near,) = look(state, utc(2026, 1, 25, 9))
    assert near.is_urgent
    assert near.key != gap.key
    (still,) = look(state, utc(2026, 1, 27))
    assert (still.starts_at, still.key) == (utc(2026, 1, 27), near.key)


def test_the_same_gap_has_the_same_key_from_night_to_night() -> None:
    state = told(roster({**FULL[0], "to": "2026-01-26"}, *FULL[1:]))
    assert {f.key for n in range(8) for f in look(state, NOW + n * DAY)} == {found(state)[0].key}
    nights = {"between": ["08:00", "20:00"]}
    every_night = told(roster({**FULL[0], **nights}, *FULL[1:], fallback={"duty_officer": "s"}))
    keys = {f.key for n in range(8) for f in look(every_night, NOW + n * DAY) if f.kind == "fallback_only"}
    assert len(keys) == 1
    (recurring,) = [f for f in found(every_night) if f.kind == "fallback_only"]
    assert recurring.count == 30
    assert not recurring.is_urgent


def test_without_any_roster_every_post_is_a_gap_now() -> None:
    assert [(f.kind, f.is_urgent) for f in found(Rosters())] == [("gap", True)] * 3
    assert {f.key for f in found(Rosters())} == {f.key for f in look(Rosters(), NOW + 40 * DAY)}


def test_who_is_absent_or_disabled_is_found_with_who_stands_in() -> None:
    state = told(roster(*FULL), absence("a", utc(2026, 1, 19), utc(2026, 1, 22)))
    (passed,) = found(state)
    assert (passed.kind, passed.officer, passed.also) == ("passed_over", "a", "b")
    disabled = replace(told(roster(*FULL)), away={"d": ((utc(2026, 1, 1), None),)})
    assert [(f.kind, f.post, f.officer) for f in found(disabled)] == [
        ("gap", "deputy", None),
        ("passed_over", "deputy", "d"),
    ]


def test_two_posts_at_once_are_found() -> None:
    state = told(
        roster(FULL[0], rotation("weekly", "b", "d", post="deputy", **{"from": "2026-01-12"}), FULL[2])
    )
    doubled = [f for f in found(state) if f.kind == "double_booked"]
    assert [(f.officer, f.post, f.also) for f in doubled] == [("b", "duty_officer", "deputy")]


def test_an_override_that_changes_nothing_is_found() -> None:
    idle = override("z", utc(2026, 1, 13), utc(2026, 1, 14), "replace", instead_of="b")
    used = override("z", utc(2026, 1, 20), utc(2026, 1, 21), "replace", instead_of="a")
    assert [
        (f.kind, f.officer) for f in found(told(roster(*FULL), idle, used)) if f.kind == "override_idle"
    ] == []
    moved = told(roster(rotation("weekly", "a"), *FULL[1:]), idle, used)
    assert [(f.kind, f.officer) for f in found(moved)] == [("override_idle", "b")]


def test_holidays_that_nobody_loaded_are_found() -> None:
    state = told(roster({**FULL[0], "holidays": "not"}, *FULL[1:], holidays="PT"))
    assert [(f.kind, f.also) for f in found(state)] == [("holidays_missing", "PT 2026")]
    december = look(state, utc(2026, 12, 15))
    assert [f.also for f in december] == ["PT 2026", "PT 2027"]
    loaded = told(
        Draft("roster.holidays_set", {"calendar": "PT", "year": 2026, "days": [], "source": "x"}), state=state
    )
    assert found(loaded) == []


def test_rule_3_6_what_contacts_lack_is_found_for_those_who_have_a_watch() -> None:
    fresh, old = NOW - 3 * DAY, NOW - 31 * DAY
    standings = [
        ContactStanding("a", 2, {"phone": fresh, "second_phone": fresh}),
        ContactStanding("b", 1, {"phone": old, "second_phone": None}),
        ContactStanding("d", 2, {"phone": fresh}, is_daytime_only=True),
        ContactStanding("elsewhere", 0),
    ]
    told_of = [(f.kind, f.officer, f.also, f.count) for f in found(told(roster(*FULL)), standings=standings)]
    assert sorted(told_of, key=str) == [
        ("contact_untested", "b", "phone, second_phone", 1),
        ("daytime_only", "d", None, 1),
        ("too_few_contacts", "b", None, 1),
        ("too_few_contacts", "s", None, 0),
    ]


def test_rungs_that_nobody_stands_on_are_found() -> None:
    assert kinds(told(roster(*FULL)), empty_rungs=["administrator"]) == ["empty_rung"]


def test_a_nonsense_roster_is_shown_and_never_breaks_the_look() -> None:
    away = [absence(o, NOW - DAY, NOW + 60 * DAY) for o in ("a", "b", "d", "s")]
    circle = [
        override("a", NOW, NOW + DAY, "replace", instead_of="b"),
        override("b", NOW, NOW + DAY, "replace", instead_of="a"),
        override("ghost", NOW, NOW + DAY, "remove"),
    ]
    state = told(roster(*FULL), *away, *circle)
    assert {f.kind for f in found(state)} >= {"gap", "passed_over", "override_idle"}
    assert {f.post for f in found(state) if f.kind == "gap" and f.is_urgent} == {"deputy", "supervisor"}


def test_the_next_two_changes_of_each_zone_are_previewed_with_whole_watches() -> None:
    state = told(
        roster(rotation("daily", "a", "b")),
        roster(rotation("weekly", "d", post="deputy"), zone="Australia/Lord_Howe", name="far"),
        roster(rotation("weekly", "s", post="supervisor"), zone="Etc/UTC", name="none"),
    )
    seen = previews(state, NOW)
    assert [(p.change.zone, p.change.at) for p in seen] == [
        ("Europe/Lisbon", utc(2026, 3, 29, 1)),
        ("Australia/Lord_Howe", utc(2026, 4, 4, 15)),
        ("Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),
        ("Europe/Lisbon", utc(2026, 10, 25, 1)),
    ]
    (crossing,) = [
        s
        for s in seen[0].shifts
        if s.post == "duty_officer" and s.starts_at < utc(2026, 3, 29, 1) < s.ends_at
    ]
    assert crossing.ends_at - crossing.starts_at == 23 * HOUR
    assert seen[1].change.after - seen[1].change.before == -timedelta(minutes=30)
    assert list(next_changes(state.versions["none"][0].roster.zone, NOW, 2)) == []


def test_every_cap_is_a_sane_number() -> None:
    assert all(10 <= most <= 1000 for most in CAPS.values())
