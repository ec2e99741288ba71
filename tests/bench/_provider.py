"""A telephone company that costs next to nothing: it answers after so long, keeps what it took, and notes when it was
asked. One thread, one event loop; ``python -m tests.bench._provider --port N``.

Control, beside the provider's own paths: ``POST /order`` {"latency": s, "failing": bool, "receipts": bool},
``GET /arrivals``, ``POST /forget``. Instants are seconds of the machine's monotonic clock, the same in all processes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import secrets
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from cna_service.exercise.phone_company_courier import signature
from cna_service.kit.clock import SystemClock
from tests.faults import rig

CLOCK = SystemClock()
_SENDING = re.compile(r"[?&]sending=([^&#]+)")
RECEIPT_AFTER = 0.5


class Provider:
    def __init__(self) -> None:
        self.latency = 0.0
        self.failing = False
        self.receipts = True
        self.arrivals: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self._client = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=8))
        self._told: set[asyncio.Task[None]] = set()

    async def create(self, kind: str, form: dict[str, str]) -> tuple[int, Any]:
        found = _SENDING.search(form.get("StatusCallback", ""))
        arrival = {
            "at": CLOCK.monotonic(), "to": form.get("To", ""), "kind": kind, "sending": found[1] if found else "",
            "text": form.get("Body", ""), "taken": not self.failing,
        }  # fmt: skip
        self.arrivals.append(arrival)
        if self.failing:
            await asyncio.sleep(self.latency)
            return 500, {"code": 20500, "message": "Internal Server Error", "status": 500}
        made = {
            "sid": ("CA" if kind == "Calls" else "SM") + secrets.token_hex(16),
            "status": "queued",
            "to": form.get("To", ""),
            "from": form.get("From", ""),
            "body": form.get("Body", ""),
            "direction": "outbound-api",
            "date_created": format_datetime(CLOCK.now()),
        }
        self.taken.append(made)
        await asyncio.sleep(self.latency)
        if self.receipts and "StatusCallback" in form:
            self._tell(form["StatusCallback"].partition("#")[0], made, kind)
        return 201, made

    def listed(self, kind: str, query: dict[str, str]) -> dict[str, Any]:
        prefix = "CA" if kind == "Calls" else "SM"
        wanted = [
            m for m in self.taken if m["sid"].startswith(prefix) and m["to"] == query.get("To", m["to"])
        ]
        size = int(query.get("PageSize", 50))
        return {kind.lower(): wanted[::-1][:size], "page": 0, "page_size": size, "next_page_uri": None}

    def order(self, told: dict[str, Any]) -> None:
        self.latency = told.get("latency", self.latency)
        self.failing = told.get("failing", self.failing)
        self.receipts = told.get("receipts", self.receipts)

    def _tell(self, url: str, made: dict[str, Any], kind: str) -> None:
        task = asyncio.create_task(self._receipt(url, made, kind))
        self._told.add(task)
        task.add_done_callback(self._told.discard)

    async def _receipt(self, url: str, made: dict[str, Any], kind: str) -> None:
        await asyncio.sleep(RECEIPT_AFTER)
        is_call = kind == "Calls"
        params = {
            "CallSid" if is_call else "MessageSid": made["sid"],
            "CallStatus" if is_call else "MessageStatus": "no-answer" if is_call else "delivered",
        }
        headers = {
            "X-Twilio-Signature": signature(rig.TOKEN, url, params),
            "I-Twilio-Idempotency-Token": secrets.token_hex(8),
        }
        try:
            await self._client.post(url, data=params, headers=headers, timeout=30)
        except httpx.TransportError:
            return


async def _one(provider: Provider, verb: str, target: str, body: bytes) -> tuple[int, Any]:
    parts = urlsplit(target)
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    kind = "Calls" if "/Calls" in parts.path else "Messages"
    match verb, parts.path:
        case "GET", "/arrivals":
            return 200, provider.arrivals
        case "POST", "/order":
            provider.order(json.loads(body))
            return 200, {}
        case "POST", "/forget":
            provider.arrivals.clear()
            return 200, {}
        case "POST", _:
            return await provider.create(kind, form)
        case _:
            return 200, provider.listed(kind, query)


async def _serve(provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"(?i)content-length: *(\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            verb, target, _ = head.split(" ", 2)
            status, told = await _one(provider, verb, target, body)
            data = json.dumps(told).encode()
            writer.write(
                f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(data)}\r\n\r\n".encode()
                + data
            )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _run(port: int) -> None:
    provider = Provider()
    server = await asyncio.start_server(
        lambda reader, writer: _serve(provider, reader, writer), "127.0.0.1", port, backlog=512
    )
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(_run(parser.parse_args().port))


if __name__ == "__main__":
    main()
