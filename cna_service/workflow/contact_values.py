"""What somebody typed as a contact: read by its kind, refused where nothing could ever be sent there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from cna_service.identity.numbers import LANDLINE, NoNumber, read_number
from cna_service.workflow.asked import Asked

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Value:
    """``kind``: as it is kept; a number that is a landline is kept as one. ``doubts``: sentences for who typed it."""

    kind: str
    text: str
    doubts: tuple[str, ...] = ()


def read_value(asked: Asked, field: str, kind: str, region: str) -> Value | None:
    """The value of a field, or None after its fault was noted in ``asked``. ``region``: the desk's State, for
    numbers without the country's."""
    told = asked.raw(field)
    if kind == "push" and isinstance(told, dict):
        told = json.dumps(told, sort_keys=True, separators=(",", ":"))
    if not isinstance(told, str) or not told.strip():
        asked.wrong(field, None, "is missing", _FIXES.get(kind, "write the number or address"))
        return None
    text = told.strip()
    if len(text) > LONGEST:
        asked.wrong(field, f"{len(text)} characters", f"is longer than {LONGEST}", "shorten it")
        return None
    if kind in ("number", "landline"):
        return _number(asked, field, kind, text, region)
    why = _CHECKS[kind](text) if kind in _CHECKS else None
    if why is not None:
        asked.wrong(field, text[:80], why, _FIXES[kind])
        return None
    return Value(kind, text)


def _number(asked: Asked, field: str, kind: str, text: str, region: str) -> Value | None:
    try:
        number = read_number(text, region)
    except NoNumber as error:
        asked.wrong(field, text[:40], str(error), "look at it again")
        return None
    is_landline = kind == LANDLINE or not number.takes_sms
    return Value(LANDLINE if is_landline else "number", number.e164, number.doubts)


def _mail_fault(text: str) -> str | None:
    is_right = text.count("@") == 1 and not any(c.isspace() for c in text) and text[0] != "@" != text[-1]
    return None if is_right and len(text) <= 254 else "is no mail address"


def _webhook_fault(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return "is no web address"
    return None if parts.scheme == "https" and host and not parts.username else "is no https address"


def _chat_fault(text: str) -> str | None:
    scheme, found, rest = text.partition("://")
    return None if found and scheme.isascii() and scheme.isalnum() and rest else "is no address of a chat"


def _push_fault(text: str) -> str | None:
    try:
        told = json.loads(text)
    except ValueError:
        return "is no subscription"
    keys = told.get("keys") if isinstance(told, dict) else None
    has_all = isinstance(keys, dict) and keys.get("p256dh") and keys.get("auth")
    is_right = has_all and str(told.get("endpoint", "")).startswith("https://")
    return None if is_right else "is no subscription"


_CHECKS = {"email": _mail_fault, "webhook": _webhook_fault, "chat": _chat_fault, "push": _push_fault}
_FIXES = {
    "number": "write the number with its country, such as +351912345678",
    "email": "write an address, such as duty@example.test",
    "webhook": "write an address that begins with https:// and holds no password",
    "chat": "write it as apprise reads it, such as tgram://token/chat",
    "push": "send the subscription as the browser gives it: endpoint, keys.p256dh, keys.auth",
}
