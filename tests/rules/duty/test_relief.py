from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.duty.local_time import zone
from cna_service.duty.relief import WatchLife, apply_watch_life
from cna_service.duty.relief_boundaries import changes_ahead, next_changes
from cna_service.duty.relief_rules import due, notice_at, notice_number, notice_of, stands_for_holder
from cna_service.duty.relief_types import ENTRY_TYPES
from cna_service.duty.roster import POSTS
from cna_service.duty.rules import Rosters, Watch, apply_duty, override_added, who_has_the_watch
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft, Entry, UnknownEntryType

ZONES = ("Europe/Lisbon", "Atlantic/Azores", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati")
LISBON = zone("Europe/Lisbon")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def naive(*parts: int) -> datetime:
    return utc(*parts).replace(tzinfo=None)


def entry(draft: Draft, seq: int = 1, at: datetime | None = None) -> Entry:
    at = at or utc(2026, 1, 1)
    return Entry("duty", seq, f"e{seq}", draft.type, draft.v, at, {"kind": "officer"}, draft.body, "leaf")


def rotation(**more: Any) -> dict[str, Any]:
    told = {"post": "duty_officer", "officers": ["a", "b"], "kind": "daily", "hand_over": "06:00"}
    return {**told, "from": "2026-01-01", **more}


class Stream:
    """A stream ``duty`` of which each change is recorded as the tick would."""

    def __init__(self, *rotations: dict[str, Any], where: str = "Europe/Lisbon", at: datetime) -> None:
        self.rosters, self.life, self.seq = Rosters(), WatchLife(), 0
        body = {"roster": "desk", "zone": where, "rotations": list(rotations)}
        self.add(Draft("roster.set", body), at)

    def add(self, draft: Draft, at: datetime) -> None:
        self.seq += 1
        each = entry(draft, self.seq, at)
        self.rosters = apply_duty(self.rosters, each)
        self.life = apply_watch_life(self.life, each)

    def recorded_until(self, until: datetime) -> Iterator[dict[str, Any]]:
        while (changes := next_changes(self.rosters, self.life)) and changes[0].at <= until:
            for change in changes:
                body = {"post": change.post, "going": change.going, "coming": change.coming,
                        "at": to_text(change.at), "by": change.by, "late_by_seconds": 0, "relief": False}  # fmt: skip
                self.add(Draft("watch.changed", body), until)
                yield body


@settings(max_examples=60, deadline=None)
@given(
    where=st.sampled_from(ZONES),
    start=st.datetimes(naive(2026, 2, 1), naive(2026, 11, 20)),
    officers=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5),
    kind=st.sampled_from(["daily", "hourly"]),
    hours=st.integers(3, 30),
    wall=st.sampled_from(["00:00", "01:30", "02:00", "06:00"]),
)
def test_every_change_of_the_watch_is_recorded_once_and_nothing_else_is(
    where: str, start: datetime, officers: list[str], kind: str, hours: int, wall: str
) -> None:
    """Through the clock changes of five zones: what was recorded is what the roster answers, instant by instant."""
    begins = start.replace(tzinfo=UTC)
    until = begins + timedelta(days=9)
    told = rotation(officers=officers, kind=kind, hours=hours, hand_over=wall)
    stream = Stream(told, rotation(post="deputy", officers=["d"]), where=where, at=begins)
    recorded = list(stream.recorded_until(until))
    has = {post: who_has_the_watch(stream.rosters, begins).posts[post] for post in POSTS}
    for body in recorded:
        assert body["going"] == has[body["post"]]
        assert body["coming"] != body["going"]
        has[body["post"]] = body["coming"]
        at = datetime.fromisoformat(body["at"])
        assert who_has_the_watch(stream.rosters, at).posts[body["post"]] == body["coming"]
        assert (
            who_has_the_watch(stream.rosters, at - timedelta(seconds=1)).posts[body["post"]] == body["going"]
        )
    assert has == dict(who_has_the_watch(stream.rosters, until).posts)
    assert [b["at"] for b in recorded] == sorted(b["at"] for b in recorded)


def test_an_officer_who_relieves_himself_is_no_change() -> None:
    stream = Stream(rotation(officers=["a"]), at=utc(2026, 1, 1, 12))
    assert list(stream.recorded_until(utc(2027, 1, 1))) == []
    assert due(stream.rosters, stream.life) == {}


def test_an_override_entered_now_changes_the_watch_now() -> None:
    stream = Stream(rotation(officers=["a"]), at=utc(2026, 1, 1, 12))
    now = utc(2026, 3, 5, 9)
    stream.add(override_added("o", post="duty_officer", officer="z", starts_at=now, ends_at=utc(2026, 3, 6), by="z",
                              reason="ill"), now)  # fmt: skip
    assert due(stream.rosters, stream.life)["watch", "posts", 0] == now
    told = [(b["going"], b["coming"], b["by"]) for b in stream.recorded_until(utc(2026, 3, 7))]
    assert told == [("a", "z", "override"), ("z", "a", "rotation")]


def test_a_disabled_account_loses_its_watch_in_the_record_too() -> None:
    stream = Stream(rotation(officers=["a", "b"]), at=utc(2026, 1, 1, 7))
    since = to_text(utc(2026, 1, 1, 8))
    noted = Draft("watch.account_noted", {"officer": "b", "disabled": [{"from": since, "to": None}]})
    stream.add(noted, utc(2026, 1, 1, 8))
    assert all(b["coming"] != "b" for b in stream.recorded_until(utc(2026, 1, 4)))


def test_all_changes_of_two_days_ahead_are_known() -> None:
    stream = Stream(rotation(kind="hourly", hours=12), at=utc(2026, 1, 5, 12))
    ahead = changes_ahead(stream.rosters, stream.life)
    assert [c.at.hour for c in ahead] == [18, 6, 18, 6]


@pytest.mark.parametrize(
    ("holder", "first", "second"),
    [
        (None, ("duty",), ("duty",)),
        ("duty", ("duty",), ("duty",)),
        ("deputy", ("deputy",), ("deputy",)),
        ("former", ("duty",), ("duty", "former")),
    ],
)
def test_rule_3_5_a_case_belongs_to_the_watch(
    holder: str | None, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    watch = Watch({"duty_officer": "duty", "deputy": "deputy", "supervisor": "boss"}, None, None)
    assert stands_for_holder(watch, holder, is_second=False) == first
    assert stands_for_holder(watch, holder) == second


def test_rule_3_5_where_nobody_has_the_watch_the_holder_is_summoned() -> None:
    nobody = Watch({"duty_officer": None, "deputy": None, "supervisor": None}, None, None)
    assert stands_for_holder(nobody, "former", is_second=False) == ("former",)
    assert stands_for_holder(nobody, None) == ()


@pytest.mark.parametrize(
    ("starts_at", "minutes", "at"),
    [
        (utc(2026, 1, 10, 6), 720, utc(2026, 1, 9, 18)),
        # Twelve hours before 18:00 is 06:00: the evening before.
        (utc(2026, 1, 10, 18), 720, utc(2026, 1, 9, 21)),
        (utc(2026, 1, 10, 12), 720, utc(2026, 1, 9, 21)),
        # The last one wakes him: it is meant to.
        (utc(2026, 1, 10, 6), 60, utc(2026, 1, 10, 5)),
    ],
)
def test_a_notice_long_before_comes_by_day(starts_at: datetime, minutes: int, at: datetime) -> None:
    assert notice_at(starts_at, minutes, 60, LISBON, None) == at


def test_a_watch_that_is_known_of_late_is_told_of_at_once_and_by_day() -> None:
    starts_at = utc(2026, 1, 10, 18)
    assert notice_at(starts_at, 720, 60, LISBON, utc(2026, 1, 10, 9)) == utc(2026, 1, 10, 9)
    assert notice_at(starts_at, 720, 60, LISBON, utc(2026, 1, 10, 3)) == utc(2026, 1, 10, 8)
    # So late that the notice an hour before does.
    assert notice_at(starts_at, 720, 60, LISBON, utc(2026, 1, 10, 17, 30)) is None
    assert notice_at(starts_at, 60, 60, LISBON, utc(2026, 1, 10, 17, 30)) == utc(2026, 1, 10, 17, 30)
    assert notice_at(starts_at, 60, 60, LISBON, starts_at) is None


@given(st.datetimes(naive(2000, 1, 1), naive(2037, 1, 1)), st.integers(0, 2))
def test_the_number_of_a_notice_names_its_watch(at: datetime, n: int) -> None:
    number = notice_number(at.replace(tzinfo=UTC), n)
    assert notice_of(number) == (int(at.replace(tzinfo=UTC).timestamp()) // 60, n)
    assert number < 2**31


@pytest.mark.parametrize("kind", [each.name for each in ENTRY_TYPES])
def test_an_entry_of_a_newer_version_is_not_read(kind: str) -> None:
    with pytest.raises(UnknownEntryType):
        apply_watch_life(WatchLife(), entry(Draft(kind, {}, v=99)))
