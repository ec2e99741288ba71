"""D2, neither confirm nor deny, then papers turn up: they ask us (G is XA, U is XU), and we ask them (G is XG)."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

from cna_service.kit.instants import date_time_group
from tests.scenarios.papers import certified
from tests.scenarios.served import Exercise

PHOTO = b"\xff\xd8\xff the photo of a registration card"

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


def test_d2_inbound_neither_then_confirmed_by_a_card_found_later(exercise: Exercise) -> None:
    ref = _neither(exercise)
    _a_card_is_found(exercise, ref)
    _confirmed(exercise, ref)
    _certified(exercise, ref)


def _neither(exercise: Exercise) -> str:
    got = exercise.send("mrcc-xu", **QUERY)
    ref: str = got["case"]

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
    return ref


def _a_card_is_found(exercise: Exercise, ref: str) -> None:
    """T+06:00: the photo is a new entry linked to the case; the first answer stands as it was; somebody is summoned."""
    before = exercise.of(ref, "answer.given")[0]
    exercise.watches(ref, "duty-1", until=360)
    photo = {"name": "card.jpg", "media_type": "image/jpeg", "base64": base64.b64encode(PHOTO).decode()}
    card = {"registration_number": "XA-000010", "hull_mark": "XA 4471 B", "flag_claimed": "XA"}
    sent = {
        "in_reply_to": ref,
        "vessels": [card],
        "attachments": [photo],
        "grounds": "Card found under the deck.",
    }
    got = exercise.send("mrcc-xu", **sent)
    assert got["case"] == ref
    received = exercise.of(ref, "submission.received")[1]
    assert exercise.after(received) == timedelta(hours=6)
    kept = received["body"]["draft"]["attachments"][0]
    assert kept["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert exercise.of(ref, "answer.given") == [before]
    assert [i["value"] for i in exercise.case(ref)["exchanges"][0]["items"]] == ["neither"]
    # The system offers a further look-up: the card's numbers are the case's own keys now.
    exercise.take_alerts(ref, "duty-1")
    offered = exercise.act("duty-1", f"/cases/{ref}/searches")
    keys = exercise.of(ref, "search.made")[-1]["body"]["keys"]
    assert keys["registration_number"] == "XA-000010"
    assert offered["candidates"][0]["rid"] == "X0000010"


def _confirmed(exercise: Exercise, ref: str) -> None:
    """T+06:30: confirmed as of now; the first answer stays visible with its time."""
    exercise.watches(ref, "duty-1", until=390)
    search = len(exercise.of(ref, "search.made"))
    judged = {"search": search, "verdict": "found", "rid": "X0000010"}
    exercise.act("duty-1", f"/cases/{ref}/searches", **judged)
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=[{"measure": "confirm_registry", "value": "confirmed"}],
        form="written",
        basis={"provision": "coe-7"},
        convey=[{"channel": "mail"}],
    )
    exercise.at(minutes=391)
    first, second = exercise.case(ref)["exchanges"][0]["answers"]
    assert [(a["items"][0]["value"], a["as_of"]) for a in (first, second)] == [
        ("neither", exercise.instant(minutes=35)),
        ("confirmed", exercise.instant(minutes=390)),
    ]
    assert exercise.case(ref)["label"] == "CHANGED TO CONFIRMED"
    # Which identifiers were known when each was given.
    for seq, known in ((first["seq"], False), (second["seq"], True)):
        facts = exercise.case(ref, seq=str(seq))["vessels"][0]["facts"]
        assert ("registration_number" in {f["field"] for f in facts}) is known


def _certified(exercise: Exercise, ref: str) -> None:
    """What was asked with which identifiers, what was answered and when; the supplementary answer after it. A paper
    that told one of the two alone is not to be had without naming it, and shows the other."""
    body = {"kind": "registry_answer", "designee": "dec-1", "seen": exercise.seq(ref)}
    refused = exercise.refused(exercise.officer("duty-1"), f"/cases/{ref}/certificates", body, 409)
    assert refused["type"] == "/problems/certificate-basis-needed"
    text = certified(exercise, ref, "chronology_of_exchanges", for_state="XU")
    neither = text.index("can neither confirm nor deny")
    assert neither < text.index("XA-000010")
    assert text.index(date_time_group(exercise.begin)) < neither
    for minutes in (35, 390):
        assert date_time_group(exercise.begin + timedelta(minutes=minutes)) in text
    assert "REFUTED" not in text
    assert "refute" not in text
    first = certified(exercise, ref, "registry_answer", basis={"exchange": 1, "answer": 1}, for_state="XU")
    assert "CONFIRMED" in first.split("ANNEX")[1]


def test_d2_outbound_neither_is_never_taken_for_refuted(exercise: Exercise) -> None:
    """We ask XG about an open boat; "neither", then a card; each answer in the log, the label and the certificate."""
    boat = {"type": "open boat", "description": "no flag, no name, no number", "flag_claimed": "XG"}
    ref: str = exercise.act("duty-1", "/cases", channel="radio", caller="unit 2", vessels=[boat])["case"]
    exercise.plays("cna-xg", "neither", after_minutes=35)
    ask = {"direction": "outbound", "authority": "cna-xg", "channel": "mail", "form": "written"}
    ask |= {"offences": ["narcotics"], "basis": ["un-17-3"], "text": "Is she on your register?"}
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ask, measures=["confirm_registry"])
    by = {"name": "Prosecutor Mejia", "office": "Attorney General's Office of XG"}
    exercise.watches(ref, "duty-1", until=35)
    # The first answer came by itself: XG is played by the exercise's counterpart.
    assert exercise.case(ref)["label"] == "NEITHER"
    exercise.watches(ref, "duty-1", until=360)
    card = {"field": "registration_number", "value": "XG-88", "how": "seen", "source": "card found aboard"}
    exercise.act("duty-1", f"/cases/{ref}/identifiers", **card)
    exercise.watches(ref, "duty-1", until=390)
    answer = {"answers": [{"measure": "confirm_registry", "value": "confirmed"}], "form": "written", "by": by}
    exercise.post(f"/cases/{ref}/exchanges/1/answers", exercise.authority("cna-xg"), answer)
    exercise.take_alerts(ref, "duty-1")
    assert exercise.case(ref)["label"] == "CHANGED TO CONFIRMED"
    given = exercise.of(ref, "answer.given")
    assert [e["body"]["items"][0]["value"] for e in given] == ["neither", "confirmed"]
    assert [exercise.after(e) for e in given] == [timedelta(minutes=35), timedelta(minutes=390)]
    text = certified(exercise, ref, "registry_answer", basis={"exchange": 1, "answer": 2})
    told, annex = text.split("ANNEX")
    assert "NEITHER" in annex
    assert "XG-88" in told
    assert "REFUTED" not in text
