"""A desk whose telephone company is an SMS gateway: built from settings, called back over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cna_service.app import create_app
from cna_service.bootstrap import Running, build
from cna_service.db import outbox
from cna_service.db.outbox import Sending
from cna_service.identity.actors import SERVICE
from cna_service.kit.clock import SystemClock
from cna_service.kit.ids import uuid7
from cna_service.settings import Settings
from cna_service.workflow import deliver
from cna_service.workflow.officers import add_officer
from cna_service.workflow.projections import DESK
from tests.alerts.servers import Answering, Gateway, answering

NODE = "test-node"
CLOCK = SystemClock()


@pytest.fixture
def place() -> Iterator[Answering]:
    with answering() as one:
        one.usual = (200, b'{"message": {"id": "m-1", "state": "accepted"}}')
        yield one


@pytest.fixture
def running(place: Answering, tmp_path: Path) -> Iterator[Running]:
    file = tmp_path / "gateway.toml"
    file.write_text(Gateway(place).file())
    settings = Settings(
        data=tmp_path / "desk",
        public_url="https://desk.example.test",
        telephony="gateway",
        gateway=file,
        gateway_token="gateway-token",
        gateway_secret="new-secret",
        gateway_secret_old="old-secret",
    )
    made = build(settings)
    yield made
    made.outside.close()
    made.service.database.close()


@pytest.fixture
def client(running: Running) -> TestClient:
    return TestClient(create_app(running), base_url="https://desk.example.test")


def calls_back(client: TestClient, path: str, told: object, secret: str = "new-secret") -> int:
    body = json.dumps(told).encode()
    stamp = str(int(CLOCK.now().timestamp()))
    made = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Signature": made, "X-Timestamp": stamp, "Content-Type": "application/json"}
    return client.post(f"/callbacks/gateway/{path}", content=body, headers=headers).status_code


def sent(running: Running) -> str:
    """An SMS that the gateway took; returns the outbox row's id."""
    service = running.service
    row_id = uuid7(CLOCK.now())
    content = {"purpose": "echo", "text": "hello"}
    row = Sending(row_id, DESK, f"t:{row_id}", "sms", "+15550111", content)
    with service.database.write() as connection:
        outbox.ask(connection, [row], CLOCK.now())
    for claimed in deliver.claim(service, NODE, 8):
        deliver.send(service, running.outside, claimed, NODE)
    return row_id


def state(running: Running, row_id: str) -> str:
    with running.service.database.read() as connection:
        row = outbox.row(connection, row_id)
    assert row is not None
    return str(row["state"])


def test_a_gateway_reports_with_its_proof_and_not_without(client: TestClient, running: Running) -> None:
    row_id = sent(running)
    assert state(running, row_id) == outbox.ACCEPTED
    told = {"message": {"id": "m-1", "state": "arrived"}}
    assert calls_back(client, "status", told, "somebody's") == 403
    assert client.post("/callbacks/gateway/status", json=told).status_code == 403
    assert state(running, row_id) == outbox.ACCEPTED
    assert calls_back(client, "status", told, "old-secret") == 200
    assert state(running, row_id) == outbox.DELIVERED
    # Late, again, about nothing we know, in words that we do not know: 200, and nothing moves.
    for late in (
        told,
        {"message": {"id": "m-1", "state": "dead"}},
        {"message": {"id": "m-9", "state": "arrived"}},
        [1],
    ):
        assert calls_back(client, f"status?sending={row_id}", late) == 200
    assert state(running, row_id) == outbox.DELIVERED


def test_an_unknown_outcome_is_settled_by_the_callback_that_names_our_sending(
    client: TestClient, running: Running, place: Answering
) -> None:
    place.script.append((500, b""))
    row_id = sent(running)
    assert state(running, row_id) == outbox.UNKNOWN
    assert (
        calls_back(client, f"status?sending={row_id}", {"message": {"id": "m-7", "state": "arrived"}}) == 200
    )
    assert state(running, row_id) == outbox.DELIVERED


def test_a_message_that_comes_in_by_a_gateway_is_taken_once(client: TestClient, running: Running) -> None:
    body = {
        "officer": "duty-1",
        "name": "A",
        "post": "B",
        "office": "C",
        "role": "duty_officer",
        "phone": "+15550111",
        "email": "a@example.test",
    }
    add_officer(running.service, SERVICE, body)
    told = {"message": {"id": "in-1", "from": "+15550111", "text": "1 4827"}}
    assert calls_back(client, "sms", told, "somebody's") == 403
    assert [calls_back(client, "sms", told) for _ in range(2)] == [200, 200]
    with running.service.database.read() as connection:
        rows = connection.execute(outbox.outbox.select().where(outbox.outbox.c.channel == "sms")).all()
    # Answered once: nothing is open for that number.
    assert len(rows) == 1 and "nothing is open" in rows[0].content["text"].lower()


def test_a_message_in_a_shape_that_nobody_described_is_kept(client: TestClient, running: Running) -> None:
    assert calls_back(client, "sms", {"surprise": "vessel aground"}) == 200
    with running.service.database.read() as connection:
        kept = connection.execute(outbox.provider_event.select()).all()
    assert any("vessel aground" in str(row.content) for row in kept)
