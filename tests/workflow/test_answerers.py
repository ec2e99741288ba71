"""Whose answer it is: the listed authority's, another office's, a machine's; taken back, or to a closed case."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.cases.grants import grants
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.answer_changes import (
    AnswerTakenBack,
    CountsAlready,
    NotYourAnswer,
    confirm_by_listed,
    notify_limitation,
    withdraw_answer,
)
from cna_service.workflow.closing import close_case
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.opening import open_exchange
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0, minutes

OFFICER = {"name": "Captain Rey", "office": "Operations Centre"}
EMBASSY = {"name": "Attaché Mora", "office": "Embassy of XP", "is_listed": False}


def state(desk: LiveDesk, ref: str, measure: str = "board", at: Any = None) -> str | None:
    return next((g.state for g in grants(desk.case(ref), at) if g.measure == measure), None)


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {p.pointer for p in refused.value.problems}


def test_r7_an_office_that_is_not_listed_authorizes_nothing_until_the_listed_one_confirms(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    got = answer(desk, ref, values={"board": "granted"}, form="oral", by=EMBASSY)
    assert (got["counts"], got["not_counted"]) == (
        False,
        [{"vessel": 1, "measure": "board", "why": "not_listed"}],
    )
    assert state(desk, ref) == "not_counted"
    assert desk.record_json(ref)["label"] == "NOT COUNTED: OFFICE NOT LISTED"
    assert desk.clock_of(ref).is_running
    row = desk.last(ref, "answer.given").body["checked"]
    assert (row["authority"], row["is_listed"], row["directory_seq"] > 0) == (None, False, True)
    listed = {a["id"] for r in row["rows"] for a in r["authorities"]}
    assert listed == {"mrcc-xp", "mfa-xp"}

    desk.advance(minutes=30)
    with pytest.raises(Invalid) as refused:
        desk.do(confirm_by_listed, "duty-1", ref, 1, answer=1, form="oral",
                by=OFFICER | {"authority": "mrcc-xb"}, seen=desk.look(ref))  # fmt: skip
    assert pointers(refused) == {"/by/authority"}
    desk.do(confirm_by_listed, "duty-1", ref, 1, answer=1, form="written", by=OFFICER, seen=desk.look(ref))
    assert state(desk, ref) == "in_force"
    assert state(desk, ref, at=T0 + minutes(29)) == "not_counted"
    assert not desk.clock_of(ref).is_running
    assert desk.last(ref, "answer.authority_confirmed").body["checked"]["authority"] == "mrcc-xp"
    with pytest.raises(CountsAlready):
        desk.do(confirm_by_listed, "duty-1", ref, 1, answer=1, form="oral", by=OFFICER, seen=desk.look(ref))


def test_r7_who_writes_down_a_mission_or_another_office_has_to_say_which_he_means(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    for office in ("Embajada de XP", "Consulate General", "mfa-xp"):
        with pytest.raises(Invalid) as refused:
            answer(desk, ref, values={"board": "granted"}, form="oral", by={"name": "N.", "office": office})
        assert pointers(refused) == {"/by/is_listed"}
    with pytest.raises(Invalid) as unknown:
        answer(desk, ref, values={"board": "granted"}, by={"authority": "nobody-xp"})
    assert pointers(unknown) == {"/by/authority"}
    with pytest.raises(Invalid) as foreign:
        answer(desk, ref, values={"board": "granted"}, by={"authority": "mrcc-xb"})
    assert pointers(foreign) == {"/by/authority"}


def test_r7_another_listed_authority_of_that_state_counts_for_what_it_is_listed_for(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "waive_jurisdiction_vessel")
    desk.attend(ref, "duty-1")
    theirs = {"answers": [{"measure": m, "value": "granted"} for m in ("board", "waive_jurisdiction_vessel")]}
    give_answer(desk.service, desk.authority("mrcc-xp"), ref, 1, theirs | {"form": "written"})
    assert state(desk, ref, "board") == "in_force"
    assert state(desk, ref, "waive_jurisdiction_vessel") == "not_counted"
    by = {"name": "Judge Paz", "office": "Ministry", "authority": "mfa-xp"}
    desk.do(confirm_by_listed, "duty-1", ref, 1, answer=1, form="written", by=by, seen=desk.look(ref))
    assert state(desk, ref, "waive_jurisdiction_vessel") == "in_force"


def test_r7_an_override_needs_a_reason_and_is_no_authorization(desk: LiveDesk) -> None:
    ref = asked(desk, "waive_jurisdiction_vessel")
    desk.attend(ref, "duty-1")
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"waive_jurisdiction_vessel": "granted"}, by=OFFICER | {"is_listed": True})
    assert pointers(refused) == {"/by/is_listed"}
    why = "The minister wrote that the centre may waive."
    answer(
        desk,
        ref,
        values={"waive_jurisdiction_vessel": "granted"},
        by=OFFICER | {"is_listed": True},
        override_reason=why,
    )
    assert state(desk, ref, "waive_jurisdiction_vessel") == "not_counted"
    assert desk.record_json(ref)["exchanges"][0]["answers"][0]["override_reason"] == why


def test_r7_an_unlisted_office_that_denies_holds_what_the_listed_one_granted(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted"}, by=OFFICER)
    assert state(desk, ref) == "in_force"
    answer(desk, ref, values={"board": "denied"}, by=EMBASSY)
    assert state(desk, ref) == "held"
    answer(desk, ref, values={"board": "granted"}, by=OFFICER)
    assert state(desk, ref) == "in_force"


def test_a_state_for_which_nobody_is_listed_authorizes_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(open_exchange, "duty-1", ref, direction="outbound", state="QQ", measures=["board"])
    by = {"name": "N.", "office": "Coast guard of QQ"}
    got = answer(desk, ref, n=2, values={"board": "granted"}, form="oral", by=by)
    assert got["not_counted"][0]["why"] == "nobody_listed"
    assert state(desk, ref) == "not_counted"


def test_rule_5_3_a_machines_word_is_kept_and_starts_no_clock(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = asked(desk, "board", basis="sua-8bis-5-d", authority="ops-xf")
    words = "Your ticket number is 4711."
    got = desk.do(acknowledge_request, "duty-1", ref, 1, words=words, is_automatic=True)
    assert (got["automatic"], got["started"]) == (True, [])
    desk.do(log_communication, "duty-1", ref, direction="in", channel="mail", text=words, is_automatic=True)
    clock = desk.clock_of(ref)
    assert (clock.waits_for, clock.starts_at) == ("acknowledgement", None)
    told = desk.record_json(ref)["exchanges"][0]
    assert told["acknowledgement"] is None
    assert told["machine_words"][0]["words"] == words
    desk.advance(hours=12)
    assert "clock.lapsed" not in [e.type for e in desk.entries(ref) if e.body.get("kind") == "legal"]


def test_rule_5_3_an_acknowledgement_by_them_needs_a_person_and_words(desk: LiveDesk) -> None:
    ref = asked(desk, "board", basis="sua-8bis-5-d", authority="ops-xf")
    with pytest.raises(Invalid) as refused:
        desk.do(acknowledge_request, "duty-1", ref, 1)
    assert pointers(refused) == {"/by", "/words"}
    desk.advance(minutes=30)
    at = to_text(T0 + minutes(20))
    with pytest.raises(Invalid) as early:
        ahead = to_text(T0 + minutes(40))
        desk.do(acknowledge_request, "duty-1", ref, 1, by=OFFICER, words="Received.", happened_at=ahead)
    assert pointers(early) == {"/happened_at"}
    desk.do(acknowledge_request, "duty-1", ref, 1, by=OFFICER, words="Received.", happened_at=at)
    assert desk.clock_of(ref).starts_at == T0 + minutes(20)
    mark = desk.record_json(ref)["exchanges"][0]["acknowledgement"]
    assert (mark["theirs"]["name"], mark["words"]) == ("Captain Rey", "Received.")


def test_rule_5_3_a_machines_word_is_no_answer(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"board": "granted"}, by=OFFICER, is_automatic=True)
    assert pointers(refused) == {"/is_automatic"}


def test_an_answer_taken_back_ends_its_grant_from_our_receipt(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    them = desk.authority("mrcc-xp")
    told = {"answers": [{"measure": "board", "value": "granted"}], "form": "written"}
    give_answer(desk.service, them, ref, 1, told)
    desk.advance(minutes=10)
    withdraw_answer(desk.service, them, ref, 1, {"answer": 1, "words": "We take it back."})
    assert state(desk, ref) == "ended"
    assert state(desk, ref, at=desk.clock.now() - minutes(5)) == "in_force"
    shown = desk.record_json(ref)["exchanges"][0]
    assert shown["label"] == "ANSWER TAKEN BACK"
    assert [(a["value"], a["withdrawn_at"] is not None) for a in shown["items"][0]["answers"]] == [
        ("granted", True)
    ]
    assert "answer_withdrawn" in [a.kind for a in desk.alerts(ref).by_id.values()]
    with pytest.raises(AnswerTakenBack):
        withdraw_answer(desk.service, them, ref, 1, {"answer": 1})


def test_an_answer_of_ours_taken_back_ends_when_they_have_our_notice(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.attend(ref, "duty-1")
    fax = [{"channel": "fax", "number": "+15550199"}]
    answer(desk, ref, "sup-1", values={"board": "granted"}, convey=fax)
    with pytest.raises(NotYourAnswer):
        withdraw_answer(desk.service, desk.authority("mrcc-xb"), ref, 1, {"answer": 1})
    got = desk.do(withdraw_answer, "sup-1", ref, 1, answer=1, words="A mistake.", seen=desk.look(ref))
    assert got["notice_owed"]
    assert state(desk, ref) == "in_force"
    notice = {"channel": "phone", "to": {"name": "Watch"}, "words": "Taken back.", "received": True}
    desk.do(notify_limitation, "duty-1", ref, 1, answer=1, **notice)
    assert state(desk, ref) == "ended"


def test_d3_a_late_answer_to_a_closed_case_is_accepted_flagged_and_reopens_nothing(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = asked(desk, "confirm_registry", basis="xp-3")
    desk.attend(ref, "duty-1")
    desk.advance(hours=3)
    desk.do(close_case, "duty-1", ref, waived="Nothing more is wanted.")
    desk.advance(hours=24 * 20)
    told = {"answers": [{"measure": "confirm_registry", "value": "neither"}], "form": "written"}
    give_answer(desk.service, desk.authority("mrcc-xp"), ref, 1, told)
    entry = desk.last(ref, "answer.given")
    assert entry.body["to_closed_case"] is True
    assert desk.case(ref).is_closed
    answers = desk.record_json(ref)["exchanges"][0]["answers"]
    assert (answers[0]["to_closed_case"], answers[0]["late"]) == (True, True)
    assert "answer_to_closed_case" in [a.kind for a in desk.alerts(ref).by_id.values()]


def test_d10_a_later_contrary_answer_stands_beside_what_was_granted_vessel_by_vessel(desk: LiveDesk) -> None:
    from cna_service.workflow.opening import open_case

    vessels = [{"name": n, "how": "spelt"} for n in ("SAN PEDRO", "SAN PABLO", "SAN PEDRO II")]
    ref = str(desk.do(open_case, "duty-1", channel="radio", vessels=vessels)["case"])
    ask = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["confirm_registry", "board"]}
    desk.do(open_exchange, "duty-1", ref, **ask)
    first = [{"measure": "confirm_registry", "value": "confirmed", "vessel": "all"},
             {"measure": "board", "value": "granted", "vessel": "all"}]  # fmt: skip
    body = {"form": "oral", "by": OFFICER}
    desk.do(give_answer, "duty-1", ref, 1, answers=first, **body, seen=desk.look(ref))
    desk.sleep(hours=48)
    later = [{"measure": "confirm_registry", "value": "refuted", "vessel": "all"}]
    desk.do(give_answer, "duty-1", ref, 1, answers=later, **body, seen=desk.look(ref))
    told = desk.record_json(ref)["exchanges"][0]
    registry = [i for i in told["items"] if i["measure"] == "confirm_registry"]
    assert [[a["value"] for a in i["answers"]] for i in registry] == [["confirmed", "refuted"]] * 3
    assert all(a["as_of"] and a["received_at"] for i in registry for a in i["answers"])
    assert {g.vessel for g in grants(desk.case(ref)) if g.is_in_force} == {1, 2, 3}
    assert told["label"] == "AUTHORIZED-ORAL, REGISTRY CHANGED TO REFUTED"


def test_questions_restart_no_clock(desk: LiveDesk) -> None:
    from cna_service.workflow.steps import ask_question

    ref = asked(desk, "board")
    due = desk.clock_of(ref).due_at
    desk.advance(minutes=50)
    ask_question(desk.service, desk.authority("mrcc-xp"), ref, 1, {"words": "How many persons?"})
    desk.do(ask_question, "duty-1", ref, 1, words="Four.")
    assert desk.clock_of(ref).due_at == due
