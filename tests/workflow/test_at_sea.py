"""What was done at sea against what was granted, what came of it, and what is owed after it."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.api import steps_sea
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow.at_sea import explain_action, record_action
from cna_service.workflow.convey import convey
from cna_service.workflow.reports import make_report
from cna_service.workflow.results import report_result
from cna_service.workflow.sea_reading import PARTS
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import Answered, LiveDesk
from tests.workflow.station import T0, minutes

CAPTAIN = {"name": "Captain", "office": "MRCC XP"}
CUTTER = "cutter, hull 751"


def part(desk: LiveDesk, ref: str, name: str) -> Any:
    return PARTS[name](desk.service, desk.case(ref), desk.clock.now())


def finding(desk: LiveDesk, ref: str, n: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = part(desk, ref, "actions")["actions"][n - 1]["finding"]
    return found


def act(
    desk: LiveDesk, ref: str, measure: str | None = "board", at: int | None = None, **more: Any
) -> Answered:
    """``at``: minutes after T0; None: now."""
    happened = more.pop("happened_at", to_text(desk.clock.now() if at is None else T0 + minutes(at)))
    body = {"measure": measure} if measure else {}
    return desk.do(record_action, "duty-1", ref, **body, by_unit=CUTTER, happened_at=happened, **more)


def outbound(desk: LiveDesk, *measures: str, **values: Any) -> str:
    ref = asked(desk, *(measures or ("board", "search", "detain_vessel")))
    desk.attend(ref, "duty-1")
    answer(desk, ref, values=values or {"board": "granted"}, by=CAPTAIN)
    return ref


def test_rule_6_3_an_act_within_the_grant_stays_so_when_it_is_narrowed_later(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = outbound(desk)
    desk.advance(minutes=30)
    act(desk, ref)
    assert finding(desk, ref)["words"] == "within the grant as conveyed at 14:03Z"
    desk.advance(minutes=30)
    answer(desk, ref, values={"board": "denied"}, by=CAPTAIN)
    desk.settle()
    assert finding(desk, ref)["words"] == "within the grant as conveyed at 14:03Z; narrowed from 15:03Z"
    assert finding(desk, ref)["code"] == "within_grant"
    desk.advance(minutes=10)
    got = act(desk, ref)
    assert got["check"]["code"] == "beyond_grant"
    assert "overreach" in [a.kind for a in desk.alerts(ref).open]


def test_rule_6_3_ours_counts_from_when_it_was_conveyed_to_them(desk: LiveDesk) -> None:
    ref = received(desk, measures=["board"], legal_basis=[{"text": "ad hoc"}])
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted"}, form="oral")
    desk.advance(minutes=10)
    got = act(desk, ref)
    assert got["check"]["code"] == "beyond_grant"
    assert desk.case(ref).sea.actions[0]["side"] == "theirs"
    spoken = {
        "channel": "phone",
        "number": "+15550102",
        "listener_name": "Watch",
        "listener_office": "MRCC XB",
    }
    spoken |= {"code_read_back": ref, "started_at": to_text(T0), "ended_at": to_text(T0 + minutes(5))}
    desk.do(convey, "duty-1", ref, 1, **spoken, read_back="You may board.", outcome="agreed")
    desk.advance(minutes=5)
    assert act(desk, ref)["check"]["code"] == "within_grant"


def test_rule_6_3_an_instant_not_told_exactly_may_leave_it_untold(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "search")
    desk.attend(ref, "duty-1")
    desk.advance(minutes=60)
    answer(desk, ref, values={"board": "granted"}, by=CAPTAIN)
    desk.advance(minutes=60)
    vague = {
        "text": "around four",
        "earliest": to_text(T0 + minutes(50)),
        "latest": to_text(T0 + minutes(70)),
    }
    assert act(desk, ref, happened_at=vague)["check"]["code"] == "cannot_be_told"
    later = {"text": "after four", "earliest": to_text(T0 + minutes(61)), "latest": to_text(T0 + minutes(70))}
    assert act(desk, ref, happened_at=later)["check"]["code"] == "within_grant"
    unknown = {"text": "some time that day"}
    assert act(desk, ref, "search", happened_at=unknown)["check"]["code"] == "beyond_grant"
    assert [a.kind for a in desk.alerts(ref).open].count("overreach") == 1


def test_rule_6_3_what_was_done_beyond_every_grant_is_kept_and_a_reason_demanded(desk: LiveDesk) -> None:
    ref = outbound(desk)
    desk.advance(minutes=5)
    got = act(desk, ref, "detain_vessel")
    assert got["reason_wanted"] is True
    told = part(desk, ref, "actions")["actions"][0]
    assert (told["overreach"], told["reason_wanted"]) == (True, True)
    alert = desk.alert(ref, "overreach")
    assert [t.officer for t in alert.sendings.values()] == ["legal-1", "legal-1"]
    desk.do(explain_action, "duty-1", ref, 1, reason="She was about to ram the boarding boat.")
    told = part(desk, ref, "actions")["actions"][0]
    assert (told["overreach"], told["reason_wanted"]) == (True, False)


def test_d9_safety_of_life_is_logged_as_such_and_authorizes_nothing(desk: LiveDesk) -> None:
    ref = outbound(desk)
    basis = {"ground": "safety_of_life", "reason": "The boat is sinking."}
    got = act(desk, ref, "enter_territorial_sea", basis=basis)
    assert got["check"]["code"] == "safety_of_life"
    assert got["reason_wanted"] is False
    assert act(desk, ref, "enter_territorial_sea")["check"]["code"] == "beyond_grant"
    assert act(desk, ref, None, kind="rescue")["check"]["code"] == "no_measure"


def test_r9_each_act_cites_its_own_basis(desk: LiveDesk) -> None:
    ref = outbound(desk)
    act(desk, ref, "stop", basis={"ground": "right_of_visit", "provision": "unclos-110"})
    act(desk, ref, "board", basis={"exchange": 1, "answer": 1})
    first, second = desk.case(ref).sea.actions
    assert first["basis"] == {"ground": "right_of_visit", "provision": "unclos-110"}
    assert second["basis"] == {"exchange": 1, "answer": 1}
    assert finding(desk, ref, 1)["code"] == "own_ground"
    assert finding(desk, ref, 2)["code"] == "within_grant"


def test_every_wrong_field_of_an_action_is_named_at_once(desk: LiveDesk) -> None:
    ref = outbound(desk)
    with pytest.raises(Invalid) as refused:
        desk.do(record_action, "duty-1", ref, vessel=7, basis={"exchange": 9, "ground": "luck"}, wings=2)
    assert {p.pointer for p in refused.value.problems} == {
        "/vessel",
        "/measure",
        "/by_unit",
        "/happened_at",
        "/basis/exchange",
        "/basis/ground",
        "/wings",
    }
    with pytest.raises(Invalid) as ahead:
        act(desk, ref, at=100)
    assert [p.pointer for p in ahead.value.problems] == ["/happened_at"]


def test_d12_what_was_found_stays_in_the_unit_it_was_told_in(desk: LiveDesk) -> None:
    ref = outbound(desk)
    act(desk, ref)
    found = [{"what": "drift net", "quantity": "5 nm", "words": "recovered whole"}]
    desk.do(report_result, "duty-1", ref, boarded="yes", found=found, happened_at=to_text(T0))
    result = part(desk, ref, "results")["results"][0]
    assert result["found"][0]["quantity"]["text"] == "5 nm"
    assert result["found"][0]["quantity"]["unit"] == "nm"
    assert result["label"] == "BOARDED, SOMETHING FOUND"


def test_d10_not_boarded_is_a_result_with_its_reason(desk: LiveDesk) -> None:
    ref = outbound(desk)
    with pytest.raises(Invalid) as refused:
        desk.do(report_result, "duty-1", ref, boarded="not_boarded_because")
    assert [p.pointer for p in refused.value.problems] == ["/because"]
    because = "The master refuses; sea state 7."
    desk.do(report_result, "duty-1", ref, boarded="not_boarded_because", because=because)
    assert part(desk, ref, "results")["results"][0]["label"] == "NOT BOARDED"


def test_duties_of_the_provision_relied_on_are_owed_with_their_article(desk: LiveDesk) -> None:
    ref = outbound(desk)
    assert part(desk, ref, "reports")["reports"] == []
    act(desk, ref)
    owed = part(desk, ref, "reports")["reports"]
    assert [(o["what"], o["article"], o["when"], o["to_state"]) for o in owed] == [
        ("results", "6", "promptly", "XP")
    ]
    assert owed[0]["outstanding_since"] == to_text(T0)
    act(desk, ref)
    assert len(part(desk, ref, "reports")["reports"]) == 1
    to = {"office": "MRCC XP", "email": "ops@example.test"}
    file = {"name": "report.txt", "media_type": "text/plain", "base64": "aGVsbG8="}
    desk.do(
        make_report, "duty-1", ref, owes="r1", sent_to=to, channel="mail", words="Done.", attachments=[file]
    )
    assert part(desk, ref, "reports")["reports"][0]["is_open"] is False
    assert desk.last(ref, "report.made").body["attachments"][0]["size"] == 5


def test_force_owes_a_report_of_its_own_and_nationals_aboard_a_consular_notice(desk: LiveDesk) -> None:
    ref = asked(desk, "board", basis="coe-7", authority="mrcc-xb")
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted"}, by={"name": "Watch", "office": "MRCC XB"})
    act(desk, ref)
    before = {o["what"] for o in part(desk, ref, "reports")["reports"]}
    assert "report of force" not in before
    desk.do(
        report_result, "duty-1", ref, shots=3, nationals_aboard=[{"state": "XC", "count": 2}, {"state": "XA"}]
    )
    owed = {o["what"]: o for o in part(desk, ref, "reports")["reports"]}
    assert owed["report of force"]["article"] == "12"
    assert owed["consular notice"]["to_state"] == "XC"
    assert [o["what"] for o in part(desk, ref, "reports")["reports"]].count("consular notice") == 1


def test_a_condition_that_demands_a_report_owes_it_with_a_clock(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    until = to_text(T0 + minutes(60))
    demand = {"kind": "report_by", "text": "Report what was found.", "until": until}
    answer(desk, ref, values={"board": ("granted_with_conditions", [demand])}, by=CAPTAIN)
    desk.settle()
    owed = part(desk, ref, "reports")["reports"]
    assert [(o["report"], o["due_at"], o["condition"]) for o in owed] == [("r1", until, "1.1.1.board.1")]
    desk.advance(minutes=60)
    assert desk.alert(ref, "report_overdue").is_open
    desk.do(make_report, "duty-1", ref, owes="r1", sent_to="MRCC XP", channel="phone")
    clock = next(c for c in desk.case(ref).clocks if c.terms.get("words", "").startswith("report owed"))
    assert clock.stopped_at is not None


@pytest.mark.parametrize("who", ["aud-1", "admin-1", "rec-1", "mrcc-xp"])
def test_rule_9_2_only_the_desk_instructs_and_records_what_was_done_at_sea(desk: LiveDesk, who: str) -> None:
    ref = outbound(desk)
    before = desk.look(ref)
    actor = desk.authority(who) if who == "mrcc-xp" else desk.officer(who)
    bodies: dict[str, dict[str, Any]] = {
        "instructions": {"unit": CUTTER, "circuit": "HF 5", "passed_to": {"name": "Moss"}, "seen": before},
        "actions": {"measure": "board", "by_unit": CUTTER, "happened_at": to_text(T0)},
        "conditions": {"exchange": 1, "answer": 1, "measure": "board", "condition": 1, "met": "yes"},
        "custody": {"what": "taken", "items": ["a net"]},
        "reports": {"owes": "r1", "sent_to": "x", "channel": "mail"},
        "compensation": {"by": "Owners", "against": "XA", "ground": "damage"},
        "instructions/{n}/readback": {"by": {"name": "Moss"}, "words": "w", "is_correct": True},
        "actions/{n}/reason": {"reason": "w"},
        "compensation/{n}/answer": {"outcome": "open"},
    }
    for step in steps_sea.CASE_STEPS:
        with pytest.raises(NotPermitted):
            step.verb(desk.service, actor, ref, bodies.get(step.path, {}), None)
    for each in (*steps_sea.EXCHANGE_STEPS, *steps_sea.NUMBERED_STEPS):
        with pytest.raises(NotPermitted):
            each.verb(desk.service, actor, ref, 1, bodies.get(each.path, {}), None)
    assert desk.look(ref) == before
