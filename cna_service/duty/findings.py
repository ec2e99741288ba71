"""What is wrong with the weeks ahead: gaps, empty rungs, who cannot be reached, who is booked twice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ContactStanding:
    """What is known of the contacts of one officer, as far as a roster must know it.

    ``verified``: how many different contacts that can wake him are proved to be his. ``last_tests``: each waking
    contact (``phone``, ``second_phone``, ``push-1`` …) with the instant of its last test that he confirmed, or None.
    ``is_daytime_only``: no contact of his has a yes to a test within night hours in the last 90 days (desk-rules 3.6).
    """

    officer: str
    verified: int
    last_tests: Mapping[str, datetime | None] = field(default_factory=lambda: MappingProxyType({}))
    is_daytime_only: bool = False
