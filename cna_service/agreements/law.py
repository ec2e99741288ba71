"""What is law here: adoptions, participation and elections, folded from the entries of stream ``desk``.

Dated twice (desk-rules 10.2): in force from/to, and known since the entry. A look-up takes the instant asked about
and, if need be, the instant as of which the desk's knowledge is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from cna_service.agreements.model import Form, Provision
from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry, EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "provision.adopted",
        "The legal adviser read a provision and made it this authority's own, bound to terms and text by hash.",
        private=("/remarks",),
    ),
    EntryType(
        "provision.adoption_ended",
        "The adoption of a provision was ended by a person.",
        private=("/remarks",),
    ),
    EntryType(
        "participation.noted",
        "Whether a State takes part in an instrument, from when to when, and on whose notice.",
        private=("/remarks",),
    ),
    EntryType(
        "election.noted",
        "What a State chose under a provision, from when to when; or that its choice is not known.",
        private=("/remarks",),
    ),
)


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
    """A fact about one State and one instrument. ``status``: party, provisional or not_party."""

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


@dataclass(frozen=True, slots=True)
class LawBook:
    """The desk's law as folded; ``LawBook()`` is what a new desk begins with: nothing."""

    adoptions: tuple[Adoption, ...] = ()
    participations: tuple[Participation, ...] = ()
    elections: tuple[Election, ...] = ()

    def adoption(
        self, provision: Provision, at: datetime, known_at: datetime | None = None
    ) -> Adoption | None:
        """The adoption in force at ``at`` for exactly these terms and this text, or None."""
        for each in reversed(self.adoptions):
            known = known_at is None or each.at <= known_at
            if known and each.holds_for(provision) and each.stands_at(at):
                return each
        return None

    def participation(
        self, state: str, instrument: str, at: datetime, known_at: datetime | None = None
    ) -> Participation | None:
        """The newest fact that covers ``at``; where facts exist and none covers it, the nearest one."""
        facts = [
            p
            for p in self.participations
            if p.state == state and p.instrument == instrument and _is_known(p, known_at)
        ]
        newest = [p for p in facts if _covers(p, at)] or facts
        return newest[-1] if newest else None

    def election(
        self, state: str, election: str, at: datetime, known_at: datetime | None = None
    ) -> Election | None:
        """The newest choice of the State that covers ``at``, or None where it chose nothing then."""
        facts = (
            e
            for e in reversed(self.elections)
            if e.state == state and e.election == election and _is_known(e, known_at)
        )
        return next((e for e in facts if _covers(e, at)), None)


def _is_known(fact: Participation | Election, known_at: datetime | None) -> bool:
    """Whether the desk held the fact for true then: noted, and not yet corrected by a later entry."""
    if known_at is None:
        return fact.corrected_at is None
    return fact.noted_at <= known_at and (fact.corrected_at is None or known_at < fact.corrected_at)


def _covers(fact: Participation | Election, at: datetime) -> bool:
    begun = fact.valid_from is None or fact.valid_from <= at
    return begun and (fact.valid_to is None or at < fact.valid_to)


def is_party_at(fact: Participation, at: datetime) -> bool:
    """Whether the fact makes its State a participant then; provisional application counts."""
    return fact.status in ("party", "provisional") and _covers(fact, at)


def apply_law(state: LawBook, entry: Entry) -> LawBook:
    """The law after one entry; entries of other types change nothing."""
    if entry.type == "provision.adopted":
        return replace(state, adoptions=(*state.adoptions, _adoption(entry)))
    if entry.type == "provision.adoption_ended":
        return replace(state, adoptions=_ended(state.adoptions, entry))
    if entry.type == "participation.noted":
        kept = tuple(_corrected(p, entry) for p in state.participations)
        return replace(state, participations=(*kept, _participation(entry)))
    if entry.type == "election.noted":
        chosen = tuple(_corrected(e, entry) for e in state.elections)
        return replace(state, elections=(*chosen, _election(entry)))
    return state


Fact = TypeVar("Fact", Participation, Election)


def _corrected(fact: Fact, entry: Entry) -> Fact:
    """The fact, marked if the entry says that it was wrong (``corrects``: the id of its entry)."""
    return replace(fact, corrected_at=entry.recorded_at) if entry.body.get("corrects") == fact.entry else fact


def fold(entries: Iterable[Entry]) -> LawBook:
    state = LawBook()
    for each in entries:
        state = apply_law(state, each)
    return state


def _adoption(entry: Entry) -> Adoption:
    body = entry.body
    return Adoption(body["provision"], body["terms_sha256"], body["text_sha256"], entry.id, entry.recorded_at)


def _ended(adoptions: tuple[Adoption, ...], entry: Entry) -> tuple[Adoption, ...]:
    ended = entry.body["provision"]
    return tuple(
        replace(a, ended_at=entry.recorded_at) if a.provision == ended and a.ended_at is None else a
        for a in adoptions
    )


def _participation(entry: Entry) -> Participation:
    body = entry.body
    return Participation(
        state=body["state"],
        instrument=body["instrument"],
        status=body.get("status", "party"),
        valid_from=_instant(body.get("from")),
        valid_to=_instant(body.get("to")),
        notice=body.get("notice"),
        source=body["source"],
        adopted=body.get("adopted", False),
        entry=entry.id,
        noted_at=entry.recorded_at,
    )


def _election(entry: Entry) -> Election:
    body = entry.body
    form = body.get("answer_form")
    return Election(
        state=body["state"],
        election=body["election"],
        option=body.get("option"),
        known=body.get("known", True),
        answer_form=None if form is None else Form(form),
        valid_from=_instant(body.get("from")),
        valid_to=_instant(body.get("to")),
        notice=body.get("notice"),
        source=body.get("source") or "",
        adopted=body.get("adopted", False),
        entry=entry.id,
        noted_at=entry.recorded_at,
    )


def _instant(told: str | None) -> datetime | None:
    """An RFC 3339 instant, or a day of the calendar, which begins at 00:00Z."""
    if told is None:
        return None
    return datetime.fromisoformat(told).replace(tzinfo=UTC) if len(told) == 10 else from_text(told)
