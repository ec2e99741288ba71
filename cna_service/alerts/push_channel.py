"""Web push (RFC 8030, 8291, 8292): a summons on a browser that an officer has subscribed on that device.

The push service sees when and to which device, never what: the text is encrypted for the browser. A push is no
acknowledgement; tapping it opens the alert, after sign-in.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlsplit

from cna_service.alerts.http_out import HttpOut, failed, refused
from cna_service.alerts.ports import Accepted, Note
from cna_service.alerts.reach import Reach
from cna_service.kit.clock import Clock

KEPT_FOR = 300
"""Seconds that a push service keeps what it cannot hand over: an old summons is of no use."""

_TOKEN_LASTS = 3600
_GONE = (404, 410)
_OURS = (401, 403)


class PushOut:
    """:class:`~cna_service.alerts.ports.NoteOut` for web push. ``key``: the desk's VAPID key, PEM. ``about``: a mailto
    or https address for the push service's operator, should something go wrong."""

    def __init__(
        self, key: bytes, about: str, reach: Reach, clock: Clock, out: HttpOut | None = None
    ) -> None:
        self._key = key
        self._about = about
        self._reach = reach
        self._clock = clock
        self._out = out or HttpOut(clock)

    def send(self, to: str, note: Note) -> Accepted:
        subscription = read_subscription(to)
        if subscription is None:
            raise failed("push-unusable")
        endpoint = str(subscription["endpoint"])
        pinned = self._reach.pin(endpoint)
        headers = {
            **pinned.headers,
            **self._token(endpoint),
            "Content-Encoding": "aes128gcm",
            "TTL": str(KEPT_FOR),
            "Urgency": "high",
        }
        answer = self._out.ask(
            "POST",
            pinned.url,
            headers=headers,
            content=_encrypted(subscription, note),
            extensions=pinned.extensions,
        )
        if 200 <= answer.status < 300:
            return Accepted("push", note.reference, "sent")
        if answer.status in _GONE:
            raise failed("push-gone")
        raise failed("push-refused") if answer.status in _OURS else refused(answer)

    def close(self) -> None:
        self._out.close()

    def _token(self, endpoint: str) -> dict[str, str]:
        from py_vapid import Vapid02

        parts = urlsplit(endpoint)
        claims = {
            "sub": self._about,
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self._clock.now().timestamp()) + _TOKEN_LASTS,
        }
        made: dict[str, str] = Vapid02.from_pem(self._key).sign(claims)
        return {"Authorization": made["Authorization"]}


def read_subscription(told: str) -> dict[str, Any] | None:
    """What a browser's PushSubscription gives as JSON; None if it is not one that can be used."""
    try:
        found = json.loads(told)
        keys = found["keys"]
        point, secret = _bytes(keys["p256dh"]), _bytes(keys["auth"])
        endpoint = urlsplit(str(found["endpoint"]))
    except (ValueError, TypeError, KeyError):
        return None
    if len(point) != 65 or point[0] != 4 or len(secret) != 16 or not endpoint.hostname:
        return None
    return {"endpoint": found["endpoint"], "keys": {"p256dh": keys["p256dh"], "auth": keys["auth"]}}


def public_key(key: bytes) -> str:
    """What the browser subscribes with: the uncompressed point of the desk's VAPID key, base64url."""
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(key, password=None)
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode("ascii").rstrip("=")


def _encrypted(subscription: dict[str, Any], note: Note) -> bytes:
    from pywebpush import WebPusher

    told = {"title": note.title, "text": note.text, "link": note.link, "tag": note.alert or note.reference}
    try:
        made = WebPusher(subscription).encode(json.dumps(told).encode(), content_encoding="aes128gcm")
    except Exception as error:
        # A point that is on no curve fails in the library's own ways, none of them documented.
        raise failed("push-unusable") from error
    return bytes(made["body"])


def _bytes(told: object) -> bytes:
    text = str(told)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
