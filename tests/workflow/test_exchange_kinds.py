"""Notifications, objections and distributions are kinds of their own (practice R19)."""

from __future__ import annotations

import pytest

from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow.closing import close_case
from cna_service.workflow.opening import open_case, open_exchange
from tests.workflow.acts import answer
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0, minutes


def a_case(desk: LiveDesk) -> str:
    ref = str(desk.do(open_case, "duty-1", channel="note", summary="a ship of ours")["case"])
    desk.attend(ref, "duty-1")
    return ref


@pytest.mark.parametrize(
    ("kind", "direction", "label"),
    [
        ("notification", "inbound", "NOTICE RECEIVED"),
        ("notification", "outbound", "NOTIFIED"),
        ("objection", "inbound", "OBJECTION RECEIVED"),
        ("objection", "outbound", "OBJECTED"),
    ],
)
def test_r19_a_notice_or_an_objection_owes_no_answer(
    desk: LiveDesk, kind: str, direction: str, label: str
) -> None:
    ref = a_case(desk)
    told = {"authority": "mrcc-xb", "text": "We object to the boarding.", "basis": ["coe-7"]}
    desk.do(open_exchange, "duty-1", ref, kind=kind, direction=direction, channel="note", **told)
    shown = desk.record_json(ref)["exchanges"][0]
    assert (shown["kind"], shown["label"], shown["answers"]) == (kind, label, [])
    assert desk.case(ref).clocks == ()
    desk.advance(hours=48)
    desk.do(close_case, "duty-1", ref, words="Noted.")


def test_d5_a_limit_stated_in_a_notice_runs_and_a_late_refusal_says_so(desk: LiveDesk) -> None:
    ref = a_case(desk)
    told = {"authority": "force-xh", "measures": ["board"], "limit_stated": to_text(T0 + minutes(240))}
    desk.do(open_exchange, "duty-1", ref, kind="notification", channel="note", form="written", **told)
    assert desk.record_json(ref)["label"] == "NOTICE RECEIVED"
    desk.advance(hours=5)
    assert desk.record_json(ref)["label"] == "OVERDUE"
    answer(desk, ref, "sup-1", values={"board": "denied"}, form="oral")
    shown = desk.record_json(ref)["exchanges"][0]
    assert (shown["label"], shown["answers"][0]["late"]) == ("REFUSED-AFTER-LIMIT", True)


def test_d10_partners_are_informed_and_the_list_is_logged(desk: LiveDesk) -> None:
    ref = a_case(desk)
    rows = [
        {"authority": "mrcc-xb", "channel": "mail"},
        {"state": "XQ", "office": "Coast guard", "channel": "phone"},
    ]
    desk.do(open_exchange, "duty-1", ref, kind="distribution", distribution=rows, text="The ship is not of XE.",
            channel="note")  # fmt: skip
    entry = desk.last(ref, "exchange.opened")
    listed, told = entry.body["distribution"]
    assert (listed["authority"], listed["state"], "XB" in listed["listed_as"]) == ("mrcc-xb", "XB", True)
    assert (told["state"], told["office"]) == ("XQ", "Coast guard")
    shown = desk.record_json(ref)["exchanges"][0]
    assert (shown["label"], len(shown["distribution"])) == ("DISTRIBUTED", 2)


def test_a_distribution_says_to_whom_and_others_have_none(desk: LiveDesk) -> None:
    ref = a_case(desk)
    with pytest.raises(Invalid) as refused:
        desk.do(open_exchange, "duty-1", ref, kind="distribution", direction="inbound", text="w")
    assert {p.pointer for p in refused.value.problems} == {"/distribution", "/direction"}
    with pytest.raises(Invalid) as unknown:
        desk.do(
            open_exchange,
            "duty-1",
            ref,
            kind="distribution",
            distribution=[{"authority": "x"}, {"channel": "y"}],
        )
    assert {p.pointer for p in unknown.value.problems} == {
        "/distribution/0/authority",
        "/distribution/1/authority",
    }
