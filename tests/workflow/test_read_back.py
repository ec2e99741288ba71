"""A decision taken by voice goes back to who took it, as recorded (desk-rules 6.2)."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.kit.errors import Invalid
from cna_service.workflow.decide import record_decision
from cna_service.workflow.owed import relief_items, unconfirmed
from cna_service.workflow.read_back import NothingReadBack, NotYourDecision, confirm_decision
from tests.workflow.acts import received
from tests.workflow.desk import LiveDesk

OSEI = {"name": "EXERCISE Director Daniel Osei", "post": "Director"}
BOARD_AND_SEARCH = [{"measure": "board", "value": "granted"}, {"measure": "search", "value": "granted"}]


def decided(desk: LiveDesk, ref: str, **told: Any) -> None:
    body = {"answers": BOARD_AND_SEARCH, "by": OSEI, "line": "phone", "words": "Board and search.", **told}
    desk.do(record_decision, "duty-1", ref, 1, **body, seen=desk.look(ref))
    desk.settle()


def test_rule_6_2_he_is_sent_what_was_recorded_and_what_he_did_not_say(desk: LiveDesk) -> None:
    ref = received(desk)
    decided(desk, ref)
    text = desk.person("dec-1").receives_sms(containing="recorded as your decision")
    assert "board: yes, search: yes" in text
    assert (
        "detain vessel: NOT STATED" in text and "seize: NOT STATED" in text and "persons: NOT STATED" in text
    )
    for said_nowhere in ("BAR TEST", "XB", ref):
        assert said_nowhere not in text
    back = desk.last(ref, "decision.read_back")
    assert {s.get("measure", s.get("question")): s["value"] for s in back.body["stated"]} == {
        "board": "granted",
        "search": "granted",
        "confirm_registry": "not_stated",
        "detain_vessel": "not_stated",
        "seize": "not_stated",
        "persons": "not_stated",
    }


def test_rule_6_2_he_confirms_by_reply_and_taking_the_summons_confirms_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    decided(desk, ref)
    director = desk.person("dec-1")
    code = code_of(desk)
    director.replies(f"1 {code}")
    assert "decision.confirmed" not in desk.types(ref)
    director.replies(f"y {code}")
    confirmed = desk.last(ref, "decision.confirmed")
    assert (confirmed.actor["id"], confirmed.body["how"]) == ("dec-1", "sms")
    assert desk.case(ref).deciding.read_backs[0].state == "confirmed"
    desk.forget_messages()
    desk.attend(ref, "duty-1")
    desk.pass_time(40)
    assert unconfirmed(desk.case(ref), desk.clock.now()) == ()
    assert not [a for a in desk.alerts(ref).by_id.values() if a.kind == "decision_unconfirmed"]


def code_of(desk: LiveDesk) -> str:
    texts = desk.person("dec-1").phone.texts
    found = next(m.text for m in reversed(texts) if "Reply Y " in m.text)
    return str(found.split("Reply Y ")[1][:4])


def test_rule_6_2_he_corrects_in_his_words_and_the_holder_is_summoned(desk: LiveDesk) -> None:
    ref = received(desk)
    decided(desk, ref)
    desk.forget_messages()
    director, code = desk.person("dec-1"), code_of(desk)
    director.replies(f"N {code}")
    assert "say what is wrong" in director.receives_sms(containing="say what")
    director.replies(f"N {code} Board yes. I did not say search.")
    corrected = desk.last(ref, "decision.corrected")
    assert corrected.body["words"] == "Board yes. I did not say search."
    desk.person("duty-1").receives_sms(containing="a decision was corrected")
    # Nothing that was recorded is undone by it: a person acts on it.
    assert len(desk.case(ref).exchanges[0].decisions) == 1
    director.replies(f"Y {code}")
    assert "decision.confirmed" not in desk.types(ref)


def test_rule_6_2_unconfirmed_after_half_an_hour_it_stands_on_the_case_and_in_the_relief_list(
    desk: LiveDesk,
) -> None:
    ref = received(desk)
    decided(desk, ref)
    desk.forget_messages()
    desk.advance(minutes=29)
    assert unconfirmed(desk.case(ref), desk.clock.now()) == ()
    desk.advance(minutes=2)
    [waiting] = unconfirmed(desk.case(ref), desk.clock.now())
    assert (waiting.exchange, waiting.decision) == (1, 1)
    assert desk.record_json(ref)["read_backs"][0]["state"] == "sent"
    desk.person("duty-1").receives_sms(containing="a decision is not confirmed")
    [owed] = [o for o in relief_items(desk.case(ref), desk.clock.now()) if o.kind == "unconfirmed_decision"]
    assert owed.is_overdue


def test_a_decision_that_he_wrote_himself_is_not_read_back(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(record_decision, "dec-1", ref, 1, answers=BOARD_AND_SEARCH, line="console", seen=desk.look(ref))
    decided(desk, ref, line="mail")
    assert "decision.read_back" not in desk.types(ref)


def test_who_recorded_it_cannot_confirm_it_for_him(desk: LiveDesk) -> None:
    ref = received(desk)
    decided(desk, ref)
    with pytest.raises(NotYourDecision):
        desk.do(confirm_decision, "duty-1", ref, 1, right="yes")
    with pytest.raises(Invalid):
        desk.do(confirm_decision, "dec-1", ref, 1, right="no")
    desk.do(confirm_decision, "dec-1", ref, 1, right="yes")
    with pytest.raises(NothingReadBack):
        desk.do(confirm_decision, "dec-1", ref, 1, right="no", words="otherwise")


def test_a_decider_without_an_account_is_shown_as_not_reached(desk: LiveDesk) -> None:
    ref = received(desk)
    decided(desk, ref, by={"name": "Minister Iwu", "office": "Ministry"})
    back = desk.case(ref).deciding.read_backs[0]
    assert (back.state, back.to) == ("not_sent", None)
    desk.do(confirm_decision, "sup-1", ref, 1, right="yes", words="I called the minister's office back.")
    assert desk.case(ref).deciding.read_backs[0].state == "confirmed"


def test_rule_6_2_the_three_questions_stand_in_the_entry_and_contradict_no_measure(desk: LiveDesk) -> None:
    ref = received(desk)
    questions = {"detain": "no", "seize": "no", "persons": "not_stated"}
    decided(desk, ref, asked=questions)
    assert desk.last(ref, "decision.taken").body["asked"] == questions
    assert "detain vessel: NOT STATED" in desk.person("dec-1").receives_sms(containing="recorded")
    for wrong in ({"detain": "yes"}, {"detain": "perhaps"}):
        with pytest.raises(Invalid) as refused:
            decided(desk, ref, asked=wrong)
        assert [p.pointer for p in refused.value.problems] == ["/asked/detain"]
    detained = [{"measure": "detain_vessel", "value": "granted"}]
    decided(desk, ref, answers=detained)
    assert desk.last(ref, "decision.taken").body["asked"]["detain"] == "yes"
