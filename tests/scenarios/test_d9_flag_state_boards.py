"""D9, the flag State boards itself and takes over (we ask). R is XR, whose waters the boat runs for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.scenarios.served import API, Exercise

BOAT = {
    "type": "open boat",
    "description": "blue hull, two outboards",
    "flag_claimed": "XR",
    "persons_on_board": 5,
}
ASKED = ["enter_territorial_sea", "board"]
THEIRS = {"name": "Lieutenant Solano", "post": "Duty officer", "office": "Coast Guard of XR"}
WORDS = "Follow her and stop her. Do not board. Our patrol boat will be with you at 16:33Z, in two and a half hours."
CREW = [f"Person {n}" for n in range(1, 6)]


def test_d9_their_patrol_boat_is_late_and_the_boat_sinks(exercise: Exercise) -> None:
    ref = _asked(exercise)
    _they_board_themselves(exercise, ref)
    _the_boat_sinks(exercise, ref)
    _custody_taken(exercise, ref)
    _the_result_of_the_search(exercise, ref)


def _asked(exercise: Exercise) -> str:
    """T+00:00: to enter and to board; the coastal State is the flag State."""
    ref: str = exercise.act("duty-1", "/cases", channel="radio", caller="cutter 751", vessels=[BOAT])["case"]
    ask = {"direction": "outbound", "authority": "coast-xr", "channel": "mail", "offences": ["narcotics"]}
    ask |= {
        "zone": "territorial_sea:XR",
        "text": "May we follow her into your territorial sea and board her?",
    }
    exercise.act(
        "duty-1", f"/cases/{ref}/exchanges", **ask, measures=ASKED, basis=["leave of the coastal State"]
    )
    opened = exercise.of(ref, "exchange.opened")[0]["body"]
    assert ([i["measure"] for i in opened["items"]], opened["state"]) == (ASKED, "XR")
    assert exercise.case(ref)["vessels"][0]["facts"][-1]["value"] is not None
    claim = exercise.of(ref, "claim.made")[0]["body"]
    assert claim["state"] == opened["state"]
    return ref


def _they_board_themselves(exercise: Exercise, ref: str) -> None:
    """T+00:30: flag State boards, with its time of arrival; follow and stop are granted, and nothing else."""
    exercise.at(minutes=30)
    call: dict[str, Any] = {"direction": "in", "channel": "phone", "number": "+15550140", "theirs": THEIRS}
    call |= {"started_at": exercise.instant(minutes=26), "ended_at": exercise.instant(minutes=29)}
    exercise.act("duty-1", f"/cases/{ref}/communications", **call, text=WORDS, exchange=1)
    answers = [{"measure": m, "value": "flag_state_boards", "words": WORDS} for m in ASKED]
    answers += [{"measure": m, "value": "granted"} for m in ("follow", "stop")]
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=answers,
        form="oral",
        by=THEIRS,
        words=WORDS,
    )
    shown = exercise.case(ref)
    assert shown["label"] == "FLAG-STATE-BOARDS"
    assert "16:33Z" in exercise.of(ref, "answer.given")[0]["body"]["items"][0]["words"]
    given = exercise.of(ref, "answer.given")[0]["seq"]
    assert exercise.granted(ref) == [(given, "follow"), (given, "stop")]
    told = exercise.get(f"{API}/cases/{ref}/instructions", exercise.officer("duty-1")).json()
    assert {(x["measure"], x["says"]) for x in told["lines"]} == {
        ("follow", "may"),
        ("stop", "may"),
        ("enter_territorial_sea", "may_not"),
        ("board", "may_not"),
    }
    # Authorization is limited to the ticked measures: what goes beyond is shown as that, and a reason is demanded.
    stopped = _act(exercise, ref, measure="stop", minutes=40, basis={"exchange": 1})
    assert stopped["check"]["code"] == "within_grant"
    boarded = _act(exercise, ref, measure="board", minutes=45, basis={"exchange": 1})
    assert (boarded["check"]["code"], boarded["reason_wanted"]) == ("beyond_grant", True)
    assert exercise.of(ref, "alert.raised")[-1]["body"]["kind"] == "overreach"
    exercise.act(
        "duty-1", f"/cases/{ref}/actions/2/reason", reason="One man over the side; withdrawn at once."
    )
    exercise.take_alerts(ref, "legal-1")


def _act(exercise: Exercise, ref: str, *, minutes: float, **act: Any) -> Any:
    exercise.watches(ref, "duty-1", until=minutes)
    told = {
        "by_unit": "cutter 751",
        "happened_at": exercise.instant(minutes=minutes),
        "seen": exercise.seq(ref),
    }
    return exercise.act("duty-1", f"/cases/{ref}/actions", **told, **act)


def _the_boat_sinks(exercise: Exercise, ref: str) -> None:
    """T+02:45: safety of life overrides; logged as such, and no authorization comes of it."""
    before = exercise.granted(ref)
    words = "Patrol boat not there. Boat sinking; five persons taken aboard."
    ground = {"ground": "safety_of_life", "reason": "sinking"}
    rescued = _act(exercise, ref, kind="rescue", minutes=165, basis=ground, words=words)
    assert (rescued["check"]["code"], rescued["check"]["is_overreach"]) == ("safety_of_life", False)
    entry = exercise.of(ref, "action.recorded")[-1]["body"]
    assert (entry["kind"], entry["basis"]["ground"], "measure" in entry) == (
        "rescue",
        "safety_of_life",
        False,
    )
    assert exercise.granted(ref) == before
    assert len(exercise.of(ref, "answer.given")) == 1
    at = exercise.instant(minutes=165)
    exercise.act(
        "duty-1", f"/cases/{ref}/custody", what="taken", persons=CREW, items=["12 bales"], happened_at=at
    )
    assert [c["ended_at"] for c in _custody(exercise, ref)["clocks"]] == [None] * len(
        _custody(exercise, ref)["clocks"]
    )


def _custody_taken(exercise: Exercise, ref: str) -> None:
    """T+04:00: persons, vessel, items, time, names; the custody clock closes with it."""
    exercise.watches(ref, "duty-1", until=240)
    at = exercise.instant(minutes=238)
    handed = {"what": "handed_over", "persons": CREW, "items": ["12 bales"], "vessel_itself": True}
    sides = {"from": {"name": "Lt. Moss", "office": "cutter 751"}, "to": {**_named(THEIRS), "state": "XR"}}
    done = exercise.act(
        "duty-1", f"/cases/{ref}/custody", **handed, **sides, place="off Punta Norte", happened_at=at
    )
    assert done["open_custody"] == []
    entry = exercise.of(ref, "custody.recorded")[-1]
    assert (entry["body"]["persons_count"], entry["body"]["items_count"]) == (5, 1)
    assert entry["happened_at"]["earliest"] == at
    told = _custody(exercise, ref)
    assert {c["ended_at"] for c in told["clocks"]} == {exercise.instant(minutes=240)}
    printed = exercise.get(f"{API}/cases/{ref}/custody/hand-over.txt", exercise.officer("duty-1")).text
    for words in (*CREW, "12 bales", "the vessel", "Lt. Moss", "Lieutenant Solano", f"Entry {entry['seq']}"):
        assert words in printed, words


def _named(told: dict[str, str]) -> dict[str, str]:
    return {f: told[f] for f in ("name", "office")}


def _custody(exercise: Exercise, ref: str) -> Any:
    return exercise.get(f"{API}/cases/{ref}/custody", exercise.officer("aud-1")).json()


def _the_result_of_the_search(exercise: Exercise, ref: str) -> None:
    """T+6d: appended; closed."""
    exercise.watches(ref, "duty-1", until=6 * 1440)
    mail = {
        "direction": "in",
        "channel": "mail",
        "theirs": THEIRS,
        "text": "Pier-side search: 310 kg.",
        "exchange": 1,
    }
    exercise.act("duty-1", f"/cases/{ref}/communications", **mail)
    found = [{"what": "cocaine", "quantity": "310 kg", "words": "under the deck boards"}]
    exercise.act("duty-1", f"/cases/{ref}/results", found=found, side="theirs", told_by="Coast Guard of XR")
    result = exercise.of(ref, "result.reported")[-1]
    assert exercise.after(result) == timedelta(days=6)
    assert result["body"]["found"][0]["quantity"]["unit"] == "kg"
    exercise.closes(
        ref, "duty-1", waived="The written confirmation is not needed: nothing was done under it."
    )
    assert exercise.case(ref)["is_closed"] is True
