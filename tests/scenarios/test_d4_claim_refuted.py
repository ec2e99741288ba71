"""D4, claim refuted, to T+00:25: judged by the exported log and the text of the answer."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.served import Exercise

QUERY = {
    "requester_reference": "U-114",
    "requested_state": "XA",
    "legal_basis": [{"text": "UN 1988 art. 17"}],
    "offences": ["narcotics"],
    "measures": ["confirm_registry"],
    "vessels": [
        {
            "names": ["ZEPHYR OF NOWHERE"],
            "type": "fishing vessel",
            "flag_claimed": "XA",
            "claimed_how": "verbal claim",
            "claimed_by": "master",
            "positions": [{"text": "30-45 miles off XQ", "at": "2026-11-21T13:00:00Z"}],
        }
    ],
}


def test_d4_to_the_refusal_of_the_claim(exercise: Exercise) -> None:
    got = exercise.send("cna-xc", **QUERY)
    ref = got["case"]

    # T+00:00 a range is kept as a range; not turned into a point.
    position = next(f for f in exercise.case(ref)["vessels"][0]["facts"] if f["field"] == "position")["value"]
    assert position["text"] == "30-45 miles off XQ"
    assert position.get("point") is None
    told = exercise.of(ref, "submission.received")[0]["body"]["draft"]["vessels"][0]["positions"][0]
    assert (told["text"], told.get("point")) == ("30-45 miles off XQ", None)

    # T+00:10 the search, former names included, is evidence with register version and keys.
    exercise.at(minutes=1)
    exercise.takes("duty-1")
    exercise.at(minutes=10)
    names = {"names": ["ZEPHYR OF NOWHERE"], "former_names": ["ZEPHYR OF NOWHERE"]}
    searched = exercise.act("duty-1", f"/cases/{ref}/searches", **names)
    exercise.act("duty-1", f"/cases/{ref}/searches", search=searched["search"], verdict="not_found", words="No match.")
    made = exercise.of(ref, "search.made")[0]
    assert exercise.after(made) == timedelta(minutes=10)
    assert (made["body"]["register"]["id"], made["body"]["register"]["version"]) == ("national", 1)
    assert made["body"]["register"]["as_of"] == "2026-01-05"
    assert made["body"]["keys"] == names
    assert {"names", "former_names"} <= set(made["body"]["keys_tried"])
    judged = exercise.of(ref, "search.judged")[0]
    assert (judged["body"]["verdict"], judged["actor"]["id"]) == ("not_found", "duty-1")

    # T+00:25 refuted, with basis; copies to the registrar.
    exercise.at(minutes=25)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": "confirm_registry", "value": "refuted"}],
        form="written",
        basis={"provision": "un-17-4"},
        copies=["Registrar of XA"],
        convey=[{"channel": "mail"}],
    )
    exercise.at(minutes=26)
    answered = exercise.of(ref, "answer.given")[0]
    assert exercise.after(answered) == timedelta(minutes=25)
    assert answered["body"]["items"][0]["value"] == "refuted"
    assert answered["basis"]["provision"] == "un-17-4"
    assert answered["body"]["copies"] == ["Registrar of XA"]
    assert exercise.case(ref)["label"] == "REFUTED"

    # As-of date on every registry statement.
    assert answered["body"]["register"]["as_of"] == "2026-01-05"
    for text in (exercise.document(ref), " ".join(exercise.mails("cna-xc@example.test")[-1]["text"].split())):
        assert "REFUTED" in text
        assert "as of 050000Z JAN 26" in text
        assert "U-114" in text
        assert "NEITHER" not in text
