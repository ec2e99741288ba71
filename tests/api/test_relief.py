"""Relief over the interface: the sheet, signatures over what it showed, notices, checking in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cna_service.kit.instants import to_text
from cna_service.workflow import watch_check_in
from cna_service.workflow.fire import fire_due
from cna_service.workflow.waking import Hindrance, Waking
from tests.api.desk import ApiDesk


def a_change_is_near(desk: ApiDesk) -> None:
    """duty-1 has the watch; in an hour duty-2 has it for a night."""
    now = desk.service.clock.now()
    body = {
        "post": "duty_officer",
        "officer": "duty-2",
        "from": to_text(now + timedelta(hours=1)),
        "to": to_text(now + timedelta(hours=13)),
        "reason": "the night",
    }
    answer = desk.post("/duty/overrides", desk.officer("sup-1"), body)
    assert answer.status_code == 201, answer.text


def sheet(desk: ApiDesk, officer: str = "duty-1") -> dict[str, Any]:
    answer = desk.get("/duty/relief", desk.officer(officer))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_sheet_lists_what_is_handed_over(desk: ApiDesk) -> None:
    a_change_is_near(desk)
    ref = desk.submitted()
    told = sheet(desk)
    assert (told["hand_over"]["going"], told["hand_over"]["coming"]) == ("duty-1", "duty-2")
    assert told["hand_over"]["may_sign"]
    assert told["shown"] == [{"case": ref, "seq": desk.seq(ref)}]
    (case,) = told["cases"]
    assert {c["kind"] for c in case["clocks"]} >= {"legal", "own"}
    assert [a["kind"] for a in case["alerts"]] == ["new_request"]
    assert [p["kind"] for p in case["promises"]] == ["exchange"]


def test_a_signature_cites_what_was_shown_and_both_complete_the_relief(desk: ApiDesk) -> None:
    a_change_is_near(desk)
    ref = desk.submitted()
    shown = sheet(desk)["shown"]
    first = desk.post("/duty/relief/signatures", desk.officer("duty-1"), {"shown": shown, "words": "quiet"})
    assert first.status_code == 201, first.text
    assert (first.json()["side"], first.json()["completed"]) == ("going", False)
    again = desk.post("/duty/relief/signatures", desk.officer("duty-1"), {"shown": shown})
    assert again.json()["type"].endswith("relief-already-signed")
    stranger = desk.post("/duty/relief/signatures", desk.officer("sup-1"), {"shown": shown})
    assert stranger.json()["type"].endswith("not-your-relief")
    told = sheet(desk)
    assert [s["officer"] for s in told["hand_over"]["signatures"]] == ["duty-1"]
    assert told["cases"][0]["since_signed"] == 0
    assert told["cases"][0]["case"] == ref


def test_what_came_since_is_named_and_must_be_looked_at(desk: ApiDesk) -> None:
    a_change_is_near(desk)
    shown = sheet(desk)["shown"]
    ref = desk.submitted()
    answer = desk.post("/duty/relief/signatures", desk.officer("duty-1"), {"shown": shown})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("relief-sheet-moved")
    assert answer.json()["cases"] == [{"case": ref, "seq": desk.seq(ref)}]


def test_it_cannot_be_signed_long_before_and_not_where_nobody_is_relieved(desk: ApiDesk) -> None:
    answer = desk.post("/duty/relief/signatures", desk.officer("duty-1"), {"shown": []})
    assert answer.json()["type"].endswith("no-relief")
    assert sheet(desk)["hand_over"] is None
    nothing = desk.post("/duty/relief/completion", desk.officer("sup-1"), {"reason": "gone"})
    assert nothing.json()["type"].endswith("no-relief")


def test_every_wrong_field_is_named(desk: ApiDesk) -> None:
    officer = desk.officer("duty-1")
    answer = desk.post("/duty/relief/signatures", officer, {"shown": [{"case": 4}], "word": "x"})
    assert answer.status_code == 422
    assert {p["pointer"] for p in answer.json()["problems"]} == {"/shown/0", "/word"}
    assert desk.post("/duty/relief/notes", officer, {}).status_code == 422
    assert desk.post("/duty/relief/completion", desk.officer("sup-1"), {}).status_code == 422
    for minutes in ("60", [5], [60, 120, 180, 240], ["an hour"], None):
        answer = desk.post("/duty/notices", officer, {"minutes_before": minutes})
        assert answer.status_code == 422, minutes


def test_who_has_no_part_in_the_watch_is_refused(desk: ApiDesk) -> None:
    for who in (desk.officer("aud-1"), desk.officer("admin-1"), desk.authority()):
        assert desk.get("/duty/relief", who).status_code == 403
        for path in ("signatures", "notes", "completion"):
            body = {"shown": [], "words": "w", "reason": "r"}
            told = {k: body[k] for k in {"signatures": ["shown"], "notes": ["words"]}.get(path, ["reason"])}
            assert desk.post(f"/duty/relief/{path}", who, told).status_code == 403
        assert desk.post("/duty/check-ins", who, {}).status_code == 403
    assert desk.post("/duty/relief/completion", desk.officer("duty-1"), {"reason": "r"}).status_code == 403


def test_checking_in_is_refused_while_the_desk_can_wake_somebody(desk: ApiDesk) -> None:
    officer = desk.officer("duty-1")
    assert desk.post("/duty/check-ins", officer, {}).json()["type"].endswith("no-check-in-asked")
    now = desk.service.clock.now()
    watch_check_in.look(desk.service, Waking(now, (Hindrance("no-proof", "Nothing proved itself."),)))
    assert desk.post("/duty/check-ins", officer, {}).status_code == 201
    fire_due(desk.service)


def test_notices_are_kept_as_wished(desk: ApiDesk) -> None:
    answer = desk.post("/duty/notices", desk.officer("duty-1"), {"minutes_before": [30, 1440, 30]})
    assert answer.json()["minutes_before"] == [1440, 30]
    assert desk.post("/duty/notices", desk.officer("duty-1"), {"minutes_before": []}).status_code == 201
