"""The pitfalls of the domain that a catalogue alone cannot meet: clocks and records of cases, by their numbers."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.cases.grants import grants
from cna_service.kit.errors import Invalid, ServiceError
from cna_service.vessels.identifiers import check_identifiers
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.asked import Asked
from cna_service.workflow.card_views import answer_of, rule_cards
from cna_service.workflow.closing import close_case, link_cases
from cna_service.workflow.facts import record_fact
from cna_service.workflow.notices import note_election
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.projections import DIRECTORY, LISTED
from cna_service.workflow.searching import search_for_case
from cna_service.workflow.steps import ask_question, choose_basis
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST, SUA
from tests.workflow.station import minutes

SAN_JOSE = {
    **BAR_TEST,
    "legal_basis": [{"text": "San José 16(3)"}],
    "measures": ["confirm_registry", "board"],
}


def called(desk: LiveDesk, **exchange: Any) -> str:
    """A call that the officer on watch takes, with an ask of XB in it."""
    told = {
        "direction": "inbound",
        "authority": "mrcc-xb",
        "form": "oral",
        "offences": ["narcotics"],
        **exchange,
    }
    vessel = {"name": "BLUE MARLIN", "flag_claimed": "XA"}
    return str(desk.do(open_case, "duty-1", channel="phone", vessels=[vessel], exchange=told)["case"])


def sj_call(desk: LiveDesk) -> str:
    return called(desk, measures=["confirm_registry", "board"], basis=["San José 16(3)"])


def test_pitfall_02_a_written_only_request_starts_no_san_jose_16_3_clock(desk: LiveDesk) -> None:
    got = desk.receive(**SAN_JOSE)
    assert not [c for c in got["clocks"] if c["provision"] == "sj-16-3"]
    assert "starts only at an oral request" in desk.service.policies.catalogue.by_id["sj-16-3"].form_words
    clock = next(c for c in desk.case(sj_call(desk)).clocks if c.terms.get("provision") == "sj-16-3")
    assert clock.is_running and clock.due_at == desk.clock.now() + minutes(240)


def test_pitfall_02_without_acknowledgment_no_sua_5_d_clock_however_long_it_takes(desk: LiveDesk) -> None:
    ref = received(desk, **SUA)
    desk.attend(ref, "duty-1")
    desk.advance(hours=9)
    clock = desk.clock_of(ref)
    assert (clock.terms["provision"], clock.waits_for, clock.due_at) == (
        "sua-8bis-5-d",
        "acknowledgement",
        None,
    )
    assert "clock.lapsed" not in [e.type for e in desk.entries(ref) if e.body.get("clock") == clock.id]
    desk.do(acknowledge_request, "duty-1", ref, 1)
    assert desk.clock_of(ref).due_at == desk.clock.now() + minutes(240)


def test_pitfall_02_a_basis_chosen_after_the_acknowledgment_counts_from_it(desk: LiveDesk) -> None:
    ref = received(desk, **{**SUA, "legal_basis": [{"text": "UN 1988 art. 17"}]})
    desk.do(acknowledge_request, "duty-1", ref, 1)
    acknowledged = desk.clock.now()
    desk.clock.at += minutes(10)
    desk.do(choose_basis, "duty-1", ref, 1, provisions=["sua-8bis-5-d"], seen=desk.look(ref))
    assert desk.clock_of(ref).starts_at == acknowledged


def test_pitfall_03_neither_completes_san_jose_16_3_instead_of_stopping_it(desk: LiveDesk) -> None:
    ref = sj_call(desk)
    desk.do(search_for_case, "duty-1", ref, names=["BLUE MARLIN"])
    answer(
        desk,
        ref,
        values={"confirm_registry": "neither"},
        convey=[{"channel": "mail"}],
        basis={"provision": "sj-16-3"},
    )
    clock = next(c for c in desk.case(ref).clocks if c.terms.get("provision") == "sj-16-3")
    assert clock.is_running, "the condition of 16(3) is completed by it, not broken"
    desk.attend(ref, "duty-1")
    desk.advance(hours=4, minutes=1)
    lapsed = [e.body for e in desk.entries(ref) if e.type == "clock.lapsed"]
    assert "deemed_grant" in [(b["provision_says"] or {}).get("code") for b in lapsed]
    assert not [g for g in grants(desk.case(ref)) if g.is_in_force], "a named officer records it, no machine"


def test_pitfall_03_neither_is_a_response_and_blocks_sua_5_d(desk: LiveDesk) -> None:
    ref = received(desk, **SUA)
    desk.do(acknowledge_request, "duty-1", ref, 1)
    desk.do(search_for_case, "duty-1", ref, names=["BAR TEST"])
    answer(
        desk,
        ref,
        values={"confirm_registry": "neither"},
        convey=[{"channel": "mail"}],
        basis={"provision": "sua-8bis-5-d"},
    )
    desk.settle()
    assert desk.clock_of(ref).stopped_at is not None


def test_pitfall_06_an_election_whose_window_had_closed_is_refused(desk: LiveDesk) -> None:
    told = {"state": "XB", "election": "sj-16", "option": "sj-16-2", "from": "2015-01-01", "source": "notice"}
    with pytest.raises(Invalid) as refused:
        desk.do(note_election, "legal-1", **told, adopted=True)
    (problem,) = refused.value.problems
    assert problem.pointer == "/from" and "only upon joining" in problem.why
    desk.do(note_election, "legal-1", **{**told, "option": "sj-16-3"}, adopted=True)


def test_pitfall_11_consent_over_the_vessel_covers_no_person(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "detain_vessel", "detain_persons")
    values = {"board": "granted", "detain_vessel": "granted"}
    answer(desk, ref, values=values, by={"name": "Captain", "office": "MRCC XP"})
    standing = {g.measure for g in grants(desk.case(ref))}
    assert standing == {"board", "detain_vessel"}
    items = {i["measure"]: i["value"] for i in desk.record_json(ref)["exchanges"][0]["items"]}
    assert items["detain_persons"] == "unanswered"


def test_pitfall_12_not_found_in_the_register_answers_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(search_for_case, "duty-1", ref, names=["NO SUCH BOAT"], verdict="not_found")
    items = {i["measure"]: i["value"] for i in desk.record_json(ref)["exchanges"][0]["items"]}
    assert items["confirm_registry"] == "unanswered"


def test_pitfall_13_two_claimed_flags_are_two_cards_and_both_are_asked(desk: LiveDesk) -> None:
    question = {
        "requesting": "XA",
        "requested": "XC, XV",
        "offences": ["narcotics"],
        "measures": ["confirm_registry"],
    }
    told = answer_of(rule_cards(desk.service, Asked(question)))
    assert told["requested"] == ["XC", "XV"]
    assert "ask each of them" in told["words"] and "92(2)" in told["words"]
    for card in told["cards"]:
        assert "un-17-3" in [r["provision"] for r in card["rows"]], card["requested"]


def test_pitfall_14_a_claim_may_change_after_the_yes_and_the_grant_stays_the_states_that_gave_it(
    desk: LiveDesk,
) -> None:
    ref = asked(desk, "board")
    answer(desk, ref, values={"board": "granted"}, by={"name": "Captain", "office": "MRCC XP"})
    for state in ("XP", "XQ"):
        desk.do(record_fact, "duty-1", ref, "claims", state=state, by="master", words="She is from there.")
    (grant,) = grants(desk.case(ref))
    assert grant.by_state == "XP"
    claimed = [f.value for f in desk.case(ref).vessels[0].facts if f.field in ("flag_claimed", "claim")]
    assert len(claimed) >= 2, "nothing overwrites"


def test_pitfall_15_crew_nationality_and_mmsi_make_no_flag(desk: LiveDesk) -> None:
    ref = str(desk.do(open_case, "duty-1", channel="radio", summary="an open boat")["case"])
    desk.do(record_fact, "duty-1", ref, "persons", name="Hand", nationality="XD")
    desk.do(record_fact, "duty-1", ref, "identifiers", field="mmsi", value="229000001")
    record = desk.case(ref)
    assert record.exchanges == ()
    assert not [f for f in record.vessels[0].facts if f.field.startswith("flag") or f.field == "claim"]
    assert check_identifiers(mmsi="229000001", flag="PA"), "a hint that contradicts, and proves nothing"


def test_pitfall_17_an_instant_told_keeps_its_zone_and_one_without_any_is_refused(desk: LiveDesk) -> None:
    ref = received(desk)
    told = {
        "kind": "boarding",
        "source_kind": "unit",
        "words": "Boarded.",
        "happened_at": "2026-11-21T09:00:00-05:00",
    }
    desk.do(record_fact, "duty-1", ref, "events", **told)
    kept = desk.last(ref, "event.reported").happened_at
    assert kept is not None and kept.exact is not None
    assert kept.text == "2026-11-21T09:00:00-05:00" and kept.exact.isoformat() == "2026-11-21T14:00:00+00:00"
    with pytest.raises(Invalid):
        desk.do(record_fact, "duty-1", ref, "events", **{**told, "happened_at": "2026-11-21T09:00:00"})


def test_pitfall_19_an_oral_grant_is_operative_before_any_writing(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    answer(desk, ref, values={"board": "granted"}, form="oral", by={"name": "Captain", "office": "MRCC XP"})
    (grant,) = grants(desk.case(ref))
    assert (grant.form, grant.is_in_force) == ("oral", True)


def test_pitfall_20_a_call_starts_no_clock_of_a_treaty_that_knows_only_writing(desk: LiveDesk) -> None:
    ref = called(desk, measures=["board"], basis=["CETS 156 art. 7"])
    clock = next(c for c in desk.case(ref).clocks if c.terms.get("provision") == "coe-7")
    assert (clock.starts_at, clock.waits_for) == (None, "writing")


def test_pitfall_21_their_reply_by_is_a_claimed_clock_beside_the_legal_one(desk: LiveDesk) -> None:
    request = {
        **BAR_TEST,
        "reply_wanted_by": "2026-11-21T15:00:00Z",
        "reply_wanted_reason": "she runs for the coast",
    }
    ref = str(desk.receive(**request)["case"])
    legal, claimed = desk.clock_of(ref), desk.clock_of(ref, "claimed")
    assert legal.due_at == desk.clock.now() + minutes(240)
    assert claimed.due_at is not None and claimed.due_at < legal.due_at
    assert claimed.terms["silence"]["effect"] == "none" and "provision" not in claimed.terms


def test_pitfall_22_one_state_has_several_authorities_by_function(desk: LiveDesk) -> None:
    with desk.service.read() as reader:
        listed = [a for a in reader.stream(DIRECTORY).of(LISTED) if a.state == "XB"]
    assert len(listed) >= 3
    assert len({a.functions for a in listed}) >= 2


def test_pitfall_24_the_officer_chooses_among_several_bases_and_the_choice_is_an_entry(
    desk: LiveDesk,
) -> None:
    ref = received(desk, **{**BAR_TEST, "legal_basis": []})
    told = {
        "provisions": ["coe-7", "un-17-4"],
        "reason": "in writing, both are party",
        "seen": desk.look(ref),
    }
    desk.do(choose_basis, "duty-1", ref, 1, **told)
    assert desk.last(ref, "basis.chosen").body["provisions"] == ["coe-7", "un-17-4"]
    assert desk.clock_of(ref).terms["provision"] == "coe-7"


def test_pitfall_24_no_agreement_is_a_basis_that_can_be_chosen(desk: LiveDesk) -> None:
    ref = received(desk, **{**BAR_TEST, "legal_basis": []})
    told = desk.do(choose_basis, "duty-1", ref, 1, provisions=["ad-hoc-consent"], seen=desk.look(ref))
    assert "no time but the one that the two States agree on" in told["no_clock_because"]
    assert not [c for c in desk.case(ref).clocks if c.terms.get("provision") == "ad-hoc-consent"]


def test_pitfall_27_a_denial_does_not_end_the_case(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "search")
    answer(
        desk, ref, values={"board": "denied", "search": "denied"}, by={"name": "Captain", "office": "MRCC XP"}
    )
    record = desk.case(ref)
    assert not record.is_closed and desk.record_json(ref)["label"] == "DENIED"
    body = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["follow"], "basis": ["xp-4"]}
    desk.do(open_exchange, "duty-1", ref, **body)
    assert len(desk.case(ref).exchanges) == 2


def test_pitfall_29_a_late_refusal_after_the_limit_stands_beside_the_lapse(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    desk.advance(hours=3)
    assert "clock.lapsed" in desk.types(ref)
    answer(desk, ref, values={"board": "denied"}, by={"name": "Captain", "office": "MRCC XP"})
    assert desk.record_json(ref)["label"] == "REFUSED-AFTER-LIMIT"
    assert desk.case(ref).exchanges[0].answers[-1].late


def test_pitfall_31_one_request_by_two_channels_is_linked_and_never_merged(desk: LiveDesk) -> None:
    one, two = received(desk), received(desk)
    desk.do(link_cases, "duty-1", one, case=two, reason="the note of the call")
    assert desk.case(one).links and desk.case(two).links
    for ref in (one, two):
        assert len(desk.case(ref).submissions) == 1 and not desk.case(ref).is_closed


def test_pitfall_32_an_answer_goes_to_the_directory_and_not_to_the_contact_in_the_message(
    desk: LiveDesk,
) -> None:
    contact = {**BAR_TEST["contact"], "email": "forged@elsewhere.test"}
    ref = received(desk, **{**BAR_TEST, "contact": contact})
    desk.do(search_for_case, "duty-1", ref, imo="3000001", verdict="found", rid="X0000000")
    answer(
        desk,
        ref,
        values={"confirm_registry": "confirmed"},
        convey=[{"channel": "mail"}],
        basis={"provision": "coe-7"},
    )
    to = [row["contact"] for row in desk.outbox() if row["channel"] == "email"]
    assert to and "forged@elsewhere.test" not in to


def test_a_question_begins_the_time_anew_only_where_the_provision_says_so(desk: LiveDesk) -> None:
    plain = asked(desk, "board")
    due = desk.clock_of(plain).due_at
    desk.clock.at += minutes(30)
    desk.do(
        ask_question, "duty-1", plain, 1, direction="in", words="How many aboard?", by={"name": "Captain"}
    )
    assert desk.clock_of(plain).due_at == due
    anew = asked(desk, "confirm_registry", basis="xr-2", authority="coast-xr")
    desk.clock.at += minutes(40)
    desk.do(ask_question, "duty-1", anew, 1, direction="out", words="Have you looked?")
    assert desk.clock_of(anew).due_at == desk.clock.now() + minutes(20), "a question of ours restarts nothing"
    desk.do(ask_question, "duty-1", anew, 1, direction="in", words="Which port?", by={"name": "Watch"})
    assert desk.clock_of(anew).due_at == desk.clock.now() + minutes(60)
    assert desk.last(anew, "clock.started").body["event"] == "question"


def test_pitfall_28_a_case_with_a_grant_is_not_closed_by_it(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "search")
    answer(desk, ref, values={"board": "granted"}, by={"name": "Captain", "office": "MRCC XP"})
    assert not desk.case(ref).is_closed
    with pytest.raises(ServiceError):
        desk.do(close_case, "duty-1", ref, seen=desk.look(ref))
    assert not desk.case(ref).is_closed, "search is unanswered, and results are owed"
