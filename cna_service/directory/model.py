"""An authority and its contacts, as the directory knows them at an instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cna_service.kit.instants import to_text
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


HOURS: tuple[str, ...] = ("always", "office")
"""When a contact is answered: day and night, or in office hours; what is not known is left out."""

STALE_AFTER = timedelta(days=365)
"""A number that nobody proved for a year is said to be stale: offices move more often than that."""

DOUBTED, UNVERIFIED, STALE, VERIFIED = "doubted", "unverified", "stale", "verified"


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an authority. ``verified_at``: when a person last proved it; ``by``: on whose word.

    ``since`` is the instant the directory took this value; ``value`` may be erased. ``spoke_to``: whom the person who
    proved it reached. ``doubted_at``: since when it is known to be wrong (``doubted_why``), until somebody proves it.
    """

    id: str
    kind: str
    value: str | Erased
    function: str | None
    verified_at: datetime | None
    by: str | Erased | None
    since: datetime | None
    hours: str | None = None
    spoke_to: object = None
    doubted_at: datetime | None = None
    doubted_why: str | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it may be offered at all: there, and not known to be wrong."""
        return not isinstance(self.value, Erased) and self.doubted_at is None

    def state_at(self, at: datetime) -> str:
        """``doubted``, ``unverified`` (nobody of ours ever proved it), ``stale`` or ``verified``."""
        if self.doubted_at is not None:
            return DOUBTED
        if self.verified_at is None:
            return UNVERIFIED
        return STALE if at - self.verified_at > STALE_AFTER else VERIFIED

    def row(self, at: datetime) -> dict[str, object]:
        """The row as an entry copies it: what the directory said of this number at that instant."""
        told = {
            "contact": self.id,
            "kind": self.kind,
            "value": self.value,
            "function": self.function,
            "since": None if self.since is None else to_text(self.since),
            "verified_at": None if self.verified_at is None else to_text(self.verified_at),
            "verified_by": self.by,
            "state": self.state_at(at),
        }
        return {k: v for k, v in told.items() if v is not None and not isinstance(v, Erased)}


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
    remarks: object = None
    seq: int = field(default=0, compare=False)
    """The entry of stream ``directory`` that listed it so."""
    recorded_at: datetime | None = field(default=None, compare=False)

    def contact(self, contact: str) -> Contact | None:
        return next((c for c in self.contacts if c.id == contact), None)

    def is_verified_at(self, at: datetime) -> bool:
        """Whether somebody proved one of its contacts, not too long ago."""
        return any(c.state_at(at) == VERIFIED for c in self.contacts)

    def is_listed_at(self, at: datetime) -> bool:
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at < self.valid_to)

    def may(self, function: str | None, subject: str | None) -> bool:
        """Whether it answers for the function and the subject; None asks nothing."""
        does = function is None or function in self.functions
        return does and (subject is None or not self.subjects or subject in self.subjects)


_REGISTRY, _ENTRY = (
    frozenset({"confirm_registry"}),
    frozenset({"enter_territorial_sea", "overflight", "order_to_land", "embark_shiprider"}),
)


def function_of(measure: str) -> str:
    """Which function answers for a measure: ``registry``, ``jurisdiction`` (waivers), ``entry``, ``authorization``."""
    if measure in _REGISTRY:
        return "registry"
    if measure.startswith("waive_jurisdiction"):
        return "jurisdiction"
    return "entry" if measure in _ENTRY else "authorization"


_SUBJECTS = {
    "narcotics": "narcotics",
    "migrant_smuggling": "migrants",
    "trafficking_in_persons": "migrants",
    "terrorism": "terrorism",
    "weapons_of_mass_destruction": "weapons",
    "illegal_fishing": "fisheries",
    "piracy": "piracy",
    "arms_embargo": "sanctions",
}


def subject_of(offence: str) -> str | None:
    """The directory's subject for an offence; None for one that no office is listed for by itself."""
    return _SUBJECTS.get(offence)
