"""At sea and after on the page of a case: what a unit may do, the STOP, acts beyond a grant, what is owed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from cna_service.workflow.answer import give_answer
from cna_service.workflow.fire import fire_due
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.projections import DESK, OFFICERS
from tests.console.cases.night import XB, Night
from tests.console.cases.test_erased import shown, view_of, without_disclosures


def granted(night: Night, *, conditions: list[str] | None = None) -> str:
    """We asked XB for boarding and search; it granted boarding."""
    service, now = night.desk.service, night.desk.clock.now()
    with service.read() as reader:
        found = reader.stream(DESK).of(OFFICERS).find("duty-officer")
    officer = found.actor(now, signed_in={"by": "totp", "session": "s-1"})
    opened = open_case(service, officer, {"channel": "radio", "vessels": [{"name": "BAR TEST"}]})
    ref = str(json.loads(opened.body)["case"])
    ask = {
        "direction": "outbound",
        "authority": "mrcc-xb",
        "measures": ["board", "search"],
        "basis": ["coe-7"],
    }
    open_exchange(service, officer, ref, ask)
    theirs(night, ref, "granted_with_conditions" if conditions else "granted", conditions)
    return ref


def theirs(night: Night, ref: str, value: str, conditions: list[str] | None = None) -> None:
    item: dict[str, Any] = {"measure": "board", "value": value}
    told = {"answers": [item | ({"conditions": conditions} if conditions else {})], "form": "written"}
    give_answer(night.desk.service, XB, ref, 1, told)


def test_rule_5_2_the_page_shows_what_a_unit_may_do_and_passes_it_on(night: Night) -> None:
    ref = granted(night)
    page = night.case(ref)
    assert "What a unit may do now" in page.text
    assert "NOT GRANTED" in page.text and "MAY" in page.text
    assert "Board: you MAY. Permission of XB." in page.text
    again = night.act(ref, "instruct", status=422, unit="cutter")
    assert "Circuit or line is missing" in again.text
    page = night.act(ref, "instruct", unit="cutter", circuit="HF 5", passed_to__name="Moss")
    assert "Instruction 1 to cutter" in page.text and "passed on, not read back yet" in page.text
    page = night.act(ref, "readback", instruction="1", by__name="Moss", words="Board only.", is_correct="yes")
    assert "read back" in page.text
    assert night.record(ref).sea.instructions[0].state == "read_back"


def test_rule_5_2_the_stop_stands_red_on_case_and_board_until_it_is_read_back(night: Night) -> None:
    ref = granted(night)
    night.act(ref, "instruct", unit="cutter", circuit="HF 5", passed_to__name="Moss")
    theirs(night, ref, "denied")
    page = night.case(ref)
    assert "STOP: what a unit was told no longer holds" in page.text
    assert "STOP. STOP. STOP. Instruction 1" in page.text
    assert "STOP not read back" in night.browser.get("/console/").text
    night.act(
        ref, "readback", instruction="1", by__name="Moss", words="Stop, nothing granted.", is_correct="yes"
    )
    assert "STOP: what a unit was told no longer holds" not in night.case(ref).text
    assert "STOP not read back" not in night.browser.get("/console/").text


def test_rule_6_3_an_act_beyond_every_grant_stands_red_and_asks_for_a_reason(night: Night) -> None:
    ref = granted(night)
    page = night.act(ref, "action", measure="seize", by_unit="cutter", happened_at="now")
    assert "Beyond every grant: Seize" in page.text and "A reason is wanted." in page.text
    page = night.act(ref, "action_reason", of_action="1", reason="It went overboard otherwise.")
    assert "A reason is wanted." not in page.text
    assert "beyond every grant" in page.text and "Why: It went overboard otherwise." in page.text


def test_conditions_results_custody_and_reports_have_their_forms(night: Night) -> None:
    ref = granted(night, conditions=["An officer of XB leads."])
    night.act(ref, "action", measure="board", by_unit="cutter", happened_at="now")
    assert "Custody, vessel 1: since boarding waits for the hand-over" in night.case(ref).text
    page = night.act(ref, "condition", condition="1.1.1.board.1", met="yes", evidence="seen")
    assert "condition 1 (exchange 1, answer 1): An officer of XB leads. kept" in page.text
    typed = {"found__0__what": "drift net", "found__0__quantity": "5 nm", "nationals_aboard__0__state": "XC"}
    page = night.act(ref, "result", boarded="yes", **typed)
    assert "drift net, 5 nm" in page.text and "consular notice" in page.text
    page = night.act(ref, "custody", what="taken", persons="A. Sailor\nB. Sailor")
    assert "Taken; 2 persons (A. Sailor, B. Sailor)" in page.text
    page = night.act(ref, "report", owes="r1", sent_to="MRCC XB", channel="mail", words="Done.")
    assert night.record(ref).sea.reports_owed[0]["made"]
    page = night.act(ref, "compensation", by="Owners", against="XA", ground="damage", amount="a mast")
    assert "Claim 1, damage, a mast: open" in page.text
    page = night.act(ref, "compensation_answer", claim="1", outcome="settled")
    assert "Claim 1, damage, a mast: settled" in page.text
    night.act(ref, "evidence_summary", exchange=1, words="A net.", sent_to="MRCC XB")
    assert night.record(ref).sea.evidence_summaries[0]["side"] == "ours"


def test_a_case_at_sea_whose_private_values_are_gone_can_still_be_read(night: Night) -> None:
    ref = granted(night, conditions=["An officer of XB leads."])
    night.act(ref, "instruct", unit="Cutter Zephyr", circuit="HF 5", passed_to__name="Moss", words="Hurry.")
    night.act(
        ref, "action", measure="seize", by_unit="Cutter Zephyr", happened_at="now", words="Taken aboard."
    )
    night.act(ref, "custody", what="taken", persons="A. Sailor")
    night.act(ref, "result", boarded="yes", found__0__what="drift net", nationals_aboard__0__state="XC")
    theirs(night, ref, "denied")
    night.desk.clock.at += timedelta(seconds=1)
    fire_due(night.desk.service)
    whole = shown(night, view_of(night, ref, night.entries(ref)))
    gone = shown(night, view_of(night, ref, without_disclosures(night, ref)))
    for private in ("Zephyr", "Moss", "Hurry", "Taken aboard", "A. Sailor", "XB leads"):
        assert private in whole
        assert private not in gone
    # What rules read stands in the clear: the STOP, the act beyond the grant, what is owed, who is held.
    for clear in (
        "STOP. STOP. STOP.",
        "beyond every grant",
        "consular notice",
        "1 person",
        "NO LONGER HOLDS",
    ):
        assert clear in gone
