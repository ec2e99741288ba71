"""What the desk asks of a telephone company and of a mail server; the adapters beside this file answer for it.

A provider that has *accepted* something has promised nothing: only a person acknowledges (paging.md, "The
engine").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


class ChannelError(Exception):
    """A sending that did not work, or of which nobody knows whether it worked.

    ``permanent``: trying again on this channel cannot help; use the next contact at once.
    ``code``: stable, safe to log and count, and the key of :func:`cna_service.alerts.rules.verdict`.
    ``detail``: words for the officer, without telephone numbers or addresses.
    ``outcome_unknown``: the provider may have accepted it; look for it before sending it again.
    ``retry_after``: what the provider asked us to wait, if it did.
    """

    def __init__(
        self,
        permanent: bool,
        code: str,
        detail: str = "",
        *,
        outcome_unknown: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.permanent = permanent
        self.code = code
        self.detail = detail
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it: its name, its id for it (``SM…``, ``CA…``), its first status word."""

    provider: str
    sid: str
    status: str


@dataclass(frozen=True, slots=True)
class Report:
    """The provider's word on one sending when asked: its status and, where that is a failure, its error code."""

    status: str
    code: str | None = None


class Telephony(Protocol):
    """One telephone company. Every method may raise :class:`ChannelError`, except ``verify``."""

    @property
    def name(self) -> str:
        """Short and stable; stands in attempts and metrics."""
        ...

    def send_sms(self, *, to: str, text: str, callback_url: str, reference: str) -> Accepted:
        """``to`` in E.164. ``reference`` (the outbox row's UUID) comes back as ``sending`` in each callback."""
        ...

    def place_call(
        self,
        *,
        to: str,
        callback_url: str,
        reference: str,
        answer_url: str | None = None,
        twiml: str | None = None,
    ) -> Accepted:
        """Call, and say what ``answer_url`` serves once somebody picks up; or ``twiml``, where the provider
        cannot reach us. Exactly one of the two, else ValueError."""
        ...

    def fetch_status(self, sid: str) -> Report | None:
        """None if the provider does not know the sid."""
        ...

    def find_recent(self, *, to: str, containing: str, since: datetime) -> str | None:
        """The sid of the newest SMS to that number, made at or after ``since``, with ``containing`` in its text."""
        ...

    def find_recent_call(self, *, to: str, since: datetime) -> str | None:
        """The sid of the newest call of ours to that number, made at or after ``since``."""
        ...

    def account_is_active(self) -> bool:
        """False if the provider says that our account is suspended or closed (desk-rules 13.3)."""
        ...

    def verify(self, url: str, params: Mapping[str, str], signature: str | None) -> bool:
        """Is this callback the provider's own? ``url`` as the provider saw it, with its query."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent. ``case`` goes out as ``X-CNA-Case``; ``message_id`` (with angle brackets) is kept when
    the same sending is repeated, so that the receiver's mail system can tell a repetition."""

    to: tuple[str, ...]
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    case: str | None = None
    in_reply_to: str | None = None
    message_id: str | None = None


class MailOut(Protocol):
    def send(self, mail: Mail) -> str:
        """Hand the mail to the server; returns its Message-ID. Raises :class:`ChannelError`."""
        ...
