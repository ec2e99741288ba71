"""What somebody told us, kept as told: an exact value is the special case of equal bounds.

Comparing two told instants gives *before*, *after* or *cannot be told* (record.md, "Told, not points").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cna_service.kit.instants import from_optional, from_text, to_text


class Order(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True)
class ToldInstant:
    text: str
    earliest: datetime | None
    latest: datetime | None
    zone: str | None = None
    source: str | None = None

    @property
    def exact(self) -> datetime | None:
        """The instant, where earliest and latest agree; only such a one may start a clock."""
        return self.earliest if self.earliest is not None and self.earliest == self.latest else None

    def compared_with(self, other: ToldInstant) -> Order:
        if self.latest is not None and other.earliest is not None and self.latest < other.earliest:
            return Order.BEFORE
        if self.earliest is not None and other.latest is not None and self.earliest > other.latest:
            return Order.AFTER
        return Order.UNKNOWN

    def as_json(self) -> dict[str, str | None]:
        return {
            "text": self.text,
            "zone": self.zone,
            "earliest": None if self.earliest is None else to_text(self.earliest),
            "latest": None if self.latest is None else to_text(self.latest),
            "source": self.source,
        }


def told_instant(value: str | Mapping[str, object]) -> ToldInstant:
    """Read a plain RFC 3339 string (exact) or the full shape. Raises ValueError, naming what is wrong."""
    if isinstance(value, str):
        instant = from_text(value)
        return ToldInstant(text=value, earliest=instant, latest=instant, zone=_zone_of(value))
    text = value.get("text")
    if not isinstance(text, str):
        raise ValueError("a told instant needs its text")
    bounds = [value.get(name) for name in ("earliest", "latest")]
    if any(b is not None and not isinstance(b, str) for b in bounds):
        raise ValueError("earliest and latest are RFC 3339 strings or null")
    earliest, latest = (from_optional(b if isinstance(b, str) else None) for b in bounds)
    if earliest is not None and latest is not None and latest < earliest:
        raise ValueError("latest lies before earliest")
    zone, source = value.get("zone"), value.get("source")
    return ToldInstant(
        text=text,
        earliest=earliest,
        latest=latest,
        zone=zone if isinstance(zone, str) else None,
        source=source if isinstance(source, str) else None,
    )


def exactly(instant: datetime, *, source: str | None = None) -> ToldInstant:
    return ToldInstant(text=to_text(instant), earliest=instant, latest=instant, zone="UTC", source=source)


def _zone_of(text: str) -> str:
    return "UTC" if text.endswith(("Z", "z")) else text[-6:]
