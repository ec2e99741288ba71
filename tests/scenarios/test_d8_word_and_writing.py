"""D8, oral consent confirmed in writing later, and narrower: theirs (we ask XV), and ours (XU asks us).

Where word and writing differ, the differing measures are held until a named officer has read the writing measure by
measure (desk-rules 6.4): stricter than the script, by which the narrower text would govern at once."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from cna_service.kit.instants import date_time_group, from_text, to_text
from tests.scenarios.papers import certified
from tests.scenarios.served import API, Exercise

SHIP = {"name": "COSTA BRUMA", "how": "written", "type": "general cargo", "flag_claimed": "XV"}
SPOKEN = ["board", "search", "seize"]
WORD = "XV authorizes you under article 17 to board, to search and to seize."
NOTE = "Confirming the call of yesterday, XV authorizes boarding and search."
ENVOY = {"name": "Counsellor Vega", "post": "Counsellor", "office": "Embassy of XV"}
ORDER = b"%PDF-1.7 Order of the court, citing the authorization of XV"


def test_d8_outbound_word_by_the_embassy_then_a_narrower_note(exercise: Exercise) -> None:
    ref = _asked(exercise)
    _the_call(exercise, ref)
    _the_judges_order(exercise, ref)
    _the_note(exercise, ref)
    _boarded(exercise, ref)
    _before_the_judge(exercise, ref)
    text = certified(exercise, ref, "consent_or_waiver")
    for words in (
        WORD,
        NOTE,
        ENVOY["name"],
        ENVOY["office"],
        _group(exercise, 1, "16:00"),
        _group(exercise, 3, "09:00"),
    ):
        assert words in text, words


def test_d8_inbound_our_word_then_our_narrower_writing(exercise: Exercise) -> None:
    ref = _they_ask(exercise)
    _we_say_it(exercise, ref)
    _we_write_less(exercise, ref)
    _they_have_the_notice(exercise, ref)


# --- outbound


def _asked(exercise: Exercise) -> str:
    exercise.goes(_day(exercise, 1, "15:00"))
    ref: str = exercise.act("duty-1", "/cases", channel="radio", caller="frigate 12", vessels=[SHIP])["case"]
    ask = {"direction": "outbound", "authority": "cna-xv", "channel": "mail", "offences": ["narcotics"]}
    text = "May we board, search and seize under article 17?"
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ask, measures=SPOKEN, basis=["un-17-4"], text=text)
    return ref


def _the_call(exercise: Exercise, ref: str) -> None:
    """Day 1, 16:00Z: names, posts, numbers, start and end, recording; without the caller's identity, nothing."""
    exercise.goes(_day(exercise, 1, "16:00"))
    call: dict[str, Any] = {
        "direction": "in",
        "channel": "phone",
        "number": "+15550149",
        "ours": {"name": "Lieutenant Ana Reyes", "post": "Duty officer", "phone": "+15550100"},
        "theirs": {**ENVOY, "phone": "+15550149"},
        "started_at": _day(exercise, 1, "15:52"),
        "ended_at": _day(exercise, 1, "15:58"),
        "source": "recording 2026-0114",
        "text": WORD,
        "exchange": 1,
    }
    exercise.act("duty-1", f"/cases/{ref}/communications", **call)
    logged = exercise.of(ref, "communication.logged")[-1]["body"]
    for field in ("number", "ours", "theirs", "source", "text"):
        assert logged[field] == call[field], field
    path = f"/cases/{ref}/exchanges/1/answers"
    word = {
        "answers": [{"measure": m, "value": "granted"} for m in SPOKEN],
        "form": "oral",
        "words": WORD,
        "happened_at": call["ended_at"],
        "basis": {"provision": "un-17-4"},
    }
    for by in ({}, {"office": ENVOY["office"], "is_listed": True}, ENVOY):
        # Nobody named; nobody by name; an embassy, and nobody said whether it speaks for the authority asked.
        refused = {**word, "by": by, "seen": exercise.seq(ref)}
        exercise.refused(exercise.officer("duty-1"), path, refused, 422)
    assert exercise.granted(ref) == []
    exercise.act("duty-1", path, **word, by={**ENVOY, "is_listed": True}, seen=exercise.seq(ref))
    shown = exercise.case(ref)
    assert shown["label"] == "AUTHORIZED-ORAL"
    owed = [c["words"] for c in shown["clocks"] if c["kind"] == "own" and c["state"] == "running"]
    assert any("written confirmation" in words for words in owed)


def _the_judges_order(exercise: Exercise, ref: str) -> None:
    """17:00Z: the document is attached, by its hash."""
    exercise.watches(ref, "duty-1", until=_day(exercise, 1, "17:00"))
    order = {"name": "order.pdf", "media_type": "application/pdf", "base64": base64.b64encode(ORDER).decode()}
    judge = {"name": "Judge Soler", "office": "Court of Instruction 3"}
    note = {"direction": "in", "channel": "note", "theirs": judge, "attachments": [order]}
    exercise.act(
        "duty-1", f"/cases/{ref}/communications", **note, text="Order citing the authorization of XV."
    )
    kept = exercise.of(ref, "communication.logged")[-1]["body"]["attachments"][0]
    assert (kept["sha256"], kept["size"]) == (hashlib.sha256(ORDER).hexdigest(), len(ORDER))
    path = f"{API}/cases/{ref}/attachments/{kept['blob']}"
    assert exercise.get(path, exercise.officer("aud-1")).content == ORDER


def _the_note(exercise: Exercise, ref: str) -> None:
    """Day 3: narrower; what differs is held, somebody is summoned, and a named officer reads it."""
    exercise.watches(ref, "duty-1", until=_day(exercise, 3, "09:00"))
    note = {"direction": "in", "channel": "diplomatic_note", "theirs": ENVOY, "text": NOTE, "exchange": 1}
    exercise.act("duty-1", f"/cases/{ref}/communications", **note)
    given = exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": m, "value": "granted"} for m in ("board", "search")],
        form="written",
        by={**ENVOY, "is_listed": True},
        words=NOTE,
        basis={"provision": "un-17-4"},
    )
    assert given["confirms"] == 1
    assert [(d["measure"], d["in"], d["narrower"]) for d in given["differs"]] == [
        ("seize", ["left_out"], True)
    ]
    shown = exercise.case(ref)
    assert shown["label"] == "HELD: WORD AND WRITING DIFFER"
    # Side by side: both answers as they came, and the measure in which they differ.
    word, writing = shown["exchanges"][0]["answers"]
    assert ([i["measure"] for i in word["items"]], word["form"]) == (SPOKEN, "oral")
    assert ([i["measure"] for i in writing["items"]], writing["form"]) == (SPOKEN[:2], "written")
    states = {i["measure"]: i["state"] for i in shown["exchanges"][0]["items"]}
    assert states == {"board": "granted", "search": "granted", "seize": "held"}
    assert [a["kind"] for a in shown["alerts"] if a["is_open"]][-1] == "writing_differs"
    assert _may(exercise, ref) == {"board", "search"}

    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/readings",
        seen=exercise.seq(ref),
        answer=2,
        items=[{"measure": "seize", "stands": "as_written"}],
        words="The note says nothing of seizure. It stands as written.",
    )
    read = exercise.of(ref, "answer.read")[0]
    assert (read["actor"]["id"], [i["stands"] for i in read["body"]["items"]]) == ("duty-1", ["as_written"])
    assert _may(exercise, ref) == {"board", "search"}


def _may(exercise: Exercise, ref: str) -> set[str]:
    """What a unit would be told now."""
    told = exercise.get(f"{API}/cases/{ref}/instructions", exercise.officer("duty-1")).json()
    return {line["measure"] for line in told["lines"] if line["says"] == "may"}


def _boarded(exercise: Exercise, ref: str) -> None:
    """Day 4, 06:00Z: boarded against resistance; the custody of fourteen begins."""
    began = _day(exercise, 4, "06:00")
    exercise.watches(ref, "duty-1", until=_day(exercise, 4, "06:30"))
    boarding = {"measure": "board", "by_unit": "frigate 12", "happened_at": began, "basis": {"exchange": 1}}
    told = {"force": "The crew threw bars and bottles.", "injuries": 1}
    done = exercise.act("duty-1", f"/cases/{ref}/actions", **boarding, **told, seen=exercise.seq(ref))
    assert done["check"]["code"] == "within_grant"
    crew = [f"Crew member {n}" for n in range(1, 15)]
    exercise.act("duty-1", f"/cases/{ref}/custody", what="taken", persons=crew, happened_at=began)
    assert exercise.of(ref, "custody.recorded")[0]["body"]["persons_count"] == 14
    clock = next(c for c in _custody(exercise, ref)["clocks"])
    assert (clock["since"], clock["ended_at"]) == (began, None)


def _before_the_judge(exercise: Exercise, ref: str) -> None:
    """Day 20: day by day from the boarding to the judge, no day left out."""
    exercise.watches(ref, "duty-1", until=_day(exercise, 20, "10:00"))
    judge = {"name": "Judge Soler", "office": "Court of Instruction 3"}
    at = _day(exercise, 20, "09:30")
    crew = [f"Crew member {n}" for n in range(1, 15)]
    exercise.act(
        "duty-1", f"/cases/{ref}/custody", what="before_judge", persons=crew, to=judge, happened_at=at
    )
    told = _custody(exercise, ref)
    days = [d["day"] for d in told["days"]]
    first = datetime.fromisoformat(days[0]).date()
    assert days == [(first + timedelta(days=n)).isoformat() for n in range(17)]
    assert (days[0], days[-1]) == (_day(exercise, 4, "06:00")[:10], at[:10])
    assert told["open"] == []
    assert [c["ended_at"] for c in told["clocks"]] != [None]
    assert "before a judge" in told["hand_over"]


def _custody(exercise: Exercise, ref: str) -> Any:
    return exercise.get(f"{API}/cases/{ref}/custody", exercise.officer("aud-1")).json()


def _day(exercise: Exercise, day: int, hhmm: str) -> str:
    """Day 1 is the day after the exercise begins."""
    date = (exercise.begin + timedelta(days=day)).date()
    return to_text(datetime.fromisoformat(f"{date.isoformat()}T{hhmm}:00+00:00"))


def _group(exercise: Exercise, day: int, hhmm: str) -> str:
    return date_time_group(from_text(_day(exercise, day, hhmm)))


# --- inbound


def _they_ask(exercise: Exercise) -> str:
    vessel = {"names": ["BAR TEST"], "imo": "3000001", "flag_claimed": "XA", "type": "freighter"}
    request = {
        "requested_state": "XA",
        "legal_basis": [{"text": "UN 1988 art. 17"}],
        "offences": ["narcotics"],
    }
    got = exercise.send("mrcc-xu", **request, zone="high_seas", measures=SPOKEN, vessels=[vessel])
    ref: str = got["case"]
    exercise.take_alerts(ref, "duty-1")
    return ref


def _we_say_it(exercise: Exercise, ref: str) -> None:
    """Decided by the director, spoken to a named listener, read back."""
    exercise.watches(ref, "duty-1", until=30)
    decision = _decided(exercise, ref, SPOKEN)
    call = {
        "channel": "phone",
        "number": "+15550146",
        "listener_name": "Watch officer Byrne",
        "listener_office": "Maritime Operations Centre of XU",
        "code_read_back": ref,
        "started_at": exercise.instant(minutes=31),
        "ended_at": exercise.instant(minutes=34),
        "read_back": "Board, search and seize: granted.",
        "outcome": "agreed",
    }
    exercise.at(minutes=35)
    _answered(exercise, ref, SPOKEN, "oral", decision, [call])
    assert exercise.case(ref)["label"] == "AUTHORIZED-ORAL"
    owed = [
        c["words"] for c in exercise.case(ref)["clocks"] if c["kind"] == "own" and c["state"] == "running"
    ]
    assert any("confirm our oral answer in writing" in words for words in owed)


def _we_write_less(exercise: Exercise, ref: str) -> None:
    """Our writing leaves seizure out: a notice is owed, with its own clock; until they have it, the word stands."""
    exercise.watches(ref, "duty-1", until=90)
    decision = _decided(exercise, ref, SPOKEN[:2])
    _answered(exercise, ref, SPOKEN[:2], "written", decision, [{"channel": "mail"}])
    exercise.at(minutes=91)
    answer = exercise.of(ref, "answer.given")[-1]["body"]
    assert (answer["confirms"], [d["measure"] for d in answer["differs"]]) == (1, ["seize"])
    owed = [c for c in exercise.case(ref)["clocks"] if "narrower than our word" in (c["words"] or "")]
    assert [c["state"] for c in owed] == ["running"]
    seized = _their_act(exercise, ref, minutes=92)
    assert seized["code"] == "within_grant"


def _they_have_the_notice(exercise: Exercise, ref: str) -> None:
    """Narrowed from their receipt; nothing earlier turns red."""
    exercise.watches(ref, "duty-1", until=100)
    notice = {"answer": 2, "channel": "phone", "words": "Seizure is not granted.", "received": True}
    to = {"name": "Watch officer Byrne", "office": "Maritime Operations Centre of XU"}
    exercise.act(
        "duty-1", f"/cases/{ref}/exchanges/1/limitation-notice", **notice, to=to, seen=exercise.seq(ref)
    )
    assert len(exercise.of(ref, "limitation.notified")) == 1
    exercise.at(minutes=110)
    assert _their_act(exercise, ref, minutes=109)["code"] == "beyond_grant"
    acts = exercise.get(f"{API}/cases/{ref}/actions", exercise.officer("aud-1")).json()["actions"]
    codes = [(a["finding"]["code"], a["finding"]["narrowed_at"]) for a in acts]
    assert codes[0] == ("within_grant", exercise.instant(minutes=100))
    assert codes[1][0] == "beyond_grant"


def _their_act(exercise: Exercise, ref: str, *, minutes: float) -> Any:
    exercise.at(minutes=max(minutes, (exercise.now() - exercise.begin) / timedelta(minutes=1)))
    act = {"measure": "seize", "by_unit": "patrol vessel of XU", "side": "theirs", "basis": {"exchange": 1}}
    at = exercise.instant(minutes=minutes)
    told = exercise.act("duty-1", f"/cases/{ref}/actions", **act, happened_at=at, seen=exercise.seq(ref))
    return told["check"]


def _decided(exercise: Exercise, ref: str, measures: list[str]) -> int:
    answers = [{"measure": m, "value": "granted"} for m in measures]
    path = f"/cases/{ref}/exchanges/1/decisions"
    told = exercise.act("dec-1", path, seen=exercise.seq(ref), answers=answers, line="console")
    return int(told["decision"])


def _answered(
    exercise: Exercise, ref: str, measures: list[str], form: str, decision: int, convey: list[dict[str, Any]]
) -> None:
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": m, "value": "granted"} for m in measures],
        form=form,
        decision=decision,
        by={"name": "Director Osei", "office": "Ministry of XA"},
        convey=convey,
    )
