"""What becomes of a certificate: released or returned, given, contradicted, revoked, superseded, issued again."""

from __future__ import annotations

import pytest

from cna_service.documents.log_line import read_log_line
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.workflow.certificate_holders import holders_json
from cna_service.workflow.certificate_steps import (
    CertificateContradicted,
    CertificateNotGiven,
    CertificateSettled,
    approve_certificate,
    deliver_certificate,
    revoke_certificate,
)
from cna_service.workflow.certify import reissue_certificate
from cna_service.workflow.closing import close_case, reopen_case
from cna_service.workflow.facts import record_fact
from cna_service.workflow.papers_reading import certificate_file
from cna_service.workflow.second_person import SamePerson
from cna_service.workflow.seen import look_for
from cna_service.workflow.work import CaseMoved
from tests.workflow.acts import answer
from tests.workflow.desk import LiveDesk
from tests.workflow.papers import confirmed, draft, pdf_of, release, said, text_of


def test_d4_two_persons_release_and_the_pdf_is_kept(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer", "sup-1")
    assert "DRAFT - NOT RELEASED" in pdf_of(desk, ref)
    with pytest.raises(SamePerson):
        release(desk, ref)
    with pytest.raises(NotPermitted):
        release(desk, ref, by="duty-1")
    desk.seal()
    release(desk, ref, by="dec-1")
    entry = desk.last(ref, "certificate.released")
    assert entry.actor["id"] == "dec-1"
    assert entry.body["log"]["key"]
    assert entry.body["log"]["root20"]
    told = desk.case(ref).papers.certificates[0]
    assert entry.body["extract_sha256"] == told.extract_sha256
    page = pdf_of(desk, ref)
    assert "DRAFT" not in page
    assert "Released by a second officer" in page
    assert entry.body["log"]["root20"] in page.replace("\u200b", "")
    with pytest.raises(CertificateSettled):
        release(desk, ref, by="dec-1")


def test_a_returned_draft_says_why_and_is_given_to_nobody(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    with pytest.raises(Invalid):
        desk.do(approve_certificate, "sup-1", ref, 1, approve=False, seen=desk.look(ref))
    desk.do(approve_certificate, "sup-1", ref, 1, approve=False, words="Name the hull.", seen=desk.look(ref))
    assert "NOT RELEASED - RETURNED" in text_of(desk, ref)
    with pytest.raises(CertificateNotGiven):
        desk.do(deliver_certificate, "duty-1", ref, 1, to="Court", channel="letter")


def test_what_came_since_the_draft_is_shown_once_and_a_contrary_answer_always(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    made = draft(desk, ref, "registry_answer")
    seen = made["seq"]
    desk.do(record_fact, "duty-1", ref, "identifiers", field="imo", value="3000001", how="spelt")
    with pytest.raises(CaseMoved):
        desk.do(approve_certificate, "sup-1", ref, 1, approve=True, seen=seen)
    release(desk, ref)

    draft(desk, ref, "registry_answer")
    answer(desk, ref, values={"confirm_registry": "neither"}, convey=[{"channel": "mail"}])
    desk.settle()
    with pytest.raises(CertificateContradicted):
        release(desk, ref, 2)


def test_revoked_says_so_across_it_and_its_holders_are_to_be_told(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    release(desk, ref)
    desk.do(deliver_certificate, "duty-1", ref, 1, to="Court of XB", channel="letter")
    desk.do(revoke_certificate, "sup-1", ref, 1, reason="The register was wrong.", seen=desk.look(ref))
    assert "REVOKED 211403Z NOV 26" in pdf_of(desk, ref)
    assert "The register was wrong." in text_of(desk, ref)
    assert holders_json(desk.case(ref))[0]["to_be_told_of"] == [desk.last(ref, "certificate.revoked").seq]
    assert desk.alert(ref, "certificate_holders").is_open
    with pytest.raises(CertificateNotGiven):
        desk.do(deliver_certificate, "duty-1", ref, 1, to="Another", channel="letter")


def test_superseded_by_a_later_one_when_that_is_released(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    release(desk, ref)
    draft(desk, ref, "registry_answer", supersedes=1)
    assert desk.case(ref).papers.certificates[0].state == "released"
    release(desk, ref, 2)
    assert desk.case(ref).papers.certificates[0].state == "superseded"
    assert "SUPERSEDED BY NO. 2" in pdf_of(desk, ref)


def test_reissued_for_another_state(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    release(desk, ref)
    made = desk.do(reissue_certificate, "duty-1", ref, 1, for_state="XC", seen=desk.look(ref))
    assert made["certificate"] == 2
    assert "State XC" in text_of(desk, ref, 2)
    assert "repeats certificate 1" in said(made)
    with pytest.raises(Invalid):
        desk.do(reissue_certificate, "duty-1", ref, 1, seen=desk.look(ref))


def test_a_case_that_is_reopened_reaches_the_holders(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    draft(desk, ref, "registry_answer")
    release(desk, ref)
    desk.do(deliver_certificate, "duty-1", ref, 1, to="Court of XB", channel="letter")
    desk.do(close_case, "duty-1", ref, waived="done", words="done", seen=desk.look(ref))
    desk.do(reopen_case, "duty-1", ref, words="A letter came.")
    assert desk.alert(ref, "certificate_holders").is_open


def test_rule_16_1_the_last_line_is_the_logs_and_is_found_again(desk: LiveDesk) -> None:
    ref = confirmed(desk)
    desk.seal()
    draft(desk, ref, "registry_answer")
    release(desk, ref)
    made = certificate_file(desk.service, desk.officer("duty-1"), ref, 1, "txt").content.decode()
    line = read_log_line(made.rstrip().splitlines()[-1])
    assert line is not None
    assert look_for(desk.service.database, desk.service.desk.log_origin, line).exit_code == 0
