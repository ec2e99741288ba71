"""The world outside the desk, kept in lists: telephones that somebody holds, and a mailbox."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cna_service.alerts.ports import Accepted, ChannelError, Mail, Report
from tests.workflow.station import HandClock

RINGS_FOR = timedelta(seconds=30)


@dataclass
class Message:
    """One SMS or one call to a phone. ``is_read``: a story said that it was expected."""

    kind: str
    at: datetime
    to: str
    text: str
    sid: str
    reference: str
    is_read: bool = False
    pressed: list[str] = field(default_factory=list)


@dataclass
class Phone:
    """``condition``: ok, undelivered (reported so), off (error 30003), wrong (21211), failing (20500), silent
    (no report ever)."""

    number: str
    condition: str = "ok"
    received: list[Message] = field(default_factory=list)

    @property
    def texts(self) -> list[Message]:
        return [m for m in self.received if m.kind == "sms"]

    @property
    def calls(self) -> list[Message]:
        return [m for m in self.received if m.kind == "call"]


_ERRORS = {"off": ("30003", True), "wrong": ("21211", True), "failing": ("20500", False)}


class Exchange:
    """A telephone company whose reports are handed to the desk by whoever drives it (``reports``)."""

    name = "recorder"
    has_voice = True
    takes_replies = True
    callbacks = "twilio"

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self._ids = itertools.count(1)
        self.phones: dict[str, Phone] = {}
        self.media: dict[str, tuple[str, bytes]] = {}
        """What the company holds until it is fetched."""
        self.media_errors: list[ChannelError] = []
        self.media_asked: list[str] = []
        self.reports: list[tuple[datetime, str, dict[str, str]]] = []
        """(when, our sending, parameters of the callback)"""

    def phone(self, number: str) -> Phone:
        return self.phones.setdefault(number, Phone(number))

    def send_sms(self, *, to: str, text: str, callback_url: str, reference: str) -> Accepted:
        message = self._take("sms", to, text, reference)
        condition = self.phone(to).condition
        if condition != "silent":
            status = {"MessageStatus": "undelivered" if condition == "undelivered" else "delivered"}
            code = {"ErrorCode": "30005"} if condition == "undelivered" else {}
            self._report(self._clock.now(), message, {"MessageSid": message.sid, **status, **code})
        return Accepted(self.name, message.sid, "queued")

    def place_call(
        self,
        *,
        to: str,
        callback_url: str,
        reference: str,
        answer_url: str | None = None,
        twiml: str | None = None,
    ) -> Accepted:
        message = self._take("call", to, "", reference)
        if self.phone(to).condition == "ok":
            told = {"CallSid": message.sid, "CallStatus": "no-answer"}
            self._report(self._clock.now() + RINGS_FOR, message, told)
        return Accepted(self.name, message.sid, "queued")

    def _take(self, kind: str, to: str, text: str, reference: str) -> Message:
        phone = self.phone(to)
        if phone.condition in _ERRORS:
            code, is_permanent = _ERRORS[phone.condition]
            raise ChannelError(is_permanent, code)
        sid = f"{'SM' if kind == 'sms' else 'CA'}{next(self._ids):032x}"
        message = Message(kind, self._clock.now(), to, text, sid, reference)
        phone.received.append(message)
        return message

    def _report(self, at: datetime, message: Message, params: dict[str, str]) -> None:
        self.reports.append((at, message.reference, params))

    def drop_report(self, message: Message) -> None:
        self.reports = [r for r in self.reports if r[1] != message.reference]

    def fetch_status(self, sid: str) -> Report | None:
        return None

    def find_recent(self, *, to: str, containing: str, since: datetime) -> str | None:
        found = [m for m in self.phone(to).texts if containing in m.text and m.at >= since]
        return found[-1].sid if found else None

    def find_recent_call(self, *, to: str, since: datetime) -> str | None:
        found = [m for m in self.phone(to).calls if m.at >= since]
        return found[-1].sid if found else None

    def account_is_active(self) -> bool:
        return True

    def fetch_media(self, sid: str, *, parent: str, is_small: bool, longest: int) -> tuple[str, bytes]:
        self.media_asked.append(sid)
        if self.media_errors:
            raise self.media_errors.pop(0)
        if sid not in self.media:
            raise ChannelError(True, "http-404")
        return self.media[sid]

    def remove_media(self, sid: str, *, parent: str) -> None:
        if self.media_errors:
            raise self.media_errors.pop(0)
        self.media.pop(sid, None)

    def verify(self, url: str, params: Mapping[str, str], signature: str | None) -> bool:
        return signature == "ours"

    def close(self) -> None:
        pass


class Postbox:
    """A mail server that keeps what it is given. ``error``: what it answers instead."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.error: ChannelError | None = None
        self.read: set[int] = set()

    def send(self, mail: Mail) -> str:
        if self.error is not None:
            raise self.error
        self.sent.append(mail)
        return mail.message_id or f"<{len(self.sent)}@postbox>"

    def to(self, address: str) -> list[Mail]:
        return [m for m in self.sent if address in m.to]


def facts(**told: Any) -> dict[str, Any]:
    return {k: v for k, v in told.items() if v is not None}
