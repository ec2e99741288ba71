"""A stranger calls the desk's number: the whole way over HTTP, with the telephone company that speaks the protocol."""

from __future__ import annotations

import socket
from typing import Any

from cna_service.exercise.phone_company_faults import Fault, RequestFault
from cna_service.exercise.phone_company_server import MEDIA
from cna_service.ledger.entry import Entry
from cna_service.ledger.store import blob, read_entries
from cna_service.workflow.fallback import write_fallback
from cna_service.workflow.projections import OFFICERS
from tests.exercise.test_whole_exercise import Exercise, exercise

__all__ = ("exercise",)

STRANGER = "+34911222333"


def calls(exercise: Exercise, number: str = STRANGER) -> str:
    """The number calls the desk; returns the call's id there."""
    return str(exercise.post(f"/simulation/phones/{number}/calls", {})["id"])


def ringing(exercise: Exercise, owner: str) -> dict[str, Any]:
    return dict(exercise.phone(owner)["calls"][-1])


def line(exercise: Exercise, number: str = STRANGER) -> dict[str, Any]:
    return dict(exercise.get(f"/simulation/phones/{number}")["calls"][-1])


def of_desk(exercise: Exercise) -> list[Entry]:
    with exercise.running.service.database.read() as connection:
        found = read_entries(connection, exercise.running.service.desk.log_origin, "desk").entries
    return [e for e in found if e.type.startswith(("call.", "media."))]


def press(exercise: Exercise, owner: str, digits: str) -> Any:
    phone = exercise.phone(owner)
    return exercise.post(
        f"/simulation/phones/{phone['number']}/calls/{phone['calls'][-1]['id']}/press", {"digits": digits}
    )


def test_rule_14_1_the_caller_is_connected_with_who_has_the_watch(exercise: Exercise) -> None:
    call = calls(exercise)
    said = " ".join(line(exercise)["said"])
    assert "Exercise." in said
    for words in ("connecting you", "comunicando", "mettons en relation", "fazer a ligação"):
        assert words in said
    whispered = ringing(exercise, "duty-1")
    assert whispered["said"] == ["Exercise. C N A call. Press 1 to take it."]
    press(exercise, "duty-1", "1")
    assert ringing(exercise, "duty-1")["status"] == "in-progress"
    exercise.advance(90)
    exercise.post(f"/simulation/phones/{STRANGER}/calls/{call}/hang_up", {})
    exercise.advance(0)
    assert line(exercise)["status"] == ringing(exercise, "duty-1")["status"] == "completed"
    entries = of_desk(exercise)
    assert [e.type for e in entries] == ["call.received", "call.tried", "call.taken", "call.ended"]
    assert entries[0].body["number"] == STRANGER
    assert (entries[2].actor["id"], entries[2].body["post"]) == ("duty-1", "duty_officer")
    assert entries[3].body["how"] == "answered"
    assert "sms" in exercise.phone("duty-1")
    assert exercise.phone("duty-1")["sms"] == []


def test_rule_14_1_a_voicemail_swallows_no_caller_and_the_deputy_is_connected(exercise: Exercise) -> None:
    duty = exercise.phone("duty-1")["number"]
    exercise.post(f"/simulation/phones/{duty}/condition", {"condition": "voicemail"})
    calls(exercise)
    exercise.advance(15)
    assert ringing(exercise, "duty-1")["status"] == "completed"
    assert "Press 1 to take it" in " ".join(ringing(exercise, "duty-2")["said"])
    assert "Please stay on the line" in " ".join(line(exercise)["said"])
    press(exercise, "duty-2", "1")
    exercise.advance(1)
    told = [(e.type, e.body.get("why"), e.body.get("officer")) for e in of_desk(exercise)]
    assert ("call.not_taken", "no_key", None) in told
    assert told[-1] == ("call.taken", None, "duty-2")


def test_rule_8_4_nobody_takes_it_and_what_he_says_is_kept_and_removed_there(exercise: Exercise) -> None:
    for owner in ("duty-1", "duty-2", "sup-1", "admin-1"):
        for phone in exercise.get("/simulation/phones"):
            if phone["owner"] == owner:
                exercise.post(f"/simulation/phones/{phone['number']}/condition", {"condition": "busy"})
    call = calls(exercise)
    said = " ".join(line(exercise)["said"])
    assert "We call you back by" in said
    assert "Le llamaremos antes de las" in said
    exercise.post(
        f"/simulation/phones/{STRANGER}/calls/{call}/speak", {"text": "MRCC Example, vessel BAR TEST"}
    )
    exercise.post(f"/simulation/phones/{STRANGER}/calls/{call}/hang_up", {})
    exercise.advance(0)
    case = next(e.body["case"] for e in of_desk(exercise) if e.type == "call.joined")
    entries = {e.type: e for e in exercise.entries(case)}
    assert {"case.opened", "call.joined", "call.missed", "call.ended", "media.kept", "media.removed"} <= set(
        entries
    )
    assert any(e.type == "alert.raised" and e.body["kind"] == "missed_call" for e in exercise.entries(case))
    with exercise.running.service.database.read() as connection:
        media_type, content = blob(connection, entries["media.kept"].body["blob"])
    assert media_type == "audio/x-wav"
    assert b"vessel BAR TEST" in content
    assert exercise.running.exercise.company.media.names() == []


def test_rule_8_4_a_company_that_fails_for_a_while_loses_no_recording(exercise: Exercise) -> None:
    company = exercise.running.exercise.company
    for phone in exercise.get("/simulation/phones"):
        exercise.post(f"/simulation/phones/{phone['number']}/condition", {"condition": "busy"})
    call = calls(exercise)
    company.order(Fault(RequestFault.ERROR, number=MEDIA, times=4))
    exercise.post(f"/simulation/phones/{STRANGER}/calls/{call}/speak", {"text": "hear me"})
    exercise.post(f"/simulation/phones/{STRANGER}/calls/{call}/press", {"digits": "#"})
    exercise.advance(0)
    assert "Your message is kept" in " ".join(line(exercise)["said"])
    case = next(e.body["case"] for e in of_desk(exercise) if e.type == "call.joined")
    assert "media.kept" not in [e.type for e in exercise.entries(case)]
    exercise.advance(120)
    assert [e.type for e in exercise.entries(case)].count("media.kept") == 1
    assert company.media.names() == []


def test_row_48_a_picture_by_text_is_fetched_over_http_and_removed(exercise: Exercise) -> None:
    company = exercise.running.exercise.company
    company.reply(STRANGER, "look at her", [("image/jpeg", b"\xff\xd8 a hull")], is_new=True)
    company.wait_until_idle()
    exercise.advance(0)
    with exercise.running.service.database.read() as connection:
        desk = read_entries(connection, exercise.running.service.desk.log_origin, "desk").entries
    case = next(e.body["case"] for e in desk if e.type == "text.received")
    kept = next(e for e in exercise.entries(case) if e.type == "media.kept")
    with exercise.running.service.database.read() as connection:
        assert blob(connection, kept.body["blob"]) == ("image/jpeg", b"\xff\xd8 a hull")
    assert company.media.names() == []


def test_rule_11_3_while_the_desk_is_dark_the_fallback_page_connects_the_caller(exercise: Exercise) -> None:
    service = exercise.running.service
    with service.read() as reader:
        supervisor = reader.stream("desk").of(OFFICERS).find("sup-1").actor(reader.now)
    page = write_fallback(service, supervisor).content
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dark = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    exercise.running.exercise.company.send_calls_to(f"{dark}/voice", f"{dark}/ended", page)
    calls(exercise)
    exercise.advance(0)
    assert ringing(exercise, "duty-1")["direction"] == "dial"
    assert "connecting you" in " ".join(line(exercise)["said"])
    assert of_desk(exercise) == []
