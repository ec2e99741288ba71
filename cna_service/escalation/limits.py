"""How often one contact may be called: smooth buckets, policy under ``[limits]`` of ``config/ladders.toml``.

The first summons of a case knows no limit and is never bundled; nothing is ever dropped, what waits says until when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cna_service.escalation.hours_file import Wrong
from cna_service.escalation.ladders import Channel


@dataclass(frozen=True, slots=True)
class Bucket:
    """``burst`` at once, then one ``every`` so long."""

    burst: int
    every: timedelta

    def take(self, full_at: datetime | None, now: datetime) -> tuple[datetime, datetime]:
        """When the next one may leave, and when the bucket is full again after it. ``full_at``: what this returned
        for the one before, None where there was none. (The generic cell rate algorithm, ITU-T I.371.)"""
        full = max(now, full_at or now) + self.every
        return max(now, full - self.burst * self.every), full

    def as_json(self) -> dict[str, int]:
        return {"burst": self.burst, "every_seconds": int(self.every.total_seconds())}


USUAL: Mapping[Channel, Bucket] = MappingProxyType(
    {
        Channel.SMS: Bucket(10, timedelta(seconds=6)),
        Channel.VOICE: Bucket(5, timedelta(seconds=30)),
        Channel.EMAIL: Bucket(30, timedelta(seconds=2)),
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """``bundle_within``: what is of low urgency waits so long for its like to the same contact; zero: it never does."""

    buckets: Mapping[Channel, Bucket] = field(default_factory=lambda: USUAL)
    bundle_within: timedelta = timedelta(minutes=2)

    def as_json(self) -> dict[str, Any]:
        return {
            "bundle_within_seconds": int(self.bundle_within.total_seconds()),
            **{channel.value: bucket.as_json() for channel, bucket in self.buckets.items()},
        }


def read_limits(told: object, wrong: Wrong) -> Limits:
    """``sms = { burst, every_seconds }`` for each channel, ``bundle_within_seconds``; what is missing is as usual."""
    if told is None:
        return Limits()
    if not isinstance(told, Mapping):
        wrong("/limits", told, "is no table", "write it as [limits]")
        return Limits()
    known = {channel.value: channel for channel in Channel}
    buckets = dict(USUAL)
    for key, value in told.items():
        pointer = f"/limits/{key}"
        if key == "bundle_within_seconds":
            continue
        if key not in known or not isinstance(value, Mapping):
            wrong(pointer, value, "is no channel's bucket", "write sms = { burst = 10, every_seconds = 6 }")
            continue
        burst, every = value.get("burst"), value.get("every_seconds")
        if type(burst) is not int or type(every) is not int or burst < 1 or not 1 <= every <= 600:
            fix = "write burst 1 or more, every_seconds from 1 to 600"
            wrong(pointer, dict(value), "has no burst or no length of time", fix)
            continue
        buckets[known[key]] = Bucket(burst, timedelta(seconds=every))
    within = told.get("bundle_within_seconds", 120)
    if type(within) is not int or not 0 <= within <= 3600:
        wrong("/limits/bundle_within_seconds", within, "is no length of time", "write seconds from 0 to 3600")
        within = 120
    return Limits(MappingProxyType(buckets), timedelta(seconds=within))
