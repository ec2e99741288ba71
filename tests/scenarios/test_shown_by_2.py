"""The issue's own proof, through HTTP alone with the clock held: one request, from arrival to sealed answer."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

from cna_service.kit.clock import SystemClock
from tests.scenarios.served import Exercise

CONDITIONS = ["By day only.", "Report within 2 h."]
FREIGHTER: dict[str, Any] = {
    "requester_reference": "MRCC-77/26",
    "requested_state": "XA",
    "legal_basis": [{"text": "CETS 156 art. 6"}],
    "offences": ["narcotics"],
    "zone": "high_seas",
    "measures": ["confirm_registry", "board", "search", "detain_vessel"],
    "vessels": [
        {
            "names": ["BAR TEST"],
            "flag_claimed": "XA",
            "claimed_how": "flag flown",
            "type": "freighter",
            "positions": [
                {"text": "14°03.5'N 074°22.1'W", "at": "2026-11-21T13:40:00Z", "source": "aircraft"}
            ],
        }
    ],
    "grounds": "packages thrown overboard",
    "intended_action": "board by cutter",
    "assurance_like_treatment": True,
    "contact": {"name": "duty officer", "office": "MRCC", "phone": "+15550100", "email": "ops@example.test"},
}


def test_one_request_from_arrival_to_sealed_answer(exercise: Exercise) -> None:
    # Arrival: a reference, a receipt that acknowledges nothing, a legal clock of four hours without effect.
    exercise.authority("mrcc-xb")
    machine = SystemClock()
    sent_at = machine.monotonic()
    got = exercise.send("mrcc-xb", **FREIGHTER)
    while not exercise.phone("duty-1")["sms"]:
        assert machine.monotonic() - sent_at < 2, "no SMS within two seconds"
    assert machine.monotonic() - sent_at < 2
    ref = got["case"]
    assert ref.startswith("X-")
    assert got["acknowledgement"]["formal"] is False
    assert "not an acknowledgement under any agreement" in got["acknowledgement"]["text"]
    assert {c["measure"] for c in got["clocks"]} == set(FREIGHTER["measures"])
    for clock in got["clocks"]:
        assert (clock["kind"], clock["provision"], clock["effect"]) == ("legal", "coe-7", "none")
        assert (clock["starts_at"], clock["due_at"]) == (exercise.instant(), exercise.instant(hours=4))
    assert got["received_at"] == exercise.instant()

    place = next(f for f in exercise.case(ref)["vessels"][0]["facts"] if f["field"] == "position")["value"]
    assert place["point"] == {"latitude": "14.0583333", "longitude": "-74.3683333"}

    # The duty officer's telephone has the SMS; he sleeps; a call; then the deputy, as the ladder says.
    first = exercise.phone("duty-1")["sms"]
    assert [s["at"] for s in first] == [exercise.instant()]
    assert "answer due 1803Z" in first[0]["text"]
    exercise.at(minutes=1.99)
    assert exercise.phone("duty-1")["calls"] == []
    exercise.at(minutes=2)
    assert len(exercise.phone("duty-1")["calls"]) == 1
    assert exercise.phone("duty-2")["calls"] == []
    exercise.at(minutes=5)
    assert len(exercise.phone("duty-2")["calls"]) == 1
    exercise.presses("duty-2", "1")
    exercise.at(minutes=12)
    climbed = [(e["body"]["rung"], exercise.after(e)) for e in exercise.of(ref, "rung.climbed")]
    assert climbed == [(1, timedelta()), (2, timedelta(minutes=2)), (3, timedelta(minutes=5))]
    assert [e["actor"]["id"] for e in exercise.of(ref, "alert.acknowledged")] == ["duty-2"]
    assert exercise.phone("sup-1")["calls"] == []
    assert exercise.of(ref, "exchange.acknowledged") == []

    exercise.act("duty-2", f"/cases/{ref}/exchanges/1/acknowledgement")
    acknowledged = exercise.of(ref, "exchange.acknowledged")
    assert [(e["actor"]["id"], e["actor"]["kind"]) for e in acknowledged] == [("duty-2", "officer")]
    searched = exercise.act("duty-2", f"/cases/{ref}/searches", names=["BAR TEST"])
    rid = searched["candidates"][0]["rid"]
    early = {"answers": [{"measure": "confirm_registry", "value": "confirmed"}], "form": "written"}
    unjudged = exercise.refused(
        exercise.officer("duty-2"),
        f"/cases/{ref}/exchanges/1/answers",
        {"seen": exercise.seq(ref), **early},
        422,
    )
    assert "no search of this case was judged found" in str(unjudged["problems"])
    exercise.act("duty-2", f"/cases/{ref}/searches", search=searched["search"], verdict="found", rid=rid)
    judged = exercise.of(ref, "search.judged")[0]
    assert (judged["body"]["verdict"], judged["body"]["rid"], judged["actor"]["id"]) == (
        "found",
        "X0000000",
        "duty-2",
    )
    exercise.act(
        "duty-2",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[
            {"measure": "confirm_registry", "value": "confirmed"},
            *(
                {
                    "measure": m,
                    "value": "granted_with_conditions",
                    "conditions": CONDITIONS,
                }
                for m in ("board", "search")
            ),
        ],
        form="written",
        basis={"provision": "coe-7"},
        by={"name": "Lt. Lacroix", "capacity": "competent authority, duty officer"},
        convey=[{"channel": "mail"}],
    )
    exercise.at(minutes=13)

    mail = exercise.mails("mrcc-xb@example.test")[-1]
    written = exercise.document(ref)
    for text in (written, " ".join(mail["text"].split())):
        for words in (
            ref,
            "MRCC-77/26",
            "CONFIRMED",
            "CONDITIONAL GRANT",
            *CONDITIONS,
            "IMO number 3000001",
            "Detain the vessel",
            "NO ANSWER",
            "CETS 156",
            "art. 7",
            "America/Bogota",
            "competent authority, duty officer",
        ):
            assert words in text, words
    assert [a["name"] for a in mail["attachments"]] == [f"{ref}-answer-1-1.pdf"]
    items = {i["measure"]: i["value"] for i in exercise.case(ref)["exchanges"][0]["items"]}
    assert items == {
        "confirm_registry": "confirmed",
        "board": "granted_with_conditions",
        "search": "granted_with_conditions",
        "detain_vessel": "unanswered",
    }
    made = exercise.of(ref, "document.made")[0]["body"]
    assert f"seq {made['from_seq']}" in written
    assert mail["attachments"][0]["sha256"] == made["sha256"]
    legal = [c for c in exercise.case(ref)["clocks"] if c["kind"] == "legal"]
    # The answer to detention is still owed.
    assert {(c["measure"], c["answered"]) for c in legal} == {
        ("confirm_registry", True),
        ("board", True),
        ("search", True),
        ("detain_vessel", False),
    }
    entries = exercise.entries(ref)
    assert [e["seq"] for e in entries] == list(range(1, len(entries) + 1))
    assert {"submission.received", "answer.given", "answer.conveyed", "conveyance.sent"} <= {
        e["type"] for e in entries
    }
    assert next(e["seal"] for e in entries if e["type"] == "answer.given") == "sealed"

    assert exercise.cna("ledger", "verify") == (0, [])

    answered = exercise.of(ref, "answer.given")[0]
    exercise.is_spoilt = True
    with sqlite3.connect(exercise.data / "desk.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        changed = database.execute(
            "UPDATE ledger_body SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB) WHERE entry_id ="
            " (SELECT entry_id FROM ledger_entry WHERE stream = ? AND seq = ?)",
            ('"form":"written"', '"form":"writtem"', f"case:{ref}", answered["seq"]),
        )
        assert changed.rowcount == 1
    code, findings = exercise.cna("ledger", "verify")
    assert code == 1
    first = findings[0]
    assert (first["stream"], first["seq"]) == (f"case:{ref}", answered["seq"])
    assert first["index"] is not None


def test_under_sua_8bis_no_clock_runs_until_a_named_officer_acknowledges(exercise: Exercise) -> None:
    request = {**FREIGHTER, "legal_basis": [{"text": "SUA 8bis(5)(d)"}], "offences": ["terrorism"]}
    got = exercise.send("mrcc-xb", **request)
    ref = got["case"]
    waiting = [c for c in got["clocks"] if c["provision"] == "sua-8bis-5-d"]
    assert waiting
    assert not [c for c in got["clocks"] if c["due_at"] is not None]
    for clock in waiting:
        assert (clock["starts_at"], clock["due_at"], clock["waits_for"]) == (None, None, "acknowledgement")
        assert clock["effect"] == "deemed_grant"
    exercise.at(minutes=2)
    exercise.presses("duty-1", "1")
    exercise.at(minutes=10)
    assert {c["state"] for c in exercise.case(ref)["clocks"] if c["provision"] == "sua-8bis-5-d"} == {
        "waiting"
    }
    assert exercise.of(ref, "clock.started") == []

    exercise.act("duty-1", f"/cases/{ref}/exchanges/1/acknowledgement")
    running = [c for c in exercise.case(ref)["clocks"] if c["provision"] == "sua-8bis-5-d"]
    assert {(c["state"], c["starts_at"], c["due_at"]) for c in running} == {
        ("running", exercise.instant(minutes=10), exercise.instant(minutes=250))
    }
    started = exercise.of(ref, "clock.started")
    assert {e["actor"]["id"] for e in started} == {"duty-1"}
