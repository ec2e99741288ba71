"""D4, claim refuted, and certified for a court two weeks later (they ask us)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from cna_service.kit.instants import date_time_group
from tests.scenarios.papers import drafted, released, rests_on_entries
from tests.scenarios.served import API, Exercise

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


def test_d4_refuted_and_certified(exercise: Exercise) -> None:
    ref = _refuted(exercise)
    _certified(exercise, ref)


def _refuted(exercise: Exercise) -> str:
    got = exercise.send("cna-xc", **QUERY)
    ref: str = got["case"]

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
    return ref


def _certified(exercise: Exercise, ref: str) -> None:
    """T+2 weeks: asked in writing for a court; drafted from the log; an hour later released by a second officer."""
    exercise.watches(ref, "duty-1", until=14 * 1440)
    theirs = {"office": "Directorate of Maritime Affairs of XC", "email": "cna-xc@example.test"}
    asked = {"direction": "in", "channel": "mail", "theirs": theirs, "exchange": 1}
    words = "Please certify for the court that she is not registered with you."
    exercise.act("duty-1", f"/cases/{ref}/communications", **asked, text=words)
    draft = drafted(exercise, ref, "non_registration", for_state="XC", for_court="Criminal Court of XC")
    rests_on_entries(exercise, ref, draft)
    n = draft["certificate"]
    exercise.at(days=14, hours=1)
    path = f"/cases/{ref}/certificates/{n}/approval"
    approve = {"approve": True, "seen": exercise.seq(ref)}
    # Two persons: who drafted it does not release it, nor does anybody of his role.
    exercise.refused(exercise.officer("duty-1"), path, approve, 403)
    assert exercise.of(ref, "certificate.released") == []
    text = released(exercise, ref, n)
    made, gone = exercise.of(ref, "certificate.drafted")[0], exercise.of(ref, "certificate.released")[0]
    assert (made["actor"]["id"], gone["actor"]["id"]) == ("duty-1", "sup-1")
    assert exercise.after(gone) == timedelta(days=14, hours=1)
    # Hash of the log extract over the entries cited, key of the log, time; the file itself by its hash.
    leaves = {e["seq"]: e["leaf"] for e in exercise.entries(ref)}
    cited = sorted({seq for s in (*draft["sentences"], *draft["annex"]) for seq in s["cites"]})
    lines = "".join(f"{seq} {leaves[seq]}\n" for seq in cited)
    assert draft["extract_sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    assert gone["body"]["extract_sha256"] == draft["extract_sha256"]
    assert gone["body"]["log"]["key"]
    pdf = exercise.get(f"{API}/cases/{ref}/certificates/{n}.pdf", exercise.officer("rec-1")).content
    assert hashlib.sha256(pdf).hexdigest() == gone["body"]["sha256"]
    # As of which date, which register, under which names and over which period.
    for words in (
        "national",
        "version 1",
        "as of 2026-01-05",
        "The period covered ends with 2026-01-05",
        "AURORA STAIR",
        "BALTIC HORSE",
        draft["extract_sha256"],
        gone["body"]["log"]["key"],
        "Criminal Court of XC",
        date_time_group(exercise.begin + timedelta(minutes=25)),
        date_time_group(exercise.begin + timedelta(days=14, hours=1)),
    ):
        assert words in text, words
