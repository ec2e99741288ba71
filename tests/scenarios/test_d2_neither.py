"""D2, neither confirm nor deny, to T+00:35."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.served import Exercise

QUERY = {
    "requested_state": "XA",
    "measures": ["confirm_registry"],
    "vessels": [
        {
            "flag_claimed": "XA",
            "claimed_how": "verbal claim",
            "claimed_by": "person in charge",
            "type": "open boat",
            "description": "open boat, no flag, no name, no number; two outboards",
            "persons_on_board": 4,
            "positions": [{"text": "14 03N 074 22W", "at": "2026-11-21T13:30:00Z"}],
        }
    ],
}


def test_d2_to_the_answer_neither(exercise: Exercise) -> None:
    got = exercise.send("cna-xg", **QUERY)
    ref = got["case"]

    # T+00:00 accepted although name and number are empty; what is missing is said; somebody is summoned.
    assert got["problems"] == []
    assert got["vessels"] == [{"vessel": 1, "name": None}]
    assert got["no_clock_because"]
    exercise.at(minutes=0)
    assert len(exercise.texts("duty-1")) == 1
    exercise.at(minutes=1)
    exercise.takes("duty-1")

    # T+00:20 the look-up: register version and date, terms, result count 0.
    exercise.at(minutes=20)
    remarks = "open boat, no flag, no name, no number"
    got = exercise.act(
        "duty-1", f"/cases/{ref}/searches", remarks=remarks, verdict="not_found", words="No match on description."
    )
    made = exercise.of(ref, "search.made")[0]
    assert exercise.after(made) == timedelta(minutes=20)
    assert made["body"]["count"] == 0
    assert made["body"]["candidates"] == []
    assert (made["body"]["register"]["version"], made["body"]["register"]["as_of"]) == (1, "2026-01-05")
    assert made["body"]["keys"]["remarks"] == remarks

    # T+00:35 neither, not refuted; template text; signed by a name, with its time.
    exercise.at(minutes=35)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": "confirm_registry", "value": "neither"}],
        form="written",
        convey=[{"channel": "mail"}],
    )
    exercise.at(minutes=36)
    answered = exercise.of(ref, "answer.given")[0]
    assert exercise.after(answered) == timedelta(minutes=35)
    assert answered["body"]["items"][0]["value"] == "neither"
    assert answered["actor"]["name"] == "EXERCISE Lieutenant Ana Reyes"
    assert exercise.case(ref)["label"] == "NEITHER"
    for text in (exercise.document(ref), " ".join(exercise.mails("cna-xg@example.test")[-1]["text"].split())):
        assert "NEITHER" in text
        assert "can neither confirm nor" in text
        assert "REFUTED" not in text
        assert "EXERCISE Lieutenant Ana Reyes" in text
        assert "211438Z NOV 26" in text

    # Identifiers known at the time of the answer can be reconstructed: as of then there was no name.
    then = exercise.case(ref, seq=str(answered["seq"]))
    fields = {f["field"] for f in then["vessels"][0]["facts"]}
    assert fields == {"claim", "type", "description", "persons_on_board", "position"}
    assert then["leaf"] == answered["leaf"]
