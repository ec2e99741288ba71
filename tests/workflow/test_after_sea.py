"""After the boarding: conditions one by one, custody day by day, jurisdiction, compensation, and closing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cna_service.cases.types_sea import ENTRY_TYPES
from cna_service.kit.errors import Invalid, NotFound
from cna_service.kit.instants import to_text
from cna_service.workflow.at_sea import record_action
from cna_service.workflow.closing import StillOpen, close_case
from cna_service.workflow.compensation import answer_claim, claim_compensation
from cna_service.workflow.conditions import check_condition
from cna_service.workflow.custody import record_custody
from cna_service.workflow.instruct import give_instruction
from cna_service.workflow.notifying import notify, summarise_evidence
from cna_service.workflow.opening import open_exchange
from cna_service.workflow.replay import replay
from cna_service.workflow.reports import make_report
from cna_service.workflow.results import report_result
from tests.corpus.cases_sea import at_sea
from tests.workflow.acts import answer, asked
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0, minutes
from tests.workflow.test_at_sea import CAPTAIN, CUTTER, outbound, part

WATCH = {"name": "Watch", "office": "MRCC XB"}
WAIVERS = ["waive_jurisdiction_vessel", "waive_jurisdiction_cargo", "waive_jurisdiction_persons"]


def conditional(desk: LiveDesk) -> str:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    told = [{"kind": "presence_of", "text": "An officer of XP leads."}, "XP keeps jurisdiction."]
    answer(desk, ref, values={"board": ("granted_with_conditions", told)}, by=CAPTAIN)
    return ref


def test_d12_each_condition_is_an_item_with_its_own_evidence(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = conditional(desk)
    assert [(c["condition"], c["kind"], c["met"]) for c in part(desk, ref, "conditions")["conditions"]] == [
        (1, "presence_of", "unchecked"),
        (2, "other", "unchecked"),
    ]
    check = {"exchange": 1, "answer": 1, "measure": "board"}
    desk.do(check_condition, "duty-1", ref, **check, condition=1, met="not_yet")
    evidence = "Photograph 4; the officer of XP led the team."
    got = desk.do(
        check_condition, "duty-1", ref, **check, condition=1, met="yes", evidence=evidence, by=CAPTAIN
    )
    assert [c["condition"] for c in got["open_conditions"]] == [2]
    first = part(desk, ref, "conditions")["conditions"][0]
    assert (first["met"], [c["met"] for c in first["checks"]]) == ("yes", ["not_yet", "yes"])
    assert first["checks"][1]["evidence"] == evidence
    assert part(desk, ref, "conditions")["open"] == ["1.1.1.board.2"]


def test_d12_a_condition_that_does_not_exist_cannot_be_checked(desk: LiveDesk) -> None:
    ref = conditional(desk)
    check = {"exchange": 1, "answer": 1, "measure": "board", "met": "yes"}
    for wrong, pointer in (
        ({"condition": 3}, "/condition"),
        ({"condition": 1, "measure": "search"}, "/answer"),
    ):
        with pytest.raises(Invalid) as refused:
            desk.do(check_condition, "duty-1", ref, **{**check, **wrong})
        assert [p.pointer for p in refused.value.problems] == [pointer]


def custody(desk: LiveDesk, ref: str, what: str, **more: Any) -> Any:
    return desk.do(record_custody, "duty-1", ref, what=what, **more)


def test_r15_custody_is_told_day_by_day_from_boarding_to_hand_over(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = outbound(desk)
    body = {"measure": "board", "by_unit": CUTTER, "happened_at": to_text(T0)}
    desk.do(record_action, "duty-1", ref, **body)
    clock = next(c for c in desk.case(ref).clocks if c.terms.get("counts_up"))
    assert (clock.starts_at, clock.due_at) == (T0, None)
    custody(
        desk, ref, "taken", persons=["A. Sailor", "B. Sailor"], vessel_itself=True, happened_at=to_text(T0)
    )
    desk.advance(hours=72)
    custody(desk, ref, "examined", persons=["A. Sailor"], place="on board", words="Seen by the doctor.")
    desk.advance(hours=24)
    to = {"name": "Judge", "office": "Court of the first district", "state": "XA"}
    part_of = custody(desk, ref, "handed_over", persons=["A. Sailor"], to=to, partly=True)
    assert part_of["open_custody"] == [1]
    got = custody(desk, ref, "before_judge", persons=["B. Sailor"], to=to)
    assert got["open_custody"] == []
    told = part(desk, ref, "custody")
    assert [(d["day"], d["says"], len(d["lines"])) for d in told["days"]] == [
        ("2026-11-21", None, 2),
        ("2026-11-22", "no entry for this day", 0),
        ("2026-11-23", "no entry for this day", 0),
        ("2026-11-24", None, 1),
        ("2026-11-25", None, 2),
    ]
    assert told["days"][0]["lines"][0]["says"] == "Board, by cutter, hull 751"
    assert told["clocks"][0]["ended_at"] == to_text(T0 + timedelta(hours=96))
    assert "1 person (A. Sailor); to Judge, Court of the first district, XA (in part)" in told["hand_over"]


def test_r15_while_something_is_held_the_days_go_on_to_today(desk: LiveDesk) -> None:
    ref = outbound(desk)
    custody(desk, ref, "taken", items=["12 packages"])
    desk.advance(hours=48)
    assert [d["says"] for d in part(desk, ref, "custody")["days"]] == [None, *["no entry for this day"] * 2]
    with pytest.raises(Invalid) as refused:
        custody(desk, ref, "handed_over")
    assert {p.pointer for p in refused.value.problems} == {"/persons", "/to"}


def jurisdiction(desk: LiveDesk) -> str:
    ref = asked(desk, "board", basis="coe-7", authority="mrcc-xb")
    desk.attend(ref, "duty-1")
    body = {"direction": "outbound", "authority": "mrcc-xb", "measures": WAIVERS, "basis": ["coe-14-2"]}
    desk.do(open_exchange, "duty-1", ref, **body)
    return ref


def test_the_fourteen_days_begin_with_the_receipt_of_the_summary_and_its_silence_waives_only_by_an_officer(
    desk: LiveDesk,
) -> None:
    ref = jurisdiction(desk)
    assert "coe-14-2" not in [c.terms.get("provision") for c in desk.case(ref).clocks]
    sent = desk.do(
        summarise_evidence, "duty-1", ref, 2, words="Forty packages.", sent_to="MRCC XB", channel="mail"
    )
    clock = next(c for c in desk.case(ref).clocks if c.terms.get("provision") == "coe-14-2")
    assert (clock.waits_for, clock.starts_at, sent["started"]) == ("evidence_summary", None, [])
    desk.attend(ref, "duty-1")
    desk.advance(hours=5)
    received = to_text(T0 + minutes(240))
    got = desk.do(summarise_evidence, "duty-1", ref, 2, summary=1, received_at=received, by=WATCH)
    assert got["started"] == [clock.id]
    clock = desk.case(ref).clock(clock.id)  # type: ignore[assignment]
    assert clock.due_at == T0 + minutes(240) + timedelta(days=14)
    desk.pass_time(60 * 24 * 15)
    assert desk.case(ref).clock(clock.id).lapsed_at is not None  # type: ignore[union-attr]
    values = {i["value"] for i in desk.record_json(ref)["exchanges"][1]["items"]}
    assert values == {"unanswered"}


def test_an_exchange_that_asks_no_waiver_has_no_fourteen_days(desk: LiveDesk) -> None:
    ref = asked(desk, "board", basis="coe-7", authority="mrcc-xb")
    got = desk.do(summarise_evidence, "duty-1", ref, 1, words="w", received_at=to_text(T0))
    assert "open one that does" in got["no_clock_because"]
    with pytest.raises(NotFound):
        desk.do(summarise_evidence, "duty-1", ref, 1, summary=4, received_at=to_text(T0))
    with pytest.raises(Invalid) as refused:
        desk.do(summarise_evidence, "duty-1", ref, 1, received_at=to_text(T0 + minutes(9)))
    assert [p.pointer for p in refused.value.problems] == ["/received_at"]


def test_three_working_days_begin_with_the_receipt_of_a_notification(desk: LiveDesk) -> None:
    ref = asked(desk, "enforce_law", basis="unfsa-21-6", authority="mrcc-xb")
    got = desk.do(
        notify, "duty-1", ref, 1, words="w", received_at=to_text(T0), masters_objections="He was not fishing."
    )
    assert desk.case(ref).sea.notifications_made[0]["masters_objections"] == "He was not fishing."
    clocks = [c for c in desk.case(ref).clocks if c.terms.get("provision") == "unfsa-21-6"]
    assert clocks, got["no_clock_because"]
    # From a Saturday: Monday, Tuesday, Wednesday.
    assert clocks[0].due_at == T0 + timedelta(days=4)


def test_a_claim_for_compensation_and_what_was_answered(desk: LiveDesk) -> None:
    ref = outbound(desk)
    told = {"by": "Owners of BLUE MARLIN", "against": {"state": "XA"}, "ground": "unfounded_suspicion"}
    desk.do(claim_compensation, "duty-1", ref, **told, amount="about 40 000 of their pounds")
    assert part(desk, ref, "compensation")["compensation"][0]["outcome"] == "open"
    desk.do(answer_claim, "duty-1", ref, 1, outcome="refused", words="The grounds were not unfounded.")
    claim = part(desk, ref, "compensation")["compensation"][0]
    assert claim["outcome"] == "refused"
    assert claim["amount"]["text"] == "about 40 000 of their pounds"
    with pytest.raises(NotFound):
        desk.do(answer_claim, "duty-1", ref, 2, outcome="settled")


def test_closing_is_refused_for_each_thing_owed_and_names_who_waived_it(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = conditional(desk)
    desk.settle()
    passed = {"unit": CUTTER, "circuit": "HF 5", "passed_to": {"name": "Moss"}, "seen": desk.look(ref)}
    desk.do(give_instruction, "duty-1", ref, **passed)
    desk.do(record_action, "duty-1", ref, measure="board", by_unit=CUTTER, happened_at=to_text(T0))
    desk.do(report_result, "duty-1", ref, nationals_aboard=[{"state": "XC"}])
    custody(desk, ref, "taken", items=["12 packages"])
    desk.advance(minutes=5)
    answer(desk, ref, values={"board": "denied"}, by=CAPTAIN)
    with pytest.raises(StillOpen) as refused:
        desk.do(close_case, "duty-1", ref)
    items = {i["what"]: i["says"] for i in refused.value.facts["items"]}  # type: ignore[attr-defined]
    assert set(items) == {
        "instruction:1",
        "report:r1",
        "consular:r2",
        "condition:1.1.1.board.1",
        "condition:1.1.1.board.2",
        "custody:1",
    }
    desk.do(make_report, "duty-1", ref, owes="r1", sent_to="MRCC XP", channel="mail")
    with pytest.raises(Invalid):
        desk.do(close_case, "duty-1", ref, waived=[{"what": "report:r1", "reason": "done"}])
    some = [
        {"what": what, "by": "Cdr. Holm", "reason": "Agreed with XP."}
        for what in items
        if what != "report:r1"
    ]
    with pytest.raises(StillOpen) as left:
        desk.do(close_case, "duty-1", ref, waived=some[:-1])
    assert [i["what"] for i in left.value.facts["items"]] == [some[-1]["what"]]  # type: ignore[attr-defined]
    desk.do(close_case, "duty-1", ref, waived=some)
    entry = desk.last(ref, "case.closed")
    assert entry.v == 2
    assert {w["what"] for w in entry.body["waived"]} == set(items) - {"report:r1"}
    assert {w["by"] for w in entry.body["waived"]} == {"Cdr. Holm"}
    assert desk.case(ref).is_closed


def test_reports_that_contradict_each_other_keep_a_case_open_until_somebody_reconciles_or_waives(
    desk: LiveDesk,
) -> None:
    from cna_service.workflow.facts import record_fact

    ref = outbound(desk)
    for state in ("XC", "XD"):
        desk.do(record_fact, "duty-1", ref, "claims", state=state, by="master")
    with pytest.raises(StillOpen) as refused:
        desk.do(close_case, "duty-1", ref)
    assert "conflict:1.claim" in [i["what"] for i in refused.value.facts["items"]]  # type: ignore[attr-defined]
    desk.do(close_case, "duty-1", ref, waived="The master was confused.")
    assert desk.last(ref, "case.closed").body["waived"][0]["by"].endswith(desk.officer("duty-1").name)


def test_a_whole_boarding_replays_to_its_rows_and_uses_every_entry_type(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = at_sea(desk)
    done = replay(desk.service)
    assert (done.exit_code, done.differences) == (0, ())
    assert {t.name for t in ENTRY_TYPES} - set(desk.types(ref)) == set()
    assert desk.case(ref).is_closed


def test_what_comes_after_closing_still_stops_a_unit(desk: LiveDesk) -> None:
    ref = outbound(desk)
    passed = {"unit": CUTTER, "circuit": "HF 5", "passed_to": {"name": "Moss"}, "seen": desk.look(ref)}
    desk.do(give_instruction, "duty-1", ref, **passed)
    desk.do(close_case, "duty-1", ref, waived="Given up.")
    desk.advance(minutes=5)
    answer(desk, ref, values={"board": "denied"}, by=CAPTAIN)
    desk.settle()
    assert desk.alert(ref, "instruction_stale").is_open
    desk.advance(hours=2)
    assert desk.types(ref).count("instruction.stale") == 1


def test_a_writing_that_nobody_read_and_a_confirmation_outstanding_keep_a_case_open(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "seize")
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted", "seize": "granted"}, form="oral", by=CAPTAIN)
    with pytest.raises(StillOpen) as oral:
        desk.do(close_case, "duty-1", ref)
    assert "written_confirmation:1.1" in [i["what"] for i in oral.value.facts["items"]]  # type: ignore[attr-defined]
    answer(desk, ref, values={"board": "granted", "seize": "denied"}, form="written", by=CAPTAIN)
    with pytest.raises(StillOpen) as held:
        desk.do(close_case, "duty-1", ref)
    assert "held:1.1.seize" in [i["what"] for i in held.value.facts["items"]]  # type: ignore[attr-defined]
