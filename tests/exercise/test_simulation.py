from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cna_service.alerts.ports import Attachment, Mail
from cna_service.api import problems
from cna_service.bootstrap import Running, build
from cna_service.exercise import store
from cna_service.exercise.clock import ClockState
from cna_service.exercise.simulation import create_simulation
from cna_service.identity import tokens
from cna_service.kit.instants import from_text, to_text
from cna_service.settings import Settings

DUTY = "/simulation/phones/%2B15550100101"


@pytest.fixture(scope="module")
def seeded_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an exercise that was seeded and stopped; tests copy it."""
    folder = tmp_path_factory.mktemp("exercise")
    one = build(Settings(data=folder, port=9), exercise=True)
    one.start()
    one.stop()
    return folder


@pytest.fixture
def data(seeded_data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(seeded_data, tmp_path / "data"))


@contextmanager
def an_exercise(data: Path, **settings: Any) -> Iterator[Running]:
    # Port 9 answers nobody: callbacks are tried and given up.
    one = build(Settings(data=data, port=9, **settings), exercise=True)
    one.start()
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture
def running(data: Path) -> Iterator[Running]:
    with an_exercise(data) as one:
        yield one


def app_of(running: Running) -> FastAPI:
    app = FastAPI()
    problems.install(app, "")
    app.include_router(create_simulation(running.exercise))
    return app


def a_client(running: Running, **options: Any) -> TestClient:
    at = {"base_url": "http://127.0.0.1:8001", "client": ("127.0.0.1", 50000)}
    return TestClient(app_of(running), **{**at, **options})


@pytest.fixture
def client(running: Running) -> Iterator[TestClient]:
    with a_client(running) as one:
        assert one.post("/simulation/clock", json={"hold": True}).json()["settled"]
        yield one


def test_what_is_seeded_is_said_in_the_fixed_shape(client: TestClient) -> None:
    told = client.get("/simulation").json()
    assert list(told) == ["clock", "officers", "authorities", "roster", "ladder", "register"]
    assert next(o for o in told["officers"] if o["id"] == "duty-1") == {
        "id": "duty-1",
        "name": "EXERCISE Lieutenant Ana Reyes",
        "role": "duty_officer",
        "phone": "+15550100101",
        "email": "duty-1@example.test",
    }
    partner = next(a for a in told["authorities"] if a["id"] == "mrcc-xb")
    assert partner["state"] == "XB"
    assert {"submission.receive", "case.read", "answer.give"} <= set(partner["scopes"])
    assert "decision.record" not in partner["scopes"]
    on_watch = {r["as"]: r["officer"] for r in told["roster"]}
    assert on_watch == {"duty_officer": "duty-1", "deputy": "duty-2", "supervisor": "sup-1"}
    assert all(from_text(r["from"]) <= from_text(told["clock"]) < from_text(r["to"]) for r in told["roster"])
    assert told["ladder"] == [
        {"rung": 1, "after_seconds": 0, "who": "duty_officer", "channels": ["sms"]},
        {"rung": 2, "after_seconds": 120, "who": "duty_officer", "channels": ["voice"]},
        {"rung": 3, "after_seconds": 300, "who": "deputy", "channels": ["sms", "voice"]},
        {"rung": 4, "after_seconds": 600, "who": "supervisor", "channels": ["sms", "voice"]},
    ]
    assert told["register"] == {"vessels": 3000}


@pytest.mark.parametrize(("asked", "kind"), [("officer", "officer"), ("authority", "authority")])
def test_a_token_is_the_desks_own_and_kept(
    client: TestClient, running: Running, asked: str, kind: str
) -> None:
    subject = {"officer": "duty-1", "authority": "mrcc-xb"}[asked]
    told = client.post("/simulation/token", json={asked: subject}).json()
    assert told["token_type"] == "Bearer"
    assert set(told) == {"access_token", "token_type"}
    access, now = running.service.access, running.service.machine.now()
    keys = access.secrets.token_keys.public
    claims = tokens.read(told["access_token"], keys, audience=access.audience, issuer=access.issuer, now=now)
    assert (claims.subject, claims.kind) == (subject, kind)
    with running.service.database.read() as connection:
        assert tokens.check_kept(connection, claims, is_enabled=True).jti == claims.jti


def test_nobody_gets_a_token_who_is_not_there(client: TestClient) -> None:
    for body in ({"officer": "nobody"}, {"authority": "nobody"}):
        answer = client.post("/simulation/token", json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    both = client.post("/simulation/token", json={"officer": "duty-1", "authority": "mrcc-xb"})
    neither = client.post("/simulation/token", json={})
    assert {both.status_code, neither.status_code} == {422}
    assert neither.json()["problems"][0]["pointer"] == "/officer"


def test_rule_15_4_the_clock_is_held_moved_set_and_run_at_a_multiple(client: TestClient) -> None:
    first = client.get("/simulation/clock").json()
    assert (first["held"], first["settled"], first["waiting_for"]) == (True, True, [])
    assert client.get("/simulation/clock").json()["clock"] == first["clock"]
    begin = from_text(first["clock"])
    moved = client.post("/simulation/clock", json={"advance_seconds": 90}).json()
    assert moved["clock"] == to_text(begin + timedelta(seconds=90))
    target = to_text(begin + timedelta(hours=2))
    assert client.post("/simulation/clock", json={"set": target}).json()["clock"] == target
    runs = client.post("/simulation/clock", json={"rate": 100}).json()
    assert (runs["held"], runs["rate"]) == (False, 100)
    held = client.post("/simulation/clock", json={"hold": True}).json()
    assert held["held"]
    assert held["clock"] > target
    released = client.post("/simulation/clock", json={"hold": False}).json()
    assert (released["held"], released["rate"]) == (False, 100)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/hold"),
        ({"hold": "yes"}, "/hold"),
        ({"advance_seconds": -1}, "/advance_seconds"),
        ({"advance_seconds": "60"}, "/advance_seconds"),
        ({"rate": 0}, "/rate"),
        ({"rate": True}, "/rate"),
        ({"set": "21 November"}, "/set"),
        ({"set": "2026-11-21T14:00:00"}, "/set"),
        ({"set": "2126-11-21T14:00:00Z", "advance_seconds": 1}, "/set"),
        ({"advance": 60}, "/advance"),
        ([1], ""),
    ],
)
def test_an_order_that_cannot_be_read_names_its_field(client: TestClient, body: object, pointer: str) -> None:
    before = client.get("/simulation/clock").json()
    answer = client.post("/simulation/clock", json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["pointer"] == pointer
    assert answer.json()["problems"][0]["fix"]
    assert client.get("/simulation/clock").json() == before


def test_broken_json_is_refused_in_words(client: TestClient) -> None:
    answer = client.post("/simulation/clock", content=b'{"hold": tru')
    assert answer.status_code == 422
    assert "no JSON object" in answer.json()["detail"]


def test_the_clock_is_never_set_back_and_a_refused_call_changes_nothing(client: TestClient) -> None:
    before = client.get("/simulation/clock").json()
    past = to_text(from_text(before["clock"]) - timedelta(seconds=1))
    answer = client.post("/simulation/clock", json={"set": past, "hold": False, "rate": 3})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/case-time-back")
    assert client.get("/simulation/clock").json() == before


def test_every_officer_has_a_telephone_and_its_owner_can_write(client: TestClient) -> None:
    phones = {p["owner"]: p for p in client.get("/simulation/phones").json()}
    assert set(phones) == {"duty-1", "duty-2", "sup-1", "dec-1", "legal-1", "rec-1", "aud-1", "admin-1"}
    assert phones["duty-1"] == {
        "number": "+15550100101",
        "owner": "duty-1",
        "condition": "ok",
        "sms": [],
        "calls": [],
    }
    sent = client.post(f"{DUTY}/sms", json={"text": "1 4827"}).json()
    assert (sent["direction"], sent["text"]) == ("from_phone", "1 4827")
    for path in (DUTY, "/simulation/phones/+15550100101", "/simulation/phones/15550100101"):
        assert client.get(path).json()["sms"][0]["id"] == sent["id"]


def test_a_telephone_can_be_put_into_a_condition(client: TestClient) -> None:
    told = client.post(f"{DUTY}/condition", json={"condition": "busy", "next": 2, "delay_seconds": 3}).json()
    assert told["condition"] == "busy"
    assert client.post(f"{DUTY}/condition", json={"condition": "ok"}).json()["condition"] == "ok"
    wrong = client.post(f"{DUTY}/condition", json={"condition": "asleep", "next": 0, "delay_seconds": -1})
    assert wrong.status_code == 422
    assert [p["pointer"] for p in wrong.json()["problems"]] == ["/condition", "/next", "/delay_seconds"]


def test_an_unknown_telephone_or_call_is_not_found(client: TestClient) -> None:
    for method, path, body in (
        ("GET", "/simulation/phones/%2B19999999", None),
        ("POST", "/simulation/phones/%2B19999999/sms", {"text": "ok"}),
        ("POST", "/simulation/phones/%2B19999999/condition", {"condition": "ok"}),
        ("POST", f"{DUTY}/calls/CA1/press", {"digits": "1"}),
    ):
        answer = client.request(method, path, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_what_is_no_text_and_no_key_is_refused(client: TestClient) -> None:
    assert client.post(f"{DUTY}/sms", json={"text": 1}).json()["problems"][0]["pointer"] == "/text"
    answer = client.post(f"{DUTY}/calls/CA1/press", json={"digits": "x"})
    assert answer.json()["problems"][0]["pointer"] == "/digits"


def test_mail_of_the_desk_is_shown(client: TestClient, running: Running) -> None:
    mail = Mail(
        ("ops@example.test",), "EXERCISE answer", "text", (Attachment("a.pdf", "application/pdf", b"x"),)
    )
    running.outside.mail.send(mail)  # type: ignore[union-attr]
    told = client.get("/simulation/mail").json()
    assert [(m["to"], m["subject"], m["attachments"][0]["name"]) for m in told] == [
        (["ops@example.test"], "EXERCISE answer", "a.pdf")
    ]


@pytest.mark.parametrize("path", ["/simulation/mail"])
def test_what_this_version_lacks_says_so(client: TestClient, path: str) -> None:
    answer = client.post(path, json={"authority": "mrcc-xb"})
    assert (answer.status_code, answer.headers["content-type"]) == (501, "application/problem+json")
    assert "not in this version" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ({"client": ("192.0.2.7", 50000)}, {}),
        ({"client": ("::ffff:192.0.2.7", 50000)}, {}),
        ({"base_url": "http://desk.example.test"}, {}),
        ({}, {"X-Forwarded-For": "127.0.0.1"}),
        ({}, {"Origin": "https://elsewhere.example"}),
        ({}, {"Origin": "null"}),
    ],
)
def test_rule_15_1_simulation_answers_on_loopback_only(
    running: Running, options: dict[str, Any], headers: dict[str, str]
) -> None:
    with a_client(running, **options) as client:
        for path in ("/simulation", "/simulation/clock", "/simulation/phones", "/simulation/mail"):
            answer = client.get(path, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/simulation-closed")
        assert (
            client.post("/simulation/token", json={"officer": "duty-1"}, headers=headers).status_code == 403
        )


def test_rule_15_1_a_setting_opens_simulation_but_not_to_other_sites_pages(data: Path) -> None:
    elsewhere = {"client": ("192.0.2.7", 50000), "base_url": "http://desk.example.test"}
    with an_exercise(data, simulation_open=True) as one, a_client(one, **elsewhere) as client:
        assert client.get("/simulation").status_code == 200
        foreign = client.get("/simulation", headers={"Origin": "https://elsewhere.example"})
        assert foreign.status_code == 403
        own = client.get("/simulation", headers={"Origin": "http://desk.example.test"})
        assert own.status_code == 200


def test_the_clock_goes_on_after_a_restart_from_where_it_stood(data: Path) -> None:
    with an_exercise(data) as one, a_client(one) as client:
        client.post("/simulation/clock", json={"hold": True})
        stood = client.post("/simulation/clock", json={"advance_seconds": 86_400}).json()["clock"]
    with an_exercise(data) as one, a_client(one) as client:
        again = client.get("/simulation/clock").json()
        assert (again["clock"], again["held"]) == (stood, True)


def test_an_exercise_that_was_killed_never_goes_back_behind_its_entries(data: Path) -> None:
    with an_exercise(data) as one:
        database, machine = one.service.database, one.service.machine
        with database.read() as connection:
            newest = store.newest_entry_at(connection)
        assert newest is not None
    with_older_row = ClockState(newest - timedelta(hours=1), is_held=True)
    with database.write() as connection:
        store.keep_clock(connection, with_older_row, machine.now())
    database.close()
    with an_exercise(data) as one:
        assert one.service.clock.now() == newest
