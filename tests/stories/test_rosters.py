"""Rosters in the words of those who keep them and of those who are woken by them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cna_service.kit.errors import ServiceError
from cna_service.kit.instants import to_text
from cna_service.workflow import roster_absences, roster_holidays, roster_swaps, roster_temporary
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.roster import add_override, set_roster
from cna_service.workflow.roster_checks import check_nightly
from cna_service.workflow.roster_page import watch_page
from tests.stories.people import Story
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import T0, desk_facts, fresh_sqlite

HOUR = timedelta(hours=1)


def daily(*officers: str, post: str = "duty_officer", **more: Any) -> dict[str, Any]:
    told = {
        "post": post,
        "officers": list(officers),
        "kind": "daily",
        "hand_over": "08:00",
        "from": "2026-11-16",
    }
    return {**told, **more}


def a_roster(*rotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Deputy and supervisor as ever; the duty officer as the story says."""
    others = (daily("duty-2", post="deputy"), daily("sup-1", post="supervisor"))
    return {"roster": "desk", "zone": "UTC", "rotations": [*rotations, *others], **more}


def set_by_the_supervisor(story: Story, *rotations: dict[str, Any], **more: Any) -> None:
    story.desk.do(set_roster, "sup-1", **a_roster(*rotations, **more))
    story.desk.settle()
    story.desk.forget_messages()


def ahead(story: Story, **window: float) -> str:
    return to_text(story.desk.clock.now() + timedelta(**window))


def on_the_day(story: Story, *when: int) -> None:
    """It is that instant; what the changes of the watch until then said is read."""
    story.desk.clock.at = datetime(*when, tzinfo=UTC)  # type: ignore[misc]
    story.desk.settle()
    story.desk.forget_messages()


def answers_the_summons(story: Story, officer: str, next_one: str) -> None:
    person = story.officer(officer)
    person.receives_sms(containing="new request")
    person.replies("1 {code}")
    person.receives_sms(containing="You hold")
    story.officer(next_one).receives_sms(containing="holds")


def test_the_officer_is_on_leave_and_the_next_of_the_rotation_is_woken(story: Story) -> None:
    set_by_the_supervisor(story, daily("duty-1", "dec-1", every=30))
    story.desk.do(roster_absences.note_absence, "duty-1", to=ahead(story, days=10), reason="leave")
    story.desk.settle()
    story.desk.forget_messages()
    story.a_request_arrives()
    story.officer("dec-1").receives_sms(containing="new request")
    story.officer("dec-1").replies("1 {code}")
    story.desk.forget_messages()
    story.officer("duty-1").has_nothing()
    said = [words for _, words in watch_page(story.desk.service).findings]
    assert any("is absent" in words for words in said)


def test_he_swaps_his_night_and_the_other_one_is_woken(story: Story) -> None:
    set_by_the_supervisor(story, daily("duty-1"))
    given = {"post": "duty_officer", "from": ahead(story, hours=6), "to": ahead(story, hours=18)}
    swap = story.desk.do(roster_swaps.ask_swap, "duty-1", other="sup-1", given=given, reason="a wedding")[
        "swap"
    ]
    story.desk.settle()
    (mail,) = story.desk.postbox.to("sup-1@example.test")
    assert "asks" in str(mail)
    story.nobody_else_was_called()
    story.desk.do(roster_swaps.accept_swap, "sup-1", swap=swap)
    story.desk.settle()
    on_the_day(story, 2026, 11, 21, 23, 0)
    story.a_request_arrives()
    story.officer("sup-1").receives_sms(containing="new request")
    story.officer("duty-1").has_nothing()
    story.officer("sup-1").replies("1 {code}")
    story.desk.forget_messages()


def test_the_supervisor_moved_the_watch_and_the_swap_is_off(story: Story) -> None:
    set_by_the_supervisor(story, daily("duty-1"))
    given = {"post": "duty_officer", "from": ahead(story, hours=6), "to": ahead(story, hours=18)}
    swap = story.desk.do(roster_swaps.ask_swap, "duty-1", other="duty-2", given=given)["swap"]
    span = {"from": ahead(story, hours=10), "to": ahead(story, hours=12)}
    story.desk.do(add_override, "sup-1", post="duty_officer", officer="sup-1", reason="a course", **span)
    with pytest.raises(ServiceError, match="the duty officer is sup-1, no longer duty-1"):
        story.desk.do(roster_swaps.accept_swap, "duty-2", swap=swap)
    story.desk.settle()
    story.desk.forget_messages()
    on_the_day(story, 2026, 11, 21, 21, 0)
    story.a_request_arrives()
    answers_the_summons(story, "duty-1", "duty-2")


def test_for_the_regatta_a_whole_other_roster_and_then_the_old_one_again(story: Story) -> None:
    set_by_the_supervisor(story, daily("duty-1"))
    story.desk.do(
        roster_temporary.set_temporary,
        "sup-1",
        roster=a_roster(daily("duty-2")),
        **{"from": ahead(story, hours=2), "to": ahead(story, hours=8)},
        reason="the regatta",
    )
    on_the_day(story, 2026, 11, 21, 17, 0)
    story.a_request_arrives()
    story.officer("duty-2").receives_sms(containing="new request")
    story.officer("duty-1").has_nothing()
    story.officer("duty-2").replies("1 {code}")
    story.answers("duty-2", board="denied", confirm_registry="neither")
    on_the_day(story, 2026, 11, 21, 23, 0)
    story.a_request_arrives(requester_reference="MRCC-78/26")
    story.officer("duty-1").receives_sms(containing="new request")
    story.officer("duty-1").replies("1 {code}")
    story.desk.forget_messages()


def test_at_christmas_who_has_the_holidays_is_woken(story: Story) -> None:
    set_by_the_supervisor(
        story, daily("sup-1", holidays="only"), daily("duty-1", holidays="not"), holidays="US"
    )
    on_the_day(story, 2026, 12, 25, 3, 0)
    story.a_request_arrives()
    story.officer("sup-1").receives_sms(containing="new request")
    story.officer("duty-1").has_nothing()
    story.officer("sup-1").replies("1 {code}")
    story.desk.forget_messages()


def test_the_supervisor_strikes_a_holiday_that_the_desk_works_through(story: Story) -> None:
    set_by_the_supervisor(
        story, daily("sup-1", holidays="only"), daily("duty-1", holidays="not"), holidays="US"
    )
    struck = {"calendar": "US", "date": "2026-12-25", "is_holiday": "no", "reason": "we sail"}
    story.desk.do(roster_holidays.change_holiday, "sup-1", **struck)
    on_the_day(story, 2026, 12, 25, 3, 0)
    story.a_request_arrives()
    answers_the_summons(story, "duty-1", "duty-2")


def test_his_account_was_disabled_at_noon_and_the_fallback_is_woken(story: Story) -> None:
    set_by_the_supervisor(story, daily("duty-1"), fallback={"duty_officer": "sup-1"})
    story.desk.do(disable_officer, "admin-1", officer="duty-1", reason="left the service")
    story.desk.settle()
    story.desk.forget_messages()
    story.a_request_arrives()
    story.officer("sup-1").receives_sms(containing="new request")
    story.officer("sup-1").replies("1 {code}")
    story.desk.forget_messages()
    page = watch_page(story.desk.service)
    assert page.current.fallen_back == {"duty_officer"}
    assert any("is disabled" in words for _, words in page.findings)


def test_at_half_past_one_of_the_repeated_hour_the_coming_officer_is_woken(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), at=datetime(2026, 11, 21, 14, 3, tzinfo=UTC)) as desk:
        story = Story(desk)
        night = daily("duty-1", "sup-1", hand_over="01:30", **{"from": "2027-10-01"})
        body = a_roster(daily("duty-1", to="2027-10-01"), night)
        desk.do(set_roster, "sup-1", **{**body, "zone": "Europe/Lisbon"})
        # 31 October 2027: 01:30 comes twice in Lisbon, at 00:30Z and at 01:30Z.
        desk.clock.at = datetime(2027, 10, 31, 0, 29, tzinfo=UTC)
        before = watch_page(desk.service).current.posts["duty_officer"]
        desk.clock.at = datetime(2027, 10, 31, 1, 15, tzinfo=UTC)
        desk.settle()
        desk.forget_messages()
        coming = {"duty-1": "sup-1", "sup-1": "duty-1"}[str(before)]
        story.a_request_arrives()
        story.officer(coming).receives_sms(containing="new request")
        story.officer(str(before)).has_nothing()


# --- the roster manager is told


@pytest.fixture
def real(tmp_path: Path) -> Iterator[LiveDesk]:
    """Officers and roster as seeded, on a desk that is no exercise: there the roster watches itself."""
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as desk:
        yield desk


def mails(desk: LiveDesk, to: str = "sup-1@example.test") -> list[str]:
    return [str(mail) for mail in desk.postbox.to(to)]


def test_the_supervisor_is_told_of_a_gap_once_and_by_mail(real: LiveDesk) -> None:
    real.do(set_roster, "sup-1", **a_roster(daily("duty-1", to="2026-12-05")))
    real.settle()
    (mail,) = [m for m in mails(real) if "the roster needs a look" in m]
    assert "Nobody at all is duty officer, 050800Z DEC 26" in mail
    assert real.unread() == []
    for _ in range(3):
        real.clock.at += timedelta(hours=8)
        check_nightly(real.service)
        real.deliver()
    assert len([m for m in mails(real) if "the roster needs a look" in m]) == 1


def test_a_gap_tomorrow_rings_and_stops_ringing_when_it_is_mended(real: LiveDesk) -> None:
    real.do(set_roster, "sup-1", **a_roster(daily("duty-1", to="2026-12-05")))
    real.settle()
    real.clock.at = datetime(2026, 12, 4, 9, tzinfo=UTC)
    real.settle()
    real.forget_messages()
    check_nightly(real.service)
    real.settle()
    real.person("sup-1").receives_sms(containing="soon nobody has the watch")
    real.forget_messages()
    real.advance(minutes=16)
    real.person("sup-1").is_called()
    real.forget_messages()
    real.do(set_roster, "sup-1", **a_roster(daily("duty-1")))
    real.settle()
    real.forget_messages()
    real.advance(minutes=20)
    assert [text for text in real.unread() if "nobody has the watch" in text] == []


def test_the_nightly_look_loads_the_holidays_of_the_coming_year(real: LiveDesk) -> None:
    real.do(set_roster, "sup-1", **a_roster(daily("duty-1", holidays="not"), daily("sup-1"), holidays="PT"))
    real.clock.at = datetime(2027, 2, 1, 6, 23, tzinfo=UTC)
    check_nightly(real.service)
    real.clock.at = datetime(2028, 12, 25, 12, tzinfo=UTC)
    assert watch_page(real.service).current.posts["duty_officer"] == "sup-1"


def test_nothing_of_it_rings_in_an_exercise(story: Story) -> None:
    story.desk.do(set_roster, "sup-1", **a_roster(daily("duty-1", to="2026-11-22")))
    check_nightly(story.desk.service)
    story.desk.settle()
    assert [f for f, _ in watch_page(story.desk.service).findings if f.is_urgent]
    assert story.desk.clock.now() >= T0
    assert mails(story.desk) == []
