"""D10, authorization given, then "not our ship": three vessels in one conversation (we ask XE)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cna_service.kit.instants import date_time_group, from_text, to_text
from tests.scenarios.papers import drafted, released, rests_on_entries
from tests.scenarios.served import API, Exercise

NAMES = ["SHUN FA 1", "SHUN FA 2", "SHUN FA 8"]
FLEET = [{"name": n, "how": "seen", "type": "fishing vessel", "flag_claimed": "XE"} for n in NAMES]
MEASURES = ["confirm_registry", "board", "examine_papers"]
MINISTRY = {
    "name": "M. Kouassi",
    "post": "Duty officer",
    "office": "Ministry of Foreign Affairs of XE, maritime desk",
}
MINISTER = {"name": "Minister Aka", "post": "Minister", "office": MINISTRY["office"]}
AGREES = "Board the three of them to verify their flag."
DENIES = "These ships are not on our register."


def test_d10_both_answers_stand_with_their_times(exercise: Exercise) -> None:
    ref = _asked(exercise)
    _they_agree(exercise, ref)
    _not_boarded(exercise, ref)
    _they_deny(exercise, ref)
    _partners_informed(exercise, ref)
    _the_certificate(exercise, ref)


def _asked(exercise: Exercise) -> str:
    exercise.goes(_day(exercise, 1, "19:00"))
    ref: str = exercise.act("duty-1", "/cases", channel="radio", caller="patrol ship 3", vessels=FLEET)[
        "case"
    ]
    ask = {"direction": "outbound", "authority": "mfa-xe", "channel": "phone", "form": "oral"}
    ask |= {
        "offences": ["narcotics"],
        "basis": ["ad hoc consent of XE"],
        "text": "Are these yours? May we board?",
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ask, measures=MEASURES)
    return ref


def _called(
    exercise: Exercise, ref: str, day: int, theirs: dict[str, str], words: str, answers: list[Any]
) -> Any:
    """A call logged, and what was answered in it."""
    at, hour = _day(exercise, day, "00:00")[:10], {1: "20", 3: "22"}[day]
    times = {"started_at": f"{at}T{hour}:00:00.000000Z", "ended_at": f"{at}T{hour}:04:00.000000Z"}
    exercise.watches(ref, "duty-1", until=f"{at}T{hour}:05:00Z")
    call = {"direction": "in", "channel": "phone", "number": "+15550112", "theirs": theirs, "exchange": 1}
    exercise.act("duty-1", f"/cases/{ref}/communications", **call, **times, text=words)
    body = {
        "answers": answers,
        "form": "oral",
        "by": theirs,
        "words": words,
        "happened_at": times["ended_at"],
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges/1/answers", **body, seen=exercise.seq(ref))
    return exercise.of(ref, "answer.given")[-1]


def _they_agree(exercise: Exercise, ref: str) -> None:
    """Day 1, 20:00Z: one answer for three vessels, stored per vessel."""
    granted = [{"vessel": "all", "measure": m, "value": "granted"} for m in MEASURES[1:]]
    given = _called(exercise, ref, 1, MINISTRY, AGREES, granted)
    assert [(i["vessel"], i["measure"]) for i in given["body"]["items"]] == [
        (v, m) for m in MEASURES[1:] for v in (1, 2, 3)
    ]
    items = exercise.case(ref)["exchanges"][0]["items"]
    assert {(i["vessel"], i["measure"], i["value"]) for i in items} == {
        (v, m, "unanswered" if m == "confirm_registry" else "granted") for v in (1, 2, 3) for m in MEASURES
    }
    assert exercise.case(ref)["label"] == "AUTHORIZED-ORAL"


def _not_boarded(exercise: Exercise, ref: str) -> None:
    """Day 2, 02:00Z: two masters refuse, the third lies in weather too bad: NOT BOARDED, with the reason."""
    exercise.watches(ref, "duty-1", until=_day(exercise, 2, "02:00"))
    reasons = {1: "the master refuses", 2: "the master refuses", 3: "weather too bad"}
    for vessel, because in reasons.items():
        result = {"vessel": vessel, "boarded": "not_boarded_because", "because": because}
        exercise.act("duty-1", f"/cases/{ref}/results", **result, told_by="patrol ship 3")
    assert [
        (e["body"]["vessel"], e["body"]["boarded"], e["body"]["because"])
        for e in exercise.of(ref, "result.reported")
    ] == [(v, "no", because) for v, because in reasons.items()]
    told = exercise.get(f"{API}/cases/{ref}/results", exercise.officer("aud-1")).json()
    assert {r["label"] for r in told["results"]} == {"NOT BOARDED"}
    assert exercise.of(ref, "action.recorded") == []


def _they_deny(exercise: Exercise, ref: str) -> None:
    """Day 3, 22:00Z: refuted as of this time; the authorization stays as it was given on day 1."""
    first = exercise.of(ref, "answer.given")[0]
    refuted = [{"vessel": "all", "measure": "confirm_registry", "value": "refuted"}]
    given = _called(exercise, ref, 3, MINISTER, DENIES, refuted)
    assert given["body"]["as_of"] == _day(exercise, 3, "22:04")
    exchange = exercise.case(ref)["exchanges"][0]
    assert {
        i["vessel"]: (i["value"], i["as_of"]) for i in exchange["items"] if i["measure"] == "confirm_registry"
    } == dict.fromkeys((1, 2, 3), ("refuted", given["body"]["as_of"]))
    assert {i["value"] for i in exchange["items"] if i["measure"] == "board"} == {"granted"}
    assert "REGISTRY REFUTED" in exchange["label"]
    # No overwrite: the entry of day 1 is the same to the leaf, and as of then nothing was refuted.
    assert exercise.of(ref, "answer.given")[0] == first
    then = exercise.case(ref, seq=str(given["seq"] - 1))["exchanges"][0]
    assert {i["value"] for i in then["items"] if i["measure"] == "confirm_registry"} == {"unanswered"}


def _partners_informed(exercise: Exercise, ref: str) -> None:
    """Day 4: to whom, by which way, which words."""
    exercise.watches(ref, "duty-1", until=_day(exercise, 4, "08:00"))
    partners = [{"authority": "mrcc-xb", "channel": "mail"}, {"state": "XD", "office": "Liaison cell of XD"}]
    told = {"direction": "outbound", "kind": "distribution", "state": "XB", "distribution": partners}
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges",
        **told,
        channel="mail",
        text="XE says the three are not its ships.",
    )
    logged = exercise.of(ref, "exchange.opened")[-1]["body"]
    assert (logged["kind"], [d.get("authority") or d["office"] for d in logged["distribution"]]) == (
        "distribution",
        ["mrcc-xb", "Liaison cell of XD"],
    )
    assert "answer.given" not in {
        e["type"] for e in exercise.entries(ref)[logged["exchange"] - 1 :] if e["body"].get("exchange") == 2
    }


def _the_certificate(exercise: Exercise, ref: str) -> None:
    """If asked: both answers with their times; one that hid the second is not to be had."""
    body = {"kind": "consent_or_waiver", "designee": "dec-1", "seen": exercise.seq(ref)}
    path = f"/cases/{ref}/certificates"
    refused = exercise.refused(exercise.officer("duty-1"), path, body, 409)
    assert refused["type"] == "/problems/certificate-basis-needed"
    draft = drafted(exercise, ref, "consent_or_waiver", basis={"exchange": 1, "answer": 1})
    rests_on_entries(exercise, ref, draft)
    text = released(exercise, ref, draft["certificate"])
    for words in (AGREES, MINISTRY["name"], "XE gave another answer", "REFUTED"):
        assert words in text, words
    for day, hhmm in ((1, "20:04"), (3, "22:04")):
        assert date_time_group(from_text(_day(exercise, day, hhmm))) in text


def _day(exercise: Exercise, day: int, hhmm: str) -> str:
    """Day 1 is the day after the exercise begins."""
    date = (exercise.begin + timedelta(days=day)).date()
    return to_text(datetime.fromisoformat(f"{date.isoformat()}T{hhmm}:00+00:00"))
