"""Who may come in: tokens, and what is set aside of those who have none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from cna_service.identity import sessions, store, tokens
from cna_service.workflow.edge.tables import quarantine
from cna_service.workflow.projections import ALERTS, DESK
from cna_service.workflow.quarantine import KIND, OF_ONE_SOURCE
from tests.api.desk import REQUEST, XB, XC, ApiDesk


def rows(desk: ApiDesk) -> list[tuple[str, int, bytes]]:
    with desk.service.database.read() as connection:
        query = select(quarantine.c.reason, quarantine.c.size, quarantine.c.content)
        return [tuple(r) for r in connection.execute(query)]


def told_of_strangers(desk: ApiDesk) -> int:
    with desk.service.read() as reader:
        return sum(a.kind == KIND for a in reader.stream(DESK).of(ALERTS).by_id.values())


def a_token(desk: ApiDesk, subject: str = XB, kind: str = "authority", **changes: object) -> dict[str, str]:
    access = desk.service.access
    settings: dict[str, object] = {
        "keys": access.secrets.token_keys,
        "audience": access.audience,
        "issuer": access.issuer,
        "now": desk.service.machine.now(),
        **changes,
    }
    made = tokens.issue(subject, kind, **settings)  # type: ignore[arg-type]
    with desk.service.database.write() as connection:
        tokens.keep(connection, made.claims)
    return {"Authorization": f"Bearer {made.token}"}


def test_without_a_token_nothing_answers_but_the_telephone_number(desk: ApiDesk) -> None:
    for path in (
        "/cases",
        "/rules?requesting=XB&requested=XA",
        "/ledger/checkpoint",
        "/duty",
        "/authorities",
    ):
        answer = desk.get(path, {})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["telephone"] == "+15550100"
        assert answer.json()["reason"] == "missing"


def test_a_token_that_does_not_count_is_401_with_its_reason(desk: ApiDesk) -> None:
    now = desk.service.machine.now()
    bad = {
        "expired": a_token(desk, now=now - timedelta(days=2), lifetime=timedelta(days=1)),
        "unreadable": {"Authorization": "Bearer nonsense"},
        "subject-disabled": a_token(desk, "nobody-xx"),
        "wrong-claims": a_token(desk, audience="cna"),
        "missing": {"Authorization": "Basic dXNlcjpwYXNz"},
    }
    for reason, headers in bad.items():
        answer = desk.get("/cases", headers)
        assert (answer.status_code, answer.json()["reason"]) == (401, reason)


def test_a_revoked_token_and_one_of_a_disabled_officer_do_not_count(desk: ApiDesk) -> None:
    who = a_token(desk, jti="revoked-one")
    with desk.service.database.write() as connection:
        store.revoke_token(connection, "revoked-one", desk.service.machine.now())
    assert desk.get("/cases", who).json()["reason"] == "revoked"


def test_the_use_of_a_token_is_noted(desk: ApiDesk) -> None:
    who = a_token(desk, jti="used-one")
    desk.get("/cases", who)
    with desk.service.database.read() as connection:
        kept = store.token_of(connection, "used-one")
    assert kept is not None and kept.last_used_at is not None


def test_a_submission_without_a_token_is_set_aside_unread_and_told_once(desk: ApiDesk) -> None:
    for reason, headers in (("missing", {}), ("unreadable", {"Authorization": "Bearer x"})):
        answer = desk.post("/submissions", headers, REQUEST)
        assert (answer.status_code, answer.json()["telephone"]) == (401, "+15550100")
        assert "case" not in answer.json()
        assert rows(desk)[-1][0] == reason
    assert desk.get("/cases", desk.officer()).json()["cases"] == []
    assert told_of_strangers(desk) == 1


def test_a_stranger_fills_no_disk(desk: ApiDesk) -> None:
    answer = desk.send(b"y" * 3_000_000, {})
    assert answer.status_code == 401
    ((_, size, content),) = rows(desk)
    assert len(content) == 64 * 1024 and size > 64 * 1024
    for _ in range(OF_ONE_SOURCE.count + 5):
        assert desk.send(b"z", {}).status_code == 401
    assert len(rows(desk)) <= OF_ONE_SOURCE.count
    assert sum(len(c) for _, _, c in rows(desk)) <= OF_ONE_SOURCE.size
    assert told_of_strangers(desk) == 1


def test_a_stranger_is_told_the_same_when_the_database_cannot_be_written(desk: ApiDesk) -> None:
    desk.make_read_only()
    assert desk.send(b"{}", {}).status_code == 401


def test_what_a_role_may_not_do_is_403(desk: ApiDesk) -> None:
    ref = desk.submitted()
    note = {"words": "seen"}
    assert desk.post(f"/cases/{ref}/notes", desk.officer("aud-1"), note).status_code == 403
    assert desk.post(f"/cases/{ref}/notes", desk.authority(), note).status_code == 403
    assert desk.get(f"/cases/{ref}", desk.officer("admin-1")).status_code == 403
    assert desk.get("/cases/X-2222-222", desk.officer("admin-1")).status_code == 403
    assert desk.get("/rules?requesting=XB&requested=XA", desk.authority()).status_code == 403
    assert desk.get("/ledger/checkpoint", desk.authority()).status_code == 403
    told = desk.post(f"/cases/{ref}/notes", desk.officer("aud-1"), note).json()
    assert told["type"] == "/problems/not-permitted"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/cases/{}"),
        ("get", "/cases/{}?seq=1"),
        ("get", "/cases/{}/entries"),
        ("get", "/cases/{}/documents/1.pdf"),
        ("get", "/cases/{}/attachments/0"),
        ("post", "/cases/{}/notes"),
        ("post", "/cases/{}/exchanges/1/answers"),
        ("post", "/cases/{}/exchanges/1/withdrawal"),
        ("post", "/cases/{}/exchanges/1/questions"),
    ],
)
def test_a_case_of_others_answers_the_same_bytes_as_one_that_does_not_exist(
    desk: ApiDesk, method: str, path: str
) -> None:
    theirs, who = desk.submitted(desk.authority(XB)), desk.authority(XC)
    answers = [
        desk.client.request(method, "/api/v1" + path.format(ref), headers=who, json={"words": "x"})
        if method == "post"
        else desk.client.get("/api/v1" + path.format(ref), headers=who)
        for ref in (theirs, "X-2222-222", "nonsense")
    ]
    assert {a.status_code for a in answers} == {404}
    assert len({a.content for a in answers}) == 1
    assert len({tuple(sorted(a.headers.items())) for a in answers}) == 1


def test_a_signed_in_officer_gets_a_token_of_fifteen_minutes(desk: ApiDesk) -> None:
    now = desk.service.machine.now()
    with desk.service.database.write() as connection:
        new = sessions.open_session(connection, "duty-1", address="127.0.0.1", now=now)
    name = sessions.cookie_name(is_exercise=True)
    cookie = {"Cookie": f"{name}={new.cookie}"}
    assert desk.post("/tokens", {}).status_code == 401
    foreign = desk.post("/tokens", {**cookie, "Origin": "https://elsewhere.example"})
    assert (foreign.status_code, foreign.json()["reason"]) == (403, "foreign-origin")
    answer = desk.post("/tokens", cookie)
    told = answer.json()
    assert (answer.status_code, told["token_type"], told["expires_in"]) == (201, "Bearer", 900)
    who = {"Authorization": f"Bearer {told['access_token']}"}
    assert desk.get("/cases", who).status_code == 200
