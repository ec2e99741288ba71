"""What an officer said of his days: his time zone, when he is awake, how long before a watch he wants a notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from cna_service.identity.contact_rules import Quiet, hour_of

NOTICES = (timedelta(hours=12), timedelta(hours=1))
"""Before his watch, where he said nothing else."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """``zone``: IANA name, None for the desk's own. ``waking``: on his wall clock; outside it is night to him.
    ``notices``: so long before a watch of his begins he is told, the longest first; empty: never."""

    zone: str | None = None
    wakes: time = time(7)
    sleeps: time = time(22)
    notices: tuple[timedelta, ...] = NOTICES

    def is_night(self, local: time) -> bool:
        return not Quiet(self.wakes, self.sleeps).holds(local)

    def as_json(self) -> dict[str, Any]:
        """The body of ``officer.preferences_set``, without the officer."""
        return {
            "zone": self.zone,
            "waking": {"from": f"{self.wakes:%H:%M}", "to": f"{self.sleeps:%H:%M}"},
            "notice_minutes": [int(each.total_seconds() // 60) for each in self.notices],
        }


USUAL = Preferences()


def preferences_from_json(told: Mapping[str, Any]) -> Preferences:
    waking = told["waking"]
    return Preferences(
        zone=told.get("zone"),
        wakes=hour_of(waking["from"]),
        sleeps=hour_of(waking["to"]),
        notices=tuple(timedelta(minutes=each) for each in told["notice_minutes"]),
    )
