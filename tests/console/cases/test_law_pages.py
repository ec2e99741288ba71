"""A change of the law on the page of a case that it touches (desk-rules 10.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cna_service.workflow.notices import note_participation
from cna_service.workflow.projections import DESK, LAW, OFFICERS
from tests.console.cases.night import Night, open_desk


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Night]:
    """A desk of its own: what is law in it is changed."""
    desk = open_desk(tmp_path)
    browser = desk.signed_in("duty_officer")
    desk.give_watch("duty-officer")
    yield Night(desk, browser)
    desk.running.exercise.stop()
    desk.service.database.close()


def correct_xb(night: Night) -> None:
    """The adviser finds that XB joins CETS 156 only in 2030."""
    service = night.desk.service
    with service.read() as reader:
        folded = reader.stream(DESK)
        adviser = (
            folded.of(OFFICERS).find("legal-1").actor(reader.now, signed_in={"by": "totp", "session": "s"})
        )
        facts = folded.of(LAW).participations
    wrong = next(p for p in facts if (p.state, p.instrument) == ("XB", "cets156"))
    told = {
        "state": "XB",
        "instrument": "cets156",
        "source": "read again",
        "adopted": True,
        "from": "2030-01-01",
    }
    note_participation(service, adviser, {**told, "corrects": wrong.entry, "change": "correction"})


def test_rule_10_2_the_officer_keeps_or_re_bases_on_the_page_of_the_case(apart: Night) -> None:
    kept, changed = apart.request(), apart.request()
    correct_xb(apart)
    for ref, keep, said in ((kept, "true", "basis kept"), (changed, "false", "re-based")):
        page = apart.case(ref)
        assert "The desk had the law wrong: exchange 1 may rest on another basis" in page.text
        form = f"/console/cases/{ref}/exchanges/1/do/rebase"
        assert form in page.links()
        again = apart.browser.submit(apart.browser.get(form), form, status=422, keep=keep)
        assert "Why is missing" in again.text
        change = apart.record(ref).law.law_changes[0]["change"]
        typed = {"change": change, "keep": keep, "reason": "XB joins only in 2030."}
        done = apart.browser.submit(apart.browser.get(form), form, **typed)
        assert said in done.text and "XB joins only in 2030." in done.text
        assert "may rest on another basis" not in done.text
    assert all(c.superseded_seq is None for c in apart.record(kept).clocks)
    clocks = [c for c in apart.record(changed).clocks if c.terms.get("provision") == "coe-7"]
    assert clocks and all(c.superseded_seq is not None for c in clocks)
    listed = apart.as_role("legal_adviser").get("/console/adoption/changes").text
    assert kept in listed and changed in listed and "XB and cets156, party" in listed
