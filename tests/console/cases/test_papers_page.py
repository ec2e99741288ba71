"""Papers on the page of a case: drafted, released by another, given, contradicted; brief and chronology."""

from __future__ import annotations

from cna_service.workflow.papers_reading import MEDIA
from tests.console.cases.night import Night


def test_a_certificate_is_drafted_released_by_another_and_given(night: Night) -> None:
    ref = night.request()
    told = {"kind": "chronology_of_exchanges", "for_state": "XB", "designee": "dec-1"}
    page = night.act(ref, "certificate", **told)
    assert "Certificate 1: Certificate of exchanges" in page.text
    assert "Draft: nobody has released it" in page.text
    night.act_as("supervisor", ref, "certificate-approval", certificate="1", approve="true")
    page = night.act(ref, "certificate-delivery", certificate="1", to="Court of XB", channel="letter")
    assert "Released" in page.text
    assert "1. Court of XB letter" in " ".join(page.text.split())


def test_what_contradicts_a_certificate_stands_beside_it_and_names_who_is_to_be_told(night: Night) -> None:
    ref = night.request()
    night.act(ref, "certificate", kind="chronology_of_exchanges", designee="dec-1")
    night.act_as("supervisor", ref, "certificate-approval", certificate="1", approve="true")
    night.act(ref, "certificate-delivery", certificate="1", to="Court of XB", channel="letter")
    night.act_as("supervisor", ref, "certificate-revocation", certificate="1", reason="It was wrong.")
    page = night.case(ref)
    assert "1 holder of a certificate to be told of what came after it." in page.text
    page = night.act(ref, "certificate-notice", certificate="1", channel="letter")
    assert "to be told of what came after it" not in page.text


def test_the_papers_of_a_case_are_handed_over_as_files(night: Night) -> None:
    ref = night.request()
    night.act(ref, "certificate", kind="chronology_of_exchanges", designee="dec-1")
    for path, media_type in (
        ("brief.pdf", "pdf"),
        ("brief.txt", "txt"),
        ("chronology.pdf", "pdf"),
        ("chronology.csv", "csv"),
        ("certificates/1.pdf", "pdf"),
        ("certificates/1.txt", "txt"),
    ):
        got = night.browser.client.get(f"/console/cases/{ref}/papers/{path}")
        assert (got.status_code, got.headers["content-type"]) == (200, MEDIA[media_type])
    assert night.browser.client.get(f"/console/cases/{ref}/papers/brief.doc").status_code == 404


def test_rule_7_2_what_goes_beyond_an_entry_stands_on_the_page_before_anybody_approves(night: Night) -> None:
    ref = night.request()
    page = night.act(ref, "release", to="press", text="The ship was confirmed as ours.", rests_on="1, 2")
    assert "no entry it rests on says that a register confirmed her" in page.text
    night.act_as("supervisor", ref, "release-approval", release="1", approve="true", words="Agreed upon.")
    assert "Told" in night.case(ref).text
