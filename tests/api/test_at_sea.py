"""At sea and after over HTTP: every step leaves its entry, every reading is for this desk alone."""

from __future__ import annotations

from typing import Any

from tests.api.desk import XB, ApiDesk


def granted(desk: ApiDesk) -> tuple[dict[str, str], str]:
    """A case of ours in which XB, asked, granted boarding on one condition."""
    duty = desk.officer()
    ref = desk.post("/cases", duty, {"channel": "radio", "vessels": [{"name": "BAR TEST"}]}).json()["case"]
    ask = {"direction": "outbound", "authority": XB, "measures": ["board", "search"], "basis": ["coe-7"]}
    assert desk.post(f"/cases/{ref}/exchanges", duty, ask).status_code == 201
    condition = {"kind": "presence_of", "text": "An officer of XB is aboard."}
    item = {"measure": "board", "value": "granted_with_conditions", "conditions": [condition, "Report."]}
    told = {"answers": [item], "form": "written"}
    answer = desk.post(f"/cases/{ref}/exchanges/1/answers", desk.authority(), told)
    assert answer.status_code == 201, answer.text
    return duty, ref


def step(desk: ApiDesk, who: dict[str, str], path: str, body: dict[str, Any]) -> Any:
    ref = path.split("/")[2]
    answer = desk.post(path, who, body, If_Match=f'"{desk.seq(ref)}"')
    assert answer.status_code == 201, (path, answer.text)
    return answer.json()


def test_every_step_at_sea_leaves_its_entry_and_is_read(desk: ApiDesk) -> None:
    duty, ref = granted(desk)
    case = f"/cases/{ref}"
    passed = {"unit": "cutter", "circuit": "HF 5", "passed_to": {"name": "Moss"}}
    refused = desk.post(
        f"{case}/instructions", duty, {**passed, "measures": ["search"], "seen": desk.seq(ref)}
    )
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["pointer"] == "/measures/0"
    got = step(desk, duty, f"{case}/instructions", passed)
    assert "you MAY on the conditions below" in got["text"]
    back = {"by": {"name": "Moss"}, "words": "Board, on two conditions.", "is_correct": True}
    step(desk, duty, f"{case}/instructions/1/readback", back)
    now = desk.clock_text() if hasattr(desk, "clock_text") else got["recorded_at"]
    act = {"by_unit": "cutter", "happened_at": now, "words": "Boarded."}
    assert step(desk, duty, f"{case}/actions", {**act, "measure": "board"})["check"]["code"] == "within_grant"
    beyond = step(desk, duty, f"{case}/actions", {**act, "measure": "seize"})
    assert beyond["reason_wanted"] is True
    step(desk, duty, f"{case}/actions/2/reason", {"reason": "It was going overboard."})
    step(desk, duty, f"{case}/results", {"found": [{"what": "drift net", "quantity": "5 nm"}], "shots": 1})
    check = {"exchange": 1, "answer": 1, "measure": "board", "condition": 1, "met": "yes", "evidence": "seen"}
    step(desk, duty, f"{case}/conditions", check)
    step(desk, duty, f"{case}/custody", {"what": "taken", "persons": ["A. Sailor"]})
    over = {"what": "handed_over", "persons": ["A. Sailor"], "to": {"office": "Court", "state": "XA"}}
    step(desk, duty, f"{case}/custody", over)
    owed = desk.get(f"{case}/reports", duty).json()["reports"]
    step(desk, duty, f"{case}/reports", {"owes": owed[0]["report"], "sent_to": "MRCC XB", "channel": "mail"})
    claim = {"by": "Owners", "against": {"state": "XA"}, "ground": "damage", "amount": "a mast"}
    step(desk, duty, f"{case}/compensation", claim)
    step(desk, duty, f"{case}/compensation/1/answer", {"outcome": "settled"})
    step(desk, duty, f"{case}/exchanges/1/evidence-summary", {"words": "A net."})
    step(
        desk, duty, f"{case}/exchanges/1/notifications", {"words": "Boarded.", "masters_objections": "Mine."}
    )

    read = {
        p: desk.get(f"{case}/{p}", duty).json() for p in ("instructions", "actions", "results", "custody")
    }
    assert read["instructions"]["instructions"][0]["state"] == "read_back"
    assert [a["overreach"] for a in read["actions"]["actions"]] == [False, True]
    assert read["results"]["results"][0]["found"][0]["quantity"]["text"] == "5 nm"
    assert read["custody"]["open"] == []
    assert desk.get(f"{case}/conditions", duty).json()["open"] == ["1.1.1.board.2"]
    assert desk.get(f"{case}/compensation", duty).json()["compensation"][0]["outcome"] == "settled"
    over_text = desk.get(f"{case}/custody/hand-over.txt", duty)
    assert "RECORD OF HAND-OVER" in over_text.text
    whole = desk.get(case, duty).json()
    assert len(whole["instructions"]) == 1
    assert len(whole["actions"]) == 2


def test_the_stop_is_ready_over_http_as_soon_as_the_refusal_is_there(desk: ApiDesk) -> None:
    duty, ref = granted(desk)
    passed = {"unit": "cutter", "circuit": "HF 5", "passed_to": {"name": "Moss"}}
    step(desk, duty, f"/cases/{ref}/instructions", passed)
    assert desk.get(f"/cases/{ref}/instructions/1/stop", duty).status_code == 409
    denied = {"answers": [{"measure": "board", "value": "denied"}], "form": "written"}
    assert desk.post(f"/cases/{ref}/exchanges/1/answers", desk.authority(), denied).status_code == 201
    stop = desk.get(f"/cases/{ref}/instructions/1/stop", duty)
    assert stop.status_code == 200
    assert "STOP. STOP. STOP." in stop.json()["text"]
    assert desk.get(f"/cases/{ref}/instructions/9/stop", duty).status_code == 404


def test_what_units_were_told_is_nobody_elses(desk: ApiDesk) -> None:
    duty, ref = granted(desk)
    partner = desk.authority()
    step(
        desk,
        duty,
        f"/cases/{ref}/actions",
        {"by_unit": "cutter", "measure": "stop", "happened_at": "2026-11-21T00:00:00Z"},
    )
    for part in ("instructions", "actions", "results", "conditions", "custody", "reports", "compensation"):
        assert desk.get(f"/cases/{ref}/{part}", partner).status_code == 404, part
    seen = desk.get(f"/cases/{ref}", partner).json()
    assert seen["actions"] == []
    assert desk.post(f"/cases/{ref}/actions", partner, {"by_unit": "x"}).status_code in (403, 404)


def test_closing_names_each_thing_owed_and_takes_a_waiver_for_each(desk: ApiDesk) -> None:
    duty, ref = granted(desk)
    refused = desk.post(f"/cases/{ref}/closure", duty, {})
    assert refused.status_code == 409
    items = refused.json()["items"]
    assert "condition:1.1.1.board.1" in [i["what"] for i in items]
    waived = [{"what": i["what"], "by": "Cdr. Holm", "reason": "Never boarded."} for i in items]
    assert desk.post(f"/cases/{ref}/closure", duty, {"waived": waived}).status_code == 201
