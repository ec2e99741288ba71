"""D2, neither confirm nor deny, to T+00:35."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.served import Exercise

QUERY = {
    "requested_state": "XA",
    "legal_basis": [{"text": "CETS 156 art. 6"}],
    "offences": ["narcotics"],
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
    got = exercise.send("mrcc-xu", **QUERY)
    ref = got["case"]

    # T+00:00 accepted although name and number are empty; what is missing is said; somebody is summoned.
    assert got["problems"] == []
    assert got["vessels"] == [{"vessel": 1, "name": None}]
    missing = {m["field"]: m["wanted_by"] for m in got["missing"]}
    assert missing["vessels/0/names"] == "coe-21-b"
    assert {"grounds", "intended_action", "assurance_like_treatment"} <= set(missing)
    exercise.at(minutes=0)
    assert len(exercise.texts("duty-1")) == 1
    exercise.at(minutes=1)
    exercise.takes("duty-1")
    assert [e["actor"]["id"] for e in exercise.of(ref, "alert.acknowledged")] == ["duty-1"]
    exercise.at(minutes=3)
    exercise.act("duty-1", f"/cases/{ref}/exchanges/1/acknowledgement")

    # T+00:20 the look-up: register version and date, terms, result count 0.
    exercise.at(minutes=20)
    asked = {"vessel_type": "open boat", "remarks": "open boat, no flag, no name, no number"}
    exercise.act(
        "duty-1", f"/cases/{ref}/searches", **asked, verdict="not_found", words="No match on description."
    )
    made = exercise.of(ref, "search.made")[0]
    assert exercise.after(made) == timedelta(minutes=20)
    assert (made["body"]["count"], made["body"]["candidates"]) == (0, [])
    assert (made["body"]["register"]["version"], made["body"]["register"]["as_of"]) == (1, "2026-01-05")
    assert made["body"]["keys"] == asked

    # T+00:35 neither, not refuted; template text; signed by a name, with its time.
    exercise.at(minutes=35)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": "confirm_registry", "value": "neither"}],
        form="written",
        basis={"provision": "coe-7"},
        convey=[{"channel": "mail"}],
    )
    exercise.at(minutes=36)
    answered = exercise.of(ref, "answer.given")[0]
    assert exercise.after(answered) == timedelta(minutes=35)
    assert [i["value"] for i in answered["body"]["items"]] == ["neither"]
    assert answered["actor"]["name"] == "EXERCISE Lieutenant Ana Reyes"
    shown = exercise.case(ref)
    assert (shown["label"], shown["exchanges"][0]["items"][0]["state"]) == ("NEITHER", "neither")
    assert [c["state"] for c in shown["clocks"] if c["kind"] == "legal"] == ["stopped"]
    sentence = (
        "XA can neither confirm nor deny that the vessel is on its register. "
        "This does not say that the vessel is registered, nor that it is not."
    )
    for text in (
        exercise.document(ref),
        " ".join(exercise.mails("mrcc-xu@example.test")[-1]["text"].split()),
    ):
        assert sentence in text
        assert "1 measure asked: 1 NEITHER" in text
        assert "REFUTED" not in text
        assert "records found: 0" in text
        assert "EXERCISE Lieutenant Ana Reyes" in text
        assert "211438Z NOV 26" in text

    # Identifiers known at the time of the answer can be reconstructed: as of then there was no name.
    then = exercise.case(ref, seq=str(answered["seq"]))
    fields = {f["field"] for f in then["vessels"][0]["facts"]}
    assert fields == {"claim", "type", "description", "persons_on_board", "position"}
    assert then["leaf"] == answered["leaf"]
