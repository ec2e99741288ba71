"""An authority and its contacts, as the directory knows them at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cna_service.ledger.entry import Erased

CHANNELS: tuple[str, ...] = ("phone", "sms", "email", "fax", "api", "post", "radio")
"""Kinds of contact."""

FUNCTIONS: tuple[str, ...] = ("requests", "registry", "authorization", "jurisdiction", "reports", "entry")
"""What an authority answers for. ``requests``: sends and receives them day and night; ``jurisdiction``: the
central authority of CETS 156 art. 17(2) and its like; ``registry``: says what stands in the register."""

SUBJECTS: tuple[str, ...] = (
    "narcotics",
    "migrants",
    "terrorism",
    "weapons",
    "fisheries",
    "piracy",
    "sanctions",
)
"""For which subject. An authority that lists none answers for all."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an authority. ``verified_at``: when a person last proved it; ``by``: on whose word.

    ``since`` is the instant the directory took this value; ``value`` may be erased.
    """

    id: str
    kind: str
    value: str | Erased
    function: str | None
    verified_at: datetime | None
    by: str | Erased | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Authority:
    """A State's office that may ask or answer. ``zone`` is an IANA name; an open bound is None."""

    id: str
    state: str
    name: str
    functions: tuple[str, ...]
    subjects: tuple[str, ...]
    languages: tuple[str, ...]
    zone: str
    contacts: tuple[Contact, ...]
    valid_from: datetime | None
    valid_to: datetime | None
    source: str

    def is_listed_at(self, at: datetime) -> bool:
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at < self.valid_to)

    def may(self, function: str | None, subject: str | None) -> bool:
        """Whether it answers for the function and the subject; None asks nothing."""
        does = function is None or function in self.functions
        return does and (subject is None or not self.subjects or subject in self.subjects)
