"""What arrives: record.md, "What is refused and what is kept", row by row."""

from __future__ import annotations

import json

import pytest

from tests.api.desk import REQUEST, XB, XC, ApiDesk


def test_a_request_is_kept_and_answered_with_everything_the_sender_needs(desk: ApiDesk) -> None:
    answer = desk.post("/submissions", desk.authority(), REQUEST)
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/cases/{told['case']}"
    assert told["case"].startswith("X-")
    assert (told["exchange"], told["vessels"]) == (1, [{"vessel": 1, "name": "BAR TEST"}])
    assert told["acknowledgement"]["formal"] is False
    assert {(c["measure"], c["kind"], c["effect"]) for c in told["clocks"]} >= {("board", "legal", "none")}
    assert told["problems"] == [] and told["possible_duplicates"] == []
    assert {m["wanted_by"] for m in told["missing"]} & {"coe-21-d"}
    assert "alert.raised" in desk.types(told["case"])


def test_what_arrived_can_be_read_back_byte_for_byte(desk: ApiDesk) -> None:
    sent = json.dumps(REQUEST).encode() + b"\n\n"
    ref = desk.send(sent, desk.authority()).json()["case"]
    blob = desk.get(f"/cases/{ref}", desk.authority()).json()["submissions"][0]["blob"]
    stored = desk.get(f"/cases/{ref}/attachments/{blob}", desk.authority())
    assert stored.content == sent
    assert stored.headers["content-disposition"].startswith("attachment")
    assert desk.get(f"/cases/{ref}/attachments/{blob}", desk.authority(XC)).status_code == 404
    assert desk.get(f"/cases/{ref}/attachments/{'0' * 36}", desk.authority()).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("nobody_knows_this", 1, "/nobody_knows_this"),
        ("offences", ["witchcraft"], "/offences/0"),
        ("measures", ["sink_her"], "/measures/0"),
        ("measures", "board", "/measures"),
        ("requester_reference", {"a": 1}, "/requester_reference"),
        ("assurance_like_treatment", "perhaps", "/assurance_like_treatment"),
        ("reply_wanted_by", "2026-11-21T16:00:00", "/reply_wanted_by"),
        ("requested_state", "Xanadu", "/requested_state"),
        ("vessels", [{"imo": "3000002"}], "/vessels/0/imo"),
        (
            "vessels",
            [{"positions": [{"text": "91°00'N 010°00'E", "at": "2026-11-21T13:40:00Z"}]}],
            "/vessels/0/",
        ),
        ("vessels", [{"persons_on_board": -3}], "/vessels/0/persons_on_board"),
        ("vessels", ["a boat"], "/vessels/0"),
        ("attachments", [{"name": "a", "base64": "no base64!"}], "/attachments/0/base64"),
        ("in_reply_to", "X-2222-222", "/in_reply_to"),
    ],
)
def test_a_field_that_is_wrong_is_kept_as_told_and_named(
    desk: ApiDesk, field: str, value: object, pointer: str
) -> None:
    answer = desk.post("/submissions", desk.authority(), {**REQUEST, field: value})
    assert answer.status_code == 201
    named = [p for p in answer.json()["problems"] if p["pointer"].startswith(pointer)]
    assert named, answer.json()["problems"]
    assert all(p["why"] and p["fix"] for p in named)
    assert "submission.received" in desk.types(answer.json()["case"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"not json",
        b"[1, 2]",
        b'"text"',
        b"null",
        b"\xff\xfe{\x00}\x00",
        '{"grounds": "café"}'.encode("latin-1"),
        b"[" * 100_000,
        b'{"a": ' * 200 + b"1" + b"}" * 200,
        b'{"imo": ' + b"7" * 5000 + b"}",
        b'{"grounds": "\\ud800 \\u0000", "\\udfff": 1, "vessels": [{"persons_on_board": 1e400}]}',
    ],
    ids=[
        "empty",
        "broken",
        "words",
        "list",
        "text",
        "null",
        "utf-16",
        "latin-1",
        "deep list",
        "deep object",
        "number without end",
        "no text",
    ],
)
def test_what_cannot_be_read_is_kept_and_an_officer_is_told(desk: ApiDesk, content: bytes) -> None:
    answer = desk.send(content, desk.authority())
    told = answer.json()
    assert answer.status_code in (400, 201)
    if answer.status_code == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert told["type"] == "/problems/unreadable" and told["position"] and told["fix"]
        assert desk.get(f"/cases/{told['case']}", desk.officer()).json()["label"] == "TO BE READ"
    types = desk.types(told["case"])
    assert {"submission.received", "alert.raised"} <= set(types)


def test_five_megabytes_pass(desk: ApiDesk) -> None:
    body = {**REQUEST, "attachments": [{"name": "a.bin", "base64": "QUJD" * 1_250_000}]}
    answer = desk.post("/submissions", desk.authority(), body)
    assert answer.status_code == 201
    ref = answer.json()["case"]
    attached = desk.get(f"/cases/{ref}", desk.officer()).json()["submissions"][0]["draft"]["attachments"][0]
    assert attached["size"] == 3_750_000
    assert len(desk.get(f"/cases/{ref}/attachments/{attached['blob']}", desk.officer()).content) == 3_750_000


def test_twenty_six_megabytes_are_cut_off_kept_in_part_and_told(desk: ApiDesk) -> None:
    answer = desk.send(b"x" * (26 * 1024 * 1024), desk.authority())
    told = answer.json()
    assert answer.status_code == 413
    assert told["type"] == "/problems/too-large"
    submission = desk.get(f"/cases/{told['case']}", desk.officer()).json()["submissions"][0]
    assert submission["size"] == 26 * 1024 * 1024
    kept = desk.get(f"/cases/{told['case']}/attachments/{submission['blob']}", desk.officer())
    assert len(kept.content) == 64 * 1024


def test_an_answer_to_an_own_case_adds_to_it(desk: ApiDesk) -> None:
    ref = desk.submitted()
    answer = desk.post("/submissions", desk.authority(), {"in_reply_to": ref.lower(), "grounds": "more"})
    assert answer.json()["case"] == ref
    assert desk.types(ref).count("submission.received") == 2


def test_rule_2_5_state_b_learns_nothing_of_state_a_s_case_about_the_same_vessel(desk: ApiDesk) -> None:
    first = desk.submitted(desk.authority(XB))
    theirs = desk.post("/submissions", desk.authority(XC), REQUEST)
    assert theirs.json()["possible_duplicates"] == []
    assert first not in theirs.text
    again = desk.post("/submissions", desk.authority(XB), REQUEST)
    assert again.json()["possible_duplicates"] == [first]
    replied = desk.post("/submissions", desk.authority(XC), {**REQUEST, "in_reply_to": first})
    assert replied.json()["case"] != first


def test_a_database_that_cannot_be_written_is_said_with_the_digest_and_the_telephone(desk: ApiDesk) -> None:
    who = desk.authority()
    desk.make_read_only()
    answer = desk.post("/submissions", who, REQUEST)
    told = answer.json()
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert told["kept"] is False and len(told["sha256"]) == 64
    assert told["telephone"] == "+15550100"
    assert "NOT kept" in told["detail"]
