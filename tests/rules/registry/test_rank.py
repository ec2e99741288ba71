"""Score, margin and conflict decide what is suggested."""

from __future__ import annotations

from cna_service.registry.model import (
    RegisterVessel,
    identifier_key,
    mark_key,
    near_call_sign,
    near_imo,
    near_mmsi,
)
from cna_service.registry.rules import Candidate, Evidence, Suggestion, rank
from cna_service.vessels.identifiers import is_imo


def candidate(rid: str, *evidence: Evidence) -> Candidate:
    return Candidate(rid, RegisterVessel(rid=rid, name=rid), sum(e.points for e in evidence), evidence)


def test_one_far_ahead_stands_out() -> None:
    ranking = rank([candidate("B", Evidence("name", 110, "b")), candidate("A", Evidence("imo", 500, "a"))])
    assert ranking.suggestion is Suggestion.FOUND_ONE
    assert [c.rid for c in ranking.candidates] == ["A", "B"]


def test_a_name_that_is_only_somewhat_like_never_stands_out_without_a_number() -> None:
    """AMIS STAR is no answer to ISL STAR, although flag and type agree."""
    like = [Evidence("name", 104, "n"), Evidence("flag", 161, "f"), Evidence("vessel_type", 90, "t")]
    assert rank([candidate("A", *like)]).suggestion is Suggestion.SEVERAL
    numbered = [*like, Evidence("call_sign", 480, "c")]
    assert rank([candidate("A", *numbered)]).suggestion is Suggestion.FOUND_ONE


def test_a_near_tie_is_several_however_high() -> None:
    ranking = rank([candidate("A", Evidence("imo", 900, "a")), candidate("B", Evidence("imo", 850, "b"))])
    assert ranking.suggestion is Suggestion.SEVERAL
    assert "2 vessels" in ranking.reason


def test_on_a_name_alone_the_next_must_be_further_off() -> None:
    names = [candidate("A", Evidence("name", 420, "a")), candidate("B", Evidence("name", 200, "b"))]
    assert rank(names).suggestion is Suggestion.SEVERAL
    told_more = [candidate("A", Evidence("name", 400, "a"), Evidence("flag", 20, "f")), names[1]]
    assert rank(told_more).suggestion is Suggestion.FOUND_ONE


def test_a_conflict_keeps_the_first_from_standing_out() -> None:
    conflict = Evidence("flag", -280, "registered to X, claims Y", is_conflict=True)
    ranking = rank([candidate("A", Evidence("name", 900, "a"), conflict)])
    assert ranking.suggestion is Suggestion.SEVERAL
    assert ranking.candidates[0].misfits == ("registered to X, claims Y",)


def test_an_identifier_of_another_vessel_keeps_the_first_from_standing_out_and_shows_the_other() -> None:
    other = candidate("B", Evidence("imo", 540, "agrees", is_identity=True), Evidence("name", -900, "b"))
    ranking = rank([candidate("A", Evidence("name", 600, "a")), other])
    assert ranking.suggestion is Suggestion.SEVERAL
    assert [c.rid for c in ranking.candidates] == ["A", "B"]


def test_nothing_near_is_none_with_the_nearest_shown() -> None:
    ranking = rank([candidate("A", Evidence("name", 50, "a"))])
    assert ranking.suggestion is Suggestion.NONE
    assert [c.rid for c in ranking.candidates] == ["A"]
    assert rank([]).candidates == ()


def test_all_that_tie_are_shown_up_to_thirty() -> None:
    tied = [candidate(f"V{n:02d}", Evidence("name", 420, "n")) for n in range(40)]
    assert len(rank(tied).candidates) == 30


def test_marks_are_one_however_punctuated() -> None:
    assert {mark_key(m) for m in ("BF-109", "BF0109", "B.F.109", "bf 109")} == {"BF109"}
    assert mark_key("PENDING") == ""
    assert identifier_key("imo", "IMO 907 4729") == "9074729"
    assert identifier_key("call_sign", "n/a") == ""


def test_near_identifiers() -> None:
    assert "9074729" in near_imo("9074728")
    assert "9074729" in near_imo("9704729")
    assert all(is_imo(number) for number in near_imo("9074728"))
    assert "353123456" in near_mmsi("353123465")
    assert "1ABT7" in near_call_sign("1A8T7")
    assert near_imo("12") == near_mmsi("x") == near_call_sign("") == set()
