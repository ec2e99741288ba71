"""D3, two claimed States, two queries (we ask). C is XP, V is XU, D is XD."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from cna_service.kit.instants import date_time_group
from tests.scenarios.papers import certified
from tests.scenarios.served import Exercise

GO_FAST = {"type": "go-fast", "description": "grey open boat, three outboards", "source": "unit 2, by radio"}
ASK = {
    "direction": "outbound",
    "channel": "mail",
    "form": "written",
    "measures": ["confirm_registry"],
    "offences": ["narcotics"],
    "zone": "high_seas",
    "text": "A go-fast, no name, no number. Is she on your register?",
}
XP = {"authority": "mrcc-xp", "basis": ["xp-3"]}
XU = {"authority": "mrcc-xu", "basis": ["coe-7"]}
MONTHS = 92


def test_d3_two_states_are_asked_and_the_third_is_not(exercise: Exercise) -> None:
    ref = _claim_of_c(exercise)
    _query_to_c(exercise, ref)
    _claim_changed_to_v(exercise, ref)
    _query_to_v(exercise, ref)
    _c_answers_by_telephone(exercise, ref)
    _v_answers_three_months_later(exercise, ref)
    _the_certificates(exercise, ref)

    # Nothing was ever sent to D, and nothing asked of it.
    assert [e["body"]["state"] for e in exercise.of(ref, "exchange.opened")] == ["XP", "XU"]
    assert exercise.mails("cna-xd@example.test") == []
    sent = [e for e in exercise.of(ref, "communication.logged") if e["body"]["direction"] == "out"]
    assert "XD" not in json.dumps([e["body"] for e in sent])


def _claim_of_c(exercise: Exercise) -> str:
    """T+00:00: the vessel's claim, and the crew's nationalities in a field of their own."""
    claimed = {"flag_claimed": "XP", "claimed_how": "verbal claim", "claimed_by": "person in charge"}
    opened = exercise.act(
        "duty-1", "/cases", channel="radio", caller="unit 2", vessels=[{**GO_FAST, **claimed}]
    )
    ref: str = opened["case"]
    for nationality in ("XP", "XU", "XD"):
        exercise.act("duty-1", f"/cases/{ref}/persons", nationality=nationality, post="crew")
    assert [e["body"]["state"] for e in exercise.of(ref, "claim.made")] == ["XP"]
    assert [e["body"]["nationality"] for e in exercise.of(ref, "person.recorded")] == ["XP", "XU", "XD"]
    facts = exercise.case(ref)["vessels"][0]["facts"]
    assert [f["value"] for f in facts if f["field"] == "claim"] == ["XP"]
    # Crew nationality never creates a query by itself.
    assert exercise.of(ref, "exchange.opened") == []
    return ref


def _query_to_c(exercise: Exercise, ref: str) -> None:
    """T+00:15."""
    exercise.at(minutes=15)
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ASK, **XP)
    assert _clocks(exercise, ref) == [("xp-3", 1, "running", exercise.instant(minutes=135))]


def _claim_changed_to_v(exercise: Exercise, ref: str) -> None:
    """T+00:40: the second claim has its own time and speaker; the first is not erased."""
    exercise.watches(ref, "duty-1", until=40)
    claim = {"state": "XU", "claimed_how": "verbal claim", "by": "helmsman", "asked_by": "boarding officer"}
    said = {"language": "es", "words": "No, la lancha es de XU.", "happened_at": exercise.instant(minutes=37)}
    exercise.act("duty-1", f"/cases/{ref}/claims", **claim, **said)
    first, second = exercise.of(ref, "claim.made")
    assert (first["body"]["state"], first["body"]["by"], exercise.after(first)) == (
        "XP",
        "person in charge",
        timedelta(),
    )
    assert (second["body"]["state"], second["body"]["by"]) == ("XU", "helmsman")
    assert exercise.after(second) == timedelta(minutes=40)
    assert second["happened_at"]["earliest"] == exercise.instant(minutes=37)
    facts = exercise.case(ref)["vessels"][0]["facts"]
    assert [f["value"] for f in facts if f["field"] == "claim"] == ["XP", "XU"]
    assert len(exercise.of(ref, "exchange.opened")) == 1


def _query_to_v(exercise: Exercise, ref: str) -> None:
    """T+00:50: clock V runs by itself; what was known when each was asked stands in what each was sent."""
    exercise.watches(ref, "duty-1", until=50)
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ASK, **XU)
    assert _clocks(exercise, ref) == [
        ("xp-3", 1, "running", exercise.instant(minutes=135)),
        ("coe-7", 2, "running", exercise.instant(minutes=290)),
    ]
    asked = exercise.of(ref, "exchange.opened")[0]
    then = exercise.case(ref, seq=str(asked["seq"]))
    assert [f["value"] for f in then["vessels"][0]["facts"] if f["field"] == "claim"] == ["XP"]


def _c_answers_by_telephone(exercise: Exercise, ref: str) -> None:
    """T+03:00: a call needs caller, callee, number, start and end; NEITHER, and V's clock runs on."""
    exercise.watches(ref, "duty-1", until=180)
    path = f"/cases/{ref}/communications"
    call: dict[str, Any] = {
        "direction": "in",
        "channel": "phone",
        "number": "+15550134",
        "ours": {"name": "Lieutenant Ana Reyes"},
        "theirs": {"name": "Watch officer Ibarra", "office": "Operations Centre of XP"},
        "started_at": exercise.instant(minutes=176),
        "ended_at": exercise.instant(minutes=179),
        "text": "We can neither confirm nor deny.",
        "exchange": 1,
    }
    for field in ("number", "theirs", "started_at", "ended_at"):
        without = {k: v for k, v in call.items() if k != field}
        refused = exercise.refused(exercise.officer("duty-1"), path, without, 422)
        assert [p["pointer"] for p in refused["problems"]] == [f"/{field}"], field
    exercise.act("duty-1", path, **call)
    logged = exercise.of(ref, "communication.logged")[-1]["body"]
    assert {k: logged[k] for k in ("number", "ours", "theirs")} == {
        k: call[k] for k in ("number", "ours", "theirs")
    }
    assert (logged["started_at"]["earliest"], logged["ended_at"]["latest"]) == (
        call["started_at"],
        call["ended_at"],
    )
    _answers(exercise, ref, 1, form="oral", by=call["theirs"], happened_at=call["ended_at"])
    shown = exercise.case(ref)
    assert [e["label"] for e in shown["exchanges"]] == ["NEITHER", "NO ANSWER"]
    assert dict(_states(exercise, ref))["coe-7"] == "running"


def _v_answers_three_months_later(exercise: Exercise, ref: str) -> None:
    """The case was closed meanwhile: the late answer is accepted, appended and flagged."""
    exercise.watches(ref, "duty-1", until=300)
    assert exercise.case(ref)["exchanges"][1]["label"] == "OVERDUE"
    exercise.act(
        "duty-1",
        f"/cases/{ref}/closure",
        seen=exercise.seq(ref),
        words="Boat lost at sea.",
        waived="XU did not answer; nothing more is wanted.",
    )
    exercise.at(days=MONTHS)
    letter = {"direction": "in", "channel": "letter", "exchange": 2}
    theirs = {"name": "Registrar Byrne", "office": "Maritime Operations Centre of XU"}
    exercise.act("duty-1", f"/cases/{ref}/communications", **letter, theirs=theirs, text="Neither.")
    _answers(exercise, ref, 2, form="written", by=theirs)
    given = exercise.of(ref, "answer.given")
    assert [(e["body"]["exchange"], e["body"]["items"][0]["value"]) for e in given] == [
        (1, "neither"),
        (2, "neither"),
    ]
    assert exercise.after(given[1]) == timedelta(days=MONTHS)
    assert (given[1]["body"]["late"], given[1]["body"]["to_closed_case"]) == (True, True)
    assert exercise.case(ref)["exchanges"][1]["label"] == "NEITHER"
    assert {v["value"] for e in exercise.case(ref)["exchanges"] for v in e["items"]} == {"neither"}


def _the_certificates(exercise: Exercise, ref: str) -> None:
    """One for each State, or one with two numbered exchanges; each NEITHER with its own time and channel."""
    for n, by, minutes in ((1, "Watch officer Ibarra", 179), (2, "Registrar Byrne", MONTHS * 1440)):
        text = certified(exercise, ref, "registry_answer", exchanges=[n])
        assert by in text
        assert date_time_group(exercise.begin + timedelta(minutes=minutes)) in text
        assert f"{('XP', 'XU')[n - 1]} answered that it can neither confirm nor deny" in text
        assert ("XU answered" in text, "XP answered" in text) == (n == 2, n == 1)
    both = certified(exercise, ref, "chronology_of_exchanges")
    assert both.index("EXCHANGE 1: XP") < both.index("EXCHANGE 2: XU")
    assert both.count("can neither confirm nor deny that vessel 1 is on its register") == 2


def _answers(exercise: Exercise, ref: str, n: int, **told: Any) -> None:
    neither = [{"measure": "confirm_registry", "value": "neither", "words": "neither confirm nor deny"}]
    path = f"/cases/{ref}/exchanges/{n}/answers"
    exercise.act("duty-1", path, seen=exercise.seq(ref), answers=neither, **told)


def _clocks(exercise: Exercise, ref: str) -> list[tuple[str, int, str, str]]:
    return [(c["provision"], c["exchange"], c["state"], c["due_at"]) for c in exercise.case(ref)["clocks"]]


def _states(exercise: Exercise, ref: str) -> list[tuple[str, str]]:
    return [(c["provision"], c["state"]) for c in exercise.case(ref)["clocks"]]
