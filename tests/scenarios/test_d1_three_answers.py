"""D1, three answers in one case (we ask). P is XP; L is two hours here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cna_service.kit.instants import date_time_group
from tests.scenarios.papers import certified
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
IBARRA = {"name": "Watch officer Ibarra", "office": "Operations Centre of XP"}
WAIVERS = tuple(f"waive_jurisdiction_{what}" for what in ("vessel", "cargo", "persons"))
NOTE = "The Republic waives its primary jurisdiction over the vessel LUZ, her cargo and all persons aboard."
ASK = {"direction": "outbound", "authority": "mrcc-xp", "channel": "mail", "form": "written"}


def test_d1_confirmed_authorized_late_waived(exercise: Exercise) -> None:
    ref = _the_unit_reports(exercise)
    _request_1_is_answered(exercise, ref)
    _request_2_is_asked(exercise, ref)
    _the_limit_passes(exercise, ref)
    _they_ask_back(exercise, ref)
    _they_authorize(exercise, ref)
    _the_unit_boarded(exercise, ref)
    _request_3_is_asked(exercise, ref)
    _they_waive(exercise, ref)
    _the_certificate(exercise, ref)


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
        "by": IBARRA,
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


def _the_limit_passes(exercise: Exercise, ref: str) -> None:
    """T+01:10+L: each warning and the lapse ring once; overdue; no authorization anywhere."""
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


def _they_ask_back(exercise: Exercise, ref: str) -> None:
    """T+05:30: their questions are logged and linked to request 2; no clock starts again."""
    exercise.watches(ref, "duty-1", until=330)
    before = _clocks(exercise, ref, "xp-4")
    call = {"direction": "in", "channel": "phone", "number": "+15550134", "theirs": IBARRA, "exchange": 2}
    times = {"started_at": exercise.instant(minutes=326), "ended_at": exercise.instant(minutes=329)}
    words = "How many persons are aboard? Which was her last port?"
    exercise.act("duty-1", f"/cases/{ref}/communications", **call, **times, text=words)
    asked = {"direction": "in", "words": words, "by": IBARRA, "channel": "phone"}
    exercise.act("duty-1", f"/cases/{ref}/exchanges/2/questions", **asked)
    question = exercise.of(ref, "question.asked")[0]
    assert (question["body"]["exchange"], question["body"]["direction"]) == (2, "in")
    assert (question["body"]["words"], question["body"]["by"]) == (words, IBARRA)
    assert _clocks(exercise, ref, "xp-4") == before
    assert {c["state"] for c in before} == {"lapsed"}
    assert len([e for e in exercise.of(ref, "clock.armed") if e["body"]["exchange"] == 2]) == 1


def _they_authorize(exercise: Exercise, ref: str) -> None:
    """T+11:10: ten hours after request 2."""
    exercise.watches(ref, "duty-1", until=670)
    granted = [
        {"measure": m, "value": "granted", "words": f"We authorize to {m}."} for m in ("board", "search")
    ]
    path = f"/cases/{ref}/exchanges/2/answers"
    exercise.post(path, exercise.authority("mrcc-xp"), {"answers": granted, "form": "written", "by": IBARRA})
    asked, answered = exercise.of(ref, "exchange.opened")[1], exercise.of(ref, "answer.given")[1]
    assert exercise.after(answered) - exercise.after(asked) == timedelta(hours=10)
    assert answered["body"]["late"] is True
    assert exercise.case(ref)["label"] == "AUTHORIZED"
    assert exercise.granted(ref) == [(answered["seq"], "board"), (answered["seq"], "search")]
    figures = {f["exchange"]: f for f in exercise.statistics("exchanges")}
    assert (figures["2"]["to_answer_s"], figures["2"]["overdue"]) == ("36000", "yes")


def _the_unit_boarded(exercise: Exercise, ref: str) -> None:
    """T+13:00: boarding began at 11:40, after the authorization was received; found at 12:50."""
    exercise.watches(ref, "duty-1", until=780)
    began, found = exercise.instant(minutes=700), exercise.instant(minutes=770)
    boarding = {"measure": "board", "by_unit": "unit 4", "happened_at": began, "basis": {"exchange": 2}}
    done = exercise.act("duty-1", f"/cases/{ref}/actions", **boarding, seen=exercise.seq(ref))
    assert (done["check"]["code"], done["check"]["is_overreach"]) == ("within_grant", False)
    finds = [{"what": "cocaine", "quantity": "about 1,200 kg"}]
    exercise.act("duty-1", f"/cases/{ref}/results", found=finds, happened_at=found, told_by="unit 4")
    acted, answered = exercise.of(ref, "action.recorded")[0], exercise.of(ref, "answer.given")[1]
    assert acted["happened_at"]["earliest"] == acted["happened_at"]["latest"] == began
    assert answered["recorded_at"] < acted["happened_at"]["earliest"]
    assert (acted["happened_at"]["zone"], answered["recorded_at"][-1]) == ("UTC", "Z")
    assert exercise.of(ref, "result.reported")[0]["happened_at"]["earliest"] == found


def _request_3_is_asked(exercise: Exercise, ref: str) -> None:
    """T+13:30: three objects, each by itself; P names no limit for it, so that no clock stands for one."""
    exercise.watches(ref, "duty-1", until=810)
    third = {
        **ASK,
        "authority": "mfa-xp",
        "basis": ["xp-7"],
        "measures": list(WAIVERS),
        "text": "Does XP waive its primary jurisdiction over vessel, cargo and persons?",
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **third)
    assert [(i["measure"], i["value"]) for i in exercise.case(ref)["exchanges"][2]["items"]] == [
        (m, "unanswered") for m in WAIVERS
    ]


def _they_waive(exercise: Exercise, ref: str) -> None:
    """T+3d: the note verbatim, with its scope; closed once what is owed is done."""
    exercise.at(days=3)
    exercise.take_alerts(ref, "duty-1")
    theirs = {"name": "Minister Duarte", "office": "Ministry of Foreign Affairs of XP"}
    note = {"direction": "in", "channel": "diplomatic_note", "theirs": theirs, "text": NOTE, "exchange": 3}
    exercise.act("duty-1", f"/cases/{ref}/communications", **note)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/3/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": m, "value": "granted"} for m in WAIVERS],
        form="written",
        by={**theirs, "authority": "mfa-xp"},
        words=NOTE,
        basis={"provision": "xp-7"},
    )
    waived = exercise.of(ref, "answer.given")[2]
    assert (waived["body"]["words"], exercise.after(waived)) == (NOTE, timedelta(days=3))
    assert [i["measure"] for i in waived["body"]["items"]] == list(WAIVERS)
    assert exercise.case(ref)["label"] == "WAIVED"
    exercise.closes(ref, "duty-1")
    assert exercise.case(ref)["label"] == "CLOSED-WAIVED"


def _the_certificate(exercise: Exercise, ref: str) -> None:
    """Three exchanges with date-time, office and name of the official, channel; nothing on what was not answered."""
    text = certified(exercise, ref, "consent_or_waiver", exchanges=[1, 2, 3])
    for words in (
        TITLE,
        "art. 4",
        "Watch officer Ibarra",
        "Operations Centre of XP",
        "Minister Duarte",
        NOTE,
    ):
        assert words in text, words
    for n, minutes in ((1, 65), (2, 670), (3, 3 * 1440)):
        assert f"exchange {n}" in text.lower()
        assert date_time_group(exercise.begin + timedelta(minutes=minutes)) in text
    assert text.count("by mail") >= 3
    for measure in ("detain", "Detain", "seize", "Seize"):
        assert measure not in text
    assert [
        (e["body"]["exchange"], e["body"]["items"][0]["measure"]) for e in exercise.of(ref, "answer.given")
    ] == [
        (1, "confirm_registry"),
        (2, "board"),
        (3, WAIVERS[0]),
    ]


def _letter_as_kept(exercise: Exercise, ref: str, n: int) -> str:
    """What left the desk is what the log keeps, to the letter; on one line."""
    kept = next(e for e in exercise.of(ref, "communication.logged") if e["body"]["exchange"] == n)["body"]
    sent = exercise.mails("mrcc-xp@example.test")[n - 1]
    assert (kept["subject"], kept["text"]) == (sent["subject"], sent["text"])
    assert ref in sent["subject"]
    return " ".join(str(sent["text"]).split())


def _clocks(exercise: Exercise, ref: str, provision: str) -> list[dict[str, Any]]:
    return [c for c in exercise.case(ref)["clocks"] if c["provision"] == provision]
