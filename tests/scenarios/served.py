"""An exercise as it is served, driven through HTTP alone, and judged by its exported log and the texts that left."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pypdf
import uvicorn

from cna_service.app import create_app
from cna_service.bootstrap import build
from cna_service.cli.main import main
from cna_service.kit.instants import from_text, to_text
from cna_service.settings import Settings
from tests.workflow.station import HandClock

BEGINS = datetime.fromisoformat("2026-11-21T14:03:00+00:00")
API = "/api/v1"


def seed(folder: Path) -> None:
    """What an exercise begins with, made once and copied for every script."""
    running = build(Settings(data=folder), exercise=True, clock=HandClock(BEGINS))
    running.start()
    running.stop()


@dataclass
class Exercise:
    client: httpx.Client
    data: Path
    begin: datetime
    is_spoilt: bool = False
    """A test changed stored bytes on purpose."""
    _tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    # --- who

    def officer(self, name: str) -> dict[str, str]:
        return self._token("officer", name)

    def authority(self, name: str) -> dict[str, str]:
        return self._token("authority", name)

    def _token(self, kind: str, name: str) -> dict[str, str]:
        if name not in self._tokens:
            made = self._post("/simulation/token", {kind: name})
            self._tokens[name] = {"Authorization": f"Bearer {made['access_token']}"}
        return self._tokens[name]

    # --- what is done

    def send(self, by: str, **submission: Any) -> Any:
        return self.post("/submissions", self.authority(by), submission)

    def act(self, who: str, path: str, **body: Any) -> Any:
        """A step by an officer: ``act("duty-1", f"/cases/{ref}/notes", words="…")``."""
        return self.post(path, self.officer(who), body)

    def post(self, path: str, who: Mapping[str, str], body: Any) -> Any:
        return self._post(f"{API}{path}", body, headers=dict(who))

    def _post(self, path: str, body: Any, **options: Any) -> Any:
        answer = self.client.post(path, json=body, **options)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def refused(self, who: Mapping[str, str], path: str, body: Any, status: int) -> Any:
        answer = self.client.post(f"{API}{path}", json=body, headers=dict(who))
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, who: Mapping[str, str] | None = None, **params: str) -> httpx.Response:
        answer = self.client.get(path, headers=dict(who or {}), params=params)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer

    # --- time

    def at(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> str:
        """Go to so long after the script's T+00:00."""
        target = self.begin + timedelta(days=days, hours=hours, minutes=minutes)
        for _ in range(20):
            answer = self._post("/simulation/clock", {"set": to_text(target)})
            if answer["settled"]:
                return to_text(target)
        raise AssertionError(answer)

    def goes(self, to: str) -> None:
        """Go to an instant of the calendar."""
        self.at(minutes=(from_text(to) - self.begin) / timedelta(minutes=1))

    def now(self) -> datetime:
        return from_text(self.get("/simulation/clock").json()["clock"])

    def instant(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> str:
        return to_text(self.begin + timedelta(days=days, hours=hours, minutes=minutes))

    # --- telephones

    def phone(self, owner: str) -> Any:
        return next(p for p in self.get("/simulation/phones").json() if p["owner"] == owner)

    def texts(self, owner: str) -> list[str]:
        return [s["text"] for s in self.phone(owner)["sms"] if s["direction"] == "to_phone"]

    def presses(self, owner: str, digits: str) -> None:
        phone = self.phone(owner)
        call = phone["calls"][-1]["id"]
        self._post(f"/simulation/phones/{quote(phone['number'])}/calls/{call}/press", {"digits": digits})
        self._post("/simulation/clock", {"advance_seconds": 0})

    def takes(self, owner: str) -> None:
        """Acknowledges the newest summons by SMS."""
        phone = self.phone(owner)
        codes = [c for s in phone["sms"] for c in re.findall(r"Reply 1 (\d{4})", s["text"])]
        self._post(f"/simulation/phones/{quote(phone['number'])}/sms", {"text": f"1 {codes[-1]}"})
        self._post("/simulation/clock", {"advance_seconds": 0})

    def take_alerts(self, ref: str, who: str) -> Any:
        """Takes every alert of the case that nobody holds; the case as it was before."""
        case = self.case(ref)
        for alert in case["alerts"]:
            if alert["is_open"] and alert["held_by"] is None:
                self.act(who, f"/alerts/{alert['alert']}/acknowledgement")
        return case

    def watches(self, ref: str, who: str, *, until: float | str) -> None:
        """Goes to that minute, or instant; the officer takes what rings as soon as it rings, says that he waits for
        their answer (desk-rules 3.1), and decides nothing."""
        target = from_text(until) if isinstance(until, str) else self.begin + timedelta(minutes=until)
        now = self.now()
        case = self.take_alerts(ref, who)
        while now < target:
            now = min([target, *self._waits(case, who, now), *_warnings(case, now)])
            self.at(minutes=(now - self.begin) / timedelta(minutes=1))
            case = self.take_alerts(ref, who)

    def _waits(self, case: Any, who: str, now: datetime) -> list[datetime]:
        """When the holder, who is awake, says so anew: shortly before he would be asked (half of what is left of the
        clock that ends first, never under three minutes)."""
        answered = {e["exchange"] for e in case["exchanges"] if e["answers"]}
        due = [
            from_text(c["due_at"])
            for c in case["clocks"]
            if c["state"] == "running"
            and c["due_at"]
            and c["kind"] != "own"
            and c["exchange"] not in answered
        ]
        if not due:
            return []
        until = now + (min(due) - now) / 2
        said = {"for": "their answer", "until": to_text(until)}
        answer = self.client.post(f"{API}/cases/{case['ref']}/waiting", json=said, headers=self.officer(who))
        assert answer.status_code in (201, 409), answer.text
        quiet = max(until, now + timedelta(minutes=3)) - timedelta(seconds=20)
        return [quiet] if answer.status_code == 201 else []

    def condition(self, condition: str, *owners: str) -> None:
        """What befalls everything sent to these people's telephones from now on."""
        for owner in owners:
            number = quote(self.phone(owner)["number"])
            self._post(f"/simulation/phones/{number}/condition", {"condition": condition})

    def plays(self, authority: str, behaviour: str, **more: Any) -> None:
        """From now on this partner behaves by itself."""
        self._post("/simulation/counterpart", {"authority": authority, "behaviour": behaviour, **more})

    # --- what stands

    def case(self, ref: str, **params: str) -> Any:
        return self.get(f"{API}/cases/{ref}", self.officer("aud-1"), **params).json()

    def seq(self, ref: str) -> int:
        return int(self.case(ref)["seq"])

    def entries(self, ref: str) -> list[dict[str, Any]]:
        return list(self.get(f"{API}/cases/{ref}/entries", self.officer("aud-1")).json())

    def of(self, ref: str, kind: str) -> list[dict[str, Any]]:
        return [e for e in self.entries(ref) if e["type"] == kind]

    def after(self, entry: Mapping[str, Any]) -> timedelta:
        """How long after T+00:00 an entry was recorded."""
        return from_text(entry["recorded_at"]) - self.begin

    def granted(self, ref: str) -> list[tuple[int, str]]:
        """Every measure that any entry of the case says is granted, with the number of the entry."""
        return [
            (e["seq"], item["measure"])
            for e in self.entries(ref)
            for item in e["body"].get("items", ())
            if str(item.get("value", "")).startswith("granted")
        ]

    def statistics(self, table: str) -> list[dict[str, str]]:
        """A table of the statistics as it is exported."""
        text = self.get(f"{API}/statistics", self.officer("aud-1"), format="csv", table=table).text
        return list(csv.DictReader(io.StringIO(text)))

    def closes(self, ref: str, who: str, **told: Any) -> None:
        """Closes the case; first whatever report is owed is made, what else is owed stands in the way."""
        for owed in self.case(ref)["reports_owed"]:
            if not owed.get("made"):
                report = {"owes": owed["report"], "channel": "mail", "sent_to": "the flag State"}
                self.act(who, f"/cases/{ref}/reports", **report, words="Reported.")
        self.act(who, f"/cases/{ref}/closure", seen=self.seq(ref), **told)

    def cna(self, *command: str) -> tuple[int, list[Any]]:
        """What the command line says of the desk while it runs: exit code, and what it found wrong."""
        with redirect_stdout(io.StringIO()) as said:
            code = main([*command, "--data", str(self.data), "--exercise", "--json"])
        told = json.loads(said.getvalue())
        return code, list(told.get("findings", told.get("differences", [])))

    def mails(self, to: str) -> list[dict[str, Any]]:
        return [m for m in self.get("/simulation/mail").json() if to in m["to"]]

    def document(self, ref: str, n: int = 1) -> str:
        """The words of a PDF of the case."""
        content = self.get(f"{API}/cases/{ref}/documents/{n}.pdf", self.officer("duty-1")).content
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def _warnings(case: Any, now: datetime) -> Iterator[datetime]:
    """When the clocks that run warn and run out."""
    for clock in case["clocks"]:
        if clock["state"] == "running" and clock["due_at"]:
            starts, due = from_text(clock["starts_at"]), from_text(clock["due_at"])
            marks = [starts + (due - starts) * n / 100 for n in (50, 75, 90, 100)]
            yield from (m for m in (*marks, due - timedelta(minutes=45)) if m > now)


@contextmanager
def served(data: Path) -> Iterator[Exercise]:
    """The exercise in ``data`` on a port of its own, its clock held at T+00:00."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        running = build(Settings(data=data, port=port), exercise=True)
        server = uvicorn.Server(uvicorn.Config(create_app(running), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.exercise.clock.hold()
        running.start()
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=70, trust_env=False) as client:
                clock = client.post("/simulation/clock", json={"hold": True}).json()
                yield Exercise(client, data, from_text(clock["clock"]))
        finally:
            server.should_exit = True
            thread.join()
            running.stop()


def copied(seeded: Path, to: Path) -> Path:
    shutil.copytree(seeded, to)
    return to
