"""The other steps of a case: standing, questions, withdrawal, basis, facts, notes, links, closing."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid, NotFound
from cna_service.workflow.acknowledge import AlreadyAcknowledged, acknowledge_request
from cna_service.workflow.closing import NotClosed, StillOpen, add_note, close_case, link_cases, reopen_case
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.facts import record_fact
from cna_service.workflow.searching import search_for_case, search_register
from cna_service.workflow.steps import ask_question, choose_basis, record_standing, withdraw
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST, without
from tests.workflow.station import T0, minutes


def refused(desk: LiveDesk, verb: Any, *place: Any, **body: Any) -> set[str]:
    """The fields that a command was refused for; nothing of it was written."""
    before = {p: desk.look(p) for p in place if isinstance(p, str) and p.startswith("X-")}
    with pytest.raises(Invalid) as no:
        desk.do(verb, "duty-1", *place, **body)
    assert all(p.why and p.fix for p in no.value.problems)
    assert {p: desk.look(p) for p in before} == before
    return {p.pointer for p in no.value.problems}


def test_a_request_is_acknowledged_once_by_a_named_officer_and_the_partner_is_told(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = received(desk)
    desk.do(acknowledge_request, "duty-1", ref, 1, words="In hand.")
    desk.settle()
    mail = desk.postbox.to("mrcc-xb@example.test")[-1]
    for words in ("MRCC-77/26", "EXERCISE Lieutenant Ana Reyes", ref):
        assert words in mail.text
    assert not desk.clock_of(ref, "own").is_running
    with pytest.raises(AlreadyAcknowledged):
        desk.do(acknowledge_request, "duty-2", ref, 1)
    silent = received(desk)
    desk.do(acknowledge_request, "duty-1", silent, 1, tell=False)
    desk.settle()
    assert silent not in "".join(m.text for m in desk.postbox.sent)


def test_a_call_back_names_the_number(desk: LiveDesk) -> None:
    ref = received(desk)
    assert refused(desk, record_standing, ref, 1, standing="called_back") == {"/number", "/by"}
    assert refused(desk, record_standing, ref, 1, standing="trusted", extra=1) == {"/standing", "/extra"}
    told = {"standing": "called_back", "number": "+15550102", "by": {"name": "Watch officer"}}
    desk.do(record_standing, "duty-1", ref, 1, **told)
    assert desk.case(ref).exchanges[0].standing == "called_back"


def test_a_question_is_logged_and_restarts_no_clock(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = asked(desk, "board")
    due = desk.clock_of(ref).due_at
    desk.advance(minutes=20)
    ask_question(desk.service, desk.authority("mrcc-xp"), ref, 1, {"words": "How many persons? Last port?"})
    assert desk.clock_of(ref).due_at == due
    question = desk.case(ref).exchanges[0].questions[0]
    assert (question["direction"], question["exchange"]) == ("in", 1)
    desk.settle()
    desk.person("duty-1").receives_sms(containing="new message on a request")
    assert refused(desk, ask_question, ref, 1, direction="up") == {"/direction", "/words"}


def test_whoever_asked_takes_it_back_and_everything_about_it_ends(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    withdraw(desk.service, desk.authority("mrcc-xb"), ref, 1, {"words": "Boarded with the master's consent."})
    assert not any(c.is_running for c in desk.case(ref).clocks)
    assert desk.alert(ref).closed_why == "withdrawn"
    assert desk.record_json(ref)["label"] == "WITHDRAWN"
    with pytest.raises(NotFound):
        withdraw(desk.service, desk.authority("cna-xc"), ref, 1, {})


def test_an_officer_chooses_the_basis_and_its_clock_runs_from_receipt(desk: LiveDesk) -> None:
    ref = received(desk, **without(BAR_TEST, "legal_basis"))
    desk.advance(minutes=30)
    got = desk.do(
        choose_basis, "duty-1", ref, 1, provisions=["coe-7"], reason="Both are party.", zone="high_seas"
    )
    assert {c["provision"] for c in got["clocks"] if c["kind"] == "legal"} == {"coe-7"}
    assert desk.clock_of(ref).due_at == T0 + minutes(240)
    assert desk.case(ref).exchanges[0].chosen is not None
    desk.do(choose_basis, "duty-1", ref, 1, provisions=["coe-7"], zone="high_seas")
    assert len([c for c in desk.case(ref).clocks if c.kind == "legal"]) == 1
    assert refused(desk, choose_basis, ref, 1, provisions=["nonsense"]) == {"/provisions"}


FACTS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("claims", {"vessel": 4}, {"/state", "/vessel"}),
    ("claims", {"state": "9!"}, {"/state"}),
    ("indicia", {"kind": "smell"}, {"/kind", "/value"}),
    ("identifiers", {"field": "colour", "value": "x"}, {"/field"}),
    ("identifiers", {"field": "name", "how": "dreamt"}, {"/value", "/how"}),
    ("positions", {}, {"/position"}),
    ("positions", {"position": "91N 010E"}, {"/position"}),
    ("persons", {"shoe_size": 44}, {"/shoe_size"}),
    ("events", {"happened_at": "2026-11-21T12:00:00"}, {"/words", "/happened_at"}),
]


@pytest.mark.parametrize(
    ("kind", "body", "fields"), FACTS, ids=[f"{k}-{n}" for n, (k, _, _) in enumerate(FACTS)]
)
def test_a_fact_that_cannot_be_read_is_refused_naming_every_field(
    desk: LiveDesk, kind: str, body: dict[str, Any], fields: set[str]
) -> None:
    ref = received(desk)
    assert refused(desk, record_fact, ref, kind, **body) == fields


def test_each_fact_is_an_entry_of_its_own_with_when_it_happened(desk: LiveDesk) -> None:
    ref = received(desk)
    told = {"text": "1340 to 1350Z", "earliest": "2026-11-21T13:40:00Z", "latest": "2026-11-21T13:50:00Z"}
    desk.do(
        record_fact,
        "duty-1",
        ref,
        "events",
        words="Boarding began.",
        source_kind="open_source",
        happened_at=told,
    )
    event = desk.last(ref, "event.reported")
    assert event.happened_at is not None
    assert (event.happened_at.text, event.happened_at.exact) == ("1340 to 1350Z", None)
    assert (event.body["is_verified"], event.body["source_kind"]) == (False, "open_source")
    assert event.told_at == T0
    desk.do(
        record_fact, "duty-1", ref, "positions", position="between 30 and 45 miles off XQ", source="radio"
    )
    assert desk.last(ref, "position.reported").body["position"].get("point") is None


def test_text_that_is_no_unicode_is_kept_without_what_the_log_cannot_hold(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(record_fact, "duty-1", ref, "positions", position="off \ud800XQ")
    assert desk.last(ref, "position.reported").body["position"]["text"] == "off ?XQ"
    desk.do(record_fact, "duty-1", ref, "events", words="a\x00b\udfff")
    assert desk.last(ref, "event.reported").body["words"] == "a\ufffdb?"


def test_a_call_is_logged_with_who_and_which_number(desk: LiveDesk) -> None:
    ref = received(desk)
    wanted = {"/number", "/theirs", "/started_at", "/ended_at"}
    assert refused(desk, log_communication, ref, channel="phone", direction="in") == wanted
    assert refused(desk, log_communication, ref, channel="smoke") == {"/channel", "/direction"}
    call = {"channel": "phone", "direction": "out", "number": "+15550102", "theirs": {"name": "Watch"}}
    desk.do(
        log_communication,
        "duty-1",
        ref,
        **call,
        started_at="2026-11-21T14:00:00Z",
        ended_at={"text": "shortly after"},
        text="Asked for the port.",
    )
    kept = desk.case(ref).communications[0]
    assert (kept["ours"]["name"], kept["ended_at"]["text"]) == (desk.officer("duty-1").name, "shortly after")
    assert (kept["number"], kept["theirs"], kept["started_at"]["text"]) == (
        "+15550102",
        {"name": "Watch"},
        "2026-11-21T14:00:00Z",
    )


def test_a_search_is_an_entry_with_its_evidence_and_nothing_is_found_without_a_verdict(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = received(desk)
    got = desk.do(search_for_case, "duty-1", ref)
    assert got["verdict"] == "undecided"
    made = desk.last(ref, "search.made").body
    assert (made["register"]["id"], made["register"]["version"]) == ("national", 1)
    assert made["keys"]["names"] == ["BAR TEST"]
    assert made["candidates"][0]["rid"] == "X0000000"
    assert made["count"] == len(got["candidates"]) or made["count"] > len(made["candidates"])
    assert desk.case(ref).searches[0]["verdict"] == "undecided"

    assert refused(desk, search_for_case, ref, search=1, verdict="found") == {"/rid"}
    assert refused(desk, search_for_case, ref, search=1, verdict="found", rid="X9999999") == {"/rid"}
    assert refused(desk, search_for_case, ref, search=7, verdict="not_found") == {"/search"}
    desk.do(search_for_case, "duty-1", ref, search=1, verdict="found", rid="X0000000", words="Same homeport.")
    judged = desk.case(ref).searches[0]
    assert (judged["verdict"], judged["rid"], judged["verdict_by"]["id"]) == ("found", "X0000000", "duty-1")


def test_looking_without_a_case_leaves_no_entry(desk: LiveDesk) -> None:
    with desk.service.database.read() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar()
    found = search_register(desk.service, desk.officer("duty-1"), {"imo": "3000001"})
    assert found["candidates"][0]["rid"] == "X0000000"  # type: ignore[index]
    with desk.service.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar() == before


def test_a_link_is_one_entry_in_each_case(either_desk: LiveDesk) -> None:
    desk = either_desk
    one, other = received(desk), received(desk)
    desk.do(link_cases, "duty-1", one, case=other.lower(), reason="same vessel")
    assert desk.last(one, "case.linked").body["case"] == other
    assert desk.last(other, "case.linked").body["case"] == one
    assert refused(desk, link_cases, one, case=one) == {"/case"}
    assert refused(desk, link_cases, one, case="X-AAAA-AAA") == {"/case"}


def test_a_case_is_closed_only_when_nothing_is_owed_unless_a_person_says_why(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk)
    with pytest.raises(StillOpen) as owed:
        desk.do(close_case, "duty-1", ref)
    assert owed.value.facts["owed"] == [
        "a legal clock of exchange 1 runs",
        "exchange 1 asked us and has no answer",
    ]
    desk.do(close_case, "duty-1", ref, waived="They called it off by telephone.")
    case = desk.case(ref)
    assert case.is_closed
    assert desk.last(ref, "case.closed").body["owed"] == owed.value.facts["owed"]
    desk.do(reopen_case, "duty-1", ref, words="They call again.")
    assert not desk.case(ref).is_closed
    with pytest.raises(NotClosed):
        desk.do(reopen_case, "duty-1", ref, words="again")


def test_a_late_answer_to_a_closed_case_is_taken(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.do(close_case, "duty-1", ref, waived="Given up.")
    answer(desk, ref, values={"board": "denied"}, by={"name": "Captain", "office": "MRCC XP"})
    assert desk.case(ref).exchanges[0].answers[0].items[0].value == "denied"


def test_a_note_is_the_desks_own(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(add_note, "legal-1", ref, words="Ask for the text of the note verbale.")
    assert desk.case(ref).notes[0]["actor"]["role"] == "legal_adviser"
    with pytest.raises(NotPermitted):
        desk.do(add_note, "aud-1", ref, words="x")
    assert refused(desk, add_note, ref, word="x") == {"/words", "/word"}
