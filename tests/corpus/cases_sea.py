"""At sea and after, for the corpus: an instruction that is stopped, acts, results, custody, reports, jurisdiction."""

from __future__ import annotations

from typing import Any

from cna_service.kit.instants import to_text
from cna_service.workflow.answer import give_answer
from cna_service.workflow.at_sea import explain_action, record_action
from cna_service.workflow.closing import close_case
from cna_service.workflow.compensation import answer_claim, claim_compensation
from cna_service.workflow.conditions import check_condition
from cna_service.workflow.custody import record_custody
from cna_service.workflow.instruct import give_instruction, read_back
from cna_service.workflow.notifying import notify, summarise_evidence
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.reports import make_report
from cna_service.workflow.results import report_result
from tests.workflow.desk import LiveDesk

WAIVERS = ["waive_jurisdiction_vessel", "waive_jurisdiction_cargo", "waive_jurisdiction_persons"]
CUTTER = "cutter, hull 751"
TO = {"name": "Lt. Moss", "post": "officer of the watch"}


def at_sea(desk: LiveDesk) -> str:
    """We ask XB to board; it grants on two conditions and later refuses; she is boarded, the crew handed over."""
    vessel = {"name": "GREY HERON", "flag_claimed": "XB", "how": "spelt", "source": "unit 4"}
    ref = str(desk.do(open_case, "duty-1", channel="radio", vessels=[vessel])["case"])
    desk.attend(ref, "duty-1")
    ask = {
        "direction": "outbound",
        "authority": "mrcc-xb",
        "measures": ["board", "search"],
        "basis": ["coe-7"],
    }
    desk.do(open_exchange, "duty-1", ref, **ask)
    waive = {**ask, "measures": WAIVERS, "basis": ["coe-14-2"]}
    desk.do(open_exchange, "duty-1", ref, **waive)
    until = "2026-11-21T20:00:00Z"
    conditions: list[Any] = [{"kind": "report_by", "text": "Report what was found.", "until": until}]
    conditions += ["An officer of XB is told first."]
    _theirs(desk, ref, {"measure": "board", "value": "granted_with_conditions", "conditions": conditions})
    passed = {
        "unit": CUTTER,
        "circuit": "HF 5",
        "passed_to": TO,
        "number": "7/26",
        "words": "Report by radio.",
    }
    desk.do(give_instruction, "duty-1", ref, **passed, seen=desk.look(ref))
    said = {"by": {"name": "Lt. Moss"}, "words": "Board, on two conditions."}
    desk.do(read_back, "duty-1", ref, 1, **said, is_correct=True)
    desk.advance(minutes=10)
    act = {"by_unit": CUTTER, "happened_at": to_text(desk.clock.now())}
    desk.do(record_action, "duty-1", ref, **act, measure="board", basis={"exchange": 1}, words="Team aboard.")
    desk.do(record_action, "duty-1", ref, **act, measure="seize", force="pushed the door open")
    desk.do(explain_action, "duty-1", ref, 2, reason="It was going overboard.", by={"name": "Lt. Moss"})
    found = [{"what": "drift net", "quantity": "5 nm", "words": "recovered whole"}]
    told = {"found": found, "shots": 1, "nationals_aboard": [{"state": "XC", "count": 2}]}
    told |= {
        "persons_detained": [{"name": "A. Sailor", "nationality": "XC"}],
        "masters_objections": "We fish.",
    }
    told |= {"other_offences": [{"offence": "illegal_fishing", "words": "no licence"}], "damage": "a door"}
    desk.do(report_result, "duty-1", ref, **told, whereabouts="alongside", fate="escorted", words="Boarded.")
    check = {
        "exchange": 1,
        "answer": 1,
        "measure": "board",
        "evidence": "radio log",
        "by": {"name": "Lt. Moss"},
    }
    desk.do(check_condition, "duty-1", ref, **check, condition=2, met="yes", words="They were told at 1410Z.")
    desk.do(
        record_custody, "duty-1", ref, what="taken", persons=["A. Sailor"], items=["a net"], place="on deck"
    )
    over = {"what": "handed_over", "persons": ["A. Sailor"], "to": {"name": "Judge", "state": "XA"}}
    desk.do(record_custody, "duty-1", ref, **over, words="In good health.")
    file = {"name": "report.txt", "media_type": "text/plain", "base64": "aGVsbG8="}
    desk.do(
        make_report,
        "duty-1",
        ref,
        owes="r1",
        sent_to="MRCC XB",
        channel="mail",
        words="A net.",
        attachments=[file],
    )
    _theirs(desk, ref, {"measure": "board", "value": "denied"})
    desk.advance(minutes=1)
    desk.do(read_back, "duty-1", ref, 1, by={"name": "Lt. Moss"}, words="Stopped.", is_correct=True)
    _jurisdiction(desk, ref)
    claim = {"by": "Owners of GREY HERON", "against": {"state": "XA"}, "ground": "damage", "amount": "a door"}
    desk.do(claim_compensation, "duty-1", ref, **claim, words="The door was new.")
    desk.do(answer_claim, "duty-1", ref, 1, outcome="settled", by={"name": "Treasury"}, words="Paid.")
    waived = [{"what": "all", "by": "Cdr. Holm", "reason": "Agreed with XB."}]
    desk.do(close_case, "duty-1", ref, words="Done.", waived=waived)
    desk.settle()
    return ref


def _theirs(desk: LiveDesk, ref: str, item: dict[str, Any]) -> None:
    told = {"answers": [item], "form": "written"}
    give_answer(desk.service, desk.authority("mrcc-xb"), ref, 1, told)
    desk.settle()


def _jurisdiction(desk: LiveDesk, ref: str) -> None:
    sent = {"words": "A net of five miles.", "sent_to": "MRCC XB", "channel": "mail"}
    desk.do(summarise_evidence, "duty-1", ref, 2, **sent)
    received = {"received_at": to_text(desk.clock.now()), "by": {"name": "Watch"}, "words": "We have it."}
    desk.do(summarise_evidence, "duty-1", ref, 2, summary=1, **received)
    desk.do(
        notify, "duty-1", ref, 1, words="Boarded at 1413Z.", masters_objections="We fish.", sent_to="MRCC XB"
    )
    desk.do(notify, "duty-1", ref, 1, notification=1, **received)
