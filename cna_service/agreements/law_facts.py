"""The dated facts of the law: adoption, participation, election, declaration, suspension, and what a change touched.

Each was noted by an entry; ``noted_at`` is since when the desk knows it, ``valid_from`` and ``valid_to`` since when
and until when it holds (desk-rules 10.2). ``change`` says what the entry was: amendment, late_notice or correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.agreements.model import Form, Provision


@dataclass(frozen=True, slots=True)
class Adoption:
    """One act of the legal adviser. It holds only while terms and text have the hashes it names."""

    provision: str
    terms_sha256: str
    text_sha256: str
    entry: str
    at: datetime
    ended_at: datetime | None = None

    def holds_for(self, provision: Provision) -> bool:
        same = (self.terms_sha256, self.text_sha256) == (provision.terms_sha256, provision.text_sha256)
        return self.provision == provision.id and same

    def stands_at(self, at: datetime) -> bool:
        return self.at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class Participation:
    """A fact about one State and one instrument. ``status``: party, provisional, signed or not_party."""

    state: str
    instrument: str
    status: str
    valid_from: datetime | None
    valid_to: datetime | None
    notice: str | None
    source: str
    adopted: bool
    entry: str
    noted_at: datetime
    corrected_at: datetime | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Election:
    """What a State chose (``option``: the provision that then applies to it), or that it is not ``known``.

    ``answer_form``: a form that the State wants for the consent itself, as Belize wants writing.
    """

    state: str
    election: str
    option: str | None
    known: bool
    answer_form: Form | None
    valid_from: datetime | None
    valid_to: datetime | None
    notice: str | None
    source: str
    adopted: bool
    entry: str
    noted_at: datetime
    corrected_at: datetime | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a State declared of an instrument, in words; ``provisions``: those it concerns, none: all of it."""

    state: str
    instrument: str
    provisions: tuple[str, ...]
    words: str
    valid_from: datetime | None
    valid_to: datetime | None
    notice: str | None
    source: str
    adopted: bool
    entry: str
    noted_at: datetime
    corrected_at: datetime | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A State suspended an instrument in an area named by notice (San José 2003, art. 40).

    ``zones``: the places of the rule card that the area covers whole, such as ``territorial_sea:XR``; empty where
    only a person can tell.
    """

    state: str
    instrument: str
    area: str
    zones: tuple[str, ...]
    valid_from: datetime | None
    valid_to: datetime | None
    notice: str | None
    source: str
    adopted: bool
    entry: str
    noted_at: datetime
    corrected_at: datetime | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """Which exchanges a change of the law touched when it was published: open ones, each for an officer to keep or
    re-base; closed ones for the legal adviser to read (desk-rules 10.2)."""

    change: str
    kind: str
    subject: Mapping[str, Any]
    open: tuple[Mapping[str, Any], ...]
    closed: tuple[Mapping[str, Any], ...]
    at: datetime


Fact = Participation | Election | Declaration | Suspension


def is_known(fact: Fact, known_at: datetime | None) -> bool:
    """Whether the desk held the fact for true then: noted, and not yet corrected by a later entry."""
    if known_at is None:
        return fact.corrected_at is None
    return fact.noted_at <= known_at and (fact.corrected_at is None or known_at < fact.corrected_at)


def covers(fact: Fact, at: datetime) -> bool:
    begun = fact.valid_from is None or fact.valid_from <= at
    return begun and (fact.valid_to is None or at < fact.valid_to)


def is_party_at(fact: Participation, at: datetime) -> bool:
    """Whether the fact makes its State a participant then; provisional application counts."""
    return fact.status in ("party", "provisional") and covers(fact, at)
