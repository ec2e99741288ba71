"""A whole exercise desk, driven through HTTP alone: application, worker, telephone company, a clock that is held.

A script says ``desk.at("03:20")`` and goes on; what came of it is read back from the exported log, the record as it
was known at any entry, the telephones, the mail and the documents.
"""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pypdf import PdfReader

from cna_service.app import create_app
from cna_service.bootstrap import Running, build
from cna_service.kit.instants import from_text, to_text
from cna_service.settings import Settings

API = "/api/v1"
NUMBERS = {
    "duty-1": "15550100101",
    "duty-2": "15550100102",
    "sup-1": "15550100103",
    "dec-1": "15550100104",
    "legal-1": "15550100105",
    "admin-1": "15550100108",
}
CODE = re.compile(r"Reply 1 (\d{4})")
GRANTS = frozenset({"granted", "granted_with_conditions"})

Entry = dict[str, Any]


@dataclass
class Desk:
    """``began`` is T+00:00 of the script."""

    running: Running
    client: httpx.Client
    data: Path
    began: datetime
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    # -- calls

    def who(self, name: str) -> dict[str, str]:
        """The headers of an officer or an authority of the exercise, by id."""
        if name not in self.tokens:
            kind = "officer" if name in NUMBERS or name in ("aud-1", "rec-1") else "authority"
            told = self.simulate("token", {kind: name})
            self.tokens[name] = {"Authorization": f"Bearer {told['access_token']}"}
        return self.tokens[name]

    def post(self, path: str, who: str, body: Any) -> Any:
        """A call that must be accepted; returns what it answers."""
        answer = self.tried(path, who, body)
        assert answer.status_code == 201, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def tried(self, path: str, who: str, body: Any) -> httpx.Response:
        return self.client.post(f"{API}{path}", headers=self.who(who), json=body)

    def get(self, path: str, who: str = "duty-1", **params: Any) -> Any:
        answer = self.client.get(f"{API}{path}", headers=self.who(who), params=params or None)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def simulate(self, path: str, body: Any = None) -> Any:
        """A call under ``/simulation``: with a body it is posted."""
        url = f"/simulation/{path}"
        answer = self.client.get(url) if body is None else self.client.post(url, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    # -- time

    def instant(self, since: str) -> datetime:
        """The instant of the script's ``hh:mm`` or ``hh:mm:ss`` after T+00:00."""
        hours, minutes, *seconds = map(int, since.split(":"))
        return self.began + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)

    def utc(self, since: str) -> str:
        return to_text(self.instant(since))

    def at(self, since: str, *, attended_by: str | None = None) -> None:
        """Move case time to ``T+since``. ``attended_by``: an officer who takes every summons within five minutes."""
        target = self.instant(since)
        now = self.now()
        while now < target:
            step = min(target, now + timedelta(minutes=5)) if attended_by else target
            now = self._move_to(step)
            if attended_by:
                self.take_all(attended_by)

    def now(self) -> datetime:
        return from_text(self.simulate("clock")["clock"])

    def _move_to(self, target: datetime) -> datetime:
        for _ in range(5):
            told = self.simulate("clock", {"set": to_text(target)})
            if told["settled"]:
                return from_text(told["clock"])
        raise AssertionError(told)

    # -- telephones

    def phone(self, owner: str) -> Any:
        return self.simulate(f"phones/%2B{NUMBERS[owner]}")

    def condition(self, condition: str, *owners: str) -> None:
        """``ok``, ``off``, ``voicemail``, … from now on."""
        for owner in owners:
            self.simulate(f"phones/%2B{NUMBERS[owner]}/condition", {"condition": condition})

    def take_all(self, officer: str) -> None:
        """Answer each text message of a summons that was not answered yet, with its code."""
        for sms in self.phone(officer)["sms"]:
            code = CODE.search(sms["text"])
            if code and sms["id"] not in self.answered:
                self.answered.add(sms["id"])
                self.simulate(f"phones/%2B{NUMBERS[officer]}/sms", {"text": f"1 {code[1]}"})

    # -- what came of it

    def entries(self, ref: str) -> list[Entry]:
        """The exported log of the case."""
        return list(self.get(f"/cases/{ref}/entries", "aud-1"))

    def record(self, ref: str, *, seq: int | None = None, who: str = "duty-1") -> Any:
        """The record, or as it was known up to entry ``seq``."""
        return self.get(f"/cases/{ref}", who, **({} if seq is None else {"seq": seq}))

    def mail(self, address: str) -> list[Any]:
        return [m for m in self.simulate("mail") if address in m["to"]]

    def pdf(self, ref: str, n: int) -> str:
        """The text of a document, its white space made one."""
        answer = self.client.get(f"{API}/cases/{ref}/documents/{n}.pdf", headers=self.who("duty-1"))
        assert answer.headers["content-type"] == "application/pdf"
        return flat("\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages))


def flat(text: str) -> str:
    """One line: documents break theirs where the page ends."""
    return " ".join(text.split())


def of(entries: list[Entry], *types: str) -> list[Entry]:
    return [e for e in entries if e["type"] in types]


def one(entries: list[Entry], entry_type: str, where: Callable[[Entry], bool] = lambda _: True) -> Entry:
    """The only entry of that type that fits."""
    found = [e for e in of(entries, entry_type) if where(e)]
    assert len(found) == 1, f"{len(found)} × {entry_type} in {[e['type'] for e in entries]}"
    return found[0]


def grants(entries: list[Entry]) -> list[tuple[int, str]]:
    """Every measure that any entry says is granted: seq and measure."""
    return [
        (e["seq"], item["measure"])
        for e in entries
        for item in e["body"].get("items", [])
        if item.get("value") in GRANTS
    ]


@contextmanager
def opened(data: Path) -> Iterator[Desk]:
    """The desk of a folder, served on a port of its own, its case clock held."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        running = build(Settings(data=data, port=port), exercise=True)
        server = uvicorn.Server(uvicorn.Config(create_app(running), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=70, trust_env=False) as client:
                held = client.post("/simulation/clock", json={"hold": True}).json()
                yield Desk(running, client, data, from_text(held["clock"]))
        finally:
            server.should_exit = True
            thread.join()
            running.stop()


def copied(seeded: Path, folder: Path) -> Path:
    return Path(shutil.copytree(seeded, folder / "desk"))
