"""How long to wait after wrong passwords: slows an account and an address, locks nobody out.

Pure. Four wrong tries within 15 minutes are free; from the fifth on the wait doubles from 1 s to 30 s, counted
from the last failure. Who has the watch, or is being summoned, waits 2 s at most and is never turned away:
his request is held for the wait and then judged, so that a stranger who keeps failing cannot shut him out.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES = 5
WINDOW = timedelta(minutes=15)
LONGEST = timedelta(seconds=30)
LONGEST_ON_WATCH = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong tries within the window: how many, and the last one."""

    count: int = 0
    last_at: datetime | None = None


def delay_after(count: int) -> timedelta:
    """0 below five failures, then 1, 2, 4, 8, 16, 30, 30… seconds."""
    if count < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(count - FREE_TRIES, 5)), LONGEST)


def wait(account: Failures, address: Failures, now: datetime, *, on_watch: bool) -> timedelta:
    """What is still to be waited at ``now``; the longer of the account's and the address's wait, never negative."""
    longest = max(_left(account, now), _left(address, now))
    return min(longest, LONGEST_ON_WATCH) if on_watch else longest


def account_key(account: str) -> str:
    """The account as failures are counted for it: as typed, without case and blanks, at most 64 characters."""
    return account.strip().casefold()[:64]


def address_key(address: str) -> str:
    """The address as failures are counted for it: an IPv6 host owns its whole /64."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _left(failures: Failures, now: datetime) -> timedelta:
    if failures.last_at is None:
        return timedelta(0)
    delay = delay_after(failures.count)
    # A clock set back must not lengthen the wait beyond its delay.
    return min(max(failures.last_at + delay - now, timedelta(0)), delay)
