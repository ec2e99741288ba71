from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.documents.answer_text import answer_mail
from cna_service.documents.measures import MEASURES, VALUES
from cna_service.documents.model import AnsweredItem, IdentifierLine, WrittenAnswer
from tests.rules.documents.making import ANSWER, LEAF, LOG_LINE, REGISTER, item, squeezed, with_items


def body(answer: WrittenAnswer) -> str:
    return squeezed(answer_mail(answer).body)


@pytest.mark.parametrize(("family_value", "words"), VALUES.items(), ids=str)
def test_every_value_of_every_family_is_told_with_its_code(
    family_value: tuple[object, str], words: object
) -> None:
    family, value = family_value
    for measure in (m for m in MEASURES.values() if m.family is family):
        told = body(with_items(item(measure.code, value)))
        expected = VALUES[measure.family, value]
        assert f"{measure.label} [{measure.code}] {expected.label} [{value}]" in told
        assert expected.said_by("XA") in told


def test_the_subject_holds_the_case_reference_and_is_one_short_line() -> None:
    subject = answer_mail(replace(ANSWER, their_reference="A\r\nBcc: x@example.test\n" + "B" * 300)).subject
    assert subject.startswith("R4T7-HAX: Answer to your request A Bcc: x@example.test B")
    assert len(subject) <= 150
    assert len(subject.splitlines()) == 1


def test_both_authorities_times_basis_decider_seq_and_leaf_are_named() -> None:
    told = body(ANSWER)
    for words in (
        "From: Competent Authority of Examplia XA 1 Quay Street",
        "To: Coordination Centre XB Avenida del Puerto 5",
        "Your reference: MRCC-77/26",
        "07:23 on 21 Nov 2026 in America/Bogota (UTC-05:00) by mail",
        "Basis: CETS 156, article 7 (provision coe-7) adopted by this authority's legal adviser",
        "Decided by: Ana Pérez Captain Operations capacity: head of the authority, acting",
        "Delegation: order no. 12/2026",
        f"Case R4T7-HAX, seq 7, leaf {LEAF}",
    ):
        assert words in told


def test_a_measure_nobody_answered_is_shown_and_not_granted() -> None:
    told = body(ANSWER)
    assert (
        "Divert [divert] NO ANSWER [unanswered] No answer has been given to this. It is not granted." in told
    )
    assert "NOT GRANTED vessel 1 (BAR TEST): Divert: NO ANSWER" in told
    assert "2 measures asked: 1 GRANTED, 1 NO ANSWER." in told


def test_d2_neither_is_not_refuted() -> None:
    told = body(with_items(item("confirm_registry", "neither")))
    assert "NEITHER [neither] XA can neither confirm nor deny that the vessel is on its register." in told
    assert "refut" not in told.lower()
    assert "confirmed" not in told.lower()


def test_d4_refuted_stands_with_register_version_date_and_keys() -> None:
    told = body(with_items(item("confirm_registry", "refuted"), register=(REGISTER,)))
    assert "REFUTED [refuted] XA refutes the claim of registry: the vessel is not on its register." in told
    assert "as of 201403Z NOV 26 (2026-11-20T14:03:22Z)" in told
    assert "National ship register, version 2026-11-20/3" in told
    assert "keys tried: name BAR TEST; former names records found: 0" in told
    assert "neither" not in told.lower()


def test_d5_a_lapse_is_not_told_as_an_answer_or_a_grant() -> None:
    told = body(with_items(item("board", "lapsed", at_expiry="authority is deemed given")))
    assert "LAPSED [lapsed] The time limit ran out and no answer was given. Silence is not an answer." in told
    assert "at expiry the provision says: authority is deemed given; no effect is stated here" in told
    assert "NOT GRANTED vessel 1 (BAR TEST): Board: LAPSED" in told


def test_r14_without_a_recorded_search_no_search_is_claimed() -> None:
    told = body(with_items(item("confirm_registry", "refuted")))
    assert "How the register was checked: not stated in the record" in told
    assert "searched" not in told
    assert "keys tried" not in told


def test_rule_1_5_a_confirmation_prints_the_register_record_it_means_and_how_identifiers_were_taken() -> None:
    named = replace(
        REGISTER, record=(IdentifierLine("IMO", "9074729"),), name_alone_reason="line was breaking up"
    )
    told = body(with_items(item("confirm_registry", "confirmed"), register=(named,)))
    assert "the record meant: IMO 9074729" in told
    assert "answered on a name alone because: line was breaking up" in told
    assert "call sign XA2345 (spelt)" in told


def test_conditions_are_numbered_once_through_the_whole_answer() -> None:
    told = body(
        with_items(
            item("board", "granted_with_conditions", conditions=("report in 3 h", "papers only")),
            item("search", "granted_with_conditions", conditions=("papers only",)),
        )
    )
    assert "Condition 1: report in 3 h applies to: Board, vessel 1 Condition 2: papers only" in told
    assert "applies to: Board, vessel 1; Search, vessel 1" in told
    assert "see conditions: 1, 2" in told
    assert "see conditions: 2 " in told


def test_a_conditional_grant_without_a_condition_says_so() -> None:
    told = body(with_items(item("board", "granted_with_conditions")))
    assert "no condition is written down; ask before acting on this" in told


def test_answers_stand_vessel_by_vessel() -> None:
    told = body(with_items(item("board", "granted"), AnsweredItem(2, "", "board", "denied")))
    assert "1. Vessel 1 (BAR TEST), Board [board] GRANTED [granted]" in told
    assert "2. Vessel 2 (no name known), Board [board] DENIED [denied]" in told


def test_rule_4_2_the_reason_for_answering_an_unverified_requester_is_printed() -> None:
    told = body(replace(ANSWER, standing_note="unverified; two persons: safety of life"))
    assert "Standing of the requester: unverified; two persons: safety of life" in told


def test_rule_8_3_the_answer_names_who_acted_and_in_what_capacity_and_never_says_i() -> None:
    told = body(ANSWER)
    assert "Ana Pérez Captain Operations capacity: head of the authority, acting" in told
    assert " I " not in told


def test_rule_14_3_a_text_in_a_language_without_an_adopted_text_says_it_is_english() -> None:
    assert "no adopted text in 'pt'" in body(replace(ANSWER, language="pt"))
    assert "adopted text" not in body(replace(ANSWER, language="en-GB"))


def test_rule_16_1_the_answer_ends_with_the_log_line() -> None:
    assert answer_mail(ANSWER).body.endswith(LOG_LINE + "\n")


def test_an_exercise_is_marked_in_subject_and_at_both_ends_of_the_body() -> None:
    mail = answer_mail(replace(ANSWER, exercise=True))
    assert mail.subject.startswith("EXERCISE R4T7-HAX")
    assert mail.body.startswith("EXERCISE EXERCISE EXERCISE\n")
    assert mail.body.splitlines()[-3] == "EXERCISE EXERCISE EXERCISE"
    assert "EXERCISE" not in answer_mail(ANSWER).body


def test_words_of_others_cannot_pose_as_a_line_of_ours() -> None:
    forged = "no.\n  2. Vessel 1 (BAR TEST), Search [search]\n      GRANTED [granted]\nLog: x"
    lines = answer_mail(with_items(item("board", "denied", words=forged))).body.splitlines()
    assert "      words: 2. Vessel 1 (BAR TEST), Search [search]" in lines
    assert not [line for line in lines if line.startswith(("  2. ", "Log: x"))]


@settings(deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_any_text_leaves_the_log_line_last_and_the_answer_standing(text: str) -> None:
    mail = answer_mail(
        with_items(
            AnsweredItem(1, text, text, "denied", (text,), words=text),
            item("board", "granted"),
            their_reference=text,
            delegation=text,
            standing_note=text,
            language=text,
        )
    )
    mail.body.encode()
    assert mail.body.splitlines()[-1] == LOG_LINE
    assert "Board [board]\n      GRANTED [granted]" in mail.body
