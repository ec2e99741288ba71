"""What is watched of telephone companies: balance, numbers, the spare, messages without word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cna_service.alerts.ports import AccountFacts, NumberFacts, Report
from cna_service.db import outbox
from cna_service.workflow import line_reports, provider_proof, provider_watch
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK
from cna_service.workflow.provider_state import (
    proved_at,
    proved_by_account,
    provider_troubles,
    providers_view,
)
from tests.workflow.desk import LiveDesk
from tests.workflow.lines import Company, arrives, ask, two_lines

Lines = tuple[Company, Company]


@pytest.fixture
def lines(either_desk: LiveDesk) -> Iterator[Lines]:
    with two_lines(either_desk) as both:
        yield both


@pytest.fixture
def desk(either_desk: LiveDesk) -> LiveDesk:
    return either_desk


def looks(desk: LiveDesk, **later: float) -> None:
    desk.sleep(**(later or {"minutes": 5}))
    provider_watch.look_at_accounts(desk.service, desk.outside)


def checked(desk: LiveDesk) -> list[dict[str, object]]:
    return [dict(e.body) for e in desk.entries(DESK) if e.type == "provider.checked"]


def open_kinds(desk: LiveDesk) -> list[str]:
    return [a.kind for a in desk.alerts(DESK).open]


def prove_both(desk: LiveDesk) -> None:
    ask(desk, provider="primary")
    ask(desk, provider="spare")
    desk.settle()


def test_rule_13_3_a_balance_below_a_weeks_use_is_told_by_day_and_mended_is_mended(
    desk: LiveDesk, lines: Lines
) -> None:
    """Ten dollars a day for nine days; forty left are less than a week."""
    primary, _ = lines
    prove_both(desk)
    for left in range(130, 30, -10):
        primary.facts = AccountFacts(True, Decimal(left), "USD", (NumberFacts("+15550100"),))
        looks(desk, hours=24)
        if left >= 80:
            assert open_kinds(desk) == []
    [last] = checked(desk)
    assert last["provider"] == "primary" and last["troubles"] == ["balance-low"]
    assert open_kinds(desk) == ["provider_low"]
    primary.facts = AccountFacts(True, Decimal(500), "USD", (NumberFacts("+15550100"),))
    looks(desk, hours=24)
    assert checked(desk)[-1]["troubles"] == [] and open_kinds(desk) == []


def test_rule_13_3_what_can_wait_is_not_told_at_night_and_the_supervisor_learns_after_a_day(
    desk: LiveDesk, lines: Lines
) -> None:
    primary, _ = lines
    prove_both(desk)
    desk.clock.at = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    primary.facts = AccountFacts(True, Decimal(3), "USD", (NumberFacts("+15550100"),))
    looks(desk)
    assert checked(desk)[-1]["troubles"] == ["balance-low"] and open_kinds(desk) == []
    looks(desk, hours=9)
    assert open_kinds(desk) == ["provider_low"]
    desk.settle()
    assert desk.person("admin-1").phone.texts
    assert not desk.person("sup-1").phone.texts
    desk.advance(hours=25)
    assert desk.person("sup-1").phone.texts


def test_rule_13_3_a_number_that_is_gone_is_told_at_once(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    primary.number = "+15550100"  # type: ignore[attr-defined]
    primary.facts = AccountFacts(True, Decimal(100), "USD", (NumberFacts("+15550177"),))
    looks(desk)
    assert checked(desk)[0]["troubles"] == ["number-gone"]
    assert "provider_trouble" in open_kinds(desk)


def test_rule_13_3_an_account_that_cannot_be_read_for_a_quarter_of_an_hour(
    desk: LiveDesk, lines: Lines
) -> None:
    primary, _ = lines
    primary.account_fails = "timeout"
    looks(desk)
    assert not [c for c in checked(desk) if c["provider"] == "primary"]
    looks(desk, minutes=16)
    assert checked(desk)[-1]["troubles"] == ["account-unreadable"]


def test_rule_13_3_nodes_share_the_looks_and_a_quiet_account_makes_no_entries(
    desk: LiveDesk, lines: Lines
) -> None:
    primary, _ = lines
    prove_both(desk)
    before = len(desk.entries(DESK))
    for _ in range(3):
        looks(desk, minutes=6)
        provider_watch.look_at_accounts(desk.service, Outside(primary, None, lines[1]))
    assert primary.asked_accounts == 3
    assert len(desk.entries(DESK)) == before


def test_rule_13_4_without_a_spare_that_worked_within_thirty_days_there_is_one_provider_only(
    desk: LiveDesk, lines: Lines
) -> None:
    assert providers_view(desk.service, desk.outside).is_one_only
    ask(desk, provider="spare")
    desk.settle()
    view = providers_view(desk.service, desk.outside)
    assert not view.is_one_only and [(v.name, v.carries) for v in view.lines] == [
        ("primary", True),
        ("spare", False),
    ]
    desk.sleep(days=31)
    assert providers_view(desk.service, desk.outside).is_one_only
    assert providers_view(desk.service, Outside(lines[0], None)).is_one_only
    looks(desk)
    assert "provider-spare-unproved" in [t.code for t in provider_troubles(desk.service, desk.outside)]


def test_rule_13_4_the_spare_is_proved_each_month_by_day(desk: LiveDesk, lines: Lines) -> None:
    _, spare = lines
    desk.clock.at = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert not provider_proof.prove_spare(desk.service, desk.outside)
    desk.clock.at = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
    assert provider_proof.prove_spare(desk.service, desk.outside)
    desk.settle()
    [text] = desk.person("admin-1").phone.texts
    assert text.sid in spare.sids and text.text.startswith("TEST.")
    assert not provider_proof.prove_spare(desk.service, desk.outside)
    desk.sleep(days=26)
    assert provider_proof.prove_spare(desk.service, desk.outside)


def test_rule_13_1_what_proved_itself_and_when(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    looks(desk)
    seen = desk.clock.now()
    with desk.service.database.read() as connection:
        assert proved_at(connection, "primary") == seen
        assert proved_by_account(connection) == {"sms": seen, "voice": seen}
    primary.fails = "20500"
    desk.outside = Outside(primary, desk.postbox)
    arrives(desk)
    desk.advance(seconds=30)
    with desk.service.database.read() as connection:
        # Its account is active, and three sendings failed: that proves nothing.
        assert proved_at(connection, "primary") is None


def test_one_line_alone_that_fails_three_times_is_told(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    desk.outside = Outside(primary, desk.postbox)
    primary.fails = "20500"
    arrives(desk)
    desk.advance(seconds=10)
    provider_watch.tell_of_errors(desk.service, desk.outside)
    assert open_kinds(desk) == ["provider_trouble"]
    primary.fails = None
    desk.advance(minutes=2)
    provider_watch.tell_of_errors(desk.service, desk.outside)
    assert open_kinds(desk) == []


# --- messages without a word


@pytest.mark.parametrize("status", ["delivered", "undelivered"])
def test_a_message_without_word_for_a_minute_is_asked_about(
    desk: LiveDesk, lines: Lines, status: str
) -> None:
    primary, _ = lines
    primary.phone(desk.number("duty-1")).condition = "silent"
    ref = arrives(desk)
    [row] = [r for r in desk.outbox() if r["stream"] == f"case:{ref}" and r["channel"] == "sms"]
    assert row["state"] == outbox.ACCEPTED
    primary.statuses[row["sid"]] = Report(status, "30003" if status == "undelivered" else None)
    assert line_reports.ask_about_stuck(desk.service, desk.outside) == 0
    desk.sleep(seconds=61)
    assert line_reports.ask_about_stuck(desk.service, desk.outside) == 1
    assert line_reports.ask_about_stuck(desk.service, desk.outside) == 0
    [row] = [r for r in desk.outbox() if r["id"] == row["id"]]
    assert row["state"] == status
