"""Every verb asks the one table; who may not is refused before anything is looked at, and nothing is written."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cna_service.workflow
from cna_service.identity.permissions import PERMISSIONS, Action
from cna_service.identity.rules import NotPermitted
from cna_service.workflow import (
    answer,
    answer_changes,
    closing,
    communicate,
    consult,
    convey,
    decide,
    facts,
    in_writing,
    lapse,
    opening,
    read_back,
    searching,
    second_person,
    steps,
)
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.alerts import acknowledge_alert, next_rung
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import case_stream
from cna_service.workflow.rebase import rebase
from cna_service.workflow.receive import Arrival, receive
from cna_service.workflow.service import Service
from cna_service.workflow.wait import state_waiting
from tests.workflow.acts import received
from tests.workflow.desk import LiveDesk

FOLDER = Path(cna_service.workflow.__file__).parent

ACTS: dict[str, Callable[..., Any]] = {
    "acknowledge": acknowledge_request,
    "answer": answer.give_answer,
    "convey": convey.convey,
    "confirm": convey.confirm,
    "decide": decide.record_decision,
    "call_decider": decide.call_decider,
    "confirm_decision": read_back.confirm_decision,
    "agency_answer": consult.answer_agency,
    "lapse": lapse.record_lapse,
    "standing": steps.record_standing,
    "question": steps.ask_question,
    "extend": steps.extend,
    "withdraw": steps.withdraw,
    "basis": steps.choose_basis,
    "rebase": rebase,
    "read_writing": in_writing.read_writing,
    "take_back": answer_changes.withdraw_answer,
    "listed_confirms": answer_changes.confirm_by_listed,
    "limitation": answer_changes.notify_limitation,
    "approve_lapse": lapse.approve_lapse,
}
GOOD: dict[str, dict[str, Any]] = {
    "decide": {"answers": []},
    "confirm_decision": {"right": "yes"},
    "agency_answer": {"by": {"name": "n"}, "words": "w"},
    "lapse": {"words": "w", "channels": [{"channel": "mail"}]},
    "standing": {"standing": "unverified"},
    "question": {"words": "w"},
    "extend": {"until": "2026-11-22T00:00:00Z", "by": {"name": "n"}},
    "basis": {"provisions": ["coe-7"]},
    "rebase": {"change": "c", "keep": True, "reason": "r"},
    "read_writing": {"answer": 1, "words": "w"},
    "take_back": {"answer": 1},
    "listed_confirms": {"answer": 1, "form": "oral"},
    "limitation": {"answer": 1, "channel": "phone", "words": "w"},
}


def test_every_action_that_a_verb_asks_for_has_a_line() -> None:
    used = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "Action"
            ):
                used.add(Action[node.attr])
    assert used
    assert used - set(PERMISSIONS) == set()


def test_every_transaction_of_a_verb_names_an_action() -> None:
    """``service.write`` takes the actor and the action first; no module opens a transaction of the log beside it."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and node.func.attr == "write" and ast.unparse(node.func.value) == "service":
                assert len(node.args) >= 2, f"{path.name}:{node.lineno}"
                assert "ction" in ast.unparse(node.args[1]), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("name", sorted(ACTS))
@pytest.mark.parametrize("role", ["aud-1", "admin-1", "rec-1"])
def test_who_only_reads_or_administers_takes_no_step_of_an_exchange(
    desk: LiveDesk, name: str, role: str
) -> None:
    ref = received(desk)
    before = desk.look(ref)
    with pytest.raises(NotPermitted):
        desk.do(ACTS[name], role, ref, 1, **GOOD.get(name, {}))
    assert desk.look(ref) == before


def test_rule_9_2_the_auditor_changes_nothing_of_any_case(desk: LiveDesk) -> None:
    ref = received(desk)
    before = desk.look(ref)
    by_case: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
        (facts.record_fact, (ref, "claims"), {"state": "XA"}),
        (searching.search_for_case, (ref,), {}),
        (closing.close_case, (ref,), {"waived": "w"}),
        (second_person.give_approval, (ref, 1), {"approve": "yes"}),
        (
            consult.ask_agency,
            (ref,),
            {"agency": "a", "contact": {"name": "n"}, "question": "q", "channel": "phone"},
        ),
        (consult.record_clearance, (ref,), {"by": {"name": "n"}, "measures": ["board"], "words": "w"}),
        (closing.link_cases, (ref,), {"case": received(desk)}),
        (communicate.log_communication, (ref,), {"channel": "mail", "direction": "in"}),
        (opening.open_exchange, (ref,), {"state": "XB", "measures": ["board"]}),
        (opening.open_case, (), {"channel": "phone"}),
        (state_waiting, (ref,), {"for": "w", "until": "2026-11-22T00:00:00Z"}),
    ]
    for verb, place, body in by_case:
        with pytest.raises(NotPermitted):
            desk.do(verb, "aud-1", *place, **body)
    for on_alert in (acknowledge_alert, next_rung):
        with pytest.raises(NotPermitted):
            on_alert(desk.service, desk.officer("aud-1"), case_stream(ref), desk.alert(ref).id)
    assert desk.look(ref) == before


def test_a_partner_does_nothing_that_is_ours(desk: LiveDesk) -> None:
    ref = received(desk)
    partner = desk.authority("mrcc-xb")
    for name in (
        "acknowledge",
        "convey",
        "decide",
        "call_decider",
        "confirm_decision",
        "agency_answer",
        "lapse",
        "standing",
        "basis",
        "rebase",
    ):
        with pytest.raises(NotPermitted):
            ACTS[name](desk.service, partner, ref, 1, GOOD.get(name, {}))


def test_a_disabled_officer_may_do_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(disable_officer, "admin-1", officer="duty-2", reason="left")
    with pytest.raises(NotPermitted):
        desk.do(closing.add_note, "duty-2", ref, words="w")


def test_an_officer_can_send_no_submission_for_a_partner_by_mistake_of_the_table(desk: LiveDesk) -> None:
    arrival = Arrival(b"{}", "application/json")
    allowed = {a for a in ("aud-1", "admin-1") if _may_receive(desk.service, desk, a, arrival)}
    assert allowed == set()


def _may_receive(service: Service, desk: LiveDesk, officer: str, arrival: Arrival) -> bool:
    try:
        receive(service, desk.officer(officer), arrival)
    except NotPermitted:
        return False
    return True
