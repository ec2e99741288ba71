"""The page of a case: what it shows, to whom, and what it never says."""

from __future__ import annotations

from tests.console.cases.night import Night


def test_a_request_of_a_partner_is_shown_whole(night: Night) -> None:
    ref = night.request()
    page = night.browser.get(f"/console/cases/{ref}")
    assert page.heading == f"{ref} · BAR TEST"
    assert "They ask us: EXERCISE: Maritime Rescue and Law Enforcement Centre of XB" in page.text
