"""Writing and reading instants: the log's form, RFC 3339, and the date-time group that officers read."""

from __future__ import annotations

from datetime import UTC, datetime

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def to_text(instant: datetime) -> str:
    """``2026-11-21T18:03:22.123456Z``: the only form in entries (ledger profile), always six digits.

    Raises ValueError for an instant without a zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    utc = instant.astimezone(UTC)
    # strftime writes the year 999 with three digits.
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S.%f}Z"


def from_text(text: str) -> datetime:
    """Read an RFC 3339 instant with a zone, in UTC. Raises ValueError without a zone or if it is no instant."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no instant; write it like 2026-11-21T16:00:00Z") from None
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone; write it with Z or an offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside the calendar") from None


def from_optional(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)


def date_time_group(instant: datetime) -> str:
    """``211403Z NOV 26`` (ACP 121): day, hour, minute, zone, month, year."""
    utc = instant.astimezone(UTC)
    return f"{utc:%d%H%M}Z {_MONTHS[utc.month - 1]} {utc:%y}"
