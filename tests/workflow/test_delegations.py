"""Who may decide: dated delegations, what an answer of ours rests on, and the ladder for decisions (desk-rules 6.1)."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.ledger.tables import ledger_disclosure
from cna_service.workflow.answer import give_answer
from cna_service.workflow.decide import NobodyMayDecide, call_decider, record_decision
from cna_service.workflow.delegation_views import delegation_lines
from cna_service.workflow.delegations import DelegationEnded, end_delegation, find_person, give_delegation
from cna_service.workflow.instruct import give_instruction
from cna_service.workflow.projections import DESK
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk

OSEI = {"name": "Director Osei", "capacity": "decider"}
SEIZE = {"seize": "granted"}
ACT: dict[str, Any] = {
    "to": {"officer": "sup-1"},
    "measures": ["seize"],
    "from": "2026-11-21T00:00:00Z",
    "instrument": {"title": "Order 7/2026"},
}


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [p.pointer for p in refused.value.problems]


def test_rule_6_1_an_answer_names_the_delegation_it_rests_on(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values=SEIZE, by=OSEI)
    entry = desk.last(ref, "answer.given")
    [rests] = entry.body["rests_on"]
    assert (rests["delegation"], rests["officer"], rests["as"]) == ("del-1", "dec-1", "holder")
    assert rests["instrument"] == "EXERCISE Ministerial order 12/2019, art. 3"
    assert entry.actor["delegation"] == "del-1"
    assert desk.record_json(ref)["exchanges"][0]["answers"][0]["rests_on"][0]["delegation"] == "del-1"


def test_rule_6_1_it_is_refused_naming_the_field_and_the_fix_when_none_was_in_force(desk: LiveDesk) -> None:
    ref = received(desk)
    before = desk.look(ref)
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values=SEIZE)
    assert pointers(refused) == ["/delegation"]
    [problem] = refused.value.problems
    assert "lets EXERCISE Lieutenant Ana Reyes decide: seize" in problem.why
    assert "override_reason" in problem.fix
    assert desk.look(ref) == before


def test_rule_6_1_or_needs_the_listed_override_with_its_reason(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values=SEIZE, override_reason="The line to the ministry is dead since 02:10Z.")
    given = desk.last(ref, "answer.given")
    assert "rests_on" not in given.body
    assert given.body["override_reason"] == "The line to the ministry is dead since 02:10Z."
    assert "delegation" not in given.actor


def test_rule_6_1_a_delegation_counts_at_the_instant_of_the_answer_alone(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(give_delegation, "legal-1", **{**ACT, "until": "2026-11-21T15:00:00Z"})
    answer(desk, ref, "sup-1", values=SEIZE)
    assert desk.last(ref, "answer.given").body["rests_on"][0]["delegation"] == "del-6"
    desk.do(end_delegation, "sup-1", "del-1", reason="The director retired.")
    desk.clock.at = desk.clock.at.replace(hour=15, minute=0)
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, "sup-1", values=SEIZE)
    assert pointers(refused) == ["/delegation"]
    # What rested on it before stays.
    assert desk.case(ref).exchanges[0].answers[0].rests_on[0]["delegation"] == "del-6"
    with pytest.raises(DelegationEnded):
        desk.do(end_delegation, "sup-1", "del-1", reason="again")


def test_registry_answers_rest_on_the_standing_order_of_the_officers(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"confirm_registry": "neither"}, register_reason="no search could be made")
    [rests] = desk.last(ref, "answer.given").body["rests_on"]
    assert (rests["delegation"], rests["as"]) == ("del-2", "office")


def test_a_question_back_decides_nothing_and_needs_nobody(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"seize": "more_information"})
    assert "rests_on" not in desk.last(ref, "answer.given").body


def test_who_is_named_and_may_not_decide_is_not_covered_by_who_writes(desk: LiveDesk) -> None:
    ref = received(desk)
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"board": "granted"}, by={"name": "Counsel Elena Petrova"})
    assert pointers(refused) == ["/delegation"]
    with pytest.raises(Invalid):
        answer(desk, ref, values={"board": "granted"}, delegation="del-9")


def test_an_answer_grants_no_more_than_the_decision_that_it_carries_out(desk: LiveDesk) -> None:
    ref = received(desk)
    decided = [{"measure": "seize", "value": "granted"}]
    desk.do(record_decision, "duty-1", ref, 1, answers=decided, by=OSEI, line="mail", seen=desk.look(ref))
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={**SEIZE, "arrest": "granted"}, decision=1)
    assert "/answers" in pointers(refused)
    answer(desk, ref, values={**SEIZE, "board": "denied"}, decision=1)
    given = desk.last(ref, "answer.given")
    assert [r["delegation"] for r in given.body["rests_on"]] == ["del-1", "del-2"]


def test_who_may_note_a_delegation_and_who_not(desk: LiveDesk) -> None:
    for officer in ("duty-1", "dec-1", "admin-1", "aud-1"):
        with pytest.raises(NotPermitted):
            desk.do(give_delegation, officer, **ACT)
    with pytest.raises(Invalid) as refused:
        wrong = {
            "to": {"officer": "nobody"},
            "measures": ["fly"],
            "until": "2026-11-20T00:00:00Z",
            "deputies": ["x"],
        }
        desk.do(give_delegation, "sup-1", **{**ACT, **wrong})
    assert set(pointers(refused)) == {"/to/officer", "/measures", "/until", "/deputies"}
    file = {"name": "order.pdf", "media_type": "application/pdf", "base64": "JVBERi0="}
    desk.do(give_delegation, "sup-1", **ACT, attachments=[file], conditions=["By day."], deputies=["duty-1"])
    _, lines = delegation_lines(desk.service)
    noted = next(line for line in lines if line.delegation == "del-6")
    assert noted.is_in_force and noted.attachments[0]["name"] == "order.pdf"
    assert noted.deputies[0]["phone"] == desk.number("duty-1")
    raw = desk.last(DESK, "delegation.given")
    assert (
        set(raw.private) >= {"/conditions/0", "/attachments/0/name", "/attachments/0/sha256"} or raw.private
    )


def test_rule_6_1_deputies_in_sequence_are_the_ladder_for_decisions(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(give_delegation, "legal-1", **{**ACT, "to": {"officer": "legal-1"}, "measures": ["all"]})
    told = desk.do(call_decider, "duty-1", ref, 1)
    assert told["deciders"] == ["dec-1", "sup-1", "legal-1"]
    desk.settle()
    desk.person("dec-1").receives_sms(containing="your decision is wanted")
    desk.person("sup-1").has_nothing()
    desk.advance(minutes=5)
    desk.person("sup-1").receives_sms(containing="your decision is wanted")
    desk.advance(minutes=11)
    types = desk.types(ref)
    assert types.count("ladder.exhausted") == 1 and "rung.skipped" in types
    exhausted = desk.last(ref, "ladder.exhausted")
    assert [t["officer"] for t in exhausted.body["targets"]] == ["sup-1"]


def test_a_decider_who_answers_stops_the_ladder_and_does_not_come_to_hold_the_case(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(call_decider, "duty-1", ref, 1)
    desk.settle()
    desk.person("dec-1").replies("1 {code}")
    desk.forget_messages()
    assert desk.alerts(ref).holder(ref, 1) == "duty-1"
    desk.pass_time(12)
    assert not any(t["officer"] == "sup-1" for e in desk.entries(ref) if e.type == "rung.climbed"
                   for t in e.body["targets"] if e.body["alert"] == desk.alert(ref, "decision_wanted").id)  # fmt: skip
    decided = [{"measure": "board", "value": "denied"}]
    desk.do(record_decision, "duty-1", ref, 1, answers=decided, by=OSEI, line="phone", seen=desk.look(ref))
    assert not desk.alert(ref, "decision_wanted").is_open


def test_nobody_by_name_may_decide(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(end_delegation, "sup-1", "del-1", reason="ended")
    with pytest.raises(NobodyMayDecide):
        desk.do(call_decider, "duty-1", ref, 1, measures=["seize"])


def test_a_name_is_found_by_its_words_and_only_where_it_fits_one_person(desk: LiveDesk) -> None:
    from cna_service.workflow.projections import OFFICERS

    with desk.service.read() as reader:
        officers = list(reader.stream(DESK).of(OFFICERS).by_id.values())

    def found(told: str) -> str | None:
        officer = find_person(officers, told)
        return officer.id if officer else None

    assert found("Director Osei") == found("dec-1") == found("daniel osei") == "dec-1"
    assert found("Director") is None and found("A. Officer") is None and found("EXERCISE") is None


def test_rule_6_1_on_a_first_day_without_any_delegation_the_refusal_says_so(desk: LiveDesk) -> None:
    ref = received(desk)
    for name in ("del-1", "del-2", "del-3", "del-4", "del-5"):
        desk.do(end_delegation, "sup-1", name, reason="ended")
    with pytest.raises(Invalid) as refused:
        desk.do(give_answer, "duty-1", ref, 1, answers=[{"measure": "board", "value": "denied"}], form="written",
                seen=desk.look(ref))  # fmt: skip
    assert "POST /delegations" in refused.value.problems[0].fix


def test_rule_6_1_an_instruction_names_the_delegation_too(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "divert")
    theirs = {"answers": [{"measure": m, "value": "granted"} for m in ("board", "divert")], "form": "written"}
    give_answer(desk.service, desk.authority("mrcc-xp"), ref, 1, theirs)
    told = {"unit": "cutter 751", "circuit": "HF 5", "passed_to": {"name": "Lt. Moss"}}
    desk.do(give_instruction, "duty-1", ref, **told, seen=desk.look(ref))
    entry = desk.last(ref, "instruction.given")
    assert [d["delegation"] for d in entry.body["delegations"]] == [entry.actor["delegation"]] == ["del-4"]
    desk.do(end_delegation, "sup-1", "del-4", reason="ended")
    with pytest.raises(Invalid) as refused:
        desk.do(give_instruction, "duty-1", ref, **told, seen=desk.look(ref))
    assert pointers(refused) == ["/delegation"]
    reason = {"override_reason": "The supervisor cannot be reached."}
    desk.do(give_instruction, "duty-1", ref, **told, **reason, seen=desk.look(ref))
    assert desk.case(ref).sea.instructions[-1].override_reason == reason["override_reason"]


def test_an_answer_carries_out_a_decision_whose_private_values_were_erased(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(give_delegation, "legal-1", **{**ACT, "measures": ["arrest"]}, conditions=["Only by day."])
    decided = [{"measure": "arrest", "value": "granted"}]
    by = {"name": "EXERCISE Commander Carla Nunes"}
    desk.do(end_delegation, "legal-1", "del-1", reason="ended")
    desk.do(record_decision, "duty-1", ref, 1, answers=decided, by=by, line="mail", seen=desk.look(ref))
    taken = desk.case(ref).exchanges[0].decisions[0]
    assert taken["rests_on"][0]["conditions"] == ["Only by day."]
    with desk.service.database.write() as connection:
        connection.execute(ledger_disclosure.delete())
    desk.service.folds.forget()
    answer(desk, ref, values={"arrest": "granted"}, decision=1)
    [rests] = desk.last(ref, "answer.given").body["rests_on"]
    assert rests["delegation"] == "del-6" and "conditions" not in rests
