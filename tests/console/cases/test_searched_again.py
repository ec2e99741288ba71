"""New identifiers after a search: the case page offers one tap to search again, and never searches by itself."""

from __future__ import annotations

from tests.console.cases.night import Night
from tests.console.cases.test_search_page import searched

NEW = "New since the register was last searched for her"


def learn(night: Night, ref: str, field: str, value: str) -> None:
    night.act(ref, "identifier", field=field, value=value)


def test_what_is_new_is_named_and_one_tap_searches_with_it(night: Night) -> None:
    ref = night.request(vessels=[{"names": ["SANTA CLARA"]}])
    assert NEW not in night.case(ref).text
    searched(night, ref)
    assert NEW not in night.case(ref).text
    learn(night, ref, "homeport", "Salport")
    page = night.case(ref)
    assert f"{NEW}: Home port Salport" in page.text and len(night.record(ref).searches) == 1
    after = night.browser.submit(page, f"/console/cases/{ref}/search", vessel="1")
    assert "Search 2" in after.text
    made = night.record(ref).searches[1]
    assert made["keys"]["homeport"] == "Salport" and made["keys"]["names"] == ["SANTA CLARA"]
    assert made["verdict"] == "undecided"
    assert NEW not in night.case(ref).text


def test_the_same_value_told_again_is_nothing_new(night: Night) -> None:
    ref = night.request(vessels=[{"names": ["SANTA CLARA"]}])
    searched(night, ref)
    learn(night, ref, "name", "santa clara")
    assert NEW not in night.case(ref).text


def test_former_cases_of_the_vessel_are_offered_at_the_search_and_none_is_linked(night: Night) -> None:
    first = night.request(vessels=[{"names": ["COSTA LEJANA"]}])
    second = night.request(vessels=[{"names": ["COSTA LEJANA"]}])
    page = night.browser.get(f"/console/cases/{second}/search")
    assert first in page.text and "Whether it is the same ship, you say" in page.text
    assert not night.record(second).links


def test_a_small_craft_in_no_register_is_not_said_to_be_refuted(night: Night) -> None:
    ref = night.request(vessels=[{"names": ["QWZXJ VVKQ"]}])
    page = searched(night, ref)
    night.browser.submit(page, f"/console/cases/{ref}/searches/1/verdict", choice="not_found")
    said = night.case(ref).text
    assert (
        "Not found in the register searched: that refutes nothing" in said and "refuted" not in said.lower()
    )
