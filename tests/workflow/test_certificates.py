"""Certificates: made from entries alone, each sentence with its entries; contrary answers beside them; two persons."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.workflow.certificate_holders import holders_json
from cna_service.workflow.certificate_steps import (
    deliver_certificate,
    tell_holder,
)
from cna_service.workflow.certificate_told import BasisNeeded, NothingToCertify
from cna_service.workflow.certify import NoCertificateOfAnExercise, NothingSearched
from cna_service.workflow.closing import add_note
from cna_service.workflow.designees import DesigneeWithoutDelegation
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.searching import search_for_case
from tests.corpus.cases_life import silence
from tests.workflow.acts import answer, asked, found, received
from tests.workflow.desk import LiveDesk
from tests.workflow.papers import annexed, confirmed, draft, pdf_of, release, said, text_of

REGISTRY_RESPONSE = "46 U.S.C. 70502(d)(2)"
CONSENT = "46 U.S.C. 70502(c)(2)"
BY = {"name": "Captain Ruiz", "post": "Watch officer", "office": "MRCC XP"}


def outbound(desk: LiveDesk, *measures: str, **values: Any) -> str:
    """We asked XP, and it answered by word of mouth."""
    ref = asked(desk, *measures)
    desk.attend(ref, "duty-1")
    if values:
        answer(desk, ref, values=values, form="oral", by=BY)
        desk.settle()
    return ref


def test_each_sentence_names_the_entries_it_rests_on(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    made = draft(desk, ref, "registry_answer")
    entries = {e.seq: e for e in desk.entries(ref)}
    for sentence in (*made["sentences"], *made["annex"]):
        assert sentence["cites"], sentence["text"]
        assert set(sentence["cites"]) <= entries.keys()
    told = desk.case(ref).papers.certificates[0]
    cited = {seq for s in told.sentences for seq in s["cites"]}
    assert {n["seq"] for n in told.notes} == cited
    text = text_of(desk, ref)
    for seq in cited:
        assert f"id {entries[seq].id}" in text
        assert entries[seq].leaf in text


def test_rule_8_3_a_certificate_speaks_from_the_record_and_never_as_a_person(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    text = text_of(desk, ref)
    assert "drawn from the record" in text
    assert re.search(r"\bI\b|\bmy\b|\bwe\b", text) is None
    # The officer who acted, and his capacity then.
    assert "EXERCISE Lieutenant Ana Reyes, Duty officer, EXERCISE desk of XA, acting as duty officer" in text
    assert "EXERCISE Director Daniel Osei" in text
    assert "EXERCISE Ministerial order 12/2019, art. 3" in text


def test_rule_8_3_signed_by_a_designee_whose_delegation_is_in_force_on_the_day(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    with pytest.raises(DesigneeWithoutDelegation):
        draft(desk, ref, "registry_answer", designee="legal-1")
    with pytest.raises(Invalid):
        draft(desk, ref, "registry_answer", designee="nobody")
    assert desk.case(ref).papers.certificates == ()


def test_rule_8_3_who_is_still_available_as_a_witness(desk: LiveDesk) -> None:
    from cna_service.workflow.officers import disable_officer

    ref = confirmed(desk)
    desk.do(disable_officer, "admin-1", officer="duty-1", reason="left")
    made = draft(desk, ref, "registry_answer", "duty-2")
    assert [(w["id"], w["is_available"]) for w in made["witnesses"]] == [("duty-1", False)]
    assert "No longer in service here: EXERCISE Lieutenant Ana Reyes" in said(made)


def test_an_answer_about_registry_says_what_was_known_asked_and_searched(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    text = said(draft(desk, ref, "registry_answer"))
    assert "The record then held of vessel 1: name BAR TEST" in text
    assert "searched the register “national”, version 1" in text
    assert "as of 2026-01-05" in text
    assert "XA answered that vessel 1 (BAR TEST) is on its register." in text
    # What was asked and not answered is not spoken of, neither is what belongs to another certificate.
    assert "search the vessel" not in text.split("answered for XA")[1]
    assert "grant" not in text


def test_practice_r14_never_confirmed_where_only_consent_was_given_never_searched_where_nobody_said_so(
    desk: LiveDesk,
) -> None:
    ref = outbound(desk, "confirm_registry", "board", board="granted")
    text = said(draft(desk, ref, "consent_or_waiver", statute=CONSENT))
    assert "confirm" not in text
    assert "searched" not in text
    assert "is on its register" not in text
    assert "XP granted for vessel 1: board the vessel." in text
    with pytest.raises(NothingToCertify):
        draft(desk, ref, "registry_answer")


def test_a_foreign_answer_under_the_statute_names_who_answered_when_and_how(desk: LiveDesk) -> None:
    ref = outbound(desk, "confirm_registry", confirm_registry="neither")
    made = draft(desk, ref, "registry_answer", statute=REGISTRY_RESPONSE)
    text = said(made)
    assert "70502(d)(2)" in text
    assert "Captain Ruiz, Watch officer, MRCC XP answered for XP, by word of mouth" in text
    assert "can neither confirm nor deny" in text
    assert "received the answer on" in text
    with pytest.raises(Invalid):
        draft(desk, ref, "registry_answer", statute=CONSENT)


def test_d2_a_later_different_answer_is_annexed_or_the_draft_is_refused(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"confirm_registry": "neither"}, convey=[{"channel": "mail"}])
    desk.settle()
    found(desk, ref)
    answer(desk, ref, values={"confirm_registry": "confirmed"}, convey=[{"channel": "mail"}])
    desk.settle()
    with pytest.raises(BasisNeeded) as refused:
        draft(desk, ref, "registry_answer")
    offered: Any = refused.value.facts["bases"]
    assert [(b["answer"], b["items"][0]["value"]) for b in offered] == [(1, "neither"), (2, "confirmed")]
    first = draft(desk, ref, "registry_answer", basis={"exchange": 1, "answer": 1})
    assert "neither confirm nor deny" in said(first)
    assert "answered that vessel" not in said(first)
    assert "CONFIRMED" in annexed(first)
    second = draft(desk, ref, "registry_answer", basis={"exchange": 1, "answer": 2})
    assert "answered that vessel 1 (BAR TEST) is on its register." in said(second)
    assert "NEITHER" in annexed(second)


def test_d3_two_states_make_one_certificate_with_numbered_exchanges_or_one_each(desk: LiveDesk) -> None:
    ref = outbound(desk, "confirm_registry", confirm_registry="neither")
    body = {"direction": "outbound", "authority": "mrcc-xb", "measures": ["confirm_registry"]}
    desk.do(open_exchange, "duty-1", ref, **body)
    answer(desk, ref, n=2, values={"confirm_registry": "neither"}, form="oral", by=BY)
    both = draft(desk, ref, "registry_answer")
    assert {s["heading"] for s in both["sentences"]} >= {"Exchange 1: XP", "Exchange 2: XB"}
    one = draft(desk, ref, "registry_answer", exchanges=[2])
    assert {s["heading"] for s in one["sentences"] if "Exchange" in s["heading"]} == {"Exchange 2: XB"}


def test_d4_non_registration_states_registers_period_and_as_of(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(search_for_case, "duty-1", ref, names=["BAR TEST"], verdict="not_found")
    answer(desk, ref, values={"confirm_registry": "refuted"}, convey=[{"channel": "mail"}])
    desk.settle()
    text = said(draft(desk, ref, "non_registration"))
    assert "is not on its register" in text
    assert (
        "searched the register “national”, version 1, which states what was registered as of 2026-01-05"
        in text
    )
    assert "The period covered ends with 2026-01-05" in text
    assert "The answer speaks as of 211403Z NOV 26" in text


def test_d4_without_a_search_there_is_no_certificate_of_non_registration(desk: LiveDesk) -> None:
    ref = received(desk)
    values = {"confirm_registry": "refuted"}
    answer(desk, ref, values=values, register_reason="the registrar said so", convey=[{"channel": "mail"}])
    desk.settle()
    with pytest.raises(NothingSearched):
        draft(desk, ref, "non_registration")


def test_d10_consent_is_not_certified_without_the_later_word_that_she_is_not_theirs(desk: LiveDesk) -> None:
    ref = outbound(desk, "confirm_registry", "board", board="granted")
    desk.advance(hours=50)
    answer(desk, ref, values={"confirm_registry": "refuted"}, form="oral", by=BY)
    with pytest.raises(BasisNeeded):
        draft(desk, ref, "consent_or_waiver")
    made = draft(desk, ref, "consent_or_waiver", basis={"exchange": 1, "answer": 1})
    assert "XP granted for vessel 1: board the vessel." in said(made)
    assert "REFUTED" in annexed(made)


def test_d11_a_waiver_after_neither_names_its_basis_and_annexes_the_other(desk: LiveDesk) -> None:
    ref = asked(desk, "confirm_registry", basis="UN 1988 art. 17", authority="cna-xg")
    answer(desk, ref, values={"confirm_registry": "neither"}, form="oral", by=BY)
    first = draft(desk, ref, "registry_answer", statute=REGISTRY_RESPONSE)
    assert first["annex"] == []
    release(desk, ref)
    desk.do(deliver_certificate, "duty-1", ref, 1, to="Prosecutor of XB", channel="letter")
    body = {"direction": "outbound", "authority": "cna-xg", "measures": ["waive_jurisdiction_vessel"]}
    desk.do(open_exchange, "duty-1", ref, **body)
    answer(desk, ref, n=2, values={"waive_jurisdiction_vessel": "granted"}, form="written", by=BY)
    # Who holds the first certificate is to be told, and somebody is summoned to do it.
    assert [a.kind for a in desk.alerts(ref).by_id.values()][-1] == "certificate_holders"
    waiver = desk.case(ref).exchanges[1].answers[0].seq
    assert holders_json(desk.case(ref))[0]["to_be_told_of"] == [waiver]
    desk.do(tell_holder, "duty-1", ref, 1, channel="letter", words="A waiver came.")
    assert holders_json(desk.case(ref))[0]["to_be_told_of"] == []

    with pytest.raises(BasisNeeded):
        draft(desk, ref, "consent_or_waiver", statute=CONSENT)
    made = draft(desk, ref, "consent_or_waiver", statute=CONSENT, basis={"exchange": 2, "answer": 1})
    assert "XG waived jurisdiction over vessel 1." in said(made)
    assert "NEITHER" in annexed(made)
    assert "NEITHER" not in said(made)


def test_d12_conditions_with_their_compliance(desk: LiveDesk) -> None:
    from cna_service.workflow.conditions import check_condition

    ref = confirmed(desk)
    text = said(draft(desk, ref, "conditions_and_compliance"))
    assert "Condition 1, for vessel 1 (BAR TEST) on board the vessel: “By day only”" in text
    assert "holds nothing on compliance with condition 1" in text
    check = {"exchange": 1, "answer": 1, "measure": "board", "condition": 1, "met": "yes"}
    desk.do(check_condition, "duty-1", ref, **check, evidence="boarded 1140Z in daylight")
    text = said(draft(desk, ref, "conditions_and_compliance"))
    assert "recorded of condition 1: kept: “boarded 1140Z in daylight”" in text
    assert "waive" not in text


def test_silence_is_certified_by_nobody(desk: LiveDesk) -> None:
    ref = outbound(desk, "board")
    desk.advance(hours=5)
    for kind in ("consent_or_waiver", "registry_answer"):
        with pytest.raises(NothingToCertify):
            draft(desk, ref, kind)
    text = said(draft(desk, ref, "chronology_of_exchanges"))
    assert "What follows from that nobody has recorded" in text
    assert "The record holds no answer to: board the vessel." in text
    assert "granted" not in text


def test_an_answer_of_ours_that_was_never_conveyed_certifies_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "granted"})
    with pytest.raises(NothingToCertify):
        draft(desk, ref, "consent_or_waiver")


def test_rule_8_3_where_todays_version_differs_a_footnote_says_so(desk: LiveDesk) -> None:
    from dataclasses import replace

    ref = confirmed(desk)
    service = desk.service
    catalogue = service.policies.catalogue
    old = catalogue.by_id["coe-7"]
    changed = {**catalogue.by_id, "coe-7": replace(old, terms_sha256="0" * 64)}
    object.__setattr__(catalogue, "by_id", changed)
    try:
        draft(desk, ref, "registry_answer")
    finally:
        object.__setattr__(catalogue, "by_id", {**changed, "coe-7": old})
    text = text_of(desk, ref)
    assert "Today's version of art. 7" in text
    assert "(then " in text


def test_rule_15_3_a_case_opened_as_exercise_gives_no_certificate(desk: LiveDesk) -> None:
    opened = desk.do(open_case, "duty-1", channel="radio", summary="a drill", as_exercise=True)
    ref = str(opened["case"])
    body = {"direction": "outbound", "authority": "cna-xg", "measures": ["confirm_registry"]}
    desk.do(open_exchange, "duty-1", ref, **body)
    answer(desk, ref, values={"confirm_registry": "neither"}, form="oral", by=BY)
    with pytest.raises(NoCertificateOfAnExercise):
        draft(desk, ref, "registry_answer")


def test_on_an_exercise_desk_every_paper_says_so(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    assert text_of(desk, ref).startswith("EXERCISE EXERCISE EXERCISE")
    assert "EXERCISE EXERCISE EXERCISE" in pdf_of(desk, ref)


def test_every_wrong_field_is_named_at_once(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    with pytest.raises(Invalid) as refused:
        draft(
            desk,
            ref,
            "poem",
            exchanges=[9],
            vessel=7,
            basis={"exchange": 1, "answer": 9},
            statute="1 U.S.C. 1",
        )
    pointers = {p.pointer for p in refused.value.problems}
    assert pointers >= {"/kind", "/exchanges", "/vessel", "/basis", "/statute"}


def test_a_note_in_the_case_changes_no_certificate(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    before = text_of(desk, ref)
    desk.do(add_note, "duty-1", ref, words="seen by the minister")
    assert text_of(desk, ref) == before


def test_a_second_case_knows_nothing_of_it(desk: LiveDesk) -> None:
    confirmed(desk)
    ref = str(desk.do(open_case, "duty-1", channel="radio", summary="a vessel")["case"])
    with pytest.raises(NothingToCertify):
        draft(desk, ref, "registry_answer")


@pytest.mark.parametrize("role", ["aud-1", "admin-1", "dec-1"])
def test_who_only_reads_administers_or_decides_drafts_no_certificate(desk: LiveDesk, role: str) -> None:
    ref = confirmed(desk)
    before = desk.look(ref)
    with pytest.raises(NotPermitted):
        draft(desk, ref, "registry_answer", role)
    assert desk.look(ref) == before


def test_d8_what_word_and_writing_differ_on_is_not_certified(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "search", basis="UN 1988 art. 17", authority="cna-xg")
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted", "search": "granted"}, form="oral", by=BY)
    answer(desk, ref, values={"board": "granted"}, form="written", by=BY, confirms=1)
    made = draft(desk, ref, "consent_or_waiver")
    assert "Nothing is certified of search the vessel" in said(made)
    assert "XG granted for vessel 1: search" not in said(made)
    # The call and the note are both told.
    assert {
        s["text"].split(" answered for")[1][:4] for s in made["sentences"] if " answered for" in s["text"]
    }
    assert "by word of mouth" in said(made) and "in writing" in said(made)


def test_the_effect_of_silence_is_certified_once_two_persons_recorded_it(desk: LiveDesk) -> None:
    ref = silence(desk)
    text = text_of(desk, ref)
    assert "a time limit ran out (art. 8bis(5)(d)" in text
    assert "the record then held no answer to: board the vessel" in text
    assert (
        "EXERCISE Lieutenant Ana Reyes, Duty officer, EXERCISE desk of XA, acting as duty officer recorded"
        in text
    )
    assert "Second person: EXERCISE Lieutenant Benoit Lacroix" in text
    # The provision names no detention; nothing is said of it.
    assert (
        "deemed grant, for: board the vessel; search the vessel, its cargo and the persons on board." in text
    )
    assert "XF granted" not in text
