"""One desk as its callers know it: tokens, requests, and the entries that came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event

from cna_service.app import create_app
from cna_service.bootstrap import Running, build
from cna_service.exercise.simulation import issued
from cna_service.settings import Settings
from cna_service.workflow.fire import fire_due

XB, XC = "mrcc-xb", "cna-xc"
API = "/api/v1"

REQUEST: Mapping[str, Any] = {
    "requester_reference": "MRCC-77/26",
    "requested_state": "XA",
    "legal_basis": [{"text": "CETS 156 art. 6"}],
    "offences": ["narcotics"],
    "measures": ["confirm_registry", "board"],
    "vessels": [{"names": ["BAR TEST"], "flag_claimed": "XA", "imo": "3000001"}],
    "grounds": "packages thrown overboard",
}


@dataclass
class ApiDesk:
    running: Running
    client: TestClient

    @property
    def service(self) -> Any:
        return self.running.service

    def token(self, **whose: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {issued(self.service, whose)['access_token']}"}

    def officer(self, name: str = "duty-1") -> dict[str, str]:
        return self.token(officer=name)

    def authority(self, name: str = XB) -> dict[str, str]:
        return self.token(authority=name)

    def get(self, path: str, who: Mapping[str, str], **params: Any) -> Response:
        return self.client.get(f"{API}{path}", headers=dict(who), params=params or None)

    def post(self, path: str, who: Mapping[str, str], body: Any = None, **headers: str) -> Response:
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.client.post(f"{API}{path}", headers={**who, **named}, json=body)

    def send(self, content: bytes, who: Mapping[str, str], **headers: str) -> Response:
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.client.post(f"{API}/submissions", headers={**who, **named}, content=content)

    def submitted(self, who: Mapping[str, str] | None = None, **fields: Any) -> str:
        """The reference of a new case that an authority's submission opened."""
        answer = self.post("/submissions", who or self.authority(), {**REQUEST, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["case"])

    def seq(self, ref: str) -> int:
        return int(self.get(f"/cases/{ref}", self.officer("aud-1")).json()["seq"])

    def entries(self, ref: str) -> list[dict[str, Any]]:
        return list(self.get(f"/cases/{ref}/entries", self.officer("aud-1")).json())

    def types(self, ref: str) -> list[str]:
        return [e["type"] for e in self.entries(ref)]

    def make_read_only(self) -> None:
        """Every connection refuses to write from here on, as on a disk that was mounted read-only."""
        self._with("query_only=ON")

    def be_quick(self) -> None:
        """Wait for no disk."""
        self._with("synchronous=OFF")

    def _with(self, pragma: str) -> None:
        engine = self.service.database.engine
        event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA {pragma}"))
        engine.dispose()

    def let_pass(self, **time: float) -> None:
        """Move case time, and fire what fell due."""
        self.running.exercise.clock.move_to(self.service.clock.now() + timedelta(**time))
        for _ in range(50):
            if fire_due(self.service) == 0:
                return


@contextmanager
def opened(data: Path) -> Iterator[ApiDesk]:
    running = build(Settings(data=data, port=9), exercise=True)
    running.exercise.clock.hold()
    try:
        # A cookie marked Secure is sent over https only.
        with TestClient(create_app(running), base_url="https://desk.test") as client:
            yield ApiDesk(running, client)
    finally:
        running.exercise.stop()
        running.service.database.close()
