"""The rules of the desk that this slice delivers, by their numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.agreements.arming import clock_terms
from cna_service.agreements.card import Applies
from cna_service.agreements.law import LawBook, apply_law
from cna_service.agreements.model import Provision
from cna_service.agreements.provisions import fingerprinted
from cna_service.agreements.rules import (
    ProvisionNotRead,
    acknowledgement_policy_problems,
    adoption_body,
    not_adopted,
)
from cna_service.agreements.seeds import fact_seeds
from cna_service.agreements.terms import ClockKind, ClockTerms, WaitsFor
from tests.rules.agreements.exercise_law import (
    BEGAN,
    CATALOGUE,
    LAW,
    NOW,
    ORAL,
    REAL,
    REAL_LAW,
    WRITTEN,
    ask,
    entry,
    law_of,
    row,
    with_text,
)


def test_rule_1_1_only_a_legal_clock_states_an_effect() -> None:
    legal = clock_terms(row("XA", "sua-8bis-5-d", requesting="XB", form=ORAL))
    claimed = clock_terms(
        row(
            "XA",
            "sua-8bis-5-d",
            requesting="XB",
            form=ORAL,
            law=LawBook(participations=LAW.participations, elections=LAW.elections),
        )
    )
    assert legal is not None and claimed is not None
    assert (legal.kind, legal.effect) == (ClockKind.LEGAL, "deemed_grant")
    assert (claimed.kind, claimed.effect) == (ClockKind.CLAIMED, "none")
    assert claimed.why == "sua-8bis-5-d is not adopted by this authority"
    assert claimed.silence == legal.silence, "what the provision says is shown all the same"


def test_rule_1_2_a_policy_may_not_acknowledge_by_machine_where_that_starts_a_clock_with_an_effect() -> None:
    for refused in ("sua-8bis-5-d", "sua-8bis-5-a", "sua-8bis-2"):
        (problem,) = acknowledgement_policy_problems(CATALOGUE, [refused])
        assert "sua-8bis-5-d" in problem.why
        assert problem.fix == "take it out: a named officer acknowledges"
    assert acknowledgement_policy_problems(CATALOGUE, ["coe-7"]) == ()


def test_rule_1_2_a_policy_names_provisions_that_exist_and_have_such_a_duty() -> None:
    pointers = [p.pointer for p in acknowledgement_policy_problems(CATALOGUE, ["coe-7", "coe-77", "un-17-4"])]
    assert pointers == ["receipt_acknowledges/1", "receipt_acknowledges/2"]


def test_rule_1_2_a_clock_that_starts_at_acknowledgement_waits_for_it() -> None:
    terms = clock_terms(row("XA", "sua-8bis-5-d", requesting="XB", form=WRITTEN))
    assert terms is not None and terms.waits_for is WaitsFor.ACKNOWLEDGEMENT
    assert terms.started().waits_for is None


def test_rule_1_3_a_call_arms_no_clock_of_a_treaty_that_knows_only_writing() -> None:
    called = row("XA", "coe-7", requesting="XB", form=ORAL)
    assert called.applies is Applies.YES
    assert clock_terms(called) is None
    assert called.no_clock_because == "in writing only (art. 19(1)): ask for it now"
    written = clock_terms(row("XA", "coe-7", requesting="XB", form=WRITTEN))
    assert written is not None and written.waits_for is None


def test_rule_1_3_a_form_not_stated_waits_for_the_writing() -> None:
    terms = clock_terms(row("XA", "coe-7", requesting="XB"))
    assert terms is not None and terms.waits_for is WaitsFor.WRITING


def test_rule_1_3_writing_alone_starts_nothing_under_san_jose_16_3() -> None:
    written = row("XA", "sj-16-3", requesting="XB", form=WRITTEN)
    assert clock_terms(written) is None
    assert "oral request" in (written.no_clock_because or "")
    unstated = clock_terms(row("XA", "sj-16-3", requesting="XB"))
    assert unstated is not None and unstated.waits_for is WaitsFor.ORAL_REQUEST


def test_rule_5_6_the_card_ends_with_what_is_allowed_without_an_answer() -> None:
    drugs = ask("XE", offences=["narcotics"], zone="high_seas").without_an_answer
    assert [w.fallback.code for w in drugs] == [
        "papers_only_boarding",
        "holding_measure",
        "right_of_visit",
        "own_nationality_hidden",
        "hot_pursuit",
        "safety_of_life_at_sea",
        "masters_consent",
    ]
    visit = next(w for w in drugs if w.fallback.code == "right_of_visit")
    assert (visit.words or "").startswith("only on a stated ground; none of these is stated: piracy")
    stated = ask("XE", offences=["piracy"], zone="high_seas").without_an_answer
    assert next(w for w in stated if w.fallback.code == "right_of_visit").words is None
    for each in drugs:
        assert each.fallback.allows and each.fallback.not_allows and each.fallback.decides
    standing = ask("XB", offences=["narcotics"], zone="eez").without_an_answer
    assert "holding_measure" not in [w.fallback.code for w in standing]
    assert "right_of_visit" not in [w.fallback.code for w in standing]
    assert [w.fallback.article for w in standing if w.fallback.code == "standing"] == ["16(1)"]
    consent = next(w for w in drugs if w.fallback.code == "masters_consent")
    assert "States disagree" in consent.fallback.not_allows


def test_rule_8_1_the_catalogue_keeps_every_file_whole_under_its_hash() -> None:
    for agreement in CATALOGUE.agreements.values():
        file = CATALOGUE.file_of(agreement)
        assert file.sha256 == agreement.file_sha256
        assert f'id = "{agreement.id}"'.encode() in file.content


def test_rule_10_1_terms_come_back_whole_from_their_json() -> None:
    armed = clock_terms(row("XB", "coe-7", form=WRITTEN))
    assert armed is not None
    assert ClockTerms.from_json(armed.to_json()) == armed
    kept = armed.to_json()
    for needed in (
        "starts",
        "limit",
        "silence",
        "neither",
        "stops_by",
        "warnings",
        "source",
        "adopted",
        "terms_sha256",
    ):
        assert kept[needed], needed


def test_rule_10_1_an_armed_clock_is_untouched_by_a_change_of_the_catalogue() -> None:
    kept = clock_terms(row("XB", "coe-7", form=WRITTEN))
    assert kept is not None
    before = kept.to_json()
    changed = with_text(CATALOGUE, "cets156.toml", 'value = 4, unit = "h"', 'value = 6, unit = "h"')
    now = clock_terms(row("XB", "coe-7", form=WRITTEN, catalogue=changed))
    assert now is not None and now.limit.iso == "PT6H"
    assert ClockTerms.from_json(before).to_json() == before
    assert before["limit"]["iso"] == "PT4H"


def test_rule_10_3_on_a_real_start_nothing_is_adopted_and_all_is_listed_to_be_read() -> None:
    assert not any(kind == "provision.adopted" for kind, _ in fact_seeds(REAL))
    assert not any(body["adopted"] for _, body in fact_seeds(REAL))
    assert len(not_adopted(REAL, REAL_LAW, NOW)) == len([p for p in REAL.provisions if p.is_sourced])
    terms = clock_terms(row("CY", "coe-7", requesting="NL", form=WRITTEN, catalogue=REAL, law=REAL_LAW))
    assert terms is not None and terms.kind is ClockKind.CLAIMED


def test_rule_10_3_exercise_adopts_every_sourced_provision() -> None:
    assert not_adopted(CATALOGUE, LAW, NOW) == ()


def test_rule_10_3_any_edit_ends_the_adoption() -> None:
    for old, new in (
        ('value = 4, unit = "h"', 'value = 5, unit = "h"'),
        ("communicates its decision as soon as possible", "communicates its decision"),
        ("wherever practicable", "where practicable"),
        ('qualifier = "where practicable"', 'qualifier = "hard"'),
    ):
        edited = with_text(CATALOGUE, "cets156.toml", old, new)
        assert [p.id for p in not_adopted(edited, LAW, NOW)] == ["coe-7"], old
        terms = clock_terms(row("XB", "coe-7", form=WRITTEN, catalogue=edited))
        assert terms is not None and terms.kind is ClockKind.CLAIMED


@given(st.sampled_from([p for p in CATALOGUE.provisions if p.limit.has_number]), st.integers(1, 10_000))
def test_rule_10_3_changing_any_hour_changes_the_hash_and_ends_the_adoption(
    provision: Provision, value: int
) -> None:
    edited = fingerprinted(replace(provision, limit=replace(provision.limit, value=value)))
    is_same = value == provision.limit.value
    assert (edited.terms_sha256 == provision.terms_sha256) is is_same
    assert (LAW.adoption(edited, NOW) is not None) is is_same


def test_rule_10_3_a_comment_in_the_file_ends_no_adoption() -> None:
    edited = with_text(CATALOGUE, "cets156.toml", "# Two clocks", "# Two clocks,")
    assert not_adopted(edited, LAW, NOW) == ()


def test_rule_10_3_an_unread_provision_cannot_be_adopted() -> None:
    with pytest.raises(ProvisionNotRead) as refused:
        adoption_body(CATALOGUE, "xl-4")
    assert refused.value.facts == {"provision": "xl-4"}


def test_rule_10_3_an_adoption_ended_by_a_person_is_ended_from_then() -> None:
    ended = apply_law(LAW, entry(900, "provision.adoption_ended", {"provision": "coe-7"}, NOW))
    coe = CATALOGUE.by_id["coe-7"]
    assert ended.adoption(coe, NOW - timedelta(seconds=1)) is not None
    assert ended.adoption(coe, NOW) is None


def test_rule_10_3_what_was_not_adopted_at_the_instant_asked_about_was_not() -> None:
    assert LAW.adoption(CATALOGUE.by_id["coe-7"], BEGAN - timedelta(days=1)) is None


def test_rule_10_4_cets_156_to_a_desk_whose_state_is_not_a_party_arms_no_clock() -> None:
    for asked in ("GB", "FR", "ES", "IT", "PT", "MT", "GR", "US"):
        found = row(asked, "coe-7", requesting="NL", form=WRITTEN, catalogue=REAL, law=REAL_LAW)
        assert found.applies is Applies.NO
        assert clock_terms(found) is None
        assert re.match(
            f"{asked} is not a party to CETS 156 \\(.*list of Parties", found.no_clock_because or ""
        )
    noted = row("XW", "coe-7", form=WRITTEN)
    assert noted.no_clock_because == "XW is not a party to CETS 156 (EXERCISE)"


def test_rule_10_4_where_a_state_is_not_established_the_clock_is_a_claimed_one() -> None:
    found = row("XQ", "sj-6-4", form=ORAL)
    assert found.applies is Applies.MIGHT
    terms = clock_terms(found)
    assert terms is not None and terms.kind is ClockKind.CLAIMED
    assert (terms.why or "").startswith("applies if both are party: not verified")


def test_rule_10_4_the_exercise_desk_is_party_to_what_its_requests_cite() -> None:
    card = ask("XA", requesting="XB")
    assert {r.agreement.id for r in card.rows if r.applies is Applies.YES} >= {
        "un1988", "cets156", "sua2005", "sanjose2003", "migrants2000", "unfsa1995", "unclos",
    }  # fmt: skip


def test_rule_10_4_an_exchange_is_judged_by_the_law_of_its_instant() -> None:
    fact = {"instrument": "cets156", "from": "2026-11-10", "to": None, "source": "notice", "adopted": True}
    law = law_of([("participation.noted", {"state": s, **fact}) for s in ("XB", "XW")])
    before = row("XW", "coe-7", requesting="XB", law=law, at=BEGAN, form=WRITTEN)
    after = row("XW", "coe-7", requesting="XB", law=law, form=WRITTEN)
    assert (before.applies, after.applies) == (Applies.NO, Applies.YES)


def test_a_cited_provision_whose_offence_does_not_fit_is_left_to_the_officer() -> None:
    cited = row(
        "XA", "sua-8bis-5-d", requesting="XB", offences=["narcotics"], cited=["sua-8bis-5-d"], form=WRITTEN
    )
    terms = clock_terms(cited)
    assert cited.applies is Applies.MIGHT
    assert terms is not None and terms.kind is ClockKind.CLAIMED
    assert terms.why == "cited by the other side, but covers terrorism and weapons of mass destruction only"
    assert row("XA", "sua-8bis-5-d", requesting="XB", offences=["narcotics"]).applies is Applies.NO


def test_an_offence_in_unknown_words_is_treated_as_not_stated() -> None:
    found = row("XA", "coe-7", requesting="XB", offences=["Betäubungsmittel"], form=WRITTEN)
    assert found.applies is Applies.YES
    assert any("offence is not stated" in n for n in found.notes)


def test_an_election_that_is_not_adopted_arms_a_claimed_clock() -> None:
    elections = tuple(replace(e, adopted=False) for e in LAW.elections)
    terms = clock_terms(row("XF", "sua-8bis-5-d", form=ORAL, law=replace(LAW, elections=elections)))
    assert terms is not None and terms.kind is ClockKind.CLAIMED
    assert "the election, notified by XF since 01 Jan 2013" in (terms.why or "")


def test_the_rows_cited_are_given_in_the_order_of_the_card() -> None:
    card = ask("XB", form=WRITTEN, offences=["narcotics"])
    assert [r.provision.id for r in card.under(["un-17-4", "coe-7", "sua-8bis-5-d"])] == [
        "coe-7",
        "un-17-4",
        "sua-8bis-5-d",
    ]


def test_an_unnamed_territorial_sea_is_asked_about_under_cets_156() -> None:
    found = row("XB", "coe-7", zone="territorial_sea", form=WRITTEN)
    terms = clock_terms(found)
    assert found.applies is Applies.MIGHT
    assert terms is not None and terms.kind is ClockKind.CLAIMED
    assert terms.why == "whose territorial sea is not stated; it applies beyond that of any Party"
