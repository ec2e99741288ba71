"""The directory and what is said of vessels, over the interface."""

from __future__ import annotations

from typing import Any

from tests.api.desk import ApiDesk

XP = "mrcc-xp"


def case(desk: ApiDesk, ref: str, **params: Any) -> dict[str, Any]:
    told: dict[str, Any] = desk.get(f"/cases/{ref}", desk.officer(), **params).json()
    return told


def asked(desk: ApiDesk, ref: str) -> None:
    ask = {"direction": "outbound", "authority": XP, "measures": ["confirm_registry"], "basis": ["xp-3"]}
    assert desk.post(f"/cases/{ref}/exchanges", desk.officer(), ask).status_code == 201


def test_practice_r7_the_version_in_force_at_an_instant_is_asked_for_by_function(desk: ApiDesk) -> None:
    duty = desk.officer()
    told = desk.get("/authorities", duty, state="XB", function="registry").json()
    assert [a["id"] for a in told["authorities"]] == ["register-xb"]
    assert told["seq"] > 0 and told["leaf"] and told["at"] == told["known_at"]
    contact = told["authorities"][0]["contacts"][0]
    assert contact["since"] and contact["by"] == "EXERCISE" and contact["usable"] is True
    # Before this desk had a directory it listed nobody; what it knows now of that day is asked for as such.
    long_ago = "2020-06-01T00:00:00Z"
    assert desk.get("/authorities", duty, state="XB", at=long_ago).json()["authorities"] == []
    known = desk.get("/authorities", duty, state="XB", at=long_ago, known_at=told["at"]).json()
    assert len(known["authorities"]) == 3
    wrong = desk.get("/authorities", duty, function="navigation", at="noon")
    assert wrong.status_code == 422
    assert {p["pointer"] for p in wrong.json()["problems"]} == {"/query/function", "/query/at"}


def test_a_contact_is_changed_proved_and_doubted(desk: ApiDesk) -> None:
    new = {"kind": "phone", "value": "+15550777", "hours": "always", "reason": "their letter"}
    entered = desk.post("/authorities/mrcc-xb/contacts", desk.officer("sup-1"), new)
    assert entered.status_code == 201, entered.text
    name = entered.json()["contact"]
    assert desk.post("/authorities/mrcc-xb/contacts", desk.officer(), new).status_code == 403

    def stands() -> str:
        listed = desk.get("/authorities", desk.officer(), state="XB").json()["authorities"]
        mine = next(a for a in listed if a["id"] == "mrcc-xb")
        return str(next(c["state"] for c in mine["contacts"] if c["contact"] == name))

    assert stands() == "unverified"
    proof = {"contact": name, "spoke_to": "Lt. G"}
    assert desk.post("/authorities/mrcc-xb/verifications", desk.officer(), proof).status_code == 201
    assert stands() == "verified"
    doubt = {"contact": name, "why": "no_longer_theirs"}
    assert desk.post("/authorities/mrcc-xb/doubts", desk.officer(), doubt).status_code == 201
    assert stands() == "doubted"
    assert desk.post("/authorities/nobody/doubts", desk.officer(), doubt).status_code == 404
    assert desk.post("/authorities/mrcc-xb/doubts", desk.authority(), doubt).status_code == 403


def test_rule_5_5_a_try_answers_whom_to_try_next(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    asked(desk, ref)
    path = f"/cases/{ref}/exchanges/2"
    first = desk.get(f"{path}/chase", duty).json()
    assert first["next"]["contact"] == "c1" and first["is_answered"] is False
    tried = desk.post(f"{path}/tries", duty, {"contact": "c1", "outcome": "wrong_number"})
    assert tried.status_code == 201, tried.text
    assert tried.json()["next"]["kind"] == "email"
    told = desk.get(f"{path}/chase", duty).json()
    assert [c["at"] for c in told["contacts"] if c["contact"] == "c1" and c["authority"] == XP] == [None]
    assert told["text"][0].startswith("Efforts made to obtain consent")
    assert "wrong number" in told["text"][-1]
    assert desk.get(f"{path}/chase", desk.authority(XP)).status_code == 404
    assert desk.get(f"/cases/{ref}/exchanges/1/chase", duty).status_code == 403


def test_what_is_said_of_a_vessel_and_what_follows_from_it(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    asked(desk, ref)
    for state in ("XP", "XU"):
        claim = {"state": state, "question": "nationality", "asked_whom": "master", "asked_by": "team"}
        assert desk.post(f"/cases/{ref}/claims", duty, claim).status_code == 201
    reason = {"state": "XU", "reason": "said in jest, and taken back"}
    assert desk.post(f"/cases/{ref}/unqueried", duty, reason).status_code == 201
    known = case(desk, ref)
    assert {p["state"]: p["status"] for p in known["states_pointed_to"]} == {
        "XA": "ours",
        "XP": "queried",
        "XU": "not_queried",
    }
    (conflict,) = known["conflicts"]
    assert conflict["field"] == "claim" and conflict["reconciled"] is None
    body = {"field": "claim", "value": "cannot be told", "reason": "both are asked", "seen": known["seq"]}
    assert desk.post(f"/cases/{ref}/reconciliations", duty, body).status_code == 201
    assert case(desk, ref)["conflicts"][0]["reconciled"]["reason"] == "both are asked"
    acts = [(k["exchange"], k["answer"]) for k in known["identifiers_known"]]
    assert acts == [(1, None), (2, None)]
    assert [i["field"] for i in known["identifiers_known"][0]["identifiers"]] == ["name", "imo"]
    theirs = desk.get(f"/cases/{ref}", desk.authority()).json()
    assert not {"conflicts", "states_pointed_to", "contradicted_by"} & set(theirs)


def test_rule_7_4_a_capture_is_kept_byte_for_byte(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    body = {
        "made_by": "owner",
        "made_where": "social_media",
        "source": "an account",
        "words": "She is free.",
        "capture": {"name": "page.png", "media_type": "image/png", "base64": "iVBORw0="},
    }
    assert desk.post(f"/cases/{ref}/statements", duty, body).status_code == 201
    (kept,) = case(desk, ref)["statements"]
    blob = kept["capture"]["blob"]
    assert desk.get(f"/cases/{ref}/attachments/{blob}", duty).content == b"\x89PNG\r"
    assert desk.get(f"/cases/{ref}/attachments/{blob}", desk.authority()).status_code == 404
