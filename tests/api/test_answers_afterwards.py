"""What becomes of an answer, over the interface."""

from __future__ import annotations

from typing import Any

from tests.api.desk import ApiDesk

BY = {"name": "Cap. Ruiz", "office": "Watch"}


def asked(desk: ApiDesk, duty: str) -> str:
    """A case in which we asked XB whether we may board and search."""
    ref = str(desk.post("/cases", duty, {"channel": "radio", "summary": "a vessel"}).json()["case"])
    told = {"direction": "outbound", "authority": "mrcc-xb", "measures": ["board", "search"]}
    assert desk.post(f"/cases/{ref}/exchanges", duty, told).status_code == 201
    return ref


def test_d8_word_writing_reading_and_withdrawal(desk: ApiDesk) -> None:
    duty = desk.officer()
    ref = asked(desk, duty)

    def step(path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        answer = desk.post(f"/cases/{ref}/exchanges/1/{path}", duty, {"seen": desk.seq(ref), **body})
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    both = [{"measure": m, "value": "granted"} for m in ("board", "search")]
    step("answers", {"answers": both, "form": "oral", "by": BY})
    written = step("answers", {"answers": both[:1], "form": "written", "by": {**BY, "authority": "mrcc-xb"}})
    assert (written["confirms"], written["differs"][0]["in"]) == (1, ["left_out"])
    told = desk.get(f"/cases/{ref}", duty).json()["exchanges"][0]
    assert [i["state"] for i in told["items"]] == ["granted", "held"]
    assert told["written_confirmation"] == {
        "status": "received",
        "answer": 1,
        "owed_by": "them",
        "confirmed_by": 2,
        "to_be_read": 1,
    }
    items = [{"measure": "search", "stands": "as_written"}]
    assert step("readings", {"answer": 2, "items": items, "words": "Not meant."})["unread"] == []
    step("answer-withdrawal", {"answer": 2, "by": BY, "words": "An error."})
    refused = step("readings", {"answer": 2, "items": items, "words": "w"}, 409)
    assert refused["type"] == "/problems/nothing-differs"


def test_r7_another_office_counts_once_the_listed_one_confirms(desk: ApiDesk) -> None:
    duty = desk.officer()
    ref = asked(desk, duty)
    embassy = {"name": "Attaché", "office": "Embassy of XB", "is_listed": False}
    body = {"answers": [{"measure": "board", "value": "granted"}], "form": "oral", "by": embassy}
    path = f"/cases/{ref}/exchanges/1"
    given = desk.post(f"{path}/answers", duty, {**body, "seen": desk.seq(ref)}).json()
    assert (given["counts"], given["not_counted"][0]["why"]) == (False, "not_listed")
    confirmed = {"answer": 1, "form": "written", "by": BY, "seen": desk.seq(ref)}
    assert desk.post(f"{path}/authority-confirmation", duty, confirmed).status_code == 201
    told = desk.get(f"/cases/{ref}", duty).json()["exchanges"][0]["items"][0]
    assert (told["state"], told["answers"][0]["counts"]) == ("granted", True)


def test_rule_5_3_a_machines_word_acknowledges_nothing(desk: ApiDesk) -> None:
    duty = desk.officer()
    ref = asked(desk, duty)
    path = f"/cases/{ref}/exchanges/1/acknowledgement"
    kept = desk.post(path, duty, {"words": "Ticket 4711", "is_automatic": True})
    assert (kept.status_code, kept.json()["automatic"]) == (201, True)
    nobody = desk.post(path, duty, {"words": "We have it."})
    assert [p["pointer"] for p in nobody.json()["problems"]] == ["/by"]
    assert desk.post(path, duty, {"words": "We have it.", "by": BY}).status_code == 201


def test_rule_5_4_where_nothing_is_proposed_nothing_is_approved(desk: ApiDesk) -> None:
    duty = desk.officer()
    ref = asked(desk, duty)
    answer = desk.post(f"/cases/{ref}/exchanges/1/lapse/approval", duty, {"seen": desk.seq(ref)})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-proposed")
