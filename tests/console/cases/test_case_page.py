"""The page of a case: what it shows, to whom, and what it never says."""

from __future__ import annotations

import json
from datetime import timedelta

from cna_service.identity.actors import authority_actor
from cna_service.kit.instants import date_time_group
from tests.console.cases.night import XB, Night

XC = authority_actor("cg-xc", state="XC", name="Coast guard of XC")


def test_a_request_of_a_partner_is_shown_whole(night: Night) -> None:
    ref = night.request()
    page = night.case(ref)
    assert page.heading == f"{ref} · BAR TEST"
    assert "They ask us: EXERCISE: Maritime Rescue and Law Enforcement Centre of XB" in page.text
    for shown in ("Confirm registry", "Board", "Search", "XA2345", "Low in the water", "MRCC-77/26"):
        assert shown in page.text
    assert page.text.count("NO ANSWER") >= 3


def test_rule_2_4_the_line_with_case_state_and_vessel_stands_on_every_page(night: Night) -> None:
    ref = night.request()
    root = f"/console/cases/{ref}"
    for path in (root, f"{root}/search", f"{root}/exchanges/1/answer", f"{root}/do/note"):
        line = night.line(night.browser.get(path))
        assert ref in line and "EXERCISE" in line and "State XB" in line and "BAR TEST" in line


def test_rule_3_3_decide_by_stands_before_due(night: Night) -> None:
    ref = night.request()
    received = night.desk.clock.now()
    line = night.line(night.case(ref))
    due, decide = received + timedelta(hours=4), received + timedelta(hours=3, minutes=15)
    assert f"decide by {date_time_group(decide)}" in line and f"due {date_time_group(due)}" in line
    assert line.index("decide by") < line.index("due")


def test_rule_5_1_a_clock_that_gives_nothing_counts_up(night: Night) -> None:
    ref = night.request()
    night.desk.clock.forward(minutes=50)
    page = night.case(ref)
    assert "no answer for 50 min · silence gives nothing, at any time" in page.text
    assert not page.tree.findall(".//time[@data-deadline]")


def test_rule_5_1_a_clock_with_an_effect_counts_down_and_says_whose(night: Night) -> None:
    ref = night.request(legal_basis=[], **night.limit(hours=2))
    page = night.case(ref)
    assert page.tree.findall(".//time[@data-deadline]")
    assert "they say: silence is consent; not verified by us" in page.text


def test_rule_1_1_a_claimed_limit_says_how_it_is_handled(night: Night) -> None:
    limit = night.limit(hours=2)
    page = night.case(night.request(legal_basis=[], **limit))
    assert "The sender states 2 h and that silence is consent; not verified by us" in page.text
    due = limit["reply_wanted_by"][11:16]
    assert f"handle as due {due}Z, do not confirm the limit to him." in page.text


def test_rule_1_2_one_tap_acknowledges_and_the_button_says_what_it_starts(night: Night) -> None:
    ref = night.request(legal_basis=["SUA 2005 art. 8bis(5)(d)"], offences=["terrorism"])
    action = f"/console/cases/{ref}/exchanges/1/acknowledge"
    page = night.case(ref)
    assert "Starts 4 h under" in page.text and "8bis(5)(d)" in page.text
    assert "is told by mail" in page.text and "Not acknowledged formally" in page.text
    after = night.browser.submit(page, action)
    assert "acknowledged formally" in after.text and action not in after.actions()
    assert [e.actor["id"] for e in night.entries(ref, "exchange.acknowledged")] == ["duty-officer"]


def test_an_acknowledgement_sent_twice_is_one_entry(night: Night) -> None:
    ref = night.request()
    page = night.case(ref)
    for _ in range(2):
        night.browser.submit(page, f"/console/cases/{ref}/exchanges/1/acknowledge")
    assert len(night.entries(ref, "exchange.acknowledged")) == 1


def test_an_alert_is_taken_from_the_case_and_the_page_comes_back_to_it(night: Night) -> None:
    ref = night.request()
    after = night.browser.submit(night.case(ref), "/console/alerts/acknowledge")
    assert after.path == f"/console/cases/{ref}"
    assert "Held by Lieutenant Duty-Officer" in night.line(after)


def test_rule_2_5_another_state_s_case_of_the_vessel_is_offered_to_the_officer_alone(night: Night) -> None:
    first = night.request()
    second = night.request(by=XC)
    page = night.case(second)
    assert f"/console/cases/{first}" in page.links()
    assert "shares: call sign, name" in page.text or "shares: name, call sign" in page.text


def test_rule_2_5_what_a_partner_is_answered_names_no_other_state_s_case(night: Night) -> None:
    first = night.request()
    reply = json.loads(night.receive(XC).body)
    assert first not in json.dumps(reply)


def test_values_that_contradict_each_other_stand_side_by_side(night: Night) -> None:
    ref = night.request()
    night.act(ref, "claim", state="Panama", by="master, by voice")
    page = night.case(ref)
    found = page.tree.find(".//div[@class='contradiction']")
    assert found is not None
    told = "".join(found.itertext())
    assert "Nationality claimed: told differently" in told and "XA" in told and "Panama (PA)" in told


def test_a_number_that_fails_its_check_is_kept_and_marked(night: Night) -> None:
    ref = night.request()
    night.act(ref, "identifier", field="imo", value="9074728")
    assert "9074728" in night.case(ref).text
    assert night.case(ref).tree.findall(".//span[@class='note doubt']")


def test_the_message_as_it_came_is_handed_over_as_a_download(night: Night) -> None:
    ref = night.request()
    blob = night.record(ref).submissions[0]["blob"]
    answer = night.browser.client.get(f"/console/cases/{ref}/files/{blob}")
    assert answer.status_code == 200 and b"Low in the water" in answer.content
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_file_of_another_case_is_not_reached_through_this_one(night: Night) -> None:
    one, other = night.request(), night.request()
    blob = night.record(other).submissions[0]["blob"]
    night.browser.get(f"/console/cases/{one}/files/{blob}", status=404)


def test_the_timeline_folds_away_what_the_service_wrote(night: Night) -> None:
    ref = night.request()
    night.act(ref, "note", words="Called the embassy; no reply.")
    page = night.case(ref)
    assert "Called the embassy; no reply." in page.text
    machine = page.tree.findall(".//details[@class='machine']")
    assert machine and all("Called the embassy" not in "".join(d.itertext()) for d in machine)


def test_an_auditor_reads_the_case_and_is_offered_no_act(night: Night) -> None:
    ref = night.request()
    page = night.as_role("auditor").get(f"/console/cases/{ref}")
    assert "records nothing in it" in page.text
    assert [a for a in page.actions() if "/cases/" in a] == []


def test_an_administrator_does_not_read_cases(night: Night) -> None:
    ref = night.request()
    night.as_role("administrator").get(f"/console/cases/{ref}", status=403)


def test_a_reference_is_found_as_it_is_spoken(night: Night) -> None:
    ref = night.request()
    assert night.browser.get(f"/console/cases/{ref.replace('-', '').lower()}").path == f"/console/cases/{ref}"


def test_a_reference_with_a_slip_is_refused_in_words(night: Night) -> None:
    page = night.browser.get("/console/cases/X-AAAA-AAA", status=404)
    assert "its last character is a check" in page.text


def test_the_polled_head_says_that_something_came(night: Night) -> None:
    ref = night.request()
    seen = night.record(ref).seq
    night.act(ref, "note", words="A second pair of eyes.")
    fragment = night.browser.client.get(f"/console/cases/{ref}/head?seen={seen}")
    assert "1 new entry" in fragment.text and "since you opened this page" in fragment.text


def test_a_message_nobody_could_read_is_marked_until_a_person_noted_it(night: Night) -> None:
    reply = json.loads(night.receive(XB, b"{ not json").body)
    page = night.case(reply["case"])
    assert "Something arrived that no program could read" in page.text and "Could not be read" in page.text
    night.act(reply["case"], "note", words="Asks for BAR TEST; called them back.")
    assert "no program could read" not in night.case(reply["case"]).text
