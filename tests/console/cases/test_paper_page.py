"""What was worked on paper, on the page of its case (desk-rules 11.2)."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

from cna_service.kit.instants import to_text
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.transcribing import transcribe_new
from tests.console.cases.night import Night


def test_rule_11_2_the_page_shows_the_scan_who_typed_it_and_that_nobody_compared_it(night: Night) -> None:
    service = night.desk.service
    now = service.clock.now()
    begins = to_text(now - timedelta(hours=2))
    note = {"verb": "notes", "written_at": begins, "page": "2", "body": {"words": "The line was dead."}}
    opening = {"verb": "cases", "written_at": begins, "page": "1", "body": {"channel": "phone"}}
    scan = [{"name": "two pages.pdf", "base64": b64encode(b"%PDF").decode()}]
    with service.read() as reader:
        typist = reader.stream(DESK).of(OFFICERS).find("duty-2").actor(now)
    told = {"scan": scan, "from": begins, "to": to_text(now), "acts": [opening, note]}
    ref = transcribe_new(service, typist, told).body.decode().split('"case":"')[1].split('"')[0]
    page = night.browser.get(f"/console/cases/{ref}")
    assert "two pages.pdf" in page.text
    assert "Nobody has compared it with the scan." in page.text
    assert "typed in from paper (period 1, page 2)" in page.text
    form = night.browser.get(f"/console/cases/{ref}/do/compare-paper")
    action = f"/console/cases/{ref}/do/compare-paper"
    page = night.browser.submit(form, action, number="1", agrees="yes", words="read aloud")
    assert "Agrees with the scan" in page.text
