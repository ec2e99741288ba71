"""What a provider's word means: which status follows which, which failure is whose, how long to try again.

Sources: Twilio's status values of Message and Call resources and its error dictionary, RFC 5321 section 4.2
(SMTP replies), paging.md "Unknown outcome".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cna_service.alerts.provider_codes import CODES

_RANKS = {
    # messages
    "accepted": 1,
    "scheduled": 1,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 9,
    "undelivered": 9,
    "failed": 9,
    "canceled": 9,
    # calls
    "initiated": 2,
    "ringing": 3,
    "in-progress": 4,
    "completed": 9,
    "busy": 9,
    "no-answer": 9,
}
_FINAL_RANK = 9
_NOT_REACHED = frozenset({"undelivered", "failed", "canceled", "busy", "no-answer"})


def forward(old: str | None, new: str) -> str | None:
    """The status to keep: ``new`` only if it ranks above ``old``; callbacks come late, twice and out of order.

    A status word that is not known moves nothing. Two final words: the first one stays.
    """
    rank = _RANKS.get(new, 0)
    return new if rank > _RANKS.get(old or "", 0) else old


def is_final(status: str | None) -> bool:
    return _RANKS.get(status or "", 0) == _FINAL_RANK


def was_not_reached(status: str | None) -> bool:
    """True if the next contact is due at once. False says nothing: ``completed`` may be a voicemail, and only a
    keypress or a reply acknowledges."""
    return status in _NOT_REACHED


class Fault(StrEnum):
    """Whose failure it is, and so what follows."""

    PERMANENT = "permanent"
    """Trying again cannot help; next contact at once."""
    TEMPORARY = "temporary"
    """Try again after :func:`next_delay`, then the next contact."""
    PHONE_OFF = "phone_off"
    """Next contact at once; the contact stays good."""
    ACCOUNT = "account"
    """Our account or settings; next contact at once, by the spare provider; tell the administrator."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``flags_contact``: the contact itself is wrong, and stays marked until somebody has tested it again.
    ``stops_provider``: the provider takes nothing from us any more, whoever it is for: the spare at once."""

    fault: Fault
    words: str
    flags_contact: bool = False
    stops_provider: bool = False

    @property
    def goes_on_at_once(self) -> bool:
        """True if the next contact is due now, without trying this one again."""
        return self.fault is not Fault.TEMPORARY


def _wrong(words: str) -> Verdict:
    return Verdict(Fault.PERMANENT, words, flags_contact=True)


def _ours(words: str) -> Verdict:
    return Verdict(Fault.ACCOUNT, words)


def _stopped(words: str) -> Verdict:
    return Verdict(Fault.ACCOUNT, words, stops_provider=True)


def _later(words: str) -> Verdict:
    return Verdict(Fault.TEMPORARY, words)


_KINDS: Mapping[str, Callable[[str], Verdict]] = {
    "wrong": _wrong,
    "refused": lambda words: Verdict(Fault.PERMANENT, words),
    "off": lambda words: Verdict(Fault.PHONE_OFF, words),
    "ours": _ours,
    "stopped": _stopped,
    "later": _later,
}
_VERDICTS = {code: _KINDS[kind](words) for code, (kind, words) in CODES.items()} | {
    "timeout": _later("The provider did not answer in time; it may have accepted the sending all the same."),
    "connection": _later("The provider, or the mail server, could not be reached."),
    "broken-off": _later("The connection broke off; the sending may have been accepted all the same."),
    "unreadable": _later("The provider's answer cannot be read; it may have accepted the sending."),
    "certificate": _ours("The other side's certificate is not valid."),
    "no-voice": Verdict(Fault.PERMANENT, "This line cannot call."),
    "no-contact": Verdict(Fault.PERMANENT, "The contact was removed."),
    "no-spare": Verdict(Fault.PERMANENT, "No spare telephone company is set up."),
    "no-telephony": _ours("No telephone company is set up."),
    "no-mail": _ours("No mail server is set up."),
    "no-push": _ours("This desk sends no web push."),
    "no-webhook": _ours("This desk calls no webhooks."),
    "no-chat": _ours("This desk writes to no chats."),
    "modem-refused": _later("The modem could not send it: no network, no credit, or a wrong number."),
    "gateway-refused": Verdict(Fault.PERMANENT, "The gateway refused the sending."),
    "push-gone": _wrong("The browser has given up this subscription; subscribe again on that device."),
    "push-refused": _ours("The browser's push service refused us."),
    "push-unusable": _wrong("What is kept of this device is no subscription."),
    "webhook-gone": _wrong("The webhook's address exists no more."),
    "redirect-refused": _wrong("The webhook answered with another address; the desk follows none."),
    "address-refused": _wrong(
        "The desk does not send to this address: no https, or inside a private network."
    ),
    "chat-unusable": _wrong("This is no chat address that the desk may use."),
    "chat-failed": _later("The chat did not take the message."),
    "smtp-unsupported": _ours("The mail server does not offer STARTTLS or the login we need."),
    "smtp-certificate": _ours("The mail server's certificate is not valid."),
    "smtp-partly": Verdict(Fault.PERMANENT, "The mail server took the mail for some of its addresses only."),
    "mail-unwritable": Verdict(Fault.PERMANENT, "The mail cannot be written: a header holds a line break."),
}
_HTTP_OURS = frozenset({401, 403})
_SMTP_OURS = frozenset({530, 534, 535, 538})
_SMTP_WRONG = frozenset({550, 551, 553})


def is_known(code: str) -> bool:
    """Does the table hold this very code?"""
    return code in _VERDICTS


def verdict(code: str | None) -> Verdict:
    """The verdict on a code: Twilio's five digits, ``http-503``, ``smtp-550``, or a word of ours (``timeout``).

    A code that is not known counts as temporary, unless it is an HTTP 4xx or an SMTP 5xx.
    """
    if code is None:
        return _later("The provider gave no reason.")
    if code in _VERDICTS:
        return _VERDICTS[code]
    scheme, _, number = code.partition("-")
    if scheme == "http" and number.isdigit():
        return _verdict_on_http(int(number))
    if scheme == "smtp" and number.isdigit():
        return _verdict_on_smtp(int(number))
    return _later(f"The provider gave code {code}, which the desk does not know.")


def _verdict_on_http(status: int) -> Verdict:
    if status in _HTTP_OURS:
        return _stopped(f"The provider refused us (HTTP {status}).")
    if 400 <= status < 500 and status not in (408, 429):
        return Verdict(Fault.PERMANENT, f"The provider refused the sending (HTTP {status}).")
    return _later(f"The provider failed (HTTP {status}).")


def _verdict_on_smtp(reply: int) -> Verdict:
    if reply in _SMTP_OURS:
        return _ours(f"The mail server did not accept our credentials ({reply}).")
    if reply in _SMTP_WRONG:
        return _wrong(f"The mail server refused the address ({reply}).")
    if reply >= 500:
        return Verdict(Fault.PERMANENT, f"The mail server refused the mail ({reply}).")
    return _later(f"The mail server asks us to try later ({reply}).")


BACKOFF = (timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8), timedelta(seconds=15))
LONGEST_ON_ONE_CHANNEL = timedelta(seconds=30)


def next_delay(*, tries: int, spent: timedelta, retry_after: timedelta | None = None) -> timedelta | None:
    """How long to wait before trying the same contact again; None when the next contact is due instead.

    ``tries``: those made so far, at least 1. ``spent``: since the first of them began. ``retry_after``: what the
    provider asked for; it lengthens a wait, never past 30 s on one channel in all.
    """
    if tries > len(BACKOFF):
        return None
    delay = max(BACKOFF[tries - 1], retry_after or timedelta())
    return delay if spent + delay <= LONGEST_ON_ONE_CHANNEL else None
