"""What is said of vessels: claims of every person asked, States pointed to, conflicts, statements made elsewhere."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cna_service.cases.as_json import case_json
from cna_service.cases.conflicts import conflicts
from cna_service.cases.identifiers_known import identifiers_known, known_at_each_act
from cna_service.cases.labels import exchange_label
from cna_service.cases.pointed import states_pointed_to
from cna_service.cases.statements import contradictions
from cna_service.cases.visible import Viewer, visible
from cna_service.identity.rules import NotPermitted
from cna_service.workflow.alike import other_cases
from cna_service.workflow.chase import record_try
from cna_service.workflow.closing import link_cases
from cna_service.workflow.facts import record_fact
from cna_service.workflow.opening import open_exchange
from cna_service.workflow.reconcile import NoConflict, StateWasAsked, pass_over, reconcile
from cna_service.workflow.statements import keep_statement
from cna_service.workflow.steps import record_standing
from tests.workflow.acts import answer, asked, found, received
from tests.workflow.desk import LiveDesk, Verb
from tests.workflow.test_steps import refused

XB_PHONE = "+15550102"


# --- claims, indicia, States pointed to


def test_practice_r1_every_person_asked_is_a_record_with_or_without_a_claim(desk: LiveDesk) -> None:
    ref = asked(desk, "confirm_registry")
    asked_master = {
        "question": "nationality",
        "asked_whom": "person_in_charge",
        "asked_by": "boarding officer",
        "language": "es",
        "interpreter": "Seaman Ruiz",
        "words": "Somos de XP.",
        "exhibit": {"id": "video 7", "start": "00:04:10"},
    }
    desk.do(record_fact, "duty-1", ref, "claims", state="XP", **asked_master)
    silent = {"response": "nobody_in_charge", "question": "registry", "asked_whom": "crew", "words": "No."}
    assert refused(desk, record_fact, ref, "claims", **silent) == {"/asked_by"}
    desk.do(record_fact, "duty-1", ref, "claims", asked_by="boarding officer", **silent)
    assert refused(desk, record_fact, ref, "claims", asked_by="b", state="XP", response="no_answer") == {
        "/state"
    }
    assert refused(desk, record_fact, ref, "claims", asked_by="b") == {"/state"}
    told = desk.record_json(ref)["claims"]
    assert [(c["type"], c["question"]) for c in told] == [
        ("claim.made", "nationality"),
        ("claim.not_made", "registry"),
    ]
    assert told[0]["exhibit"] == {"id": "video 7", "start": "00:04:10"}
    assert told[1]["response"] == "nobody_in_charge"
    # Nobody claimed anything then: no State is pointed to by it.
    assert desk.case(ref).vessels[0].values("claim") == ("XP",)


def test_practice_r2_each_state_pointed_to_is_queried_or_somebody_says_why_not(desk: LiveDesk) -> None:
    ref = asked(desk, "confirm_registry")
    desk.do(record_fact, "duty-1", ref, "claims", state="XP", by="master")
    desk.do(record_fact, "duty-1", ref, "indicia", kind="flag_painted", value="XU", by="aircraft")
    desk.do(record_fact, "duty-1", ref, "indicia", kind="port_on_stern", value="Santa Clara", state="XD")
    desk.do(record_fact, "duty-1", ref, "claims", state="XA", by="engineer")
    for nationality in ("XV", "XW"):
        desk.do(record_fact, "duty-1", ref, "persons", nationality=nationality, post="crew")
    desk.do(record_fact, "duty-1", ref, "identifiers", field="mmsi", value="351234567")

    def status() -> dict[str, str]:
        return {p.state: p.state_of_it for p in states_pointed_to(desk.case(ref), "XA")}

    # Pitfall 15: neither crew nor MMSI points anywhere; ours is a matter of our register.
    assert status() == {"XP": "queried", "XU": "open", "XD": "open", "XA": "ours"}
    desk.do(pass_over, "duty-1", ref, state="XD", reason="A port of that name lies in XU too.")
    desk.do(open_exchange, "duty-1", ref, direction="outbound", state="XU", measures=["confirm_registry"])
    assert status() == {"XP": "queried", "XU": "queried", "XD": "not_queried", "XA": "ours"}
    with pytest.raises(StateWasAsked, match="exchange 2"):
        desk.do(pass_over, "duty-1", ref, state="XU", reason="r")
    with pytest.raises(StateWasAsked, match="nothing points"):
        desk.do(pass_over, "duty-1", ref, state="XV", reason="r")
    assert not [e for e in desk.case(ref).exchanges if e.state in ("XV", "XW", "XD")]


def test_pitfall_14_a_claim_that_changes_after_the_yes_erases_nothing_and_points_to_a_further_state(
    desk: LiveDesk,
) -> None:
    """M/V Light: authority attaches to the nationality claimed when it was asked."""
    ref = asked(desk, "board")
    desk.do(record_fact, "duty-1", ref, "claims", state="XP", by="master")
    answer(desk, ref, values={"board": "granted"}, by={"name": "N", "office": "O"})
    desk.do(record_fact, "duty-1", ref, "claims", state="XU", by="master", words="We changed flag.")
    case = desk.case(ref)
    assert case.vessels[0].values("claim") == ("XP", "XU")
    assert {p.state: p.state_of_it for p in states_pointed_to(case)} == {"XP": "queried", "XU": "open"}
    assert exchange_label(case, case.exchanges[0]).startswith("AUTHORIZED")


def test_practice_r17_a_position_says_which_waters_and_who_says_so(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    told = {
        "position": "30-45 miles northwest of Isla Beata",
        "waters": "high seas",
        "waters_said_by": "unit 2",
        "datum": "WGS 84",
    }
    desk.do(record_fact, "duty-1", ref, "positions", **told)
    kept = desk.record_json(ref)["positions"][-1]
    assert kept["position"]["text"] == told["position"] and kept["position"]["point"] is None
    assert (kept["waters"], kept["waters_said_by"], kept["datum"]) == ("high seas", "unit 2", "WGS 84")


def test_practice_r20_no_program_links_two_cases_and_d5_five_spellings_are_offered_as_one(
    desk: LiveDesk,
) -> None:
    ref = received(desk)
    for name in ("ROSELINE A", "ROSALINE A", "ROSELINE-A", "ROZELINE A", "ROSELINA"):
        desk.do(record_fact, "duty-1", ref, "identifiers", field="name", value=name, how="as_heard")
    later = asked(desk, "board")
    desk.do(record_fact, "duty-1", later, "identifiers", field="name", value="ROSELINE", how="written")
    with desk.service.read() as reader:
        offered = {o.ref: o.shares for o in other_cases(reader, desk.case(later))}
    assert "alike" in offered[ref]
    assert "case.linked" not in desk.types(ref) + desk.types(later)
    desk.do(link_cases, "duty-2", later, case=ref, reason="the same hull on both photographs")
    assert desk.last(ref, "case.linked").actor["id"] == "duty-2"
    # One vessel in the case, by whatever name: nothing is merged and nothing contradicts.
    assert len(desk.case(ref).vessels) == 1
    assert "name" not in {c.field for c in conflicts(desk.case(ref))}


# --- reports that differ


def test_practice_r11_a_conflict_is_reconciled_by_a_named_person_and_opened_by_a_new_report(
    desk: LiveDesk,
) -> None:
    ref = asked(desk, "board")
    for value, source in (("PE-1204", "team one"), ("PE-1284", "team two")):
        told = {"field": "registration_number", "value": value, "source": source}
        desk.do(record_fact, "duty-1", ref, "identifiers", **told)
    (one,) = conflicts(desk.case(ref))
    assert [(r.value, r.source) for r in one.values] == [("PE-1204", "team one"), ("PE-1284", "team two")]
    assert one.is_open
    body: dict[str, Any] = {"field": "registration_number", "reason": "seen on the photograph"}
    assert refused(desk, reconcile, ref, value="PE-9", seen=desk.look(ref), **body) == {"/value"}
    desk.do(reconcile, "duty-2", ref, value="PE-1204", seen=desk.look(ref), **body)
    (one,) = conflicts(desk.case(ref))
    assert one.reconciled is not None and one.reconciled["actor"]["id"] == "duty-2"
    # The reports stay as they were told.
    assert [r.value for r in one.values] == ["PE-1204", "PE-1284"]
    again = {"field": "registration_number", "value": "PE-1204", "source": "photograph"}
    desk.do(record_fact, "duty-1", ref, "identifiers", **again)
    assert not conflicts(desk.case(ref))[0].is_open
    desk.do(record_fact, "duty-1", ref, "identifiers", **{**again, "value": "PE-1264"})
    (one,) = conflicts(desk.case(ref))
    assert one.is_open and [e["value"] for e in one.earlier] == ["PE-1204"]
    desk.do(reconcile, "duty-1", ref, value="cannot be told", seen=desk.look(ref), **body)
    assert not conflicts(desk.case(ref))[0].is_open


def test_pitfall_13_of_two_claims_none_is_chosen(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    for state in ("XP", "XU"):
        desk.do(record_fact, "duty-1", ref, "claims", state=state, by="master")
    body = {"field": "claim", "reason": "r", "seen": desk.look(ref)}
    assert refused(desk, reconcile, ref, value="XP", **body) == {"/value"}
    desk.do(reconcile, "duty-1", ref, value="cannot be told", **body)
    with pytest.raises(NoConflict):
        desk.do(reconcile, "duty-1", ref, field="imo", value="1", reason="r", seen=desk.look(ref))


def test_lengths_told_by_eye_in_two_units_contradict_nobody(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    for length in ("about 60 ft", "18 m"):
        desk.do(record_fact, "duty-1", ref, "identifiers", field="length", value=length)
    assert conflicts(desk.case(ref)) == ()
    desk.do(record_fact, "duty-1", ref, "identifiers", field="length", value="30 m")
    assert [c.field for c in conflicts(desk.case(ref))] == ["length"]


# --- what was known when


def test_practice_r3_what_was_known_at_each_ask_and_answer_is_told_apart(desk: LiveDesk) -> None:
    """D2: answered while nothing was known but a description; the papers came later."""
    ref = asked(desk, "confirm_registry")
    answer(desk, ref, values={"confirm_registry": "neither"}, by={"name": "N", "office": "O"})
    late = {"field": "registration_number", "value": "PE-1204", "how": "seen"}
    desk.do(record_fact, "duty-1", ref, "identifiers", **late)
    answer(desk, ref, values={"confirm_registry": "confirmed"}, by={"name": "N", "office": "O"})
    case = desk.case(ref)
    at = {(k.exchange, k.answer): [i.value for i in k.identifiers] for k in known_at_each_act(case)}
    assert at == {(1, None): [], (1, 1): [], (1, 2): ["PE-1204"]}
    first = case.exchanges[0].answers[0]
    assert identifiers_known(case, first.seq) == ()
    assert [k.value for k in identifiers_known(case)] == ["PE-1204"]


# --- statements made elsewhere


def test_rule_7_4_a_statement_elsewhere_is_no_answer_and_tells_holder_and_adviser(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    answer(desk, ref, values={"board": "granted"}, by={"name": "N", "office": "O"})
    before = exchange_label(desk.case(ref), desk.case(ref).exchanges[0])
    capture = {
        "name": "page.pdf",
        "media_type": "application/pdf",
        "base64": base64.b64encode(b"%PDF").decode(),
    }
    told = {
        "state": "XP",
        "made_by": "spokesman of the ministry",
        "made_where": "press",
        "source": "Diario, front page",
        "words": "No permission was ever given.",
        "capture": capture,
    }
    against = {"exchange": 1, "answer": 1, "measure": "board"}
    assert refused(desk, keep_statement, ref, **told, contradicts={**against, "answer": 4}) == {
        "/contradicts/answer"
    }
    desk.do(keep_statement, "duty-1", ref, **told, contradicts=against)
    case = desk.case(ref)
    assert exchange_label(case, case.exchanges[0]) == before
    assert len(case.exchanges[0].answers) == 1
    (one,) = contradictions(case)
    assert (one.statement, one.answer, one.measure, one.value) == (1, 1, "board", "granted")
    kinds = {a.kind for a in desk.alerts(ref).open}
    assert {"statement_contradicts", "statement_for_adviser"} <= kinds
    desk.settle()
    texts = [m.text for m in desk.exchange.phone(desk.number("legal-1")).received]
    assert any("public statement" in t for t in texts)
    # A summons never says what the statement says.
    assert "permission" not in "".join(texts)
    desk.person("legal-1").replies("1 {code}")
    assert desk.alerts(ref).holder(ref, 1) != "legal-1"
    # A further answer settles nothing of it: the holder is still summoned.
    answer(desk, ref, values={"board": "denied"}, by={"name": "N", "office": "O"})
    assert "statement_contradicts" in {a.kind for a in desk.alerts(ref).open}


def test_rule_7_4_a_statement_that_contradicts_nothing_summons_nobody(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    told = {"made_by": "owner", "made_where": "social_media", "source": "account", "words": "She is ours."}
    desk.do(keep_statement, "rec-1", ref, **told)
    assert contradictions(desk.case(ref)) == ()
    assert not [a for a in desk.alerts(ref).open if a.kind.startswith("statement")]


def test_a_partner_sees_none_of_this(desk: LiveDesk) -> None:
    ref = received(desk)
    found(desk, ref)
    desk.do(record_fact, "duty-1", ref, "claims", state="XB", words="MARK", asked_by="MARK")
    desk.do(record_standing, "duty-1", ref, 1, standing="called_back", number=XB_PHONE, by={"name": "MARK"})
    desk.do(keep_statement, "duty-1", ref, made_by="MARK", made_where="press", source="MARK", words="MARK")
    shown = json.dumps(case_json(visible(desk.case(ref), Viewer("mrcc-xb"))))
    assert "MARK" not in shown


VERBS: dict[str, tuple[Verb, tuple[Any, ...], dict[str, Any]]] = {
    "try": (record_try, (1,), {"outcome": "no_answer", "contact": "c1"}),
    "statement": (
        keep_statement,
        (),
        {"made_by": "m", "made_where": "press", "source": "s", "words": "w"},
    ),
    "reconcile": (reconcile, (), {"field": "imo", "value": "1", "reason": "r"}),
    "pass_over": (pass_over, (), {"state": "XB", "reason": "r"}),
}


@pytest.mark.parametrize("name", sorted(VERBS))
@pytest.mark.parametrize("role", ["aud-1", "admin-1"])
def test_rule_9_2_who_only_reads_or_administers_does_none_of_this(
    desk: LiveDesk, name: str, role: str
) -> None:
    verb, place, body = VERBS[name]
    ref = asked(desk, "board")
    before = desk.look(ref)
    with pytest.raises(NotPermitted):
        desk.do(verb, role, ref, *place, **body)
    assert desk.look(ref) == before
