"""Paper periods and exercise cases over the interface."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

from cna_service.kit.instants import to_text
from tests.api.desk import ApiDesk

SCAN = [{"name": "p1.pdf", "media_type": "application/pdf", "base64": b64encode(b"%PDF one").decode()}]


def a_period(desk: ApiDesk, *acts: dict[str, Any]) -> dict[str, Any]:
    """Each act a minute after the one before, the first an hour ago."""
    begins = desk.service.clock.now() - timedelta(hours=1)
    told = [
        {**act, "page": "1", "written_at": to_text(begins + timedelta(minutes=n))}
        for n, act in enumerate(acts)
    ]
    return {"scan": SCAN, "from": to_text(begins), "to": to_text(desk.service.clock.now()), "acts": told}


def test_rule_11_2_a_case_that_began_on_paper_is_typed_in_and_compared(desk: ApiDesk) -> None:
    ask = {"state": "XB", "measures": ["board"], "channel": "fax"}
    period = a_period(
        desk,
        {"verb": "cases", "body": {"channel": "phone", "exchange": ask}},
        {"verb": "notes", "body": {"words": "They called twice."}},
    )
    made = desk.post("/paper-periods", desk.officer(), period)
    assert made.status_code == 201, made.text
    ref = made.json()["case"]
    told = desk.get(f"/cases/{ref}", desk.officer()).json()
    assert [p["n"] for p in told["paper_periods"]] == [1]
    note = told["notes"][0]
    assert note["transcribed"] == {"period": 1, "page": "1"}
    assert note["written_at"] < note["recorded_at"]
    scan = told["paper_periods"][0]["scan"][0]
    file = desk.get(f"/cases/{ref}/attachments/{scan['blob']}", desk.officer())
    assert file.content == b"%PDF one"
    path = f"/cases/{ref}/transcripts/1/comparison"
    assert desk.post(path, desk.officer(), {"agrees": True}).status_code == 403
    assert desk.post(path, desk.officer("duty-2"), {"agrees": True}).status_code == 201


def test_rule_11_2_a_further_period_of_a_case_names_what_is_wrong_act_by_act(desk: ApiDesk) -> None:
    ref = desk.submitted()
    period = a_period(
        desk,
        {"verb": "communications", "body": {"direction": "in", "channel": "semaphore"}},
        {"verb": "answers", "body": {}},
    )
    refused = desk.post(f"/cases/{ref}/transcripts", desk.officer(), period)
    assert refused.status_code == 422
    assert {p["pointer"] for p in refused.json()["problems"]} == {"/acts/1/exchange"}
    period["acts"][1]["exchange"] = 1
    refused = desk.post(f"/cases/{ref}/transcripts", desk.officer(), period)
    pointers = {p["pointer"] for p in refused.json()["problems"]}
    assert {"/acts/0/body/channel", "/acts/1/body/answers"} <= pointers
    assert "paper.transcribed" not in desk.types(ref)


def test_rule_11_2_a_partner_learns_what_of_its_case_was_typed_in_and_nothing_of_the_paper(
    desk: ApiDesk,
) -> None:
    ref = desk.submitted()
    period = a_period(
        desk,
        {"verb": "questions", "exchange": 1, "body": {"direction": "out", "words": "How many aboard?"}},
        {"verb": "notes", "body": {"words": "ours alone"}},
    )
    assert desk.post(f"/cases/{ref}/transcripts", desk.officer(), period).status_code == 201
    told = desk.get(f"/cases/{ref}", desk.authority()).json()
    assert told["paper_periods"] == []
    [question] = told["exchanges"][0]["questions"]
    assert question["words"] == "How many aboard?"
    assert len(told["transcribed"]) == 1


def test_rule_15_3_an_exercise_case_over_the_interface(desk: ApiDesk) -> None:
    heard = desk.post("/cases", desk.officer(), {"channel": "phone", "summary": "EXERCISE EXERCISE"})
    assert heard.json()["offers"] == ["as_exercise"]
    body = {"channel": "phone", "as_exercise": True, "refers_to": heard.json()["case"]}
    drill = desk.post("/cases", desk.officer(), body).json()["case"]
    assert desk.get(f"/cases/{drill}", desk.officer()).json()["as_exercise"]
    real = desk.post(f"/cases/{drill}/real-event", desk.officer(), {}).json()["case"]
    assert not desk.get(f"/cases/{real}", desk.officer()).json()["as_exercise"]
    refused = desk.post(f"/cases/{real}/real-event", desk.officer(), {})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-an-exercise")
