"""The page that connects callers while the desk is dark, and how old it is (desk-rules 11.3)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta

import pytest

from cna_service.identity.rules import NotPermitted
from cna_service.workflow.fallback import (
    NothingWritten,
    confirm_fallback,
    fallback_trouble,
    fallback_view,
    write_fallback,
)
from cna_service.workflow.projections import DUTY
from cna_service.workflow.roster import take_watch
from tests.workflow.desk import LiveDesk


def trouble(desk: LiveDesk) -> str | None:
    with desk.service.read() as reader:
        told = fallback_trouble(reader)
    return None if told is None else told[0]


def test_rule_11_3_the_page_rings_the_roster_of_now_and_asks_nobody_for_anything(desk: LiveDesk) -> None:
    made = write_fallback(desk.service, desk.officer("sup-1"))
    page = ET.fromstring(made.content)
    numbers = ["".join(n.itertext()) for n in page.iter("Number")]
    assert numbers[:3] == [desk.number("duty-1"), desk.number("duty-2"), desk.number("sup-1")]
    assert not [e for e in page.iter() if e.get("url") or e.get("action")]
    assert "connecting you" in made.content
    entry = [e for e in _duty(desk) if e.type == "fallback.written"][-1]
    assert {"/body/numbers", "/body/sha256"} <= set(entry.private)


def _duty(desk: LiveDesk) -> list:  # type: ignore[type-arg]
    from cna_service.ledger import store

    with desk.service.database.read() as connection:
        return list(store.read_entries(connection, desk.service.desk.log_origin, DUTY).entries)


def test_rule_11_3_it_is_stale_until_confirmed_after_a_change_of_the_roster_and_after_30_days(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    assert trouble(desk) == "fallback-never"
    with pytest.raises(NothingWritten):
        confirm_fallback(desk.service, desk.officer("admin-1"), {})
    write_fallback(desk.service, desk.officer("admin-1"))
    assert trouble(desk) == "fallback-never"
    confirm_fallback(desk.service, desk.officer("admin-1"), {"words": "called, the deputy answered"})
    assert trouble(desk) is None
    assert fallback_view(desk.service).confirmed_by
    desk.clock.at += timedelta(days=31)
    assert trouble(desk) == "fallback-old"
    confirm_fallback(desk.service, desk.officer("admin-1"), {})
    assert trouble(desk) is None
    desk.clock.at += timedelta(minutes=1)
    desk.do(take_watch, "duty-2", reason="he is ill")
    assert trouble(desk) == "fallback-roster"
    write_fallback(desk.service, desk.officer("admin-1"))
    confirm_fallback(desk.service, desk.officer("admin-1"), {})
    assert trouble(desk) is None


def test_rule_11_3_the_duty_mobile_is_rung_first(desk: LiveDesk) -> None:
    policies = desk.service.policies
    with_mobile = replace(policies, calls=replace(policies.calls, duty_mobile="+351912345678"))
    object.__setattr__(desk.service, "policies", with_mobile)
    made = write_fallback(desk.service, desk.officer("sup-1"))
    assert made.rings[0] == ("duty mobile", "+351912345678")


def test_a_duty_officer_does_not_put_it_there(desk: LiveDesk) -> None:
    with pytest.raises(NotPermitted):
        write_fallback(desk.service, desk.officer("duty-1"))
