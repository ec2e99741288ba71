"""A real desk without telephone company or mail: it starts, says so, and has none of an exercise's calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cna_service.app import create_app
from cna_service.bootstrap import build
from cna_service.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    running = build(Settings(data=tmp_path, telephone="+351210000000"))
    running.worker.beats.beat("tick")
    with TestClient(create_app(running), base_url="https://desk.test") as one:
        yield one
    running.service.database.close()


def test_it_is_ready_and_says_what_it_lacks(client: TestClient) -> None:
    told = client.get("/readyz").json()
    assert told["ready"] is True
    assert {"no-telephony", "no-mail", "no-officers"} <= {t["code"] for t in told["degraded"]}


def test_nothing_of_an_exercise_answers(client: TestClient) -> None:
    for method, path in (("GET", "/simulation"), ("POST", "/simulation/token"), ("GET", "/simulation/clock")):
        assert client.request(method, path).status_code == 404
    assert not any("simulation" in path for path in client.get("/api/v1/openapi.json").json()["paths"])


def test_no_callback_is_believed_without_a_telephone_company(client: TestClient) -> None:
    headers = {"X-Twilio-Signature": "anything"}
    answer = client.post("/callbacks/twilio/sms", data={"From": "+1", "Body": "1 0000"}, headers=headers)
    assert answer.status_code == 403


def test_strangers_are_given_the_desks_telephone(client: TestClient) -> None:
    answer = client.post("/api/v1/submissions", json={})
    assert (answer.status_code, answer.json()["telephone"]) == (401, "+351210000000")


def test_a_browser_is_led_to_the_console(client: TestClient) -> None:
    answer = client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
