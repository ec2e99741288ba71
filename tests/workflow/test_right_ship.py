"""The right answer about the right ship (desk-rules 1.5, under "The life of a case")."""

from __future__ import annotations

import pytest

from cna_service.documents.answer_text import answer_mail
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.workflow.facts import record_fact
from cna_service.workflow.letters import written_answer
from cna_service.workflow.previews import read_only
from cna_service.workflow.projections import case_stream
from cna_service.workflow.searching import search_for_case
from tests.workflow.acts import answer, found, received
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST

TWO = {**BAR_TEST, "vessels": [*BAR_TEST["vessels"], {"names": ["OTHER"], "flag_claimed": "XA"}]}


def text(desk: LiveDesk, ref: str) -> str:
    with read_only(desk.service, desk.officer("duty-1"), Action.CASE_READ, case_stream(ref)) as work:
        exchange = work.case.exchanges[0]
        return str(answer_mail(written_answer(desk.service, work, exchange, exchange.answers[-1])).body)


def test_rule_1_5_each_vessel_that_is_confirmed_has_a_record_of_her_own(desk: LiveDesk) -> None:
    ref = received(desk, **TWO)
    desk.attend(ref, "duty-1")
    desk.do(search_for_case, "duty-1", ref, vessel=1, imo="3000001", verdict="found", rid="X0000000")
    both = [{"vessel": v, "measure": "confirm_registry", "value": "confirmed"} for v in (1, 2)]
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={}, answers=both)
    assert "no search of this case was judged found" in str(refused.value)
    desk.do(search_for_case, "duty-1", ref, vessel=2, imo="3000001", verdict="found", rid="X0000000")
    answer(desk, ref, values={}, answers=both)
    told = desk.record_json(ref)["exchanges"][0]["answers"][0]["register"]
    assert [told["vessel"], told["further"][0]["vessel"]] == [1, 2]
    said = text(desk, ref)
    assert said.count("Register, vessel") == 2
    assert said.count("X0000000") == 2


def test_rule_1_5_a_name_heard_and_never_spelt_needs_a_reason_that_is_printed(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.attend(ref, "duty-1")
    desk.do(record_fact, "duty-1", ref, "identifiers", field="name", value="BAR TEST", how="as_heard")
    desk.do(search_for_case, "duty-1", ref, names=["BAR TEST"], verdict="found", rid="X0000000")
    with pytest.raises(Invalid) as refused:
        answer(desk, ref, values={"confirm_registry": "confirmed"})
    assert "heard and never spelt" in str(refused.value)
    answer(desk, ref, values={"confirm_registry": "confirmed"}, register_reason="He cut the call.")
    assert "He cut the call." in text(desk, ref)
    desk.do(record_fact, "duty-1", ref, "identifiers", field="name", value="BAR TEST", how="read_back")
    answer(desk, ref, values={"confirm_registry": "confirmed"})


def test_rule_1_5_a_reason_in_the_place_of_a_search_is_printed_and_private(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"confirm_registry": "refuted"}, register_reason="The register burnt down.")
    assert "because: The register burnt down." in " ".join(text(desk, ref).split())
    entry = desk.last(ref, "answer.given")
    assert "/register_reason" in " ".join(entry.private)


def test_rule_1_5_confirmed_prints_the_identifiers_of_the_record(desk: LiveDesk) -> None:
    ref = received(desk)
    found(desk, ref)
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"confirm_registry": "confirmed"})
    said = " ".join(text(desk, ref).split())
    assert "register record X0000000" in said
    assert "IMO number 3000001" in said
