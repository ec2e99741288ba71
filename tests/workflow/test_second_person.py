"""The two-person rule: what is held back, what is owed afterwards, and who may give the second word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cna_service.cases.grants import grants
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.ledger.entry import Draft
from cna_service.workflow.convey import convey
from cna_service.workflow.owed import relief_items
from cna_service.workflow.previews import read_only
from cna_service.workflow.projections import case_stream
from cna_service.workflow.second_person import (
    ApprovalSettled,
    SamePerson,
    SecondOfficerWanted,
    ask_approval,
    give_approval,
    needs_second,
    refuse_held_back,
)
from cna_service.workflow.still_owed import owed_items
from cna_service.workflow.two_person import Rule, TwoPersonUnreadable, read_two_person
from tests.workflow.acts import answer, received
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import CONFIG, fresh_sqlite, minutes, policies

BEFORE = Rule("certificate-release", "certificate", "before", ("supervisor", "decider"))
AFTER = Rule("grave", "answer", "after", ("supervisor", "legal_adviser"), within=minutes(60 * 12))
ABOUT = {"certificate": 1}


def ask(desk: LiveDesk, ref: str, rule: Rule = BEFORE, by: str = "duty-1") -> int:
    """An act that falls under the rule, with what is asked about it."""
    actor: Actor = desk.officer(by)
    with desk.service.write(actor, Action.CASE_NOTE, case_stream(ref)) as work:
        work.append(Draft("note.added", {"words": "drafted"}))
        n = ask_approval(desk.service, work, rule, about=ABOUT, words="the sentences", exchange=1)
    desk.settle()
    return n


def is_held_back(desk: LiveDesk, ref: str) -> bool:
    with read_only(desk.service, desk.officer("duty-1"), Action.CASE_NOTE, case_stream(ref)) as work:
        try:
            refuse_held_back(work, "certificate", ABOUT)
        except SecondOfficerWanted:
            return True
    return False


def test_rule_6_5_a_before_rule_holds_the_act_back_until_another_person_approved(desk: LiveDesk) -> None:
    ref = received(desk)
    n = ask(desk, ref)
    assert is_held_back(desk, ref)
    with pytest.raises(SamePerson):
        desk.do(give_approval, "sup-1", ref, ask(desk, ref, by="sup-1"), approve="yes", seen=desk.look(ref))
    desk.do(give_approval, "sup-1", ref, n, approve="yes", words="read", seen=desk.look(ref))
    assert desk.case(ref).deciding.approvals[0].settled_by["id"] == "sup-1"
    # The newest approval of that act counts: the supervisor's own draft is still held back.
    assert is_held_back(desk, ref)
    desk.do(give_approval, "dec-1", ref, 2, approve="yes", seen=desk.look(ref))
    assert not is_held_back(desk, ref)


def test_rule_6_5_the_second_person_approves_by_the_code_of_his_summons(desk: LiveDesk) -> None:
    ref = received(desk)
    ask(desk, ref)
    supervisor = desk.person("sup-1")
    supervisor.receives_sms(containing="second officer")
    supervisor.replies("Y {code}")
    assert "noted" in supervisor.receives_sms(containing="approval")
    given = desk.last(ref, "approval.given")
    assert (given.actor["id"], given.body["how"]) == ("sup-1", "sms")
    assert not is_held_back(desk, ref)
    assert not desk.alert(ref, "approval_wanted").is_open


def test_rule_6_5_taking_the_summons_approves_nothing_and_a_no_wants_words(desk: LiveDesk) -> None:
    ref = received(desk)
    ask(desk, ref)
    supervisor = desk.person("sup-1")
    code = supervisor.code()
    supervisor.replies(f"1 {code}")
    assert is_held_back(desk, ref)
    supervisor.replies(f"N {code}")
    assert "say what is wrong" in supervisor.receives_sms(containing="say what")
    supervisor.replies(f"N {code} the name is misspelt")
    refused = desk.last(ref, "approval.refused")
    assert refused.body["words"] == "the name is misspelt"
    assert is_held_back(desk, ref)
    assert desk.alert(ref, "approval_refused").is_open


def test_rule_6_5_an_after_approval_not_given_is_a_lapse_that_alerts_and_undoes_nothing(
    desk: LiveDesk,
) -> None:
    ref = received(desk)
    n = ask(desk, ref, AFTER)
    desk.forget_messages()
    assert not is_held_back(desk, ref)
    desk.attend(ref, "duty-1")
    desk.pass_time(60 * 12 + 1)
    assert desk.types(ref).count("approval.lapsed") == 1
    assert "approval_lapsed" in {a.kind for a in desk.alerts(ref).by_id.values()}
    [owed] = [o for o in relief_items(desk.case(ref), desk.clock.now()) if o.kind == "open_approval"]
    assert owed.is_overdue
    # Late is late, and still an approval.
    desk.do(give_approval, "legal-1", ref, n, approve="yes", seen=desk.look(ref))
    assert desk.case(ref).deciding.approvals[0].late
    with pytest.raises(ApprovalSettled):
        desk.do(give_approval, "sup-1", ref, n, approve="yes", seen=desk.look(ref))


def test_who_the_rule_does_not_name_does_not_approve(desk: LiveDesk) -> None:
    ref = received(desk)
    n = ask(desk, ref)
    with pytest.raises(NotPermitted):
        desk.do(give_approval, "duty-2", ref, n, approve="yes", seen=desk.look(ref))
    with pytest.raises(Invalid):
        desk.do(give_approval, "sup-1", ref, n, approve="perhaps", seen=desk.look(ref))


def test_the_rule_is_copied_into_the_entry_and_its_file_kept(desk: LiveDesk) -> None:
    ref = received(desk)
    ask(desk, ref)
    body = desk.last(ref, "approval.asked").body
    assert body["rule"] == {
        "id": "certificate-release",
        "act": "certificate",
        "when": "before",
        "by": ["supervisor", "decider"],
    }
    assert body["policy_sha256"] == policies().two_person.sha256


def test_the_shipped_rules_fit_what_they_are_for() -> None:
    policy = policies().two_person
    grave = needs_second(policy, "answer", items=[("board", "granted"), ("seize", "granted")])
    assert grave is not None and (grave.when, grave.within) == ("after", minutes(720))
    assert needs_second(policy, "answer", items=[("board", "granted"), ("seize", "denied")]) is None
    certificate = needs_second(policy, "certificate", kind="chronology")
    assert certificate is not None and certificate.when == "before"
    both = replace(policy, rules=(replace(grave, act="certificate", measures=(), values=()), *policy.rules))
    found = needs_second(both, "certificate")
    assert found is not None and found.when == "before"


def test_a_file_of_rules_names_every_fault_with_its_remedy() -> None:
    text = '[[rule]]\nid = "x"\nact = "boarding"\nwhen = "after"\nby = ["nobody"]\ncolour = 1\n'
    with pytest.raises(TwoPersonUnreadable) as refused:
        read_two_person(text)
    assert {p.pointer for p in refused.value.problems} == {
        "/rule/0/act",
        "/rule/0/by",
        "/rule/0/colour",
        "/rule/0/within_hours",
    }
    assert read_two_person(Path(CONFIG / "two_person.toml").read_text(encoding="utf-8")).rules


def test_rule_6_5_an_answer_under_a_before_rule_is_not_conveyed_before_it_is_approved(tmp_path: Path) -> None:
    text = '[[rule]]\nid = "every-grant"\nact = "answer"\nvalues = ["granted"]\nwhen = "before"\nby = ["supervisor"]\n'
    rules = read_two_person(text)
    files = {**policies().files, rules.sha256: ("two_person.toml", text)}
    with a_desk(fresh_sqlite(tmp_path), policies=replace(policies(), two_person=rules, files=files)) as desk:
        ref = received(desk)
        with pytest.raises(Invalid) as refused:
            answer(desk, ref, values={"board": "granted"}, convey=[{"channel": "api"}])
        assert [p.pointer for p in refused.value.problems] == ["/convey"]
        told = answer(desk, ref, values={"board": "granted"})
        with pytest.raises(SecondOfficerWanted):
            desk.do(convey, "duty-1", ref, 1, channel="api")
        assert [g for g in grants(desk.case(ref)) if g.is_in_force] == []
        desk.do(give_approval, "sup-1", ref, told["approval"], approve="yes", seen=desk.look(ref))
        desk.do(convey, "duty-1", ref, 1, channel="api")
        assert [g.measure for g in grants(desk.case(ref))] == ["board"]
        answer(desk, ref, values={"search": "denied"}, convey=[{"channel": "api"}])


def test_a_case_is_not_closed_while_a_second_officer_was_asked_and_said_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"})
    n = ask(desk, ref)
    assert ("approval:1", "approval 1 (certificate) by a second officer is open") in owed_items(
        desk.case(ref)
    )
    desk.do(give_approval, "sup-1", ref, n, approve="no", words="Not this.", seen=desk.look(ref))
    assert "approval:1" not in dict(owed_items(desk.case(ref)))
