"""Could the desk wake somebody now? The judgement, and what it reads (desk-rules 13.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cna_service.alerts import provider_store
from cna_service.alerts import store as alert_store
from cna_service.alerts.provider_store import Check
from cna_service.identity.officers import Officers
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.waking import WakingFacts, can_wake
from cna_service.workflow.waking_facts import waking
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0, minutes

WELL = WakingFacts(
    at=T0,
    engine_age=timedelta(seconds=1),
    is_writable=True,
    on_watch="duty-1",
    channels=("sms", "voice"),
    proved={"voice": T0 - minutes(14)},
)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"is_writable": False}, "database"),
        ({"engine_age": timedelta(seconds=10.1)}, "engine"),
        ({"on_watch": None}, "nobody-on-watch"),
        ({"is_enabled": False}, "watch-disabled"),
        ({"channels": ()}, "no-contact"),
        ({"proved": {}}, "no-proof"),
        ({"proved": {"sms": T0 - minutes(15.1)}}, "no-proof"),
        ({"proved": {"email": T0}}, "no-proof"),
        ({"channels": ("sms",)}, "no-proof"),
        ({"proved": {"sms": T0 + minutes(1)}}, "no-proof"),
    ],
)
def test_rule_13_1_each_thing_that_is_missing_is_named_with_its_remedy(
    changed: dict[str, Any], code: str
) -> None:
    assert can_wake(WELL).is_possible
    found = can_wake(replace(WELL, **changed))
    assert not found.is_possible
    assert found.codes == (code,)
    assert found.words.startswith("CANNOT WAKE ANYBODY: ")
    assert "duty-1" not in found.words


def test_rule_13_1_an_engine_that_nobody_here_runs_is_not_judged() -> None:
    assert can_wake(replace(WELL, engine_age=None)).is_possible


def test_rule_13_1_a_message_that_the_company_took_proves_the_channel_for_a_quarter_of_an_hour(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    assert waking(desk.service).codes == ("no-proof",)
    desk.receive()
    desk.settle()
    assert waking(desk.service).is_possible
    desk.clock.at += minutes(14.9)
    assert waking(desk.service).is_possible
    desk.clock.at += minutes(0.2)
    assert waking(desk.service).codes == ("no-proof",)


def test_rule_13_1_whoever_has_the_watch_and_cannot_be_called_wakes_nobody(desk: LiveDesk) -> None:
    desk.receive()
    desk.settle()
    disable_officer(desk.service, desk.officer("admin-1"), {"officer": "duty-1", "reason": "left"})
    with desk.service.read() as reader:
        officers: Officers = reader.stream(DESK).of(OFFICERS)
    assert not officers.find("duty-1").is_enabled
    assert waking(desk.service).codes == ("nobody-on-watch",)


def test_rule_13_1_a_database_that_is_gone_is_said_and_raises_nothing(desk: LiveDesk) -> None:
    desk.service.database.close()
    path = desk.service.database.path
    assert path is not None
    path.rename(path.with_suffix(".gone"))
    path.mkdir()
    try:
        assert waking(desk.service, probe=True).codes[0] == "database"
    finally:
        path.rmdir()
        path.with_suffix(".gone").rename(path)


def _looked_at(desk: LiveDesk, **facts: Any) -> None:
    """The provider's account as it was read just now."""
    now = desk.clock.now()
    told = {"is_active": True, "active_at": now, "facts": {"channels": ["sms", "voice"]}, **facts}
    with desk.service.database.write() as connection:
        provider_store.keep_check(connection, Check("recorder", now, **told))


def test_rule_13_1_an_active_account_proves_its_channels_on_a_quiet_night(desk: LiveDesk) -> None:
    _looked_at(desk)
    assert waking(desk.service).is_possible
    desk.clock.at += minutes(15.1)
    assert waking(desk.service).codes == ("no-proof",)


def test_rule_13_1_a_closed_account_takes_back_what_a_message_proved(desk: LiveDesk) -> None:
    desk.receive()
    desk.settle()
    assert waking(desk.service).is_possible
    _looked_at(desk, is_active=False, active_at=None, code="20005")
    assert waking(desk.service).codes == ("no-proof",)


def test_rule_13_1_a_provider_without_calls_proves_nothing_for_who_stopped_sms(desk: LiveDesk) -> None:
    _looked_at(desk, facts={"channels": ["sms"]})
    assert waking(desk.service).is_possible
    with desk.service.database.write() as connection:
        alert_store.stop(connection, desk.number("duty-1"), desk.clock.now())
    assert waking(desk.service).codes == ("no-proof",)
