"""Law by entry: nothing is adopted on a real first day, and only the legal adviser adopts what he has read."""

from __future__ import annotations

import re

from tests.console.conftest import DeskUnderTest

PROVISION = "coe-7"
PAGE = f"/console/adoption/{PROVISION}"


def test_rule_10_3_on_a_real_start_nothing_is_adopted_and_the_provisions_are_listed(
    desk: DeskUnderTest,
) -> None:
    page = desk.signed_in("legal_adviser").get("/console/adoption")
    found = re.search(r"(\d+) of (\d+) provisions adopted", page.text)
    assert found is not None
    assert found[1] == "0"
    assert "Nothing is law here yet" in page.text
    listed = [to for to in page.links() if re.fullmatch(r"/console/adoption/[a-z0-9-]+", to)]
    assert len(set(listed) - {"/console/adoption/facts"}) >= int(found[2])


def test_rule_10_3_adopting_needs_the_box_ticked(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("legal_adviser")
    again = browser.submit(
        browser.get(PAGE), f"{PAGE}/adopt", status=422, remarks="read it at the depositary"
    )
    assert "I have read the depositary's text is not ticked" in again.text
    assert "read it at the depositary" in dict(again.fields(f"{PAGE}/adopt"))["remarks"]


def test_rule_10_3_an_adoption_is_counted_shown_and_ended(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("legal_adviser")
    page = browser.submit(browser.get(PAGE), f"{PAGE}/adopt", has_read="yes")
    assert "1 of" in page.text
    shown = browser.get(PAGE)
    assert "Adopted 211804Z NOV 26" in shown.text or "Adopted 211803Z NOV 26" in shown.text
    page = browser.submit(shown, f"{PAGE}/end", remarks="Protocol in force")
    assert "0 of" in page.text
    assert "adoption ended: read it again" in page.text


def test_rule_10_3_an_adoption_is_bound_to_the_hashes_that_were_shown(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("legal_adviser")
    refused = browser.submit(
        browser.get(PAGE), f"{PAGE}/adopt", status=409, has_read="yes", text_sha256="0" * 64
    )
    assert refused.heading == "The provision is not the one you read"
    assert "0 of" in browser.get("/console/adoption").text


def test_rule_10_3_nobody_else_adopts(desk: DeskUnderTest) -> None:
    browser, legal = desk.signed_in("supervisor"), desk.signed_in("legal_adviser")
    page = browser.get(PAGE)
    assert f"{PAGE}/adopt" not in page.actions()
    fields = dict(legal.get(PAGE).fields(f"{PAGE}/adopt")) | {"has_read": "yes"}
    fields["form_token"] = dict(page.fields("/console/sign-out"))["form_token"]
    assert browser.post(f"{PAGE}/adopt", fields, status=403).heading == "Your role does not allow this"


def test_every_provision_has_a_page(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("auditor")
    for provision in desk.service.policies.catalogue.by_id:
        page = browser.get(f"/console/adoption/{provision}")
        assert "Only the legal adviser adopts" in page.text or "was not read" in page.text


def test_a_participation_is_noted_and_one_that_cannot_be_read_is_not(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("legal_adviser")
    where = "/console/adoption/facts/participation"
    page = browser.get("/console/adoption/facts")
    again = browser.submit(page, where, status=422, state="Q", from_="soon", source="")
    for words in ("State is no State's code", "From is no day and no instant", "Source is missing"):
        assert words in again.text
    noted = browser.submit(
        again, where, state="XQ", instrument="cets156", from_="2004-07-28", source="depositary's list"
    )
    assert "The participation is noted" in noted.text
    assert "XQ" in noted.text


def test_an_election_that_the_instrument_does_not_offer_is_refused(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("legal_adviser")
    where = "/console/adoption/facts/election"
    page = browser.get("/console/adoption/facts")
    elections = desk.service.policies.catalogue.elections
    first = next(iter(elections.values()))
    other = next(p for p in desk.service.policies.catalogue.by_id if p not in first.provisions)
    again = browser.submit(page, where, status=422, state="XQ", election=first.id, option=other, source="x")
    assert "Chosen is not offered by" in again.text
    noted = browser.submit(again, where, state="XQ", election=first.id, option="", unknown="yes", source="x")
    assert "not known: ask" in noted.text
