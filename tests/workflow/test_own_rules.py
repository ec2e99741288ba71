"""An officer's own rules within a rung: they add to the ladder, never slow it, and go on until somebody answers."""

from __future__ import annotations

from datetime import timedelta

from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.workflow.contact_wishes import set_rules
from cna_service.workflow.preview import preview
from cna_service.workflow.projections import DESK
from cna_service.workflow.summon import raise_alert
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST
from tests.workflow.test_preview import a_night

HEAVY = {
    "high": [{"after_seconds": 0, "channel": "sms"}, {"after_seconds": 60, "channel": "voice"}],
    "repeat_every_seconds": 90,
}


def wishes(desk: LiveDesk, officer: str = "duty-1", **rules: object) -> None:
    desk.do(set_rules, officer, officer, **rules)


def arrives(desk: LiveDesk) -> str:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    return ref


def rings(desk: LiveDesk, officer: str, since: object) -> list[tuple[str, float]]:
    found = [(m.kind, (m.at - since).total_seconds()) for m in desk.person(officer).phone.received]  # type: ignore[operator]
    return sorted(found, key=lambda each: each[1])


def test_row_41_a_heavy_sleeper_is_called_again_and_again_until_he_answers(either_desk: LiveDesk) -> None:
    desk = either_desk
    wishes(desk, **HEAVY)
    begins = desk.clock.now()
    ref = arrives(desk)
    desk.advance(seconds=119)
    # The ladder alone would have sent one SMS by now.
    assert rings(desk, "duty-1", begins) == [("sms", 0), ("call", 60), ("sms", 90)]
    desk.advance(seconds=1)
    assert ("call", 120) in rings(desk, "duty-1", begins)
    used = [e for e in desk.entries(ref) if e.type == "alert.contact_used"]
    assert [(e.body["channel"], e.body["n"]) for e in used] == [("voice", 1), ("sms", 2)]
    desk.person("duty-1").replies("1 {code}")
    desk.forget_messages()
    desk.advance(minutes=5)
    assert [m.kind for m in desk.person("duty-1").phone.received if not m.is_read] == []


def test_row_41_own_rules_never_slow_the_first_summons(desk: LiveDesk) -> None:
    """He wishes a call after a minute and no SMS at all: the ladder's SMS comes at once all the same."""
    wishes(desk, high=[{"after_seconds": 60, "channel": "voice"}])
    begins = desk.clock.now()
    arrives(desk)
    desk.advance(seconds=61)
    assert rings(desk, "duty-1", begins) == [("sms", 0), ("call", 60)]


def test_row_41_the_next_rung_comes_in_its_time_whatever_he_wishes(desk: LiveDesk) -> None:
    wishes(desk, **HEAVY)
    begins = desk.clock.now()
    arrives(desk)
    desk.advance(minutes=5)
    assert rings(desk, "duty-2", begins)[0][1] == 300


def test_row_41_at_low_urgency_his_rules_replace_the_ladders_channels(desk: LiveDesk) -> None:
    wishes(desk, low=[{"after_seconds": 0, "channel": "email"}])
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        raise_alert(desk.service, work, "certificate_holders")
    desk.settle()
    assert desk.person("duty-1").phone.received == []
    assert len(desk.postbox.to("duty-1@example.test")) == 1


def test_row_41_the_preview_shows_what_his_rules_add(desk: LiveDesk) -> None:
    wishes(desk, **HEAVY)
    own = [s for s in preview(desk.service, "new_request").steps if s.what == "own_rules"]
    assert own[0].after == timedelta(seconds=60)
    assert own[0].people[0].contacts[0][0] == "voice"
    a_night(desk)


def test_row_41_after_a_stop_one_try_is_made_and_not_all_that_were_missed(desk: LiveDesk) -> None:
    wishes(desk, **HEAVY)
    ref = arrives(desk)
    desk.sleep(minutes=1.9)
    desk.tick()
    used = [e for e in desk.entries(ref) if e.type == "alert.contact_used"]
    assert [e.body["n"] for e in used] == [2]


def test_a_contact_that_is_gone_is_passed_over_with_an_entry(desk: LiveDesk) -> None:
    wishes(desk, **HEAVY)
    ref = arrives(desk)
    desk.person("duty-1").replies("STOP")
    desk.advance(seconds=95)
    used = [e.body for e in desk.entries(ref) if e.type == "alert.contact_used"]
    assert [(b["channel"], b["sending"] is None) for b in used] == [("voice", False), ("sms", True)]
