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


def test_what_was_not_read_stands_in_one_honest_sentence_with_what_is_to_be_read(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("legal_adviser")
    page = browser.get("/console/adoption")
    assert page.text.count("hours: not read; text needed") < 12, "one sentence, and what was read in part"
    assert "PSI United States-Liberia" in page.text and "articles 4 and 5 (time limit, silence)" in page.text
    assert "from memory, unverified" in page.text
    section = page.text[page.text.index("they arm no clock") :]
    assert not re.search(r"\b(\d+|two|three|four) ?(h|hours?)\b", section), "no figure of an unread agreement"
    one = browser.get("/console/adoption/psi-liberia2004-op")
    assert "applied provisionally from 2004-02-11" in one.text and "then it can be adopted" in one.text


def test_rule_10_2_a_declaration_and_a_suspension_are_noted_by_the_adviser(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("legal_adviser")
    facts = "/console/adoption/facts"
    said = {"state": "CY", "instrument": "cets156", "words": "Requests in Greek.", "source": "depositary"}
    page = browser.submit(browser.get(facts), f"{facts}/declaration", **said, change="late_notice")
    assert "Requests in Greek." in page.text
    stopped = {
        "state": "CR",
        "instrument": "sanjose2003",
        "area": "the gulf",
        "source": "notice",
        "from": "2026-11-01",
    }
    again = browser.submit(
        browser.get(facts), f"{facts}/suspension", status=422, **stopped, change="amendment"
    )
    assert "began before today" in again.text
    page = browser.submit(browser.get(facts), f"{facts}/suspension", **stopped)
    assert "the gulf, from 2026-11-01" in page.text
    assert "No change has touched an exchange yet." in browser.get("/console/adoption/changes").text
