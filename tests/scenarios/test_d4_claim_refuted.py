"""D4, claim refuted, to T+00:25: judged by the exported log and the text of the answer."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.served import Exercise

PLACE = "30-45 miles northwest of Punta Gallinas"
QUERY = {
    "requester_reference": "U-114",
    "requested_state": "XA",
    "legal_basis": [{"text": "UN 1988 art. 17"}],
    "offences": ["narcotics"],
    "measures": ["confirm_registry"],
    "vessels": [
        {
            "names": ["AURORA STAIR"],
            "former_names": ["BALTIC HORSE"],
            "type": "fishing vessel",
            "flag_claimed": "XA",
            "claimed_how": "verbal claim",
            "claimed_by": "master",
            "positions": [{"text": PLACE, "at": "2026-11-21T13:00:00Z"}],
        }
    ],
}


def test_d4_to_the_refusal_of_the_claim(exercise: Exercise) -> None:
    got = exercise.send("cna-xc", **QUERY)
    ref = got["case"]

    # T+00:00 a range is kept as a range; not turned into a point.
    facts = exercise.case(ref)["vessels"][0]["facts"]
    position = next(f for f in facts if f["field"] == "position")["value"]
    assert (position["text"], position["point"], position["radius_m"]) == (PLACE, None, None)
    claim = next(f for f in facts if f["field"] == "claim")
    assert (claim["value"], claim["words"]) == ("XA", "verbal claim")
    received = exercise.of(ref, "submission.received")[0]["body"]["draft"]["vessels"][0]
    assert (received["claimed_by"], received["type"]) == ("master", "fishing vessel")

    # T+00:10 the search: name, former names, similar spellings; evidence with register version, keys and count.
    exercise.at(minutes=1)
    exercise.takes("duty-1")
    exercise.at(minutes=10)
    names = {"names": ["AURORA STAIR"], "former_names": ["AURORA STAIR", "BALTIC HORSE"]}
    searched = exercise.act("duty-1", f"/cases/{ref}/searches", **names, vessel_type="fishing vessel")
    alike = next(c for c in searched["candidates"] if c["rid"] == "X0000001")
    assert any("AURORA STAIR" in why for why in [*alike["fits"], *alike["misfits"]])
    exercise.act(
        "duty-1",
        f"/cases/{ref}/searches",
        search=searched["search"],
        verdict="not_found",
        words="AURORA STAR is a cargo ship of 155 m. No other is near.",
    )
    made = exercise.of(ref, "search.made")[0]
    assert exercise.after(made) == timedelta(minutes=10)
    assert (made["body"]["register"]["id"], made["body"]["register"]["version"]) == ("national", 1)
    assert made["body"]["register"]["as_of"] == "2026-01-05"
    assert made["body"]["keys"] == {**names, "vessel_type": "fishing vessel"}
    assert {"names", "former_names"} <= set(made["body"]["keys_tried"])
    assert made["body"]["count"] == len(searched["candidates"]) > 0
    # The machine found nothing: the verdict is a person's.
    assert made["body"]["verdict"] == "undecided"
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
        basis={"provision": "un-17-7"},
        copies=["Registrar of XA"],
        convey=[{"channel": "mail"}],
    )
    exercise.at(minutes=26)
    answered = exercise.of(ref, "answer.given")[0]
    assert exercise.after(answered) == timedelta(minutes=25)
    assert answered["body"]["items"] == [{"vessel": 1, "measure": "confirm_registry", "value": "refuted"}]
    assert (answered["basis"]["provision"], bool(answered["basis"]["adopted"])) == ("un-17-7", True)
    assert answered["body"]["copies"] == ["Registrar of XA"]
    assert exercise.case(ref)["label"] == "REFUTED"
    assert exercise.of(ref, "conveyance.sent")[0]["body"]["state"] == "sent"

    # As-of date on every registry statement; what was looked at and dismissed is no record found.
    assert answered["body"]["register"]["as_of"] == "2026-01-05"
    for text in (exercise.document(ref), " ".join(exercise.mails("cna-xc@example.test")[-1]["text"].split())):
        for words in (
            "U-114",
            "XA refutes the claim of registry: the vessel is not on its register.",
            "as of 050000Z JAN 26",
            "national, version 1",
            "records found: 0",
            "art. 17(7)",
            "EXERCISE Lieutenant Ana Reyes",
        ):
            assert words in text, words
        assert "REFUTED" in text
        assert "NEITHER" not in text
        assert "CONFIRMED" not in text
