"""The guard against sleep, and the holder who says what he waits for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow.wait import NothingToWaitFor, state_waiting
from tests.workflow.acts import answer, found, received
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0


def overdue(desk: LiveDesk, ref: str) -> int:
    return sum(a.kind == "ack_overdue" for a in desk.alerts(ref).by_id.values())


def test_rule_3_1_the_holder_names_what_he_waits_for_and_is_not_asked_before(desk: LiveDesk) -> None:
    ref = received(desk)
    until = to_text(T0 + timedelta(minutes=115))
    stated = desk.do(state_waiting, "duty-1", ref, **{"for": "the registrar calls back", "until": until})
    assert (stated["exchanges"], stated["until"]) == ([1], until)
    assert desk.last(ref, "waiting.stated").actor["id"] == "duty-1"
    desk.advance_to(T0 + timedelta(minutes=114))
    assert overdue(desk, ref) == 0
    desk.advance_to(T0 + timedelta(minutes=115))
    assert overdue(desk, ref) == 1


def test_rule_3_1_never_beyond_half_of_the_time_left(desk: LiveDesk) -> None:
    ref = received(desk)
    with pytest.raises(Invalid) as refused:
        desk.do(state_waiting, "duty-1", ref, **{"for": "x", "until": to_text(T0 + timedelta(minutes=121))})
    assert [p.pointer for p in refused.value.problems] == ["/until"]
    assert "half of the time left" in refused.value.problems[0].why
    with pytest.raises(Invalid) as refused:
        desk.do(state_waiting, "duty-1", ref, until=to_text(T0 - timedelta(minutes=1)))
    assert {p.pointer for p in refused.value.problems} == {"/for", "/until"}


def test_rule_3_1_only_the_holder_of_a_running_clock_waits(desk: LiveDesk) -> None:
    ref = received(desk)
    until = to_text(T0 + timedelta(minutes=10))
    with pytest.raises(NothingToWaitFor):
        desk.do(state_waiting, "duty-2", ref, **{"for": "x", "until": until})
    with pytest.raises(NothingToWaitFor):
        desk.do(state_waiting, "duty-1", ref, **{"for": "x", "until": until, "exchange": 2})
    found(desk, ref)
    answer(desk, ref, values={"confirm_registry": "confirmed", "board": "denied"})
    with pytest.raises(NothingToWaitFor):
        desk.do(state_waiting, "duty-1", ref, **{"for": "x", "until": until})
    assert "waiting.stated" not in desk.types(ref)
