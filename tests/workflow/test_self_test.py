"""The desk tries its own paging path: every stage is measured, and what could not be proved is not said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cna_service.alerts.ports import ChannelError
from cna_service.workflow.inbound import take_text
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK, WATCHING
from cna_service.workflow.self_test import (
    NoSelfTestLine,
    begin_self_test,
    self_test_on_schedule,
    switch_after_failure,
)
from cna_service.workflow.self_test_line import SelfTestLine
from cna_service.workflow.status import status
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.outside import Exchange
from tests.workflow.station import desk_facts, fresh_sqlite, minutes

LINE, OURS = "+15550199", "+15550100"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def a_real_desk(folder: Path, **line: Any) -> Any:
    told = {"number": LINE, **line}
    facts = desk_facts(is_exercise=False, self_test=SelfTestLine(**told), calls_from=(OURS,))
    return a_desk(fresh_sqlite(folder), desk=facts)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with a_real_desk(tmp_path) as one:
        yield one


@pytest.fixture
def loop_desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with a_real_desk(tmp_path, is_loop=True) as one:
        yield one


def finished(desk: LiveDesk) -> list[dict[str, Any]]:
    return [dict(e.body) for e in desk.entries(DESK) if e.type == "self_test.finished"]


def test_with_one_provider_what_is_proved_is_that_it_was_delivered(desk: LiveDesk) -> None:
    begin_self_test(desk.service)
    desk.settle()
    [sms] = desk.exchange.phone(LINE).texts
    assert sms.text.startswith("TEST. CNA:")
    [result] = finished(desk)
    assert result["result"] == "passed"
    [channel] = result["channels"]
    assert (channel["channel"], channel["result"], channel["provider"]) == ("sms", "delivered", "recorder")
    assert {"asked_ms", "accepted_ms", "delivered_ms"} <= set(channel)
    assert not desk.alerts(DESK).open
    desk.seal()
    assert status(desk.service).degraded == ()
    sms.is_read = True
    desk.nobody_else_was_called()


def test_a_line_of_our_own_proves_that_the_text_came_back(loop_desk: LiveDesk) -> None:
    desk = loop_desk
    begin_self_test(desk.service)
    desk.settle()
    [sms] = desk.exchange.phone(LINE).texts
    assert finished(desk) == []
    desk.clock.at += minutes(0.05)
    take_text(desk.service, {"MessageSid": "SM1", "From": OURS, "To": LINE, "Body": sms.text}, "t-1")
    desk.settle()
    [result] = finished(desk)
    [channel] = result["channels"]
    assert channel["result"] == "came_back" and channel["came_back_ms"] == 3000
    sms.is_read = True
    desk.nobody_else_was_called()


def test_our_own_text_that_comes_back_too_late_opens_no_case_and_rings_nobody(loop_desk: LiveDesk) -> None:
    desk = loop_desk
    begin_self_test(desk.service)
    desk.advance(minutes=6)
    [sms, *_] = desk.exchange.phone(LINE).texts
    assert [r["result"] for r in finished(desk)] == ["failed"]
    desk.forget_messages()
    before = len(desk.entries(DESK))
    take_text(desk.service, {"MessageSid": "SM1", "From": OURS, "To": LINE, "Body": sms.text}, "t-1")
    desk.settle()
    assert len(desk.entries(DESK)) == before
    desk.nobody_else_was_called()


def test_a_stranger_on_our_second_number_is_no_proof(loop_desk: LiveDesk) -> None:
    desk = loop_desk
    begin_self_test(desk.service)
    desk.settle()
    [sms] = desk.exchange.phone(LINE).texts
    take_text(desk.service, {"MessageSid": "SM1", "From": "+4790000000", "To": LINE, "Body": sms.text}, "t-1")
    take_text(desk.service, {"MessageSid": "SM2", "From": OURS, "To": LINE, "Body": "Reply 1 0000"}, "t-2")
    assert finished(desk) == []


def test_no_report_in_time_is_a_failure_that_the_administrator_hears_by_another_channel(
    desk: LiveDesk,
) -> None:
    desk.exchange.phone(LINE).condition = "silent"
    begin_self_test(desk.service)
    desk.advance(minutes=4.9)
    assert finished(desk) == []
    desk.advance(minutes=0.2)
    [result] = finished(desk)
    assert (result["result"], result["channels"][0]["result"]) == ("failed", "not_delivered")
    assert "the desk's self-test failed" in desk.postbox.to("admin-1@example.test")[-1].text
    admin = desk.person("admin-1")
    admin.receives_sms(containing="the desk's self-test failed")
    admin.is_called()
    desk.seal()
    assert [t.code for t in status(desk.service).degraded] == ["self-test-failed"]
    desk.exchange.phone(LINE).condition = "ok"
    begin_self_test(desk.service)
    desk.settle()
    desk.seal()
    assert [r["result"] for r in finished(desk)] == ["failed", "passed"]
    assert status(desk.service).degraded == ()
    assert not desk.alerts(DESK).open


@pytest.mark.parametrize("condition", ["off", "wrong", "undelivered"])
def test_what_the_provider_refuses_fails_at_once_with_its_code(desk: LiveDesk, condition: str) -> None:
    desk.exchange.phone(LINE).condition = condition
    begin_self_test(desk.service)
    desk.settle()
    [result] = finished(desk)
    assert result["result"] == "failed"
    told = {"off": "30003", "wrong": "21211", "undelivered": None}[condition]
    assert result["channels"][0].get("code") == told


def test_a_mailbox_is_tried_too_and_only_its_acceptance_is_said(tmp_path: Path) -> None:
    with a_real_desk(tmp_path, mail="loop@example.test") as desk:
        begin_self_test(desk.service)
        desk.settle()
        [result] = finished(desk)
        assert {c["channel"]: c["result"] for c in result["channels"]} == {
            "sms": "delivered",
            "email": "accepted",
        }
        assert desk.postbox.to("loop@example.test")[0].subject.startswith("TEST ")
        desk.postbox.error = ChannelError(True, "smtp-535", "")
        begin_self_test(desk.service)
        desk.settle()
        assert finished(desk)[-1]["result"] == "failed"
        with desk.service.read() as reader:
            tested = reader.stream(DESK).of(WATCHING).self_test
        assert tested is not None and not tested.is_well


def test_one_at_a_time_and_none_where_no_line_is_set_up(desk: LiveDesk, tmp_path: Path) -> None:
    desk.exchange.phone(LINE).condition = "silent"
    first = begin_self_test(desk.service)
    assert begin_self_test(desk.service) == first
    desk.settle()
    assert len(desk.exchange.phone(LINE).texts) == 1
    other = tmp_path / "other"
    other.mkdir()
    with a_desk(fresh_sqlite(other)) as bare:
        self_test_on_schedule(bare.service)
        with pytest.raises(NoSelfTestLine):
            begin_self_test(bare.service)
        assert "alert.raised" not in bare.types(DESK)


def test_the_number_of_the_line_stands_in_no_entry_in_the_clear(desk: LiveDesk) -> None:
    from cna_service.ledger import queries as ledger_queries
    from cna_service.workflow.edge.queries import placed

    begin_self_test(desk.service)
    desk.settle()
    desk.seal()
    with desk.service.read() as reader:
        size = ledger_queries.log_state(reader.connection, desk.service.desk.log_origin).size
    assert size > 5
    assert not any(LINE.encode() in placed(desk.service, n).data for n in range(size))


class Spare(Exchange):
    name = "spare"


@pytest.mark.parametrize(("condition", "is_switched"), [("silent", True), ("off", False), ("wrong", False)])
def test_a_test_that_the_line_lost_lets_the_spare_carry_and_one_that_the_telephone_lost_does_not(
    desk: LiveDesk, condition: str, is_switched: bool
) -> None:
    outside = Outside(desk.exchange, desk.postbox, Spare(desk.clock))
    desk.exchange.phone(LINE).condition = condition
    assert not switch_after_failure(desk.service, outside)
    begin_self_test(desk.service)
    desk.advance(minutes=5.1)
    assert finished(desk)[-1]["result"] == "failed"
    assert switch_after_failure(desk.service, outside) is is_switched
    assert not switch_after_failure(desk.service, outside)
    assert desk.types(DESK).count("provider.switched") == int(is_switched)
    desk.forget_messages()
