"""What is wrong with a telephone company's account before anybody needs it: pure rules (desk-rules 13.3, 13.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from cna_service.alerts.ports import NumberFacts

WEEK = timedelta(days=7)
LOOKS_BACK = timedelta(days=28)
UNREADABLE_AFTER = timedelta(minutes=15)
SPARE_PROVED_WITHIN = timedelta(days=30)
DAY_BEGINS, DAY_ENDS = 8, 18
"""Hours of the desk's zone in which the administrator is told of what can wait for the morning."""

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "account-inactive": "The account is suspended or closed: nothing leaves by it. Settle it now.",
        "account-unreadable": "The provider has not said for 15 minutes how the account is. See its status page.",
        "number-gone": "The desk's number is no longer in the account. Get it back, or set another one.",
        "number-expired": "The number is no longer paid for. Top it up, and set until when it is valid.",
        "number-expires": "The number is paid for less than a week. Top it up, and set until when it is valid.",
        "number-no-sms": "The number cannot send SMS. Enable it, or set another one.",
        "number-no-voice": "The number cannot call. Enable it, or set another one.",
        "balance-low": "The balance is below what a week needs. Top it up, or switch on automatic recharge.",
        "modem-away": "The modem's folders or its service are not there. Look at the cable and at gammu-smsd.",
        "modem-stuck": "The modem takes no messages: one has waited for two minutes. Restart gammu-smsd.",
        "signal-weak": "The modem hears its network badly. Move it, or give it an antenna.",
        "spare-unproved": "The spare has not taken a message for 30 days: ONE PROVIDER ONLY. Test it.",
    }
)
URGENT = frozenset(
    {"account-inactive", "account-unreadable", "number-gone", "number-expired", "modem-away", "modem-stuck"}
)
"""Of the line that carries: nothing leaves, or is about to stop leaving. All else waits for the day."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the last looks at an account gave. ``number``: the one that the desk sends from, where it must be found
    among ``numbers``. ``unreadable_since``: when the first look in a row failed."""

    is_active: bool
    balance: Decimal | None = None
    numbers: Sequence[NumberFacts] | None = None
    number: str | None = None
    has_voice: bool = True
    said: Sequence[str] = ()
    unreadable_since: datetime | None = None


def troubles(looked: Looked, now: datetime, *, week_needs: Decimal) -> tuple[str, ...]:
    """Codes of ``WORDS``, the heaviest first."""
    found = set(_troubles(looked, now, week_needs))
    return tuple(code for code in WORDS if code in found)


def _troubles(looked: Looked, now: datetime, week_needs: Decimal) -> Iterator[str]:
    yield from looked.said
    if not looked.is_active:
        yield "account-inactive"
    if looked.unreadable_since is not None and now - looked.unreadable_since >= UNREADABLE_AFTER:
        yield "account-unreadable"
    if looked.balance is not None and looked.balance < week_needs:
        yield "balance-low"
    yield from _of_numbers(looked, now)


def _of_numbers(looked: Looked, now: datetime) -> Iterator[str]:
    if looked.numbers is None:
        return
    ours = [n for n in looked.numbers if looked.number is None or n.number == looked.number]
    if not ours:
        yield "number-gone"
    for number in ours:
        if not number.has_sms:
            yield "number-no-sms"
        if looked.has_voice and not number.has_voice:
            yield "number-no-voice"
        if number.expires_at is not None and number.expires_at <= now:
            yield "number-expired"
        elif number.expires_at is not None and number.expires_at - now < WEEK:
            yield "number-expires"


def week_use(samples: Sequence[tuple[datetime, Decimal]]) -> Decimal | None:
    """What a week costs, by how far the balance fell from sample to sample; rises are top-ups. None for less than a
    day of samples."""
    if len(samples) < 2 or samples[-1][0] - samples[0][0] < timedelta(days=1):
        return None
    steps = pairwise(samples)
    spent = sum((max(Decimal(), before - after) for (_, before), (_, after) in steps), Decimal())
    weeks = Decimal((samples[-1][0] - samples[0][0]) / WEEK)
    return (spent / weeks).quantize(Decimal("0.01"))


def is_day(now: datetime, zone: str) -> bool:
    """May somebody be told of what can wait?"""
    return DAY_BEGINS <= now.astimezone(ZoneInfo(zone)).hour < DAY_ENDS
