"""Who decides, over the interface: delegations, the ladder of deciders, read-backs, second officers, our agencies."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.api.desk import ApiDesk

OSEI = {"name": "Director Osei", "capacity": "decider"}
SEIZE = [{"vessel": 1, "measure": "seize", "value": "granted"}]
FILE = {"name": "order.pdf", "media_type": "application/pdf", "base64": b64encode(b"%PDF- order").decode()}
ORDER: dict[str, Any] = {
    "to": {"officer": "sup-1"},
    "measures": ["seize"],
    "from": "2020-01-01T00:00:00Z",
    "instrument": {"title": "Order 7/2026", "words": "The supervisor may seize."},
    "attachments": [FILE],
}


def test_delegations_are_noted_read_and_ended(desk: ApiDesk) -> None:
    noted = desk.post("/delegations", desk.officer("legal-1"), ORDER)
    assert noted.status_code == 201, noted.text
    name = noted.json()["delegation"]
    told = desk.get("/delegations", desk.officer("aud-1")).json()
    mine = next(d for d in told["delegations"] if d["delegation"] == name)
    assert (mine["state"], mine["instrument"]["title"]) == ("in_force", "Order 7/2026")
    assert mine["attachments"][0]["name"] == "order.pdf"
    assert desk.post("/delegations", desk.officer(), ORDER).status_code == 403
    assert desk.get("/delegations", desk.authority()).status_code == 403
    wrong = desk.post("/delegations", desk.officer("sup-1"), {**ORDER, "to": {}})
    assert [p["pointer"] for p in wrong.json()["problems"]] == ["/to/officer"]
    ended = desk.post(f"/delegations/{name}/end", desk.officer("sup-1"), {"reason": "recalled"})
    assert ended.status_code == 201
    before = desk.get("/delegations", desk.officer("aud-1"), at="2019-01-01T00:00:00Z").json()
    assert {d["state"] for d in before["delegations"]} == {"not_yet"}


def test_an_answer_says_what_it_rests_on_and_the_partner_learns_nothing_of_it(desk: ApiDesk) -> None:
    ref, path = desk.submitted(), "/exchanges/1/answers"
    body = {"answers": SEIZE, "form": "written", "convey": [{"channel": "api"}]}
    refused = desk.post(f"/cases/{ref}{path}", desk.officer(), {**body, "seen": desk.seq(ref)})
    assert (refused.status_code, refused.json()["problems"][0]["pointer"]) == (422, "/delegation")
    given = desk.post(f"/cases/{ref}{path}", desk.officer(), {**body, "by": OSEI, "seen": desk.seq(ref)})
    assert given.status_code == 201, given.text
    assert given.json()["approval"] == 1
    answer = desk.get(f"/cases/{ref}", desk.officer()).json()["exchanges"][0]["answers"][0]
    assert answer["rests_on"][0]["delegation"] == "del-1"
    theirs = desk.get(f"/cases/{ref}", desk.authority()).json()
    assert theirs["exchanges"][0]["answers"][0]["rests_on"] == []
    assert theirs["approvals"] == [] and theirs["read_backs"] == []
    approved = desk.post(
        f"/cases/{ref}/approvals/1", desk.officer("sup-1"), {"approve": "yes", "seen": desk.seq(ref)}
    )
    assert (approved.status_code, approved.json()["state"]) == (201, "given")


def test_the_decider_is_called_decides_by_voice_and_confirms(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    called = desk.post(f"/cases/{ref}/exchanges/1/decision-call", duty, {"measures": ["seize"]})
    assert called.json()["deciders"] == ["dec-1", "sup-1"]
    questions = {"detain": "no", "persons": "not_stated"}
    body = {"answers": SEIZE, "by": OSEI, "line": "phone", "asked": questions, "seen": desk.seq(ref)}
    decided = desk.post(f"/cases/{ref}/exchanges/1/decisions", duty, body)
    assert decided.status_code == 201, decided.text
    shown = desk.get(f"/cases/{ref}", duty).json()
    assert shown["read_backs"][0]["state"] == "sent"
    assert shown["exchanges"][0]["decisions"][0]["asked"] == {
        "detain": "no",
        "seize": "yes",
        "persons": "not_stated",
    }
    confirm = f"/cases/{ref}/exchanges/1/decision-confirmation"
    assert desk.post(confirm, duty, {"right": "yes"}).status_code == 403
    assert desk.post(confirm, desk.officer("dec-1"), {"right": "yes"}).status_code == 201
    assert desk.get(f"/cases/{ref}", duty).json()["read_backs"][0]["state"] == "confirmed"


def test_our_own_agencies_and_chain_and_the_files_with_them(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    contact = {"name": "Judge Mora", "office": "Court 3"}
    asked = {
        "agency": "justice",
        "contact": contact,
        "question": "Any objection?",
        "channel": "phone",
        "exchange": 1,
    }
    assert (
        desk.post(
            f"/cases/{ref}/consultations", duty, {**asked, "due_at": "2030-01-01T00:00:00Z"}
        ).status_code
        == 201
    )
    answer = {"by": contact, "words": "See the order.", "value": "no_objection", "attachments": [FILE]}
    assert desk.post(f"/cases/{ref}/consultations/1/answer", duty, answer).status_code == 201
    assert desk.post(f"/cases/{ref}/consultations/9/answer", duty, answer).status_code == 404
    clearance = {"by": contact, "measures": ["board"], "words": "No objection."}
    assert desk.post(f"/cases/{ref}/clearances", duty, clearance).status_code == 201
    told = desk.get(f"/cases/{ref}", duty).json()
    assert told["clearances"][0]["value"] == "no_objection"
    blob = told["consultations"][0]["answers"][0]["attachments"][0]["blob"]
    assert desk.get(f"/cases/{ref}/attachments/{blob}", duty).content == b"%PDF- order"
    assert desk.get(f"/cases/{ref}/attachments/{blob}", desk.authority()).status_code == 404
    order = {
        "direction": "in",
        "channel": "letter",
        "subject": "Order",
        "theirs": contact,
        "attachments": [FILE],
    }
    assert desk.post(f"/cases/{ref}/communications", duty, order).status_code == 201
    logged = desk.get(f"/cases/{ref}", duty).json()["communications"][-1]
    assert logged["attachments"][0]["name"] == "order.pdf"
