"""D5, notice with a limit, extension, silence, late refusal: T+00:00 to T+08:47, without the asserts on spelling
and export."""

from __future__ import annotations

from datetime import timedelta

from cna_service.kit.instants import from_text
from tests.scenarios.served import Exercise

NOTICE = {
    "kind": "notification",
    "requester_reference": "HQ-2292/7",
    "requested_state": "XA",
    "legal_basis": [{"text": "UNSCR 2292"}],
    "offences": ["arms_embargo"],
    "measures": ["board", "search"],
    "vessels": [
        {
            "names": ["AL-RASHIDA"],
            "flag_claimed": "XA",
            "type": "general cargo",
            "positions": [{"text": "60 miles north of XQ", "at": "2026-11-21T13:55:00Z"}],
        }
    ],
    "intended_action": "inspect on the high seas",
    "limit_stated": "four hours",
    "silence_stated": "we will inspect if we hear nothing",
}


def test_d5_from_the_notice_to_the_late_refusal(exercise: Exercise) -> None:
    # T+00:00 the clock shows the limit set by the other side; the server records the receipt.
    got = exercise.send("force-xh", **NOTICE, reply_wanted_by=exercise.instant(hours=4))
    ref = got["case"]
    assert got["received_at"] == exercise.instant()
    claimed = next(c for c in got["clocks"] if c["kind"] == "claimed")
    assert (claimed["due_at"], claimed["effect"], claimed["adopted"]) == (
        exercise.instant(hours=4),
        "none",
        False,
    )
    assert "do not confirm the limit" not in str(got), "what we tell our officer about them is not for them"
    ours = next(c for c in exercise.case(ref)["clocks"] if c["kind"] == "claimed")
    assert "not verified by us" in ours["words"]
    assert not [c for c in got["clocks"] if c["kind"] == "legal"]
    exercise.at(minutes=0)
    assert len(exercise.texts("duty-1")) == 1
    exercise.at(minutes=2)
    exercise.takes("duty-1")
    assert exercise.of(ref, "submission.received")[0]["recorded_at"] == exercise.instant()

    # T+03:20 one more hour, granted by somebody.
    attended(exercise, ref, until=200)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/extension",
        until=exercise.instant(hours=5),
        by={"name": "Watch chief", "office": "Force HQ"},
        words="One more hour, no more.",
    )
    extended = exercise.of(ref, "exchange.extended")[0]
    assert (exercise.after(extended), extended["body"]["by"]["name"]) == (
        timedelta(minutes=200),
        "Watch chief",
    )
    assert exercise.case(ref)["clocks"][0]["due_at"] == exercise.instant(hours=5)

    # T+04:55 whoever decides cannot be reached: every attempt, delivery and failure stands in the log.
    attended(exercise, ref, until=269)
    exercise.client.post(
        "/simulation/phones/%2B15550100104/condition", json={"condition": "undelivered"}
    ).raise_for_status()
    exercise.at(minutes=295)
    tried = [e for e in exercise.entries(ref) if e["body"].get("officer") == "dec-1"]
    assert {"alert.sent", "alert.undelivered"} <= {e["type"] for e in tried}
    assert exercise.of(ref, "ladder.exhausted")

    # T+05:00 the limit passes. The desk says that nothing was answered; it does not write consent.
    exercise.at(minutes=300)
    lapsed = [e for e in exercise.of(ref, "clock.lapsed") if e["body"]["kind"] == "claimed"]
    assert [exercise.after(e) for e in lapsed] == [timedelta(minutes=300)]
    shown = exercise.case(ref)
    assert {(i["value"], i["state"]) for i in shown["exchanges"][0]["items"]} == {("unanswered", "lapsed")}
    assert shown["exchanges"][0]["answers"] == []
    assert exercise.of(ref, "answer.given") == []
    assert "consent" not in str(lapsed[0]["body"]).lower()
    exercise.take_alerts(ref, "duty-1")

    # T+05:20 they board: from an open source, marked unverified.
    attended(exercise, ref, until=320)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/events",
        kind="boarding",
        source_kind="open_source",
        source="radio and press",
        words="The force says it boarded the ship.",
    )
    event = exercise.of(ref, "event.reported")[0]
    assert (event["body"]["is_verified"], event["body"]["source_kind"]) == (False, "open_source")

    # T+08:40 refused, in one step, on two channels, with a delivery receipt demanded.
    attended(exercise, ref, until=520)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": m, "value": "denied"} for m in ("board", "search")],
        form="written",
        by={"name": "Director Osei", "post": "Director", "office": "Ministry of XA", "capacity": "decider"},
        words="XA does not consent.",
        convey=[{"channel": "mail"}, {"channel": "fax", "number": "+15550119"}],
    )
    exercise.at(minutes=521)
    refused = exercise.of(ref, "answer.given")[0]
    assert (exercise.after(refused), refused["body"]["late"]) == (timedelta(minutes=520), True)
    assert [e["body"]["channel"] for e in exercise.of(ref, "answer.conveyed")] == ["mail", "fax"]
    assert exercise.of(ref, "conveyance.sent")[0]["body"]["state"] == "sent"
    mail = " ".join(exercise.mails("force-xh@example.test")[-1]["text"].split())
    assert "DENIED" in mail or "DENIAL" in mail
    assert "HQ-2292/7" in mail

    # T+08:47 they acknowledge: refused after the limit.
    exercise.at(minutes=527)
    reply = exercise.client.post(
        f"/api/v1/cases/{ref}/exchanges/1/confirmation",
        json={"words": "Received. Inspection suspended."},
        headers=exercise.authority("force-xh"),
    )
    assert reply.status_code == 201, reply.text
    confirmed = exercise.of(ref, "conveyance.confirmed")[0]
    assert exercise.after(confirmed) == timedelta(minutes=527)
    assert exercise.case(ref)["exchanges"][0]["label"] == "REFUSED-AFTER-LIMIT"
    assert exercise.case(ref)["label"] == "REFUSED-AFTER-LIMIT"

    # Silence is never recorded as an answer by us: the only answer is the one a named officer gave.
    assert [
        (e["type"], e["actor"]["kind"]) for e in exercise.entries(ref) if e["type"].startswith("answer.")
    ] == [
        ("answer.given", "officer"),
        ("answer.conveyed", "officer"),
        ("answer.conveyed", "officer"),
    ]


def attended(exercise: Exercise, ref: str, *, until: int) -> None:
    """The officer on watch takes what rings, and decides nothing."""
    clock = exercise.client.get("/simulation/clock").json()["clock"]
    exercise.take_alerts(ref, "duty-1")
    while clock < exercise.instant(minutes=until):
        now = min(until, _minutes(exercise, clock) + 15)
        clock = exercise.at(minutes=now)
        exercise.take_alerts(ref, "duty-1")


def _minutes(exercise: Exercise, clock: str) -> float:
    return (from_text(clock) - exercise.begin).total_seconds() / 60
