"""An exercise as it is served: the application, the worker, the telephone company, moved by its clock."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from cna_service.app import create_app
from cna_service.bootstrap import Running, build
from cna_service.exercise.loopback import client_for
from cna_service.kit.instants import from_text, to_text
from cna_service.ledger.entry import Entry
from cna_service.ledger.store import read_entries
from cna_service.settings import Settings
from tests.exercise.telephony import Desk

SUBMISSION = {
    "requester_reference": "MRCC-77/26",
    "requested_state": "XA",
    "legal_basis": [{"text": "CETS 156 art. 6"}],
    "offences": ["narcotics"],
    "measures": ["confirm_registry", "board"],
    "vessels": [{"names": ["BAR TEST"], "flag_claimed": "XA"}],
}


@dataclass
class Exercise:
    running: Running
    client: httpx.Client

    def post(self, path: str, body: object, **options: Any) -> Any:
        answer = self.client.post(path, json=body, **options)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        answer = self.client.get(path)
        assert answer.is_success, answer.text
        return answer.json()

    def token(self, **whose: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.post('/simulation/token', whose)['access_token']}"}

    def receive(self) -> Any:
        return self.post("/api/v1/submissions", SUBMISSION, headers=self.token(authority="mrcc-xb"))

    def advance(self, seconds: float) -> str:
        answer = self.post("/simulation/clock", {"advance_seconds": seconds})
        assert answer["settled"], answer
        return str(answer["clock"])

    def phone(self, owner: str) -> Any:
        return next(p for p in self.get("/simulation/phones") if p["owner"] == owner)

    def entries(self, ref: str) -> tuple[Entry, ...]:
        with self.running.service.database.read() as connection:
            return read_entries(connection, self.running.service.desk.log_origin, f"case:{ref}").entries


@pytest.fixture
def exercise(tmp_path: Path) -> Iterator[Exercise]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        running = build(Settings(data=tmp_path, port=port), exercise=True)
        server = uvicorn.Server(uvicorn.Config(create_app(running), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        thread.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=70, trust_env=False) as client:
            one = Exercise(running, client)
            one.post("/simulation/clock", {"hold": True})
            yield one
        server.should_exit = True
        thread.join()
        running.stop()


def test_nobody_answers_and_each_rung_is_climbed_at_its_own_instant(exercise: Exercise) -> None:
    begin = from_text(exercise.get("/simulation/clock")["clock"])
    ref = exercise.receive()["case"]
    assert exercise.advance(660) == to_text(begin + timedelta(seconds=660))
    climbed = [e for e in exercise.entries(ref) if e.type == "rung.climbed"][:4]
    assert [(e.body["rung"], (e.recorded_at - begin).total_seconds()) for e in climbed] == [
        (1, 0),
        (2, 120),
        (3, 300),
        (4, 600),
    ]
    late = [e.body["late_by_seconds"] for e in exercise.entries(ref) if "late_by_seconds" in e.body]
    assert late
    assert set(late) == {0}
    called = {owner: len(exercise.phone(owner)["calls"]) for owner in ("duty-1", "duty-2", "sup-1")}
    assert called == {"duty-1": 1, "duty-2": 1, "sup-1": 1}


def test_case_time_can_be_set_and_nothing_on_the_way_is_late(exercise: Exercise) -> None:
    begin = from_text(exercise.get("/simulation/clock")["clock"])
    ref = exercise.receive()["case"]
    code = re.search(r"Reply 1 (\d{4})", exercise.phone("duty-1")["sms"][0]["text"])
    assert code is not None
    exercise.post("/simulation/phones/%2B15550100101/sms", {"text": f"1 {code[1]}"})
    exercise.advance(60)
    target = to_text(begin + timedelta(minutes=20))
    assert exercise.post("/simulation/clock", {"set": target})["clock"] == target
    assert {e.body.get("late_by_seconds", 0) for e in exercise.entries(ref)} == {0}


def test_rule_2_1_the_code_stands_on_the_officers_telephone_alone_and_works_from_there_alone(
    exercise: Exercise,
) -> None:
    received = exercise.receive()
    ref = received["case"]
    text = exercise.phone("duty-1")["sms"][0]["text"]
    code = re.search(r"Reply 1 (\d{4})", text)
    assert code is not None
    assert code[1] not in str(received["acknowledgement"])
    assert ref not in text
    exercise.post("/simulation/phones/%2B15550100104/sms", {"text": f"1 {code[1]}"})
    exercise.advance(0)
    assert not [e for e in exercise.entries(ref) if e.type == "alert.acknowledged"]
    exercise.post("/simulation/phones/%2B15550100101/sms", {"text": f"1 {code[1]}"})
    exercise.advance(0)
    taken = [e for e in exercise.entries(ref) if e.type == "alert.acknowledged"]
    assert [e.actor["id"] for e in taken] == ["duty-1"]
    assert exercise.phone("duty-1")["sms"][-1]["direction"] == "to_phone"


def test_a_key_in_a_call_acknowledges(exercise: Exercise) -> None:
    ref = exercise.receive()["case"]
    exercise.advance(120)
    call = exercise.phone("duty-1")["calls"][-1]
    assert "EXERCISE" in call["said"][0]
    path = f"/simulation/phones/%2B15550100101/calls/{call['id']}/press"
    pressed = exercise.post(path, {"digits": "1"})
    assert (pressed["pressed"], len(pressed["said"])) == (["1"], 2)
    # The deputy would have been called 300 s after the request.
    exercise.advance(190)
    entries = exercise.entries(ref)
    taken = next(e for e in entries if e.type == "alert.acknowledged")
    assert (taken.actor["id"], taken.body["by"]) == ("duty-1", "voice")
    climbed = [e for e in entries if e.type == "rung.climbed" and e.body["alert"] == taken.body["alert"]]
    assert [e.body["rung"] for e in climbed] == [1, 2]


def test_rule_15_1_everything_made_in_an_exercise_is_marked(exercise: Exercise) -> None:
    ref = exercise.receive()["case"]
    assert ref.startswith("X-")
    assert all(s["text"].startswith("EXERCISE") for s in exercise.phone("duty-1")["sms"])
    assert exercise.running.service.desk.log_origin.endswith("/exercise")


def test_a_provider_that_fails_is_tried_again_in_case_time(exercise: Exercise) -> None:
    exercise.post("/simulation/phones/%2B15550100101/condition", {"condition": "provider_500", "next": 1})
    exercise.receive()
    answer = exercise.post("/simulation/clock", {"advance_seconds": 60})
    assert answer["settled"]
    assert [s["status"] for s in exercise.phone("duty-1")["sms"]] == ["delivered"]


def test_callbacks_stay_on_this_machine_whatever_the_public_url(desk: Desk) -> None:
    headers = {"X-Twilio-Signature": "s", "I-Twilio-Idempotency-Token": "t"}
    with client_for("https://training.example.test", desk.base) as client:
        answer = client.post(
            "https://training.example.test/callbacks/twilio/status?sending=1",
            data={"A": "b"},
            headers=headers,
        )
    assert answer.status_code < 300
    assert [one.params for one in desk.at("/callbacks/twilio/status?sending=1")] == [{"A": "b"}]
