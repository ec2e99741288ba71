"""Is she on the register, and whose waters is she in: told by what the officer sees and by what stands in the log."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.identity.actors import Actor
from cna_service.kit.errors import Invalid
from cna_service.registry.model import Query
from cna_service.workflow.case_waters import places_of
from cna_service.workflow.facts import record_fact
from cna_service.workflow.keep_waters import keep_waters
from cna_service.workflow.looking import look_while_asking, spoken
from cna_service.workflow.opening import open_case
from cna_service.workflow.searched_since import learnt_since_search
from cna_service.workflow.searching import search_for_case
from tests.stories.people import Story


def a_call_about(story: Story, **vessel: Any) -> None:
    """The officer on watch opened it himself, so that nobody is called."""
    story.ref = str(story.desk.do(open_case, "duty-1", channel="phone", vessels=[vessel])["case"])
    story.desk.settle()


def officer(story: Story) -> Actor:
    return story.desk.officer("duty-1")


def types(story: Story) -> list[str]:
    return story.desk.types(story.ref)


def learns(story: Story, field: str, value: str) -> None:
    story.desk.do(record_fact, "duty-1", story.ref, "identifiers", field=field, value=value)


def waters(story: Story) -> Any:
    return places_of(story.desk.service, story.desk.case(story.ref), story.desk.clock.now())[1]


def test_two_ships_of_one_name_and_the_question_that_tells_them_apart(story: Story) -> None:
    looked = look_while_asking(story.desk.service, officer(story), Query(names=("SANTA CLARA",)))
    assert looked.outcome is not None and looked.outcome.suggestion.value == "several"
    assert looked.question is not None
    (first, words), (second, _) = spoken(looked.question, ["español"])
    assert (first, words, second) == ("es", "¿Cuál es su puerto base?", "en")
    answered = Query(names=("SANTA CLARA",), homeport=looked.question.values[0][0])
    again = look_while_asking(story.desk.service, officer(story), answered)
    assert again.outcome is not None and again.outcome.candidates[0].vessel.homeport == "Salport"


def test_looking_while_the_caller_speaks_leaves_nothing_in_the_log(story: Story) -> None:
    a_call_about(story, name="SANTA CLARA")
    before = types(story)
    assert "case.opened" in before
    look_while_asking(story.desk.service, officer(story), Query(names=("SANTA CLARA",)))
    assert types(story) == before


def test_her_port_came_an_hour_later_and_the_desk_says_so_and_searches_when_told(story: Story) -> None:
    a_call_about(story, name="SANTA CLARA")
    story.desk.do(search_for_case, "duty-1", story.ref)
    assert learnt_since_search(story.desk.case(story.ref)) == {}
    story.minutes_pass(60)
    learns(story, "homeport", "Salport")
    (learnt,) = learnt_since_search(story.desk.case(story.ref))[1]
    assert (learnt.label, learnt.value) == ("Home port", "Salport")
    assert types(story).count("search.made") == 1
    story.desk.do(search_for_case, "duty-1", story.ref)
    assert learnt_since_search(story.desk.case(story.ref)) == {}


def test_a_skiff_in_no_register_is_not_found_and_not_refuted(story: Story) -> None:
    a_call_about(story, name="QWZXJ VVKQ")
    told = story.desk.do(search_for_case, "duty-1", story.ref, verdict="not_found")
    assert told["suggestion"] == "none" and told["question"] is None
    assert "answer.given" not in types(story)


def test_near_the_line_it_is_possibly_and_the_officer_keeps_what_the_map_said(story: Story) -> None:
    a_call_about(story, name="BAR TEST", position="36°00.0'N 005°30.0'W")
    assert waters(story).last.says == "Possibly inside the territorial sea of Spain"
    assert "waters.looked_up" not in types(story)
    story.desk.do(keep_waters, "duty-1", story.ref)
    kept = story.desk.last(story.ref, "waters.looked_up").body
    assert kept["where"] == "possibly_inside" and len(kept["sources"][0]["sha256"]) == 64


def test_a_position_grows_old_and_a_wrong_letter_shows_as_a_speed_nobody_makes(story: Story) -> None:
    a_call_about(story, name="BAR TEST")
    now = story.desk.clock.now()

    def seen(text: str) -> None:
        at = story.desk.clock.now().isoformat()
        story.desk.do(record_fact, "duty-1", story.ref, "positions", position=text, happened_at=at)

    seen("14°03.5'N 074°22.1'W")
    story.minutes_pass(120)
    assert waters(story).last.at == now and waters(story).last.reach_nm == 24
    seen("14°03.5'N 074°22.1'E")
    (said,) = waters(story).speeds
    assert "No vessel keeps that up: check digits, hemisphere and times; it may be two vessels." in said


def test_a_position_without_letters_is_asked_back_with_what_it_may_mean(story: Story) -> None:
    a_call_about(story, name="BAR TEST")
    with pytest.raises(Invalid) as refused:
        story.desk.do(record_fact, "duty-1", story.ref, "positions", position="14°03.5' 074°22.1'")
    assert "14°03.5'N 074°22.1'W or 14°03.5'S 074°22.1'E" in refused.value.problems[0].fix
