"""An officer's own rules: what they call when; quiet hours; the order of use; numbers as people type them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.identity.contact_rules import (
    NONE_SET,
    ContactRules,
    Planned,
    Quiet,
    Step,
    hour_of,
    plan,
    rules_from_json,
)
from cna_service.identity.contacts import Flag, OfficerContact, in_order_of_use
from cna_service.identity.numbers import LANDLINE, NoNumber, read_number
from cna_service.identity.preferences import Preferences, preferences_from_json

T0 = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
NOON, NIGHT = time(12), time(2)


@dataclass(frozen=True)
class Phone:
    id: str
    channels: tuple[str, ...] = ("sms", "voice")


PHONE, SECOND, MAIL = Phone("phone"), Phone("second_phone"), Phone("email", ("email",))
minute = timedelta(minutes=1)

times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
steps = st.builds(
    Step,
    st.integers(0, 1800).map(lambda s: timedelta(seconds=s)),
    st.sampled_from(["sms", "voice", "email", "push"]),
    st.sampled_from(["any", "phone", "second_phone", "email", "gone-1"]),
)
rules_of_all_kinds = st.builds(
    ContactRules,
    st.lists(steps, max_size=6).map(tuple),
    st.none() | st.integers(60, 3600).map(lambda s: timedelta(seconds=s)),
    st.lists(steps, max_size=3).map(tuple),
    st.none() | st.builds(Quiet, times, times),
)


def test_without_rules_the_ladder_decides() -> None:
    assert plan(NONE_SET, (PHONE, MAIL), "high", NOON) == ()


def test_all_telephones_after_a_minute() -> None:
    rules = ContactRules(high=(Step(timedelta(), "sms", "phone"), Step(minute, "voice")))
    assert plan(rules, (PHONE, SECOND, MAIL), "high", NIGHT) == (
        Planned(timedelta(), "sms", "phone"),
        Planned(minute, "voice", "phone"),
        Planned(minute, "voice", "second_phone"),
    )


def test_a_step_whose_contact_is_gone_means_every_other_with_its_channel() -> None:
    rules = ContactRules(high=(Step(timedelta(), "sms", "number-3"),))
    assert [p.contact for p in plan(rules, (PHONE, SECOND), "high", NOON)] == ["phone", "second_phone"]
    assert plan(rules, (MAIL,), "high", NOON) == (), "nothing left: the ladder's own channels hold"


def test_low_urgency_waits_for_the_end_of_quiet_hours_and_high_knows_none() -> None:
    steps_ = (Step(timedelta(), "sms", "phone"),)
    rules = ContactRules(high=steps_, low=steps_, quiet=Quiet(time(22), time(7)))
    assert plan(rules, (PHONE,), "low", NIGHT)[0].after == timedelta(hours=5)
    assert plan(rules, (PHONE,), "low", time(23))[0].after == timedelta(hours=8)
    assert plan(rules, (PHONE,), "low", NOON)[0].after == timedelta()
    assert plan(rules, (PHONE,), "high", NIGHT)[0].after == timedelta()


@given(rules_of_all_kinds)
def test_rules_are_read_back_as_they_were_written(rules: ContactRules) -> None:
    assert rules_from_json(rules.as_json()) == rules


@given(rules_of_all_kinds, st.sampled_from(["high", "low"]), times)
def test_a_plan_names_only_what_is_there_once_and_in_the_order_of_time(
    rules: ContactRules, urgency: str, local: time
) -> None:
    contacts = (PHONE, SECOND, MAIL)
    made = plan(rules, contacts, urgency, local)
    able = {(c.id, channel) for c in contacts for channel in c.channels}
    assert all((p.contact, p.channel) in able for p in made)
    assert len(set(made)) == len(made)
    assert [p.after for p in made] == sorted(p.after for p in made)
    assert all(timedelta() <= p.after <= timedelta(hours=25) for p in made)


@given(times, times, times)
def test_quiet_hours_end_when_they_end(starts: time, ends: time, local: time) -> None:
    quiet = Quiet(starts, ends)
    left = quiet.left(local)
    assert (left > timedelta()) == quiet.holds(local)
    if left:
        assert (datetime.combine(T0, local) + left).time() == ends


@given(times, times)
def test_preferences_are_read_back_as_they_were_written(wakes: time, sleeps: time) -> None:
    wished = Preferences("Europe/Lisbon", wakes, sleeps)
    assert preferences_from_json(wished.as_json()) == wished
    assert Preferences(None, wakes, wakes).is_night(sleeps) is False, "both alike: always awake"


@pytest.mark.parametrize("text", ["7:00", "25:00", "0700", "", "ab:cd", "07:60"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        hour_of(text)


def contact(name: str, **told: object) -> OfficerContact:
    base = {"kind": "number", "value": name, "added_at": T0, "verified_at": T0, "rang_at_night_at": T0}
    return OfficerContact("duty-1", name, **(base | told))  # type: ignore[arg-type]


def test_what_wakes_goes_first_then_what_is_not_refused_then_what_is_verified() -> None:
    given_ = [
        contact("mail", kind="email"),
        contact("refused", flag=Flag("21211", T0)),
        contact("unproved", verified_at=None),
        contact("by-day", is_by_day=True),
        contact("good"),
    ]
    by_day = [c.id for c in in_order_of_use(given_, T0, at_night=False)]
    at_night = [c.id for c in in_order_of_use(given_, T0, at_night=True)]
    assert by_day == ["by-day", "good", "unproved", "refused", "mail"]
    assert at_night == ["good", "by-day", "unproved", "refused", "mail"]


def test_rule_3_6_the_yes_of_a_night_lasts_ninety_days() -> None:
    good = contact("good")
    assert not good.is_daytime_only(T0 + timedelta(days=90))
    assert good.is_daytime_only(T0 + timedelta(days=90, seconds=1))
    assert contact("never", rang_at_night_at=None).is_daytime_only(T0)


@pytest.mark.parametrize(
    ("typed", "region", "e164", "kind", "takes_sms"),
    [
        ("+351 912 345 678", None, "+351912345678", "mobile", True),
        ("00351912345678", None, "+351912345678", "mobile", True),
        ("912 345 678", "PT", "+351912345678", "mobile", True),
        ("+351 213 456 789", "FR", "+351213456789", LANDLINE, False),
        ("(202) 555-0123", "US", "+12025550123", "unknown", True),
        ("+15550100101", "XA", "+15550100101", "unknown", True),
    ],
)
def test_a_number_is_read_as_people_type_it(
    typed: str, region: str | None, e164: str, kind: str, takes_sms: bool
) -> None:
    found = read_number(typed, region)
    assert (found.e164, found.kind, found.takes_sms) == (e164, kind, takes_sms)


@pytest.mark.parametrize(
    "typed", ["", "12", "call me", "912345678", "+1555", "+351912345678 ext 5", "+999123"]
)
def test_what_is_no_number_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(NoNumber, match=r"write|digits"):
        read_number(typed, None)


def test_doubtful_numbers_are_taken_and_doubted() -> None:
    assert "landline" in read_number("+351213456789").doubts[0]
    assert "premium" in read_number("+351760123456").doubts[0]
    assert "knows no such number" in read_number("+15550100101").doubts[0]
    assert read_number("+351912345678").doubts == ()


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_number_or_is_refused(typed: str) -> None:
    try:
        found = read_number(typed, "PT")
    except NoNumber:
        return
    assert found.e164.startswith("+")
    assert read_number(found.e164).e164 == found.e164
