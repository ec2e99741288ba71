"""D11, late waiver after the prosecution has begun (we ask XV); and the variant with a waiver on day 2."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cna_service.kit.instants import date_time_group
from tests.scenarios.papers import certified, drafted, released, rests_on_entries
from tests.scenarios.served import API, Exercise

BOAT = {"type": "low-profile vessel", "description": "green, no name", "flag_claimed": "XV"}
ASK = {
    "direction": "outbound",
    "authority": "cna-xv",
    "channel": "mail",
    "form": "written",
    "offences": ["narcotics"],
}
WAIVERS = [f"waive_jurisdiction_{what}" for what in ("vessel", "cargo", "persons")]
XV = {"name": "Director Salcedo", "office": "Maritime Authority of XV"}
WAIVES = "XV waives its primary right over vessel, cargo and crew."
PROSECUTOR = "Prosecutor Lind, Federal Court"


def test_d11_a_waiver_248_days_later_to_a_closed_case(exercise: Exercise) -> None:
    ref = _neither(exercise)
    _asks_for_a_waiver(exercise, ref)
    _certified_and_closed(exercise, ref)
    _the_note(exercise, ref)
    _the_certificate(exercise, ref)


def test_d11_variant_a_waiver_on_day_2_stands_after_the_boarding(exercise: Exercise) -> None:
    ref = _neither(exercise)
    _asks_for_a_waiver(exercise, ref)
    exercise.watches(ref, "duty-1", until=2 * 1440)
    waived = {"answers": [{"measure": m, "value": "granted"} for m in WAIVERS], "form": "written", "by": XV}
    exercise.post(
        f"/cases/{ref}/exchanges/2/answers", exercise.authority("cna-xv"), {**waived, "words": WAIVES}
    )
    exercise.take_alerts(ref, "duty-1")
    # It counts, and the order in time is in sight: boarded first, waived after.
    boarded, given = exercise.of(ref, "action.recorded")[0], exercise.of(ref, "answer.given")[-1]
    assert boarded["happened_at"]["latest"] < given["recorded_at"]
    assert exercise.after(given) == timedelta(days=2)
    assert exercise.case(ref)["exchanges"][1]["label"] == "WAIVED"
    assert _finding(exercise, ref)["code"] == "own_ground"
    text = certified(exercise, ref, "consent_or_waiver", basis={"exchange": 2, "answer": 1})
    assert date_time_group(exercise.begin + timedelta(days=2)) in text
    assert "NEITHER" in text
    order = [e["seq"] for e in exercise.entries(ref) if e["type"] in ("action.recorded", "answer.given")]
    assert order == sorted(order)


def _neither(exercise: Exercise) -> str:
    """Day 0: neither; boarded as a vessel without nationality, on a ground of its own."""
    ref: str = exercise.act("duty-1", "/cases", channel="radio", caller="cutter 751", vessels=[BOAT])["case"]
    text = "Is she on your register?"
    opened = exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges",
        **ASK,
        measures=["confirm_registry"],
        basis=["un-17-3"],
        text=text,
    )
    # "Expeditiously" is no number: no clock, and the reply says so.
    assert opened["clocks"] == []
    assert "un-17-3" in opened["no_clock_because"]
    exercise.at(minutes=90)
    neither = {"answers": [{"measure": "confirm_registry", "value": "neither"}], "form": "written", "by": XV}
    exercise.post(f"/cases/{ref}/exchanges/1/answers", exercise.authority("cna-xv"), neither)
    assert exercise.case(ref)["label"] == "NEITHER"
    exercise.take_alerts(ref, "duty-1")
    exercise.at(minutes=120)
    act = {"measure": "board", "by_unit": "cutter 751", "happened_at": exercise.instant(minutes=110)}
    ground = {"ground": "stateless", "reason": "XV neither confirms nor denies"}
    exercise.act("duty-1", f"/cases/{ref}/actions", **act, basis=ground, seen=exercise.seq(ref))
    assert exercise.granted(ref) == []
    return ref


def _finding(exercise: Exercise, ref: str) -> Any:
    told = exercise.get(f"{API}/cases/{ref}/actions", exercise.officer("aud-1")).json()
    return told["actions"][0]["finding"]


def _asks_for_a_waiver(exercise: Exercise, ref: str) -> None:
    exercise.at(minutes=180)
    text = "Should she be yours: do you waive your primary right?"
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ASK, measures=WAIVERS, basis=["un-17-4"], text=text)


def _certified_and_closed(exercise: Exercise, ref: str) -> None:
    """Day 5: the prosecutor has a certificate of the first answer; the case is closed."""
    exercise.watches(ref, "duty-1", until=5 * 1440)
    text = certified(exercise, ref, "registry_answer", for_court=PROSECUTOR)
    assert "art. 17(3), United Nations Convention against Illicit Traffic" in text
    assert "XV answered that it can neither confirm nor deny" in text
    exercise.act("duty-1", f"/cases/{ref}/certificates/1/delivery", to=PROSECUTOR, channel="mail")
    exercise.act(
        "duty-1",
        f"/cases/{ref}/closure",
        seen=exercise.seq(ref),
        waived="Nothing more is wanted of XV.",
    )


def _the_note(exercise: Exercise, ref: str) -> None:
    """Day 248: kept and flagged; the case is reopened; who holds a certificate is told."""
    exercise.at(days=248)
    note = {"direction": "in", "channel": "diplomatic_note", "theirs": XV, "text": WAIVES, "exchange": 2}
    exercise.act("duty-1", f"/cases/{ref}/communications", **note)
    given = exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/2/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": m, "value": "granted"} for m in WAIVERS],
        form="written",
        by=XV,
        words=WAIVES,
    )
    assert given["to_closed_case"] is True
    assert exercise.of(ref, "answer.given")[-1]["body"]["to_closed_case"] is True
    exercise.act("duty-1", f"/cases/{ref}/reopening", words="XV waives after 248 days.")
    assert exercise.case(ref)["is_closed"] is False
    certificate = exercise.get(f"{API}/cases/{ref}/certificates", exercise.officer("duty-1")).json()
    held = (certificate["certificates"] if isinstance(certificate, dict) else certificate)[0]
    waived = exercise.of(ref, "answer.given")[-1]["seq"]
    assert waived in held["contrary"]
    assert "certificate_holders" in [a["kind"] for a in exercise.case(ref)["alerts"] if a["is_open"]]
    exercise.act(
        "duty-1", f"/cases/{ref}/certificates/1/notice", holder=1, channel="mail", words="A waiver came."
    )
    assert len(exercise.of(ref, "certificate.holder_told")) == 1
    exercise.take_alerts(ref, "duty-1")


def _the_certificate(exercise: Exercise, ref: str) -> None:
    """Day 249: on which basis? The other answer stands in the annex; none that hides it can be had."""
    exercise.watches(ref, "duty-1", until=249 * 1440)
    body = {"kind": "consent_or_waiver", "designee": "dec-1", "seen": exercise.seq(ref)}
    path = f"/cases/{ref}/certificates"
    refused = exercise.refused(exercise.officer("duty-1"), path, body, 409)
    assert refused["type"] == "/problems/certificate-basis-needed"
    assert {(b["exchange"], b["answer"]) for b in refused["bases"]} >= {(1, 1), (2, 1)}
    draft = drafted(
        exercise, ref, "consent_or_waiver", basis={"exchange": 2, "answer": 1}, for_court=PROSECUTOR
    )
    rests_on_entries(exercise, ref, draft)
    first = exercise.of(ref, "answer.given")[0]["seq"]
    assert [a["cites"] for a in draft["annex"]] == [[first]]
    text = released(exercise, ref, draft["certificate"])
    assert WAIVES in text
    assert "NEITHER" in text.split("ANNEX")[1]
    for at in (timedelta(minutes=90), timedelta(days=248)):
        assert date_time_group(exercise.begin + at) in text
