"""What an officer said of his days: his time zone, and when he is awake. Tests ring within these hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from cna_service.identity.contact_rules import Quiet, hour_of


@dataclass(frozen=True, slots=True)
class Preferences:
    """``zone``: IANA name, None for the desk's own. ``wakes``, ``sleeps``: on his wall clock; outside it is night to
    him. Equal: he is always awake."""

    zone: str | None = None
    wakes: time = time(7)
    sleeps: time = time(22)

    def is_night(self, local: time) -> bool:
        return self.wakes != self.sleeps and not Quiet(self.wakes, self.sleeps).holds(local)

    def as_json(self) -> dict[str, Any]:
        """The body of ``officer.preferences_set``, without the officer."""
        waking = {"from": f"{self.wakes:%H:%M}", "to": f"{self.sleeps:%H:%M}"}
        return {"zone": self.zone, "waking": waking}


USUAL = Preferences()


def preferences_from_json(told: Mapping[str, Any]) -> Preferences:
    waking = told["waking"]
    return Preferences(told.get("zone"), hour_of(waking["from"]), hour_of(waking["to"]))
