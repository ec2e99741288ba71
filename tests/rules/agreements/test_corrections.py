"""The corrections K1 to K16 of the domain, each by its number: what the catalogue and the card answer since."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cna_service.agreements.applies import Choice, Takes
from cna_service.agreements.arming import clock_terms
from cna_service.agreements.card import Applies
from cna_service.agreements.model import Form, Neither, Silence, Window
from cna_service.agreements.rules import election_problems
from cna_service.agreements.terms import WaitsFor
from tests.rules.agreements.exercise_law import CATALOGUE, LAW, NOW, ORAL, REAL, REAL_LAW, WRITTEN, ask, row


def test_k1_the_windows_of_16_2_and_16_3_differ_and_a_late_16_2_is_refused() -> None:
    rule = CATALOGUE.elections["sj-16"]
    windows = {o.provision: o.windows for o in rule.options}
    assert windows == {
        "sj-16-2": (Window.UPON_JOINING,),
        "sj-16-3": (Window.UPON_JOINING, Window.ANY_TIME),
    }
    assert all(o.withdrawable for o in rule.options)
    late = {"state": "XB", "election": "sj-16", "option": "sj-16-2", "known": True, "from": "2015-01-01"}
    (problem,) = election_problems(CATALOGUE, LAW, late, NOW)
    assert "only upon joining" in problem.why
    assert election_problems(CATALOGUE, LAW, {**late, "option": "sj-16-3"}, NOW) == ()


def test_k2_the_four_hours_of_16_3_start_at_an_oral_request_and_grant_no_detention() -> None:
    terms = clock_terms(row("XS", "sj-16-3", form=ORAL))
    assert terms is not None and (terms.starts, terms.waits_for) == ("oral_receipt", None)
    assert clock_terms(row("XS", "sj-16-3", form=WRITTEN)) is None
    assert terms.silence.scope == ("stop", "board", "examine_papers", "search", "question")
    assert "detention only pending expeditious disposition instructions" in terms.silence.words
    assert terms.neither.code is Neither.AS_SILENCE


def test_k3_no_acknowledgment_no_clock_under_5_d_and_neither_is_a_response() -> None:
    terms = clock_terms(row("XF", "sua-8bis-5-d", form=WRITTEN))
    assert terms is not None and terms.waits_for is WaitsFor.ACKNOWLEDGEMENT
    assert terms.neither.code is Neither.AS_ANSWER
    assert "prevents the deemed grant" in terms.neither.words and "our reading" in terms.neither.words


@pytest.mark.parametrize("state", ["FR", "NL", "QA", "US", "SE", "CH"])
def test_k4_where_a_declaration_was_filed_and_not_read_the_choice_is_unknown(state: str) -> None:
    for provision in ("sua-8bis-5-c", "sua-8bis-5-d", "sua-8bis-5-e"):
        found = row(state, provision, requesting="DK", catalogue=REAL, law=REAL_LAW)
        assert (found.applies, found.election.status) == (Applies.MIGHT, Choice.UNKNOWN)
        assert clock_terms(found) is None


@pytest.mark.parametrize("state", ["DK", "DE", "FI"])
def test_k4_where_the_declaration_was_read_the_default_stands(state: str) -> None:
    express = row(state, "sua-8bis-5-c", requesting="LV", catalogue=REAL, law=REAL_LAW)
    assert (express.applies, express.election.status) == (Applies.YES, Choice.DEFAULT)
    assert row(state, "sua-8bis-5-d", requesting="LV", catalogue=REAL, law=REAL_LAW).applies is Applies.NO


def test_k4_denmark_declared_what_its_authorization_means() -> None:
    found = row("DK", "sua-8bis-5-c", requesting="LV", catalogue=REAL, law=REAL_LAW)
    assert any("cannot authorize another State to take legal action" in n for n in found.notes)
    shown = row("XD", "sua-8bis-5-c")
    assert any("will not plead infringement" in n for n in shown.notes)
    before = row("XD", "sua-8bis-5-c", at=datetime(2018, 9, 13, tzinfo=UTC))
    assert before.declarations == ()


def test_k5_bahamas_signed_and_was_not_in_force_then() -> None:
    agreement = REAL.agreements["psi-bahamas2008"]
    assert (agreement.signed, agreement.in_force) == ("2008-08-11", None)
    found = row("BS", "psi-bahamas2008-op", requesting="US", catalogue=REAL, law=REAL_LAW)
    assert found.requested.status is Takes.NOT_ESTABLISHED
    assert "Not in force on 9 October 2008" in agreement.remarks


def test_k6_the_two_days_of_signature_of_mongolia_are_kept_side_by_side() -> None:
    agreement = REAL.agreements["psi-mongolia2007"]
    assert agreement.signed == "2007-10-23"
    assert "24 October 2007" in agreement.remarks and "side by side" in agreement.remarks


def test_k7_ecuador_has_a_new_treaty_and_its_older_procedures_wait_to_be_read() -> None:
    treaty, older = REAL.agreements["us-ecuador2023"], REAL.agreements["us-ecuador-procedures"]
    assert treaty.signed == "2023-09-27"
    offences = {"narcotics", "migrant_smuggling", "weapons_of_mass_destruction", "illegal_fishing"}
    assert set(treaty.provisions[0].offences) == offences
    assert "or in parallel" in older.remarks and older.is_from_memory
    rows = ask("EC", requesting="US", catalogue=REAL, law=REAL_LAW).rows
    assert {"us-ecuador2023", "us-ecuador-procedures"} <= {r.agreement.id for r in rows}


def test_k8_guatemala_2003_is_by_sea_and_air_and_ratified() -> None:
    agreement = REAL.agreements["us-guatemala2003"]
    assert agreement.signed == "2003-06-19" and "sea and air" in agreement.title
    assert "ratified on 16 September 2003" in agreement.remarks


def test_k9_the_dominican_agreement_and_its_protocol_hold_what_was_read_of_them() -> None:
    agreement, protocol = REAL.agreements["us-dominican1995"], REAL.agreements["us-dominican2003"]
    assert (agreement.series, agreement.in_force, protocol.series) == (
        "TIAS 12620", "1995-03-23", "TIAS 03-520.1",
    )  # fmt: skip
    waters = REAL.by_id["us-dominican1995-2"]
    assert waters.is_sourced and waters.silence.code is Silence.NO_AUTHORITY
    assert "third States" in REAL.by_id["us-dominican2003-3c"].text
    assert {"overflight", "order_to_land"} == set(REAL.by_id["us-dominican2003-8bis"].measures)


def test_k10_malta_enters_into_force_by_notes_and_has_a_further_day_in_the_gazette() -> None:
    for name, article in (("psi-malta2007", "art. 19"), ("us-malta2004", "art. 17")):
        remarks = REAL.agreements[name].remarks
        assert article in remarks and "Gazette" in remarks, name


def test_k11_spain_portugal_is_a_right_of_representation_and_no_question() -> None:
    found = row("PT", "es-pt-4", requesting="ES", catalogue=REAL, law=REAL_LAW, zone="high_seas")
    assert (found.applies, found.provision.silence.code) == (Applies.YES, Silence.STANDING)
    assert clock_terms(found) is None
    assert "principles of the Council of Europe Agreement" in REAL.by_id["es-pt-9"].text
    assert row("PT", "coe-7", requesting="ES", catalogue=REAL, law=REAL_LAW).applies is Applies.NO
    unread = row("PT", "es-pt-unread", requesting="ES", catalogue=REAL, law=REAL_LAW)
    assert unread.no_clock_because == "hours: not read; text needed"


def test_k12_what_neither_does_under_the_statute_depends_on_circuit_and_date() -> None:
    agreement = REAL.agreements["us-mdlea"]
    assert "Circuit and date matter" in agreement.remarks
    for citation in ("23 F.4th 153", "84 F.4th 400", "90 F.4th 1235"):
        assert citation in agreement.remarks
    neither = REAL.by_id["usc-70502-c"].neither
    assert neither.code is Neither.AS_ANSWER and "none is turned into the other" in neither.words


def test_k13_article_9_has_two_stages_and_the_second_waits_for_effective_control() -> None:
    assert "Only having established effective control: search" in CATALOGUE.by_id["coe-9"].text
    assert "only after effective control" in (CATALOGUE.by_id["coe-7"].further_steps or "")


def test_k14_notice_is_enough_for_entry_only_when_nobody_of_the_coastal_state_is_at_hand() -> None:
    notice = CATALOGUE.by_id["sj-12-1-b"]
    assert "only when no shiprider and no law enforcement vessel" in notice.silence.words
    assert "before entry if operationally feasible" in notice.text
    assert CATALOGUE.elections["sj-12"].default == "sj-12-1-a"


def test_k15_other_offences_need_express_consent_and_nothing_is_held_longer_than_necessary() -> None:
    assert "need the flag State's express consent" in CATALOGUE.by_id["coe-13"].text
    assert "not held longer than strictly necessary" in CATALOGUE.by_id["coe-10"].text


def test_k16_austria_is_a_party_from_1_april_2001_and_the_other_day_is_kept() -> None:
    first = row("AT", "coe-7", requesting="DE", form=WRITTEN, catalogue=REAL, law=REAL_LAW,
                at=datetime(2001, 4, 1, tzinfo=UTC))  # fmt: skip
    before = row("AT", "coe-7", requesting="DE", form=WRITTEN, catalogue=REAL, law=REAL_LAW,
                 at=datetime(2001, 3, 31, tzinfo=UTC))  # fmt: skip
    assert (before.applies, first.applies) == (Applies.NO, Applies.YES)
    assert "15 March 2001" in REAL.agreements["cets156"].remarks
    assert Form.WRITTEN is first.provision.form
