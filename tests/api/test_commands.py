"""Commands on cases and exchanges: each call of the table, through the application, judged by the entries it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.api.steps import CASE_STEPS, EXCHANGE_STEPS
from tests.api.desk import XB, XC, ApiDesk

GRANT = {"answers": [{"vessel": 1, "measure": "board", "value": "granted"}], "form": "written"}


def test_every_case_step_leaves_its_entry(desk: ApiDesk) -> None:
    duty, ref = desk.officer(), desk.submitted()
    other = desk.submitted(requester_reference="another")
    bodies: dict[str, tuple[dict[str, Any], str]] = {
        "communications": (
            {
                "direction": "in",
                "channel": "phone",
                "number": "+15550102",
                "theirs": {"name": "N. N."},
                "started_at": "2026-11-21T13:55:00Z",
                "ended_at": "2026-11-21T13:57:00Z",
            },
            "communication.logged",
        ),
        "claims": ({"state": "XA", "by": "master"}, "claim.made"),
        "indicia": ({"kind": "flag_flown", "value": "XA"}, "indicium.seen"),
        "identifiers": ({"field": "call_sign", "value": "1AAA0"}, "identifier.recorded"),
        "positions": ({"position": "14°03.5'N 074°22.1'W"}, "position.reported"),
        "persons": ({"name": "A. Sailor"}, "person.recorded"),
        "events": ({"words": "stopped"}, "event.reported"),
        "exchanges": (
            {"direction": "outbound", "authority": XC, "measures": ["confirm_registry"]},
            "exchange.opened",
        ),
        "searches": ({}, "search.made"),
        "links": ({"case": other}, "case.linked"),
        "notes": ({"words": "noted"}, "note.added"),
        "closure": ({"waived": "an exercise"}, "case.closed"),
        "reopening": ({"words": "goes on"}, "case.reopened"),
    }
    # What a holder waits for needs a clock that runs: tests/workflow/test_waiting.py.
    assert {s.path for s in CASE_STEPS} == set(bodies) | {"waiting"}
    for path, (body, entry) in bodies.items():
        answer = desk.post(f"/cases/{ref}/{path}", duty, body)
        assert answer.status_code == 201, (path, answer.text)
        assert entry in [e["type"] for e in answer.json()["entries"]], path
        assert desk.types(ref).count(entry) >= 1


def test_what_was_seen_in_a_register_of_others_leaves_its_entry(desk: ApiDesk) -> None:
    duty, ref = desk.officer(), desk.submitted()
    body = {"source": "gisis", "seen": "IMO 9321483, flag PAN", "outcome": "one"}
    assert desk.post(f"/cases/{ref}/outside-lookups", duty, body).status_code == 201
    assert desk.types(ref).count("outside.seen") == 1
    assert desk.post(f"/cases/{ref}/outside-lookups", desk.authority(), body).status_code == 403
    assert desk.get(f"/cases/{ref}", duty).json()["outside_lookups"][0]["source"] == "gisis"
    assert desk.get(f"/cases/{ref}", desk.authority()).json()["outside_lookups"] == []


def test_an_exchange_goes_all_its_steps(desk: ApiDesk) -> None:
    duty, ref = desk.officer(), desk.submitted()
    done = []

    def step(path: str, body: dict[str, Any], who: dict[str, str] = duty, n: int = 1) -> Any:
        answer = desk.post(f"/cases/{ref}/exchanges/{n}/{path}", who, body, If_Match=f'"{desk.seq(ref)}"')
        assert answer.status_code == 201, (path, answer.text)
        done.append(path)
        return answer.json()

    step("acknowledgement", {"words": "received"})
    step("standing", {"standing": "called_back", "number": "+15550102", "by": {"office": "MRCC XB"}})
    step("questions", {"words": "What cargo?"})
    step("questions", {"words": "Fish, they say."}, desk.authority())
    step("extension", {"until": "2027-01-01T00:00:00Z", "by": {"name": "N. N."}})
    step("basis", {"provisions": ["coe-7"]})
    step("decisions", {"answers": GRANT["answers"], "by": {"name": "A. Decider"}})
    step("answers", GRANT)
    conveyed = step("conveyance", {"channel": "api"})
    assert conveyed["complete"] is True
    step("confirmation", {"words": "we have it"}, desk.authority())
    step("withdrawal", {}, desk.authority())
    told = desk.get(f"/cases/{ref}", desk.authority()).json()
    answer = told["exchanges"][0]["answers"][0]
    assert [(i["measure"], i["value"]) for i in answer["items"]] == [("board", "granted")]
    assert answer["conveyances"][0]["confirmed_by"] and answer["decision"] is None
    assert "signed_in" not in answer["actor"] and "id" not in answer["actor"]
    document = desk.get(f"/cases/{ref}/documents/{conveyed['document']}.pdf", desk.authority())
    assert document.content.startswith(b"%PDF") and document.headers["content-type"] == "application/pdf"
    assert {s.path for s in EXCHANGE_STEPS} - set(done) == set()


def test_an_answer_is_not_the_partners_to_read_before_it_was_conveyed(desk: ApiDesk) -> None:
    ref = desk.submitted()
    desk.post(f"/cases/{ref}/exchanges/1/answers", desk.officer(), {**GRANT, "seen": desk.seq(ref)})
    read = desk.get(f"/cases/{ref}", desk.authority()).json()
    assert read["exchanges"][0]["answers"] == []
    assert read["exchanges"][0]["items"][1]["value"] == "unanswered"
    assert desk.get(f"/cases/{ref}", desk.officer()).json()["exchanges"][0]["items"][1]["value"] == "granted"


def test_a_lapse_is_recorded_by_a_named_officer_after_the_clock_ran_out(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    body = {"words": "no answer came", "channels": [{"channel": "mail"}], "seen": desk.seq(ref)}
    early = desk.post(f"/cases/{ref}/exchanges/1/lapse", duty, body)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/nothing-lapsed")
    desk.let_pass(hours=5)
    answer = desk.post(f"/cases/{ref}/exchanges/1/lapse", duty, {**body, "seen": desk.seq(ref)})
    assert (answer.status_code, answer.json()["effect"]) == (201, "none")
    assert {"clock.lapsed", "lapse.recorded"} <= set(desk.types(ref))


def test_a_decision_that_rests_on_an_older_page_is_refused_once(desk: ApiDesk) -> None:
    ref, seen = desk.submitted(), 1
    path = f"/cases/{ref}/exchanges/1/answers"
    desk.post("/submissions", desk.authority(), {"in_reply_to": ref, "grounds": "new facts"})
    moved = desk.post(path, desk.officer(), {**GRANT, "seen": seen})
    assert (moved.status_code, moved.json()["type"]) == (409, "/problems/case-moved")
    assert "submission.received" in [e["type"] for e in moved.json()["new"]]
    assert desk.post(path, desk.officer(), GRANT).status_code == 422
    stale = desk.post(path, desk.officer(), GRANT, If_Match='"1"')
    assert stale.status_code == 409
    assert desk.post(path, desk.officer(), GRANT, If_Match=f'"{desk.seq(ref)}"').status_code == 201
    assert desk.post(path, desk.officer(), GRANT, If_Match="yesterday").status_code == 422


def test_a_partner_answers_what_was_asked_of_it_and_nothing_else(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    asked = {"direction": "outbound", "authority": XC, "measures": ["confirm_registry"]}
    n = desk.post(f"/cases/{ref}/exchanges", duty, asked).json()["exchange"]
    reply = {"answers": [{"measure": "confirm_registry", "value": "confirmed"}], "form": "written"}
    answered = desk.post(f"/cases/{ref}/exchanges/{n}/answers", desk.authority(XC), reply)
    assert answered.status_code == 201
    # What the desk does with itself for it is not told.
    assert [e["type"] for e in answered.json()["entries"]] == ["answer.given"]
    assert "alert.raised" in desk.types(ref)
    assert desk.post(f"/cases/{ref}/exchanges/{n}/answers", desk.authority(XB), reply).status_code == 404
    assert desk.post(f"/cases/{ref}/exchanges/1/answers", desk.authority(XB), reply).status_code == 403
    assert desk.post(f"/cases/{ref}/exchanges/9/answers", desk.authority(XB), reply).status_code == 404


def test_a_case_can_be_opened_from_the_desk(desk: ApiDesk) -> None:
    call = {
        "channel": "phone",
        "caller": {"name": "N. N."},
        "vessels": [{"name": "BAR TEST"}],
        "exchange": {"direction": "inbound", "authority": XB, "measures": ["board"]},
    }
    answer = desk.post("/cases", desk.officer(), call)
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(answer.json()["case"])
    assert desk.post("/cases", desk.authority(), call).status_code == 403


@pytest.mark.parametrize("kind", ["claims", "identifiers", "answers", "communications"])
def test_every_wrong_field_is_named_at_once(desk: ApiDesk, kind: str) -> None:
    ref = desk.submitted()
    path = f"/cases/{ref}/exchanges/1/answers" if kind == "answers" else f"/cases/{ref}/{kind}"
    answer = desk.post(path, desk.officer(), {"happened_at": "noon", "what_is_this": 1})
    told = answer.json()
    assert (answer.status_code, told["type"]) == (422, "/problems/invalid")
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(told["problems"]) >= 3
    assert "/happened_at" in [p["pointer"] for p in told["problems"]]
    assert all(p["why"] and p["fix"] for p in told["problems"])


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "unreadable"),
        (b"[]", 400, "unreadable"),
        (b"\xff", 400, "unreadable"),
        (b"[" * 200_000, 400, "unreadable"),
        (b'{"words": ' + b"7" * 5000 + b"}", 400, "unreadable"),
        (b'{"words": 1}', 422, "invalid"),
        (b"", 422, "invalid"),
        (b'{"words": "' + b"x" * 26 * 1024 * 1024 + b'"}', 413, "too-large"),
    ],
    ids=["broken", "list", "encoding", "deep", "number", "type", "empty", "large"],
)
def test_a_command_that_cannot_be_read_is_refused_and_changes_nothing(
    desk: ApiDesk, content: bytes, status: int, code: str
) -> None:
    ref = desk.submitted()
    before = desk.types(ref)
    url = f"/api/v1/cases/{ref}/notes"
    answer = desk.client.post(url, headers=desk.officer(), content=content)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
    assert desk.types(ref) == before


def test_a_value_that_the_log_cannot_hold_is_named(desk: ApiDesk) -> None:
    for caller in ({"Full Name": "x"}, {"n": 2**60}):
        answer = desk.post("/cases", desk.officer(), {"channel": "phone", "caller": caller})
        assert answer.status_code in (201, 422), answer.text
        if answer.status_code == 422:
            assert answer.json()["problems"][0]["pointer"].startswith("/caller")


def test_a_database_that_cannot_be_written_is_503_and_says_when_to_come_again(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    desk.make_read_only()
    answer = desk.post(f"/cases/{ref}/notes", duty, {"words": "x"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unavailable")
    assert answer.headers["retry-after"] == "5"
    assert desk.get(f"/cases/{ref}", duty).status_code == 200
