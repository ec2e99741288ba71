"""Answers, measure by measure: what they need, what they stop, what they never replace."""

from __future__ import annotations

import pytest

from cna_service.kit.errors import Invalid, NotFound
from cna_service.workflow.answer import NotYourExchange, give_answer
from cna_service.workflow.decide import record_decision
from cna_service.workflow.facts import record_fact
from cna_service.workflow.opening import open_case
from cna_service.workflow.searching import search_for_case
from cna_service.workflow.work import CaseMoved
from tests.workflow.acts import answer, asked, found, received
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import minutes


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> list[str]:
    assert all(p.why and p.fix for p in refused.value.problems)
    return [p.pointer for p in refused.value.problems]


def test_an_answer_names_who_answered_what_on_which_basis(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk)
    found(desk, ref)
    granted = ("granted_with_conditions", ["By day only.", "Report within 2 h."])
    got = answer(desk, ref, values={"confirm_registry": "confirmed", "board": granted, "search": "granted"},
                 basis={"provision": "coe-7"}, words="As asked.")  # fmt: skip
    assert got["answer"] == 1
    entry = desk.last(ref, "answer.given")
    assert entry.actor["name"] == "EXERCISE Lieutenant Ana Reyes"
    assert [(i["measure"], i["value"]) for i in entry.body["items"]] == [
        ("confirm_registry", "confirmed"),
        ("board", "granted_with_conditions"),
        ("search", "granted"),
    ]
    assert entry.basis is not None
    assert (entry.basis["provision"], entry.basis["article"]) == ("coe-7", "7")
    assert entry.basis["adopted"]
    assert entry.seen is not None
    record = desk.record_json(ref)["exchanges"][0]
    assert {i["measure"]: i["value"] for i in record["items"]} == {
        "confirm_registry": "confirmed",
        "board": "granted_with_conditions",
        "search": "granted",
        "detain_vessel": "unanswered",
    }


def test_confirmed_names_the_register_record_it_means(desk: LiveDesk) -> None:
    ref = received(desk)
    found(desk, ref)
    answer(desk, ref, values={"confirm_registry": "confirmed"})
    said = desk.last(ref, "answer.given").body["register"]
    assert (said["register"], said["version"], said["as_of"]) == ("national", 1, "2026-01-05")
    assert {"kind": "IMO number", "value": "3000001"} in said["record"]


@pytest.mark.parametrize("value", ["confirmed", "refuted"])
def test_nobody_says_searched_when_nobody_did(desk: LiveDesk, value: str) -> None:
    ref = received(desk)
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"confirm_registry": value})
    assert pointers(refused) == ["/answers"]
    answer(
        desk, ref, values={"confirm_registry": value}, register_reason="The registrar said so by telephone."
    )


def test_neither_needs_no_verdict(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"confirm_registry": "neither"})
    assert desk.record_json(ref)["exchanges"][0]["items"][0]["value"] == "neither"


def test_confirmed_on_a_name_that_was_heard_and_never_spelt_is_refused(desk: LiveDesk) -> None:
    call = {"channel": "phone", "vessels": [{"name": "BAR TEST"}]}
    ref = desk.do(open_case, "duty-1", **call, exchange={"state": "XB", "measures": ["confirm_registry"]})[
        "case"
    ]
    searched = {"names": ["BAR TEST"], "verdict": "found", "rid": "X0000000"}
    desk.do(search_for_case, "duty-1", ref, **searched)
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"confirm_registry": "confirmed"})
    assert "heard and never spelt" in refused.value.problems[0].why
    desk.do(record_fact, "duty-1", ref, "identifiers", field="name", value="BAR TEST", how="spelt")
    answer(desk, ref, values={"confirm_registry": "confirmed"})


def test_every_wrong_field_is_named_at_once_and_nothing_is_written(desk: LiveDesk) -> None:
    ref = received(desk)
    before = len(desk.entries(ref))
    items = [
        {"measure": "fly", "value": "granted"},
        {"measure": "board", "value": "perhaps"},
        {"measure": "search", "value": "granted_with_conditions"},
        {"measure": "detain_vessel", "value": "granted", "conditions": ["one"]},
        {"measure": "confirm_registry", "value": "granted"},
        {"measure": "stop", "value": "granted", "valid_to": "tomorrow", "vessel": 9, "color": 1},
    ]
    with pytest.raises(Invalid) as refused:
        desk.do(
            give_answer,
            "duty-1",
            ref,
            1,
            answers=items,
            form="sung",
            seen=desk.look(ref),
            basis={"provision": "x"},
        )
    assert set(pointers(refused)) == {
        "/answers/0/measure",
        "/answers/1/value",
        "/answers/2/conditions",
        "/answers/3/value",
        "/answers/4/value",
        "/answers/5/valid_to",
        "/answers/5/vessel",
        "/answers/5/color",
        # Detaining is the director's to decide.
        "/delegation",
        "/form",
        "/basis/provision",
    }
    assert len(desk.entries(ref)) == before


def test_with_several_vessels_each_answer_says_which(desk: LiveDesk) -> None:
    ref = received(
        desk, **{**BAR_TEST, "vessels": [{"names": ["ONE"]}, {"names": ["TWO"]}], "measures": ["board"]}
    )
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"board": "granted"})
    assert pointers(refused) == ["/answers/0/vessel"]
    told = [{"measure": "board", "value": "denied", "vessel": "all"}]
    desk.do(give_answer, "duty-1", ref, 1, answers=told, form="written", seen=desk.look(ref))
    assert [(i["vessel"], i["value"]) for i in desk.last(ref, "answer.given").body["items"]] == [
        (1, "denied"),
        (2, "denied"),
    ]
    twice = [{"measure": "board", "value": "granted", "vessel": v} for v in (1, 1)]
    with pytest.raises(Invalid) as again:
        desk.do(give_answer, "duty-1", ref, 1, answers=twice, form="written", seen=desk.look(ref))
    assert pointers(again) == ["/answers/1/measure"]


def test_a_later_answer_stands_beside_the_first_and_is_said_to_differ(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk)
    answer(desk, ref, values={"confirm_registry": "neither"})
    desk.advance(hours=1)
    found(desk, ref)
    got = answer(desk, ref, values={"confirm_registry": "confirmed"})
    assert got["contrary"] == [{"answer": 1, "vessel": 1, "measure": "confirm_registry", "value": "neither"}]
    both = desk.case(ref).exchanges[0].answers
    assert [a.items[0].value for a in both] == ["neither", "confirmed"]
    assert both[1].recorded_at - both[0].recorded_at == minutes(60)


def test_a_decision_needs_what_its_maker_had_before_him(desk: LiveDesk) -> None:
    ref = received(desk)
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"board": "denied"}, seen=None)
    assert pointers(refused) == ["/seen"]


def test_what_came_since_the_person_looked_is_shown_before_the_answer_goes_through(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = received(desk)
    seen = desk.look(ref)
    desk.receive(in_reply_to=ref, grounds="She is sinking.")
    with pytest.raises(CaseMoved) as moved:
        answer(desk, ref, values={"board": "denied"}, seen=seen)
    assert [e["type"] for e in moved.value.facts["new"]] == ["submission.received"]  # type: ignore[attr-defined]
    assert "answer.given" not in desk.types(ref)
    answer(desk, ref, values={"board": "denied"})
    seen_then = desk.last(ref, "answer.given").seen
    assert seen_then is not None and seen_then >= desk.case(ref).submissions[-1]["seq"]


def test_what_one_entered_himself_one_has_seen(desk: LiveDesk) -> None:
    ref = received(desk)
    seen = desk.look(ref)
    desk.do(record_fact, "duty-1", ref, "identifiers", field="imo", value="3000001")
    answer(desk, ref, values={"board": "denied"}, seen=seen)


def test_what_a_colleague_entered_must_be_seen(desk: LiveDesk) -> None:
    ref = received(desk)
    seen = desk.look(ref)
    desk.do(record_fact, "duty-2", ref, "identifiers", field="imo", value="3000001")
    with pytest.raises(CaseMoved):
        answer(desk, ref, values={"board": "denied"}, seen=seen)


def test_the_service_warning_in_between_moves_no_case(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.attend(ref, "duty-1")
    seen = desk.look(ref)
    desk.advance(hours=2)
    answer(desk, ref, values={"board": "denied"}, seen=seen)


def test_a_partner_answers_what_was_asked_of_it_and_wakes_who_has_the_watch(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = asked(desk, "board", "search")
    told = {
        "answers": [{"measure": "board", "value": "granted"}, {"measure": "search", "value": "denied"}],
        "form": "written",
    }
    give_answer(desk.service, desk.authority("mrcc-xp"), ref, 1, told)
    desk.settle()
    desk.person("duty-1").receives_sms(containing="an answer came in")
    given = desk.case(ref).exchanges[0].answers[0]
    assert (given.ours, given.actor["id"]) == (False, "mrcc-xp")
    assert not desk.clock_of(ref).is_running


def test_a_partner_may_answer_neither_its_own_ask_nor_somebody_elses(desk: LiveDesk) -> None:
    ref = received(desk)
    told = {"answers": [{"measure": "board", "value": "granted"}], "form": "written"}
    with pytest.raises(NotYourExchange):
        give_answer(desk.service, desk.authority("mrcc-xb"), ref, 1, told)
    other = asked(desk, "board")
    with pytest.raises(NotFound):
        give_answer(desk.service, desk.authority("mrcc-xb"), other, 1, told)


def test_a_spoken_answer_of_theirs_needs_a_name_and_an_office(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"board": "granted"}, form="oral", by={"name": "Captain"})
    assert pointers(refused) == ["/by"]
    answer(desk, ref, values={"board": "granted"}, form="oral", by={"name": "Captain", "office": "MRCC XP"})
    assert desk.record_json(ref)["label"] == "AUTHORIZED-ORAL"


def test_an_answer_summons_nobody_any_more_about_that_exchange(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    answer(desk, ref, values={"board": "denied"})
    assert desk.alert(ref).closed_why == "answered"
    desk.forget_messages()
    desk.advance(minutes=10)
    desk.nobody_else_was_called()


def test_an_answer_is_late_after_a_limit_and_not_after_a_target_of_ours(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.attend(ref, "duty-1")
    desk.advance(minutes=16)
    answer(desk, ref, values={"board": "denied"})
    desk.advance(hours=4)
    answer(desk, ref, values={"search": "denied"})
    assert [a.late for a in desk.case(ref).exchanges[0].answers] == [False, True]


def test_a_decision_and_the_answer_are_two_entries(desk: LiveDesk) -> None:
    ref = received(desk)
    by = {"name": "Director Osei", "post": "Director", "office": "Ministry"}
    decided = {
        "answers": [{"measure": "board", "value": "denied"}],
        "by": by,
        "line": "phone",
        "words": "No.",
    }
    got = desk.do(
        record_decision,
        "duty-1",
        ref,
        1,
        **decided,
        seen=desk.look(ref),
        reason_internal="a",
        reason_sent="b",
    )
    assert got["decision"] == 1
    taken = desk.last(ref, "decision.taken")
    assert (taken.body["by"]["name"], taken.body["line"], taken.actor["id"]) == (
        "Director Osei",
        "phone",
        "duty-1",
    )
    assert "answer.given" not in desk.types(ref)
    assert desk.clock_of(ref).is_running
    with pytest.raises(Invalid) as refused:
        desk.do(record_decision, "duty-1", ref, 1, answers=decided["answers"], seen=desk.look(ref))
    assert pointers(refused) == ["/by"]
    desk.do(record_decision, "dec-1", ref, 1, answers=decided["answers"], seen=desk.look(ref))
    assert desk.last(ref, "decision.taken").body["by"]["name"] == "EXERCISE Director Daniel Osei"


def test_the_reason_for_us_reaches_no_partner(desk: LiveDesk) -> None:
    ref = received(desk)
    told = {"reason_internal": "We doubt them.", "reason_sent": "Not on our register."}
    answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "mail"}], **told)
    desk.settle()
    assert "We doubt them" not in desk.postbox.to("mrcc-xb@example.test")[-1].text
