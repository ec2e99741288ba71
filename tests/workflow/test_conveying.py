"""An answer reaches the other side: spoken, by mail with its PDF, over the interface. Each stops what it stops."""

from __future__ import annotations

import io
import json
from typing import Any

import pypdf
import pytest

from cna_service.alerts.ports import ChannelError
from cna_service.documents.rules import CallNotIdentified, WrongCaseOnTheLine
from cna_service.kit.errors import Invalid
from cna_service.ledger import store
from cna_service.workflow.convey import NothingToConvey, confirm, convey, script
from tests.workflow.acts import answer, found, received
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST, SUA
from tests.workflow.station import T0

XB = "mrcc-xb@example.test"
CALL: dict[str, Any] = {
    "channel": "phone",
    "number": "+1 555 0102",
    "listener_name": "Watch officer",
    "listener_office": "MRCC XB",
    "reference_spoken": "mrcc 77 26",
    "started_at": "2026-11-21T14:10:00Z",
    "ended_at": "2026-11-21T14:13:00Z",
    "read_back": "Boarding denied.",
    "outcome": "agreed",
}


def pdf_text(content: bytes) -> str:
    """The words of a PDF; where a long word may break it holds a blank of no width."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def test_a_mail_goes_to_the_directorys_address_with_the_pdf_and_stops_the_clock_once_it_left(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    request = {
        **BAR_TEST,
        "contact": {"name": "X", "email": "elsewhere@attacker.test"},
        "measures": ["board", "search"],
    }
    ref = received(desk, **request)
    granted = ("granted_with_conditions", ["By day only.", "Report within 2 h."])
    answer(desk, ref, values={"board": granted, "search": "granted"}, basis={"provision": "coe-7"},
           convey=[{"channel": "mail"}])  # fmt: skip
    assert desk.clock_of(ref).is_running
    desk.settle()

    mail = desk.postbox.to(XB)[-1]
    assert desk.postbox.to("elsewhere@attacker.test") == []
    assert mail.case == ref
    assert ref in mail.subject
    assert [a.name for a in mail.attachments] == [f"{ref}-answer-1-1.pdf"]
    text = pdf_text(mail.attachments[0].content)
    for words in (ref, "MRCC-77/26", "By day only.", "Report within 2 h.", "Board", "Search", "CETS 156"):
        assert words in text
        assert words in " ".join(mail.text.split())
    assert desk.types(ref)[-1] == "conveyance.sent"
    assert desk.clock_of(ref).stopped_at == T0

    kept = desk.case(ref).documents[0]
    with desk.service.database.read() as connection:
        assert store.blob(connection, kept["blob"]) == ("application/pdf", mail.attachments[0].content)
    given = desk.last(ref, "answer.given")
    assert (kept["from_seq"], kept["from_leaf"]) == (given.seq, given.leaf)
    assert given.leaf[:12] in text.replace(" ", "")


def test_the_document_names_every_measure_asked_with_those_not_answered(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "mail"}])
    desk.settle()
    text = pdf_text(desk.postbox.to(XB)[-1].attachments[0].content)
    assert "NO ANSWER" in text
    assert "unanswered" in text
    assert "Detain the vessel" in text


def test_a_mail_that_cannot_leave_is_recorded_and_the_clock_goes_on(desk: LiveDesk) -> None:
    ref = received(desk, **{**BAR_TEST, "measures": ["board"]})
    desk.postbox.error = ChannelError(True, "smtp-550")
    answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "mail"}])
    desk.settle()
    assert desk.last(ref, "conveyance.sent").body["state"] == "failed"
    assert desk.clock_of(ref).is_running


def test_a_spoken_answer_is_complete_only_with_all_that_makes_it_one(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk, **{**SUA, "measures": ["board"]})
    answer(desk, ref, values={"board": "denied"}, form="oral")
    with pytest.raises(Invalid) as refused:
        desk.do(convey, "duty-1", ref, 1, channel="phone", number="+15550199", ended_at=CALL["started_at"],
                started_at=CALL["ended_at"], outcome="corrected")  # fmt: skip
    assert {p.pointer for p in refused.value.problems} == {
        "/number_reason",
        "/listener_name",
        "/listener_office",
        "/reference_spoken",
        "/ended_at",
        "/read_back",
        "/correction",
    }
    json.dumps([p.as_json() for p in refused.value.problems])
    assert "answer.conveyed" not in desk.types(ref)

    desk.do(convey, "duty-1", ref, 1, **CALL)
    told = desk.last(ref, "answer.conveyed").body
    assert (told["complete"], told["number_from_directory"], told["form"]) == (True, True, "oral")
    assert "BAR TEST" in told["text"]


def test_another_number_than_the_directorys_needs_a_reason(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"}, form="oral")
    desk.do(
        convey, "duty-1", ref, 1, **{**CALL, "number": "+15550999"}, number_reason="The listed line is dead."
    )
    told = desk.last(ref, "answer.conveyed").body
    assert (told["number_from_directory"], told["reason"]) == (False, "The listed line is dead.")


def test_the_wrong_case_on_the_line_stops_the_answer(desk: LiveDesk) -> None:
    ref, other = received(desk), received(desk)
    answer(desk, ref, values={"board": "denied"}, form="oral")
    with pytest.raises(WrongCaseOnTheLine):
        desk.do(convey, "duty-1", ref, 1, **{**CALL, "reference_spoken": "MRCC-78/26"})
    with pytest.raises(WrongCaseOnTheLine):
        desk.do(convey, "duty-1", ref, 1, **{**CALL, "reference_spoken": None, "code_read_back": other})
    assert "answer.conveyed" not in desk.types(ref)


def test_the_script_appears_only_once_the_call_is_identified_and_writes_nothing(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"}, form="oral")
    before = desk.look(ref)
    with pytest.raises(CallNotIdentified):
        script(desk.service, desk.officer("duty-1"), ref, 1, {"number": "+15550102"})
    who = {k: CALL[k] for k in ("number", "listener_name", "listener_office", "reference_spoken")}
    said = script(desk.service, desk.officer("duty-1"), ref, 1, who)
    spoken = " ".join(line["text"] for line in said["lines"])
    assert "Bravo" in spoken
    assert desk.look(ref) == before


def test_under_a_treaty_in_writing_a_spoken_answer_stops_no_clock(desk: LiveDesk) -> None:
    ref = received(desk, **{**BAR_TEST, "measures": ["board"]})
    answer(desk, ref, values={"board": "denied"}, form="oral")
    desk.do(convey, "duty-1", ref, 1, **CALL)
    assert desk.clock_of(ref).is_running
    desk.do(convey, "duty-1", ref, 1, channel="mail")
    desk.settle()
    assert not desk.clock_of(ref).is_running


def test_over_the_interface_the_partner_reads_it_and_a_fax_says_to_whom_it_went(desk: LiveDesk) -> None:
    ref = received(desk, **{**BAR_TEST, "measures": ["board"]})
    answer(desk, ref, values={"board": "denied"})
    with pytest.raises(Invalid):
        desk.do(convey, "duty-1", ref, 1, channel="fax")
    desk.do(convey, "duty-1", ref, 1, channel="fax", number="+15550199")
    assert desk.last(ref, "answer.conveyed").body["to"] == {"phone": "+15550199"}
    desk.do(convey, "duty-1", ref, 1, channel="api")
    assert [c.channel for c in desk.case(ref).exchanges[0].answers[0].conveyances] == ["fax", "api"]
    assert not desk.clock_of(ref).is_running


def test_nothing_is_conveyed_before_there_is_an_answer(desk: LiveDesk) -> None:
    ref = received(desk)
    with pytest.raises(NothingToConvey):
        desk.do(convey, "duty-1", ref, 1, channel="mail")


def test_the_other_side_confirms_that_it_has_our_answer(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "mail"}])
    desk.settle()
    confirm(desk.service, desk.authority("mrcc-xb"), ref, 1, {"words": "Received, inspection suspended."})
    conveyed = desk.case(ref).exchanges[0].answers[0].conveyances[0]
    assert conveyed.confirmed_at == T0
    assert conveyed.confirmed_by["name"].startswith("EXERCISE: Maritime Rescue")


def test_a_conveyance_in_the_same_step_that_cannot_be_read_writes_no_answer_either(desk: LiveDesk) -> None:
    ref = received(desk)
    found(desk, ref)
    before = desk.look(ref)
    with pytest.raises(Invalid) as refused:
        answer(
            desk,
            ref,
            values={"confirm_registry": "confirmed"},
            convey=[{"channel": "mail"}, {"channel": "pigeon"}],
        )
    assert [p.pointer for p in refused.value.problems] == ["/convey/1/channel"]
    desk.settle()
    assert desk.look(ref) == before
    assert desk.postbox.to(XB) == []


def test_each_text_that_leaves_ends_with_the_logs_line_without_its_size(desk: LiveDesk) -> None:
    desk.seal()
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "mail"}])
    desk.settle()
    last = desk.postbox.to(XB)[-1].text.strip().splitlines()[-1]
    assert last.startswith("Log: cna.example/desk-tests; root: ")
    assert "none yet" not in last
