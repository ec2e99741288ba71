"""The same key with the same request gives the same bytes, and nothing happens twice."""

from __future__ import annotations

from tests.api.desk import REQUEST, XB, XC, ApiDesk

KEY = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_a_repeated_submission_is_answered_byte_for_byte_and_opens_no_second_case(desk: ApiDesk) -> None:
    first, again = (
        desk.post("/submissions", desk.authority(), REQUEST, Idempotency_Key=KEY) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert len(desk.get("/cases", desk.officer()).json()["cases"]) == 1


def test_a_key_is_its_callers_own(desk: ApiDesk) -> None:
    answers = [
        desk.post("/submissions", desk.authority(name), REQUEST, Idempotency_Key=KEY) for name in (XB, XC)
    ]
    assert answers[0].json()["case"] != answers[1].json()["case"]


def test_the_same_key_for_another_request_is_409(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    path = f"/cases/{ref}/notes"
    assert desk.post(path, duty, {"words": "one"}, Idempotency_Key=KEY).status_code == 201
    for answer in (
        desk.post(path, duty, {"words": "two"}, Idempotency_Key=KEY),
        desk.post(f"/cases/{ref}/events", duty, {"words": "one"}, Idempotency_Key=KEY),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/idempotency-mismatch")
    assert desk.types(ref).count("note.added") == 1


def test_after_a_refusal_a_corrected_body_may_use_the_key(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    path = f"/cases/{ref}/notes"
    assert desk.post(path, duty, {"words": 7}, Idempotency_Key=KEY).status_code == 422
    assert desk.post(path, duty, {"words": "seven"}, Idempotency_Key=KEY).status_code == 201


def test_after_a_stored_400_a_corrected_submission_may_use_the_key(desk: ApiDesk) -> None:
    who = desk.authority()
    broken, replayed = (desk.send(b"{", who, Idempotency_Key=KEY) for _ in range(2))
    assert broken.status_code == replayed.status_code == 400
    assert broken.content == replayed.content
    assert replayed.headers["content-type"] == "application/problem+json"
    assert desk.post("/submissions", who, REQUEST, Idempotency_Key=KEY).status_code == 201


def test_a_partners_replayed_answer_is_as_outward_as_the_first(desk: ApiDesk) -> None:
    ref, who = desk.submitted(), desk.authority()
    path = f"/cases/{ref}/exchanges/1/questions"
    first, again = (desk.post(path, who, {"words": "when?"}, Idempotency_Key=KEY) for _ in range(2))
    assert first.content == again.content
    assert b"alert.raised" not in first.content


def test_a_key_that_is_none_is_named(desk: ApiDesk) -> None:
    for key in (" ", "k" * 201):
        answer = desk.post("/submissions", desk.authority(), REQUEST, Idempotency_Key=key)
        assert (answer.status_code, answer.json()["problems"][0]["pointer"]) == (
            422,
            "/header/Idempotency-Key",
        )
