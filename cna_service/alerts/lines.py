"""Which telephone company takes a sending: pure rules of the primary and the spare (desk-rules 13.4).

The first of the lines is the primary. Which one carries is folded from ``provider.switched``: one answer for every
node, and it outlives a restart. A node that counts three errors asks under the lock of the desk's stream whether
that still holds; the second one finds it done, so that two nodes switch once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cna_service.alerts.rules import Fault, verdict

ERRORS_IN_A_ROW = 3
SHORTEST_STAY = timedelta(seconds=60)
"""Where both lines fail, the desk does not go to and fro faster than that."""

FIRST_STAY = timedelta(minutes=10)
LONGEST_STAY = timedelta(hours=2)
"""How long the spare carries before an account that looks well is believed: doubled with each failure of a day."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt. ``code``: None where it was accepted."""

    provider: str
    at: datetime
    code: str | None = None

    @property
    def is_providers_fault(self) -> bool:
        """True if the provider failed; a wrong number or a telephone that is off proves that it works."""
        if self.code is None:
            return False
        judged = verdict(self.code)
        return judged.stops_provider or judged.fault is Fault.TEMPORARY


def choose(
    lines: Sequence[str], carrying: str, tried: Sequence[Tried], asked: str | None = None
) -> str | None:
    """The line for the next try of one sending; None where it asks for a spare that is not there.

    ``tried``: its attempts so far. A line that refused it for reasons of our account (a country not enabled, a number
    not ours) is passed over while another one is left. ``asked``: ``primary`` or ``spare``, for tests of that line.
    """
    if asked == "spare":
        return lines[1] if len(lines) > 1 else None
    if asked == "primary":
        return lines[0]
    refused = {t.provider for t in tried if t.code is not None and verdict(t.code).fault is Fault.ACCOUNT}
    in_order = [carrying, *(name for name in lines if name != carrying)]
    return next((name for name in in_order if name not in refused), carrying)


def has_another(lines: Sequence[str], tried: Sequence[Tried], asked: str | None = None) -> bool:
    """Is there a line left that has not refused this sending for reasons of our account?"""
    refused = {t.provider for t in tried if t.code is not None and verdict(t.code).fault is Fault.ACCOUNT}
    return asked is None and any(name not in refused for name in lines)


def wants_away(newest: Sequence[Tried], *, since: datetime | None, now: datetime) -> str | None:
    """The code for which the carrying line is left, or None. ``newest``: its last attempts, the newest first.
    ``since``: when it began to carry; what it did before that is not held against it again."""
    counted = [t for t in newest if since is None or t.at >= since]
    if not counted or counted[0].code is None:
        return None
    if verdict(counted[0].code).stops_provider:
        return counted[0].code
    if since is not None and now - since < SHORTEST_STAY:
        return None
    last = counted[:ERRORS_IN_A_ROW]
    is_enough = len(last) == ERRORS_IN_A_ROW and all(t.is_providers_fault for t in last)
    return counted[0].code if is_enough else None


def stay_away(failures: int) -> timedelta:
    """How long the spare carries at least, after so many failures of the primary within a day (1 or more)."""
    return min(LONGEST_STAY, FIRST_STAY * (1 << min(max(failures - 1, 0), 10)))


def has_proved_itself(
    *,
    since: datetime,
    failures: int,
    accepted_at: datetime | None,
    active_at: datetime | None,
    now: datetime,
) -> bool:
    """May the primary carry again? It took a message since it was left, or its account has been seen active after
    ``stay_away`` had passed. The account alone says little: it is active while every sending fails."""
    if accepted_at is not None and accepted_at > since:
        return True
    waited = since + stay_away(failures)
    return active_at is not None and now >= waited and active_at >= waited
