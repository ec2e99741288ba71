"""The pitfalls of the domain that the catalogue must not fall into, by their numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cna_service.agreements.applies import Choice, Takes
from cna_service.agreements.arming import clock_terms
from cna_service.agreements.card import Applies
from cna_service.agreements.model import Form, Neither, Silence
from cna_service.agreements.terms import ClockKind, due
from tests.rules.agreements.exercise_law import (
    CATALOGUE,
    NOW,
    ORAL,
    REAL,
    REAL_LAW,
    WRITTEN,
    ask,
    row,
)


def test_pitfall_01_one_agreement_carries_several_clocks() -> None:
    decision, jurisdiction = (clock_terms(row("XB", p, form=WRITTEN)) for p in ("coe-7", "coe-14-2"))
    assert decision is not None and jurisdiction is not None
    assert (decision.limit.iso, jurisdiction.limit.iso) == ("PT4H", "P14D")
    assert (decision.effect, jurisdiction.effect) == ("none", "deemed_waiver")
    assert not set(decision.measures) & set(jurisdiction.measures)


def test_pitfall_02_the_same_four_hours_begin_at_three_different_events() -> None:
    starts = {p: CATALOGUE.by_id[p].start.value for p in ("coe-7", "sua-8bis-5-d", "sj-16-3")}
    assert starts == {"coe-7": "receipt", "sua-8bis-5-d": "acknowledgment", "sj-16-3": "oral_receipt"}


def test_pitfall_03_neither_completes_san_jose_16_3_and_answers_sua_5_d() -> None:
    assert CATALOGUE.by_id["sj-16-3"].neither.code is Neither.AS_SILENCE
    assert CATALOGUE.by_id["sua-8bis-5-d"].neither.code is Neither.AS_ANSWER


def test_pitfall_03_an_answer_on_nationality_stops_a_clock_on_boarding() -> None:
    for each in ("sua-8bis-5-d", "sj-16-3"):
        assert CATALOGUE.by_id[each].stops_by.also == ("confirm_registry",)


def test_pitfall_04_silence_is_a_yes_only_by_a_choice_that_the_flag_state_notified() -> None:
    grants = [p for p in REAL.provisions if p.silence.code is Silence.DEEMED_GRANT]
    assert {p.id for p in grants} == {"sua-8bis-5-d", "sj-16-3"}
    assert all(p.requires_election for p in grants)
    for asked in ("XB", "XD", "XE"):
        clocks = [clock_terms(r) for r in ask(asked, form=ORAL).rows]
        assert not any(c.effect == "deemed_grant" for c in clocks if c is not None), asked


def test_pitfall_05_silence_waives_jurisdiction_and_san_jose_needs_no_question() -> None:
    assert CATALOGUE.by_id["coe-14-2"].silence.code is Silence.DEEMED_WAIVER
    assert row("XB", "sj-16-1").provision.silence.code is Silence.STANDING


def test_pitfall_06_the_rule_is_of_treaty_state_and_date() -> None:
    before = row("XW", "sua-8bis-5-d", at=datetime(2019, 12, 31, 23, 59, tzinfo=UTC))
    after = row("XW", "sua-8bis-5-d", at=datetime(2020, 1, 1, tzinfo=UTC))
    assert before.election.status is Choice.IN_FORCE
    assert (after.applies, after.election.status) == (Applies.NO, Choice.NOT_CHOSEN)
    assert clock_terms(after) is None
    joined = row("XY", "coe-7", at=datetime(2030, 1, 1, tzinfo=UTC))
    assert joined.requested.status is Takes.PARTY
    assert (
        row("XY", "coe-7").no_clock_because
        == "XY is not yet a party to CETS 156: from 01 Jan 2030 (EXERCISE)"
    )
    assert "no longer a party to UN 1988" in (row("XY", "un-17-3").no_clock_because or "")


def test_pitfall_07_the_default_of_san_jose_is_standing_authority() -> None:
    default = row("XB", "sj-16-1")
    assert (default.applies, default.election.status) == (Applies.YES, Choice.DEFAULT)
    assert row("XB", "sj-16-2").applies is Applies.NO
    assert row("XE", "sj-16-1").applies is Applies.NO


def test_pitfall_07_for_waters_and_air_the_default_is_the_reverse() -> None:
    assert row("XB", "sj-12-1-a").provision.silence.code is Silence.NO_AUTHORITY
    assert row("XB", "sj-13-6-a").provision.silence.code is Silence.NO_AUTHORITY
    assert row("XB", "sj-12-1-b").applies is Applies.NO
    assert row("XR", "sj-12-1-b").applies is Applies.YES
    assert row("XR", "sj-12-1-a").applies is Applies.NO


def test_pitfall_07_a_declaration_not_read_leaves_neither_default_nor_option() -> None:
    for provision in ("sj-16-1", "sj-16-2", "sj-16-3"):
        found = row("XT", provision, form=ORAL)
        assert (found.applies, found.election.status) == (Applies.MIGHT, Choice.UNKNOWN)
        assert clock_terms(found) is None
        assert "ask; neither the default nor an option applies" in (found.no_clock_because or "")
    unread = ask("FR", requesting="BZ", catalogue=REAL, law=REAL_LAW).row("sj-16-1")
    assert unread is not None and unread.election.status is Choice.UNKNOWN


def test_pitfall_08_a_deemed_grant_covers_what_the_text_names_and_not_detention() -> None:
    for provision in ("sua-8bis-5-d", "sj-16-3"):
        scope = CATALOGUE.by_id[provision].silence.scope
        assert {"board", "search"} <= set(scope)
        assert not any(m.startswith(("detain", "seize", "arrest", "waive", "enforce")) for m in scope)
    assert CATALOGUE.by_id["sua-8bis-6"].measures[:1] == ("detain_vessel",)
    assert row("XF", "sua-8bis-6").provision.silence.code is Silence.NO_AUTHORITY


def test_pitfall_09_authorization_is_several_measures_each_for_itself() -> None:
    asked = row("XB", "coe-7", measures=["board", "search", "sink"], form=WRITTEN)
    assert asked.measures == ("board", "search")
    assert "Only having established effective control" in CATALOGUE.by_id["coe-9"].text


def test_pitfall_10_boarding_and_jurisdiction_are_asked_under_different_provisions() -> None:
    waivers = {"waive_jurisdiction_vessel", "waive_jurisdiction_cargo", "waive_jurisdiction_persons"}
    for each in CATALOGUE.provisions:
        assert not (waivers & set(each.measures) and "board" in each.measures), each.id


def test_pitfall_16_each_text_has_its_own_word_for_the_place() -> None:
    """SUA and San José: seaward of any State's territorial sea; CETS 156: beyond that of any Party."""
    assert row("XB", "sua-8bis-5-c", zone="eez").applies is Applies.YES
    assert row("XB", "sua-8bis-5-c", zone="territorial_sea:XQ").applies is Applies.NO
    assert row("XB", "sj-16-1", zone="territorial_sea:XQ").applies is Applies.NO
    assert row("XB", "coe-7", zone="territorial_sea:XQ").applies is Applies.YES
    assert row("XB", "coe-7", zone="territorial_sea:XN").applies is Applies.NO
    assert row("XO", "unclos-110", zone="eez").applies is Applies.NO


def test_pitfall_18_three_working_days_are_not_seventy_two_hours() -> None:
    terms = clock_terms(row("XM", "unfsa-21-6", form=WRITTEN))
    assert terms is not None and terms.calendar is not None
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert due(friday, terms) == datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def test_pitfall_20_writing_is_not_optional_where_the_text_wants_it() -> None:
    assert clock_terms(row("XB", "coe-7", form=ORAL)) is None
    coe = clock_terms(row("XB", "coe-7", form=WRITTEN))
    assert coe is not None and coe.stops_by.form is Form.WRITTEN
    belize = ask("BZ", requesting="CR", catalogue=REAL, law=REAL_LAW).row("sj-16-2")
    assert belize is not None and belize.election.answer_form is Form.WRITTEN


def test_pitfall_21_no_clock_of_the_catalogue_takes_its_limit_from_the_requester() -> None:
    for each in ask("XB", form=WRITTEN).rows:
        terms = clock_terms(each)
        if terms is not None:
            assert terms.limit == each.provision.limit
            assert due(NOW, terms) is not None


def test_pitfall_23_provisional_application_counts_and_is_called_so() -> None:
    found = row("XY", "sj-16-1")
    assert (found.applies, found.requested.status) == (Applies.YES, Takes.PROVISIONAL)
    assert found.requested.words == "XY provisionally applies San José 2003 since 01 Jan 2024 (EXERCISE)"


def test_pitfall_24_more_than_one_basis_may_apply_and_none_is_picked() -> None:
    applying = {r.agreement.id for r in ask("XB", offences=["narcotics"]).rows}
    assert applying >= {"un1988", "cets156", "sanjose2003"}


def test_pitfall_30_a_boat_with_migrants_and_drugs_falls_under_several_agreements() -> None:
    applying = {r.agreement.id for r in ask("XB", offences=["narcotics", "migrants"]).rows}
    assert applying >= {"un1988", "cets156", "migrants2000"}


def test_pitfall_33_the_hours_are_read_from_the_terms_and_nowhere_else() -> None:
    found = {
        p: clock_terms(row(s, p, form=WRITTEN))
        for s, p in (("XP", "xp-4"), ("XB", "coe-7"), ("XB", "coe-14-2"))
    }
    waits = {p: (due(NOW, t) or NOW) - NOW for p, t in found.items() if t is not None}
    assert waits == {"xp-4": timedelta(hours=2), "coe-7": timedelta(hours=4), "coe-14-2": timedelta(days=14)}


def test_a_fact_that_the_legal_adviser_has_not_adopted_arms_a_claimed_clock() -> None:
    terms = clock_terms(row("XZ", "coe-7", form=WRITTEN))
    assert terms is not None
    assert (terms.kind, terms.effect) == (ClockKind.CLAIMED, "none")
    assert "XZ is a party to CETS 156" in (terms.why or "")


def test_pitfall_12_not_found_is_no_refutation_and_treaty_law_says_why() -> None:
    small = CATALOGUE.by_id["unclos-94"]
    assert "not found in a central register does not prove" in small.text
    registry = ("un-17-3", "sua-8bis-5-a", "coe-7", "som-8-2", "sj-6-4")
    for each in registry:
        assert {"refuted", "neither"} <= set(CATALOGUE.by_id[each].answers), each
    statute = ask("CO", requesting="US", catalogue=REAL, law=REAL_LAW).row("usc-70502-c")
    assert statute is not None and "a treaty may say otherwise" in statute.provision.neither.words


def test_pitfall_16_a_statute_of_one_state_is_on_its_own_cards_alone() -> None:
    assert ask("CO", requesting="US", catalogue=REAL, law=REAL_LAW).row("usc-70502-c") is not None
    assert ask("US", requesting="CO", catalogue=REAL, law=REAL_LAW).row("usc-70502-c") is None


def test_pitfall_22_one_instrument_may_know_two_authorities_of_one_state() -> None:
    assert "central authority for notices on jurisdiction" in CATALOGUE.by_id["coe-17"].text
    latvia = REAL_LAW.declared("LV", REAL.by_id["sua-8bis-5-c"], NOW)
    assert ["Security Police and the Prosecutor General" in d.words for d in latvia] == [True]


def test_pitfall_23_the_agreements_applied_from_signature_say_so() -> None:
    day_after = datetime(2004, 9, 1, tzinfo=UTC)
    for state, provision in (
        ("LR", "psi-liberia2004-op"),
        ("PA", "psi-panama2004-op"),
        ("MH", "psi-marshall2004-op"),
    ):
        found = row(state, provision, requesting="US", catalogue=REAL, law=REAL_LAW, at=day_after)
        assert found.requested.status is Takes.PROVISIONAL, state
        later = row(state, provision, requesting="US", catalogue=REAL, law=REAL_LAW)
        assert later.requested.status is Takes.PARTY, state


def test_pitfall_23_an_agreement_suspended_in_an_area_does_not_apply_there() -> None:
    bay = row("XY", "sj-12-1-a", zone="territorial_sea:XY")
    assert bay.applies is Applies.NO
    assert (bay.no_clock_because or "").startswith(
        "XY suspended San José 2003 in the Bay of XY since 01 Jan 2026"
    )
    before = row("XY", "sj-12-1-a", zone="territorial_sea:XY", at=datetime(2025, 6, 1, tzinfo=UTC))
    assert before.applies is Applies.YES
    unnamed = row("XY", "sj-12-1-a", zone="territorial_sea")
    assert unnamed.applies is Applies.MIGHT and "an officer decides" in unnamed.notes[0]
    elsewhere = row("XY", "sj-16-1", zone="high_seas")
    assert elsewhere.applies is Applies.YES
    assert any("suspended San José 2003 in the Bay of XY" in n for n in elsewhere.notes)


def test_pitfall_24_bilateral_and_regional_agreement_stand_side_by_side() -> None:
    card = ask("HN", requesting="US", offences=["narcotics"], catalogue=REAL, law=REAL_LAW)
    assert {"us-honduras2000", "sanjose2003", "un1988"} <= {r.agreement.id for r in card.rows}
    assert "alters bilateral agreements" in CATALOGUE.by_id["sj-31-2"].text


def test_pitfall_25_an_agreement_is_its_text_and_no_matrix_of_six_parts() -> None:
    bilateral = [
        a for a in REAL.agreements.values() if a.id.startswith(("us-", "psi-")) and a.parties != ("US",)
    ]
    assert len(bilateral) > 50
    for each in bilateral:
        unread = [p for p in each.provisions if not p.is_sourced]
        assert each.to_read and (unread or each.kind.value == "protocol"), each.id
        assert all(p.silence.code is Silence.NOT_READ for p in unread), each.id


def test_pitfall_26_procedures_below_treaty_rank_override_from_their_day() -> None:
    before = row("XR", "sj-6-4", form=ORAL, at=datetime(2021, 6, 15, 23, 59, tzinfo=UTC))
    assert (before.applies, before.overridden_by) == (Applies.YES, None)
    after = row("XR", "sj-6-4", form=ORAL)
    assert (after.applies, after.overridden_by) == (Applies.MIGHT, "xr-2")
    assert "governs practice since 2021-06-16" in after.notes[0]
    governs = clock_terms(row("XR", "xr-2", form=ORAL))
    assert governs is not None and (governs.kind, governs.limit.iso) == (ClockKind.LEGAL, "PT1H")
    assert row("XB", "sj-6-4", form=ORAL).overridden_by is None
    jamaica = row("JM", "us-jamaica1997-op", requesting="US", catalogue=REAL, law=REAL_LAW)
    assert jamaica.overridden_by == "us-jamaica2021-op" and "its text was not read" in jamaica.notes[0]


def test_pitfall_27_a_refusal_may_make_a_duty_or_a_boarding_by_the_flag_state() -> None:
    refused = CATALOGUE.by_id["unsc-2375-8"]
    assert [d.owes for d in refused.duties] == ["direction to a port"]
    assert "does not end the matter" in (refused.further_steps or "")
    assert {"flag_state_boards", "joint", "denied"} <= set(CATALOGUE.by_id["sua-8bis-5-c"].answers)


def test_pitfall_28_after_a_grant_reports_force_injury_other_offences_and_outcome_are_owed() -> None:
    owed = {d.owes for d in CATALOGUE.by_id["coe-7"].duties}
    assert owed >= {"report of force", "summary of evidence", "other offences found", "notice of detention"}
    assert {d.article for d in CATALOGUE.by_id["sj-26"].duties} == {"26(1)", "26(2)"}
    assert [d.article for d in CATALOGUE.by_id["sj-22"].duties] == ["22(7)"]
    assert [d.article for d in CATALOGUE.by_id["sua-15"].duties] == ["15"]
    for each in ("coe-26", "sua-8bis-10", "som-9"):
        assert "compensation" in CATALOGUE.by_id[each].functions, each


def test_pitfall_30_one_agreement_may_cover_both_drugs_and_migrants() -> None:
    card = ask("BS", requesting="US", offences=["drugs", "migrants"], catalogue=REAL, law=REAL_LAW)
    both = card.row("us-bahamas2004-op")
    assert both is not None and {"narcotics", "migrant_smuggling"} <= set(both.provision.offences)
    assert {"un1988", "migrants2000"} <= {r.agreement.id for r in card.rows}


def test_pitfall_34_what_is_known_second_hand_or_from_memory_states_no_number_and_drives_nothing() -> None:
    for agreement in REAL.agreements.values():
        for each in agreement.provisions:
            if each.source.confidence in ("C", "MEM"):
                assert not each.limit.has_number, each.id
                assert each.silence.effect == "none" and not each.is_sourced, each.id
    unsure = row("VE", "us-venezuela-op", requesting="US", catalogue=REAL, law=REAL_LAW)
    assert unsure.applies is Applies.MIGHT and clock_terms(unsure) is None
    assert "known from memory only, unverified" in unsure.notes[0]


def test_pitfall_35_a_certificate_is_conclusive_in_the_courts_of_one_state() -> None:
    proof = CATALOGUE.by_id["usc-70502-c-2"]
    assert "proved conclusively" in proof.text and "and nowhere else" in proof.text
