"""The case page says whose waters her newest position lies in, how old it is, and what two positions demand of her."""

from __future__ import annotations

from pathlib import Path

from tests.console.cases.night import Night

SEEN = {"happened_at": "now"}


def at(*positions: object) -> list[dict[str, object]]:
    return [{"names": ["BAR TEST"], "positions": list(positions)}]


def told(text: str, hour: str) -> dict[str, str]:
    return {"text": text, "at": f"2026-11-21T{hour}:00Z"}


def test_far_out_she_is_outside_with_distances_and_a_labelled_estimate(night: Night) -> None:
    page = night.case(night.request(vessels=at(told("14°03.5'N 074°22.1'W", "13:40")))).text
    assert "Outside every territorial sea that the map draws" in page
    assert "Nearest limit of a territorial sea: Colombia, 140.2 nm, outside it; give or take 3.1 nm" in page
    assert "Nearest coast: 162.6 nm" in page and "Estimate: within 200 nm of Colombia" in page
    assert "4 h 2" in page and "old; at 12 kn she may be" in page
    assert "countries-maritime-10m" in page and "as of 2017-11-30" in page


def test_near_a_limit_it_is_possibly_and_on_land_is_said_first(night: Night) -> None:
    strait = night.case(night.request(vessels=at("36°00.0'N 005°30.0'W"))).text
    assert "Possibly inside the territorial sea of Spain" in strait
    meseta = night.case(night.request(vessels=at("40°00.0'N 004°00.0'W"))).text
    assert "The position lies on land (Spain)" in meseta and "check the digits and the hemisphere" in meseta


def test_a_position_without_a_time_says_so(night: Night) -> None:
    assert "told without a time, recorded" in night.case(night.request()).text


def test_words_without_a_point_look_nothing_up(night: Night) -> None:
    page = night.case(night.request(vessels=at("145 nm south of the cape"))).text
    assert "Whose waters" not in page


def test_two_positions_that_no_vessel_can_join_are_a_question_and_no_accusation(night: Night) -> None:
    both = at(told("14°03.5'N 074°22.1'W", "13:00"), told("14°03.5'N 074°22.1'E", "15:00"))
    page = night.case(night.request(vessels=both)).text
    assert "No vessel keeps that up: check digits, hemisphere and times; it may be two vessels." in page
    same = night.request(vessels=at("14°03.5'N 074°22.1'W", "14°03.5'N 074°22.1'E"))
    assert "it may be two vessels" not in night.case(same).text


def test_a_build_without_maps_says_so_and_the_page_works(night: Night, tmp_path: Path) -> None:
    class Bare:
        def waters_of(self, position: object) -> None:
            from cna_service.waters.atlas import NoMap

            raise NoMap("This build has no maps: run scripts/run once where npm's registry can be reached.")

    service = night.desk.service
    kept = service.atlas
    service.__dict__["atlas"] = Bare()
    try:
        page = night.case(night.request(vessels=at("14°03.5'N 074°22.1'W"))).text
    finally:
        service.__dict__["atlas"] = kept
    assert "Not looked up: This build has no maps" in page and "14°03.5'N" in page


def test_what_the_map_says_is_kept_once_with_one_tap_and_its_digest(night: Night) -> None:
    ref = night.request(vessels=at(told("36°00.0'N 005°30.0'W", "13:40")))
    page = night.case(ref)
    after = night.browser.submit(page, f"/console/cases/{ref}/waters")
    (entry,) = night.entries(ref, "waters.looked_up")
    body = entry.body
    assert (body["where"], body["states"], body["position_seq"]) == ("possibly_inside", ["ES"], 1)
    assert all(len(source["sha256"]) == 64 for source in body["sources"])
    assert f"Kept in this case as entry {entry.seq}" in after.text
    assert "Whose waters, vessel 1: possibly inside (Spain)" in after.text
    night.browser.post(f"/console/cases/{ref}/waters", page.fields(f"/console/cases/{ref}/waters"))
    assert len(night.entries(ref, "waters.looked_up")) == 1
