"""The small forms of a case: each records what it says, and keeps what was typed when refused."""

from __future__ import annotations

import pytest

from cna_service.console.pages.case_act_forms import CASE_ACTS, EXCHANGE_ACTS
from cna_service.identity.permissions import PERMISSIONS, Role
from tests.console.cases.night import Night


@pytest.mark.parametrize("name", [a.name for a in CASE_ACTS])
def test_every_form_of_a_case_can_be_opened(night: Night, name: str) -> None:
    ref = night.request()
    act = next(a for a in CASE_ACTS if a.name == name)
    browser = night.browser if Role.DUTY_OFFICER in PERMISSIONS[act.action] else night.as_role("supervisor")
    assert browser.get(f"/console/cases/{ref}/do/{name}").heading == act.title


@pytest.mark.parametrize("name", [a.name for a in EXCHANGE_ACTS])
def test_every_form_of_an_exchange_can_be_opened(night: Night, name: str) -> None:
    ref = night.request()
    act = next(a for a in EXCHANGE_ACTS if a.name == name)
    assert night.browser.get(f"/console/cases/{ref}/exchanges/1/do/{name}").heading == act.title


def test_a_call_is_logged_with_who_spoke_and_the_number(night: Night) -> None:
    ref = night.request()
    typed = {
        "theirs__name": "Lt. Gómez",
        "number": "+15550102",
        "text": "When do you answer?",
        "started_at": "now",
    }
    page = night.act(ref, "communication", direction="in", channel="phone", **typed)
    assert "From Lt. Gómez, phone" in page.text and "When do you answer?" in page.text
    started = night.record(ref).communications[0]["started_at"]
    assert started["text"].endswith("Z NOV 26") and started["earliest"] == started["latest"]


def test_a_call_without_number_names_the_field_and_keeps_the_words(night: Night) -> None:
    ref = night.request()
    again = night.act(ref, "communication", status=422, channel="phone", text="When do you answer?")
    assert "Number called, or calling is missing" in again.text
    assert dict(again.fields(f"/console/cases/{ref}/do/communication"))["text"] == "When do you answer?"


def test_rule_5_3_a_machine_s_word_is_marked_and_acknowledges_nothing(night: Night) -> None:
    ref = night.request()
    page = night.act(ref, "communication", channel="mail", text="Out of office.", is_automatic="yes")
    assert "A machine's word: it acknowledges nothing." in page.text
    assert night.record(ref).exchanges[0].acknowledgement is None


def test_a_time_of_day_is_the_last_such_time(night: Night) -> None:
    ref = night.request()
    night.act(ref, "event", source_kind="unit", words="Boarded.", happened_at="1140Z")
    told = night.entries(ref, "event.reported")[0].happened_at
    assert told is not None and told.exact is not None and told.text == "1140Z"
    assert told.exact <= night.desk.clock.now() and f"{told.exact:%H%M}" == "1140"


def test_a_call_back_needs_its_number_and_then_stands_on_the_case(night: Night) -> None:
    ref = night.browser_call()
    night.act(ref, "standing", exchange=1, status=422, standing="called_back")
    night.act(ref, "standing", exchange=1, standing="called_back", number="+15550102", by__name="Lt. Gómez")
    assert "Who asks: called back" in night.case(ref).text


def test_more_time_needs_who_granted_it(night: Night) -> None:
    ref = night.request(**night.limit(hours=2))
    again = night.act(ref, "extend", exchange=1, status=422, until="3 h")
    assert "name who granted the extension" in again.text
    page = night.act(ref, "extend", exchange=1, until="3 h", by__name="Cap. Ruiz", by__office="MRCC XB")
    assert "More time" in page.text and "granted by Cap. Ruiz, MRCC XB" in page.text


def test_a_case_with_something_open_is_not_closed_silently(night: Night) -> None:
    ref = night.request()
    again = night.act(ref, "close", status=409)
    assert "Something is still owed or running in this case" in again.text
    page = night.act(ref, "close", waived="They took it back by telephone.")
    assert "closed" in night.line(page) and night.record(ref).is_closed
    assert "closed" not in night.line(night.act(ref, "reopen", words="They ask again."))


def test_two_cases_are_linked_and_each_shows_the_other(night: Night) -> None:
    one, other = night.request(vessels=[{"names": ["ALPHA"]}]), night.request(vessels=[{"names": ["BETA"]}])
    night.act(one, "link", case=other, reason="same owner")
    assert f"/console/cases/{other}" in night.case(one).links()
    assert f"/console/cases/{one}" in night.case(other).links()


def test_a_form_changed_after_it_was_carried_out_is_not_swallowed(night: Night) -> None:
    ref = night.request()
    page = night.browser.get(f"/console/cases/{ref}/do/note")
    night.browser.submit(page, f"/console/cases/{ref}/do/note", words="First.")
    again = night.browser.submit(page, f"/console/cases/{ref}/do/note", status=409, words="Second.")
    assert "This form was carried out before" in again.text
    night.browser.submit(again, f"/console/cases/{ref}/do/note")
    assert [str(n["words"]) for n in night.record(ref).notes] == ["First.", "Second."]


def test_an_exchange_of_ours_is_opened_from_its_case(night: Night) -> None:
    ref = night.browser_call()
    path = f"/console/cases/{ref}/exchanges/new"
    typed = {
        "authority": "XC",
        "measures": ["confirm_registry"],
        "basis": "SUA 2005 art. 8bis",
        "text": "Is she yours?",
    }
    page = night.browser.submit(night.browser.get(path), path, **typed)
    assert "We ask them: State XC" in page.text and "Is she yours?" in page.text
    asked = night.record(ref).exchanges[-1]
    assert (asked.direction, asked.form, asked.state) == ("outbound", "written", "XC")


def test_the_rule_card_of_an_exchange_picks_no_rule_by_itself(night: Night) -> None:
    ref = night.request(legal_basis=[])
    path = f"/console/cases/{ref}/exchanges/1/basis"
    page = night.browser.get(path)
    assert "No rule is picked for you" in page.text and dict(page.fields(path)).get("provisions") is None
    assert "Without an answer" in page.text
    after = night.browser.submit(page, path, provisions=["coe-7"], reason="They named CETS 156 by telephone.")
    assert "chosen by us: coe-7" in after.text
    assert any(c.kind == "legal" for c in night.record(ref).clocks)
