"""What the desk asks of a telephone company and of a mail server; the adapters beside this file answer for it.

A provider that has *accepted* something has promised nothing: only a person acknowledges (paging.md, "The
engine").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol, runtime_checkable


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
    """One telephone company. Every method may raise :class:`ChannelError`, except ``verify``.

    A line that cannot call has ``has_voice`` False, one that brings no replies back ``takes_replies`` False: who sends
    by it says so, and sends an SMS in place of a call. ``callbacks``: below ``/callbacks/``, where it reports; empty
    where the desk looks for itself."""

    @property
    def name(self) -> str:
        """Short and stable; stands in attempts and metrics."""
        ...

    @property
    def has_voice(self) -> bool: ...

    @property
    def takes_replies(self) -> bool: ...

    @property
    def callbacks(self) -> str: ...

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
class NumberFacts:
    """One number of ours as the provider has it. ``expires_at``: until when it is paid for, where that is known."""

    number: str
    has_sms: bool = True
    has_voice: bool = True
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a provider says of our account. ``balance`` and ``numbers``: None where it says nothing of them.
    ``troubles``: what it says by itself that is wrong, in codes of :mod:`cna_service.alerts.provider_rules`.
    ``is_proof``: False where asking proves nothing, because the line has no way to say how it is."""

    is_active: bool
    balance: Decimal | None = None
    currency: str | None = None
    numbers: tuple[NumberFacts, ...] | None = None
    troubles: tuple[str, ...] = ()
    is_proof: bool = True


@runtime_checkable
class TellsAccount(Protocol):
    """A line whose account can be read (desk-rules 13.3)."""

    def account(self, *, full: bool = True) -> AccountFacts:
        """How the account is; its balance and numbers only with ``full``. Raises :class:`ChannelError`."""
        ...


@runtime_checkable
class HoldsMedia(Protocol):
    """A line that keeps recordings and pictures of ours until they are fetched (desk-rules 8.4)."""

    @property
    def name(self) -> str: ...

    def fetch_media(self, sid: str, *, parent: str, is_small: bool, longest: int) -> tuple[str, bytes]:
        """Media type and bytes; ``longest`` bytes at most. Raises :class:`ChannelError`."""
        ...

    def remove_media(self, sid: str, *, parent: str) -> None:
        """Raises :class:`ChannelError`; what is gone already is no error."""
        ...


@dataclass(frozen=True, slots=True)
class TextIn:
    """An SMS that came in. ``id``: the line's own name for it, so that it is taken once."""

    id: str
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line's word on one sending: ours by ``reference``, or the line's by ``sid``."""

    status: str
    reference: str | None = None
    sid: str | None = None
    code: str | None = None


@runtime_checkable
class Polled(Protocol):
    """A line that calls nobody back: the desk looks what it has to say."""

    def reports(self) -> list[Told]:
        """What it has to say of sendings since it was asked last; said again until ``seen``."""
        ...

    def texts(self) -> list[TextIn]:
        """SMS that came in; handed out again until ``seen``."""
        ...

    def seen(self, one: Told | TextIn) -> None:
        """It was acted on: forget it."""
        ...


@dataclass(frozen=True, slots=True)
class Note:
    """A summons on a screen: web push, webhook, chat. ``reference``: our sending; ``link``: the page that opens, after
    sign-in. It says no more than an SMS may (desk-rules 2.6), and no answer to it acknowledges anything."""

    reference: str
    title: str
    text: str
    link: str
    alert: str | None = None


class NoteOut(Protocol):
    """Push, webhook or chat. ``to``: what stands behind the contact (a subscription, an address)."""

    def send(self, to: str, note: Note) -> Accepted:
        """Raises :class:`ChannelError`."""
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
