"""A summons to a machine: JSON by HTTPS, signed, to an address that an officer gave.

``X-CNA-Signature: t=<unix time>,v1=<hex>`` is HMAC-SHA256 over ``<unix time>.<body>`` with a secret of this address
alone, so that a receiver who learns it can forge nothing to another. The receiver refuses old times.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from cna_service.alerts.http_out import HttpOut, failed, refused
from cna_service.alerts.ports import Accepted, Note
from cna_service.alerts.reach import Reach
from cna_service.kit.clock import Clock

SIGNATURE = "X-CNA-Signature"
_GONE = (404, 410)


def secret_of(key: bytes, url: str) -> str:
    """The secret that the receiver at this address checks signatures with; shown to who gave the address."""
    return hmac.new(key, b"webhook\0" + url.encode(), hashlib.sha256).hexdigest()


def signature(secret: str, at: int, body: bytes) -> str:
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


class WebhookOut:
    """:class:`~cna_service.alerts.ports.NoteOut` for webhooks; safe to use from several threads."""

    def __init__(self, key: bytes, reach: Reach, clock: Clock, out: HttpOut | None = None) -> None:
        self._key = key
        self._reach = reach
        self._clock = clock
        self._out = out or HttpOut(clock)

    def send(self, to: str, note: Note) -> Accepted:
        """Any 2xx counts as taken; nothing in the answer is read, and nothing acknowledges by it."""
        pinned = self._reach.pin(to)
        at = int(self._clock.now().timestamp())
        told = {
            "v": 1,
            "id": note.reference,
            "alert": note.alert,
            "title": note.title,
            "text": note.text,
            "link": note.link,
            "sent_at": self._clock.now().isoformat().replace("+00:00", "Z"),
        }
        body = json.dumps(told, separators=(",", ":")).encode()
        headers = {
            **pinned.headers,
            "Content-Type": "application/json",
            "User-Agent": "cna-desk",
            SIGNATURE: signature(secret_of(self._key, to), at, body),
        }
        answer = self._out.ask(
            "POST", pinned.url, headers=headers, content=body, extensions=pinned.extensions
        )
        if 200 <= answer.status < 300:
            return Accepted("webhook", note.reference, "sent")
        if 300 <= answer.status < 400:
            raise failed("redirect-refused")
        raise failed("webhook-gone") if answer.status in _GONE else refused(answer)

    def close(self) -> None:
        self._out.close()
