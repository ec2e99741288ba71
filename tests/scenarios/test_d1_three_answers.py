"""D1, three answers in one case (we ask), to T+01:10+L, without boarding and certificate. L is two hours here."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.served import Exercise

L = 120


def test_d1_to_the_limit_that_passes_without_an_answer(exercise: Exercise) -> None:
    # T+00:00 the unit reports by radio.
    report = (
        "Sailing vessel, name painted, off the coast of XQ, international waters; person in charge says XP."
    )
    opened = exercise.act("duty-1", "/cases", channel="radio", summary=report)
    ref = opened["case"]
    unit = {"source": "unit 4, by radio"}
    exercise.act(
        "duty-1", f"/cases/{ref}/claims", state="XP", claimed_how="verbal claim", by="person in charge"
    )
    exercise.act("duty-1", f"/cases/{ref}/indicia", kind="flag_flown", value="XP", by="unit 4")
    exercise.act("duty-1", f"/cases/{ref}/identifiers", field="name", value="LUCKY STAR", how="seen", **unit)
    place = "off the coast of XQ, international waters"
    exercise.act("duty-1", f"/cases/{ref}/positions", position=place, **unit)

    types = [e["type"] for e in exercise.entries(ref)]
    assert types.count("claim.made") == 1
    assert types.count("indicium.seen") == 1
    facts = exercise.case(ref)["vessels"][0]["facts"]
    assert {f["field"]: f["value"] for f in facts if f["field"] in ("claim", "indicium", "name")} == {
        "claim": "XP",
        "indicium": "XP",
        "name": "LUCKY STAR",
    }
    assert next(f for f in facts if f["field"] == "position")["value"].get("point") is None
    # The officer on watch opened it himself: born acknowledged, timed from then (desk-rules 1.4).
    taken = exercise.of(ref, "alert.acknowledged")[0]
    assert (exercise.after(taken), taken["actor"]["id"]) == (timedelta(), "duty-1")
    missing = exercise.client.get(
        "/api/v1/rules", params={"requesting": "XA", "requested": "XP"}, headers=exercise.officer("duty-1")
    ).json()
    assert any(r["provision"] == "xp-3" for r in missing["rows"])

    # T+00:12 request no. 1 with its exact text; clock no. 1; agreement and article cited.
    exercise.at(minutes=12)
    text = "Is the sailing vessel LUCKY STAR on your register?"
    first = {
        "direction": "outbound",
        "authority": "mrcc-xp",
        "channel": "mail",
        "form": "written",
        "basis": ["xp-3"],
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **first, measures=["confirm_registry"], text=text)
    asked = exercise.of(ref, "exchange.opened")[0]
    assert (exercise.after(asked), asked["body"]["text"]) == (timedelta(minutes=12), text)
    clock = exercise.case(ref)["clocks"][0]
    assert (clock["kind"], clock["article"], clock["due_at"]) == (
        "legal",
        "3",
        exercise.instant(minutes=12 + L),
    )
    assert "XA and XP" in clock["agreement"]
    exercise.at(minutes=13)
    letter = exercise.mails("mrcc-xp@example.test")[-1]
    assert text in " ".join(letter["text"].split())
    assert ref in letter["subject"]

    # T+01:05 P confirms; clock no. 1 stops; sender, time received, time sent.
    exercise.at(minutes=60)
    exercise.take_alerts(ref, "duty-1")
    exercise.at(minutes=65)
    exercise.take_alerts(ref, "duty-1")
    confirmed = {
        "answers": [
            {"measure": "confirm_registry", "value": "confirmed", "words": "Port of registry: Balboa."}
        ],
        "form": "written",
        "by": {"name": "Operations officer", "office": "Operations Centre of XP"},
        "happened_at": exercise.instant(minutes=62),
    }
    answers = f"/api/v1/cases/{ref}/exchanges/1/answers"
    reply = exercise.client.post(answers, json=confirmed, headers=exercise.authority("mrcc-xp"))
    assert reply.status_code == 201, reply.text
    answer = exercise.of(ref, "answer.given")[0]
    assert exercise.after(answer) == timedelta(minutes=65)
    assert answer["happened_at"]["earliest"] == exercise.instant(minutes=62)
    assert (answer["actor"]["id"], answer["body"]["by"]["name"]) == ("mrcc-xp", "Operations officer")
    assert exercise.case(ref)["clocks"][0]["state"] == "stopped"
    assert exercise.case(ref)["exchanges"][0]["label"] == "CONFIRMED"
    exercise.takes("duty-1")

    # T+01:10 request no. 2, clock no. 2: board and search ticked; detain and enforce law not.
    exercise.at(minutes=70)
    second = {
        **first,
        "basis": ["xp-4"],
        "measures": ["board", "search"],
        "text": "May we board and search her?",
    }
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **second)
    shown = exercise.case(ref)["exchanges"][1]
    assert {i["measure"] for i in shown["items"]} == {"board", "search"}
    clocks = [c for c in exercise.case(ref)["clocks"] if c["provision"] == "xp-4"]
    assert {(c["measure"], c["due_at"]) for c in clocks} == {
        (m, exercise.instant(minutes=70 + L)) for m in ("board", "search")
    }

    # T+01:10+L the limit passes: one page per rule, overdue, no authorization anywhere.
    for step in range(80, 70 + L, 10):
        exercise.at(minutes=step)
        exercise.take_alerts(ref, "duty-1")
    exercise.at(minutes=70 + L)
    lapsed = exercise.of(ref, "clock.lapsed")
    assert [exercise.after(e) for e in lapsed] == [timedelta(minutes=70 + L)]
    assert lapsed[0]["actor"]["kind"] == "service"
    raised = [e for e in exercise.of(ref, "alert.raised") if e["body"]["kind"] == "clock_lapsed"]
    assert len(raised) == 1
    second_asked = exercise.case(ref)["exchanges"][1]
    assert second_asked["label"] == "OVERDUE"
    assert {(i["value"], i["state"]) for i in second_asked["items"]} == {("unanswered", "lapsed")}
    assert "granted" not in str([e["body"] for e in exercise.of(ref, "answer.given")])
    assert [e["type"] for e in exercise.entries(ref)].count("exchange.opened") == 2
