"""D6, staged consent over two days (we ask); and the first search that found nothing. The flag State is XN; the
operator's information comes from XC."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cna_service.kit.instants import date_time_group, from_text, to_text
from tests.scenarios.papers import certified
from tests.scenarios.served import Exercise

FREIGHTER = {
    "name": "MERIDIAN SPAR",
    "how": "written",
    "source": "operator information of XC",
    "type": "freighter",
    "length": "510 ft",
    "flag_claimed": "XN",
    "claimed_how": "painted on the stern",
}
ASK: dict[str, Any] = {
    "direction": "outbound",
    "authority": "cna-xn",
    "channel": "fax",
    "form": "written",
    "offences": ["narcotics"],
}
BY = {"name": "Director Salas", "office": "Coast Guard Operations of XN"}
NO_OBJECTION = "XN states no objection to the boarding and search of MERIDIAN SPAR."
PERMISSION = (
    "XN expressly permits enforcement of your law and diversion to your port, and waives jurisdiction."
)
SECOND = ["enforce_law", "divert", "waive_jurisdiction_vessel"]


def test_d6_two_acts_in_two_days(exercise: Exercise) -> None:
    ref = _the_first_ask(exercise)
    first = _no_objection(exercise, ref)
    _found_in_a_tank(exercise, ref)
    _the_second_ask(exercise, ref)
    second = _the_permission(exercise, ref)
    _the_unit_is_told(exercise, ref, first, second)
    _our_own_chain(exercise, ref)
    _the_certificate(exercise, ref)


def test_d6_variant_a_negative_first_search_allows_a_second_authorization_a_week_later(
    exercise: Exercise,
) -> None:
    ref = _the_first_ask(exercise)
    _no_objection(exercise, ref)
    boarding = {"measure": "search", "by_unit": "cutter 751", "happened_at": _day(exercise, 1, "14:00")}
    exercise.goes(_day(exercise, 1, "15:00"))
    exercise.act("duty-1", f"/cases/{ref}/actions", **boarding, basis={"exchange": 1}, seen=exercise.seq(ref))
    exercise.act("duty-1", f"/cases/{ref}/results", words="Searched; nothing found.", told_by="cutter 751")
    result = exercise.of(ref, "result.reported")[0]["body"]
    assert ("found" in result, result["boarded"]) == (False, "yes")
    assert exercise.case(ref)["is_closed"] is False

    exercise.goes(_day(exercise, 8, "09:00"))
    again = {
        "measures": ["board", "search"],
        "basis": ["coe-7"],
        "text": "New information: may we search again?",
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ASK, **again)
    given = _answered(exercise, ref, 2, ["board", "search"], "No objection to a second boarding and search.")
    granted = exercise.granted(ref)
    assert [m for seq, m in granted if seq == given["seq"]] == ["board", "search"]
    assert len(granted) == 4
    told = exercise.act("duty-1", f"/cases/{ref}/instructions", **_instruction(exercise, ref))
    assert {(x["measure"], x["says"], x["seq"]) for x in told["lines"]} == {
        ("board", "may", given["seq"]),
        ("search", "may", given["seq"]),
    }


def _day(exercise: Exercise, day: int, hhmm: str) -> str:
    """Day 1 is the day after the exercise begins."""
    date = (exercise.begin + timedelta(days=day)).date()
    return to_text(datetime.fromisoformat(f"{date.isoformat()}T{hhmm}:00+00:00"))


def _the_first_ask(exercise: Exercise) -> str:
    """Day 1, 09:00Z."""
    exercise.goes(_day(exercise, 1, "09:00"))
    ref: str = exercise.act("duty-1", "/cases", channel="radio", caller="cutter 751", vessels=[FREIGHTER])[
        "case"
    ]
    first = {"measures": ["board", "search"], "basis": ["coe-7"], "text": "May we board and search her?"}
    opened = exercise.act("duty-1", f"/cases/{ref}/exchanges", **ASK, **first)
    due = _day(exercise, 1, "13:00")
    assert [(c["provision"], c["measure"], c["state"], c["due_at"]) for c in opened["clocks"]] == [
        ("coe-7", m, "running", due) for m in ("board", "search")
    ]
    return ref


def _answered(exercise: Exercise, ref: str, n: int, measures: list[str], words: str) -> dict[str, Any]:
    fax = {"direction": "in", "channel": "fax", "theirs": BY, "text": words, "exchange": n}
    exercise.act("duty-1", f"/cases/{ref}/communications", **fax)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/{n}/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": m, "value": "granted"} for m in measures],
        form="written",
        by=BY,
        words=words,
    )
    return exercise.of(ref, "answer.given")[-1]


def _no_objection(exercise: Exercise, ref: str) -> dict[str, Any]:
    """11:00Z: authorized for two measures only."""
    exercise.watches(ref, "duty-1", until=_day(exercise, 1, "11:00"))
    given = _answered(exercise, ref, 1, ["board", "search"], NO_OBJECTION)
    assert exercise.granted(ref) == [(given["seq"], "board"), (given["seq"], "search")]
    assert exercise.case(ref)["label"] == "AUTHORIZED"
    return given


def _found_in_a_tank(exercise: Exercise, ref: str) -> None:
    """15:00Z."""
    exercise.goes(_day(exercise, 1, "15:00"))
    found = [{"what": "bales of cocaine", "words": "in a disused tank, welded shut"}]
    at = _day(exercise, 1, "14:20")
    exercise.act("duty-1", f"/cases/{ref}/results", found=found, happened_at=at, told_by="cutter 751")
    result = exercise.of(ref, "result.reported")[0]
    assert (result["body"]["found"], result["happened_at"]["earliest"]) == (found, at)


def _the_second_ask(exercise: Exercise, ref: str) -> None:
    """15:30Z: until it is answered, diversion stands as not authorized, for the unit too."""
    exercise.goes(_day(exercise, 1, "15:30"))
    second = {
        "measures": SECOND,
        "basis": ["coe-7", "coe-14-2"],
        "text": "May we enforce our law and divert her to our port?",
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ASK, **second)
    items = exercise.case(ref)["exchanges"][1]["items"]
    assert [(i["measure"], i["value"]) for i in items] == [(m, "unanswered") for m in SECOND]
    told = exercise.act("duty-1", f"/cases/{ref}/instructions", **_instruction(exercise, ref))
    says = {x["measure"]: x["says"] for x in told["lines"]}
    assert says == {"board": "may", "search": "may", "enforce_law": "not_granted", "divert": "not_granted"}
    assert "NOT GRANTED" in told["text"].upper()
    refused = _instruction(exercise, ref) | {"measures": ["divert"]}
    path = f"/cases/{ref}/instructions"
    wrong = exercise.refused(exercise.officer("duty-1"), path, refused, 422)
    assert "not granted" in str(wrong["problems"])


def _instruction(exercise: Exercise, ref: str) -> dict[str, Any]:
    passed = {"name": "Lt. Moss", "post": "officer of the watch"}
    return {"unit": "cutter 751", "circuit": "HF 5", "passed_to": passed, "seen": exercise.seq(ref)}


def _the_permission(exercise: Exercise, ref: str) -> dict[str, Any]:
    """Day 2, 10:00Z: enforcement and waiver; diversion ticked."""
    exercise.watches(ref, "duty-1", until=_day(exercise, 2, "10:00"))
    given = _answered(exercise, ref, 2, SECOND, PERMISSION)
    assert [i["measure"] for i in given["body"]["items"]] == SECOND
    assert {m for seq, m in exercise.granted(ref) if seq == given["seq"]} == set(SECOND)
    return given


def _the_unit_is_told(exercise: Exercise, ref: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    """10:20Z: the order refers to the entry of the permission."""
    exercise.goes(_day(exercise, 2, "10:20"))
    told = exercise.act("duty-1", f"/cases/{ref}/instructions", **_instruction(exercise, ref))
    assert {x["measure"]: (x["says"], x["seq"]) for x in told["lines"]}["divert"] == ("may", second["seq"])
    given = exercise.of(ref, "instruction.given")[-1]["body"]
    assert given["rests_on"] == [{"seq": e["seq"], "leaf": e["leaf"]} for e in (first, second)]


def _our_own_chain(exercise: Exercise, ref: str) -> None:
    """Our own chain's statement of no objection is another type of entry, and grants nothing."""
    before = exercise.granted(ref)
    cleared = {"chain": "own", "by": {"name": "Admiral Ruiz", "office": "Fleet"}, "measures": ["seize"]}
    exercise.act("duty-1", f"/cases/{ref}/clearances", **cleared, words="No objection of this command.")
    assert len(exercise.of(ref, "clearance.given")) == 1
    assert exercise.granted(ref) == before
    assert len(exercise.of(ref, "answer.given")) == 2


def _the_certificate(exercise: Exercise, ref: str) -> None:
    text = certified(exercise, ref, "consent_or_waiver")
    for words in (NO_OBJECTION, PERMISSION, "Director Salas", "Coast Guard Operations of XN"):
        assert words in text, words
    first, second = (text.index(words) for words in (NO_OBJECTION, PERMISSION))
    assert first < second
    for day, hhmm in ((1, "11:00"), (2, "10:00")):
        assert date_time_group(from_text(_day(exercise, day, hhmm))) in text
    assert "Admiral Ruiz" not in text
    assert "No objection of this command" not in text
