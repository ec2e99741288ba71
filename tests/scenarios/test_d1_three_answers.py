"""D1, three answers in one case (we ask), to T+01:10+L, without boarding and certificate. L is two hours here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.scenarios.served import Exercise

L = 120
PLACE = "off the coast of XQ, international waters"
TITLE = "Agreement between XA and XP on Operations against Illicit Traffic by Sea"
LUZ = {
    "name": "LUZ",
    "how": "seen",
    "source": "unit 4, by radio",
    "type": "sailing vessel",
    "flag_claimed": "XP",
    "claimed_how": "verbal claim",
    "claimed_by": "person in charge, by voice",
    "flag_flown": "XP",
    "position": PLACE,
}
ASK = {"direction": "outbound", "authority": "mrcc-xp", "channel": "mail", "form": "written"}


def test_d1_to_the_limit_that_passes_without_an_answer(exercise: Exercise) -> None:
    ref = _the_unit_reports(exercise)
    _request_1_is_answered(exercise, ref)
    _request_2_is_asked(exercise, ref)

    # T+01:10+L the limit passes: each warning and the lapse ring once, overdue, no authorization anywhere.
    second = exercise.of(ref, "clock.armed")[1]["body"]["clock"]
    exercise.watches(ref, "duty-1", until=70 + L)
    exercise.at(minutes=80 + L)
    lapsed = exercise.of(ref, "clock.lapsed")
    assert [(exercise.after(e), e["body"]["clock"]) for e in lapsed] == [(timedelta(minutes=70 + L), second)]
    assert (lapsed[0]["actor"]["kind"], lapsed[0]["body"]["kind"]) == ("service", "legal")
    assert lapsed[0]["body"]["provision_says"]["effect"] == "none"
    raised = [e["body"] for e in exercise.of(ref, "alert.raised") if e["body"]["subject"]["clock"] == second]
    assert [b["kind"] for b in raised] == [
        "clock_warning_50",
        "decision_lead",
        "clock_warning_75",
        "clock_warning_90",
        "clock_lapsed",
    ]
    assert [t for t in exercise.texts("duty-1") if "a time limit ran out" in t and "Reply 1" in t]
    shown = exercise.case(ref)
    assert shown["label"] == "OVERDUE"
    assert [e["label"] for e in shown["exchanges"]] == ["CONFIRMED", "OVERDUE"]
    assert {(i["value"], i["state"]) for i in shown["exchanges"][1]["items"]} == {("unanswered", "lapsed")}
    assert shown["exchanges"][1]["answers"] == []
    assert {c["effect"] for c in shown["clocks"]} == {"none"}
    assert exercise.granted(ref) == []
    assert exercise.of(ref, "lapse.recorded") == []


def _the_unit_reports(exercise: Exercise) -> str:
    """T+00:00: claim and flag flown are two entries; what is missing is listed; the officer on watch is summoned."""
    # The deputy is at the radio: what the officer on watch opens himself summons nobody (desk-rules 1.4).
    opened = exercise.act("duty-2", "/cases", channel="radio", caller="unit 4", vessels=[LUZ])
    ref: str = opened["case"]
    assert {m["field"] for m in opened["missing"]} == {
        f"vessels/0/{f}" for f in ("registration_number", "imo", "mmsi", "call_sign", "hull_mark", "homeport")
    }
    claim, seen = exercise.of(ref, "claim.made"), exercise.of(ref, "indicium.seen")
    assert [(e["body"]["state"], e["body"]["by"]) for e in claim] == [("XP", LUZ["claimed_by"])]
    assert [(e["body"]["kind"], e["body"]["value"], e["body"]["by"]) for e in seen] == [
        ("flag_flown", "XP", "unit 4, by radio")
    ]
    place = exercise.of(ref, "position.reported")[0]["body"]["position"]
    assert (place["text"], place["point"]) == (PLACE, None)
    exercise.at(minutes=0)
    assert len(exercise.texts("duty-1")) == 1
    exercise.at(minutes=1)
    exercise.takes("duty-1")
    taken = exercise.of(ref, "alert.acknowledged")
    assert [(exercise.after(e), e["actor"]["id"]) for e in taken] == [(timedelta(minutes=1), "duty-1")]
    return ref


def _request_1_is_answered(exercise: Exercise, ref: str) -> None:
    """T+00:12 and T+01:05: asked with its exact text, under an article; confirmed, by whom and when; clock stopped."""
    exercise.watches(ref, "duty-1", until=12)
    text = "Is the sailing vessel LUZ on your register? No number is known."
    first = {**ASK, "basis": ["xp-3"], "measures": ["confirm_registry"], "text": text}
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **first)
    asked = exercise.of(ref, "exchange.opened")[0]
    assert (exercise.after(asked), asked["body"]["text"]) == (timedelta(minutes=12), text)
    assert asked["body"]["provisions"] == ["xp-3"]
    clock = _clocks(exercise, ref, "xp-3")[0]
    assert (clock["kind"], clock["article"], clock["state"]) == ("legal", "3", "running")
    assert clock["due_at"] == exercise.instant(minutes=12 + L)
    assert TITLE in clock["agreement"]
    letter = _letter_as_kept(exercise, ref, 1)
    for words in (text, "art. 3", TITLE, "confirm_registry", PLACE):
        assert words in letter, words

    exercise.watches(ref, "duty-1", until=65)
    confirmed = {
        "answers": [
            {"measure": "confirm_registry", "value": "confirmed", "words": "Port of registry: Balboa."}
        ],
        "form": "written",
        "by": {"name": "Watch officer Ibarra", "office": "Operations Centre of XP"},
        "happened_at": exercise.instant(minutes=62),
    }
    exercise.post(f"/cases/{ref}/exchanges/1/answers", exercise.authority("mrcc-xp"), confirmed)
    answer = exercise.of(ref, "answer.given")[0]
    assert exercise.after(answer) == timedelta(minutes=65)
    assert answer["happened_at"]["earliest"] == exercise.instant(minutes=62)
    assert (answer["actor"]["kind"], answer["actor"]["id"]) == ("authority", "mrcc-xp")
    assert answer["body"]["by"] == confirmed["by"]
    assert answer["body"]["items"][0]["words"] == "Port of registry: Balboa."
    assert [c["state"] for c in _clocks(exercise, ref, "xp-3")] == ["stopped"]
    item = exercise.case(ref)["exchanges"][0]["items"][0]
    assert (item["value"], item["as_of"], item["received_at"]) == (
        "confirmed",
        exercise.instant(minutes=62),
        exercise.instant(minutes=65),
    )
    assert exercise.case(ref)["label"] == "CONFIRMED"
    exercise.take_alerts(ref, "duty-1")


def _request_2_is_asked(exercise: Exercise, ref: str) -> None:
    """T+01:10: clock no. 2; board and search ticked; detain and enforce law not."""
    exercise.at(minutes=70)
    second = {
        **ASK,
        "basis": ["xp-4"],
        "measures": ["board", "search"],
        "text": "May we board and search her?",
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **second)
    assert [i["measure"] for i in exercise.case(ref)["exchanges"][1]["items"]] == ["board", "search"]
    assert [(c["measure"], c["due_at"]) for c in _clocks(exercise, ref, "xp-4")] == [
        (m, exercise.instant(minutes=70 + L)) for m in ("board", "search")
    ]
    letter = _letter_as_kept(exercise, ref, 2)
    assert "May we board and search her?" in letter
    for measure in ("[detain_vessel]", "[detain_persons]", "[enforce_law]"):
        assert measure not in letter


def _letter_as_kept(exercise: Exercise, ref: str, n: int) -> str:
    """What left the desk is what the log keeps, to the letter; on one line."""
    kept = next(e for e in exercise.of(ref, "communication.logged") if e["body"]["exchange"] == n)["body"]
    sent = exercise.mails("mrcc-xp@example.test")[n - 1]
    assert (kept["subject"], kept["text"]) == (sent["subject"], sent["text"])
    assert ref in sent["subject"]
    return " ".join(str(sent["text"]).split())


def _clocks(exercise: Exercise, ref: str, provision: str) -> list[dict[str, Any]]:
    return [c for c in exercise.case(ref)["clocks"] if c["provision"] == provision]
