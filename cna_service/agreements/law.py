"""What is law here: adoptions, participation and elections, folded from the entries of stream ``desk``.

Dated twice (desk-rules 10.2): in force from/to, and known since the entry. A look-up takes the instant asked about
and, if need be, the instant as of which the desk's knowledge is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from cna_service.agreements.law_facts import (
    Adoption,
    Declaration,
    Election,
    Participation,
    Suspension,
    Touched,
    covers,
    is_known,
)
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
    EntryType(
        "declaration.noted",
        "What a State declared of an instrument, in words, from when to when.",
        private=("/remarks",),
    ),
    EntryType(
        "suspension.noted",
        "A State suspended an instrument in a named area, from when to when.",
        private=("/remarks",),
    ),
    EntryType(
        "law.touched",
        "Which open exchanges a change of the law touched when it was published, and which closed cases.",
    ),
)


@dataclass(frozen=True, slots=True)
class LawBook:
    """The desk's law as folded; ``LawBook()`` is what a new desk begins with: nothing."""

    adoptions: tuple[Adoption, ...] = ()
    participations: tuple[Participation, ...] = ()
    elections: tuple[Election, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    touched: tuple[Touched, ...] = ()

    def adoption(
        self, provision: Provision, at: datetime, known_at: datetime | None = None
    ) -> Adoption | None:
        """The adoption in force at ``at`` for exactly these terms and this text, or None."""
        for each in reversed(self.adoptions):
            known = each if known_at is None else _as_known(each, known_at)
            if known is not None and known.holds_for(provision) and known.stands_at(at):
                return each
        return None

    def participation(
        self, state: str, instrument: str, at: datetime, known_at: datetime | None = None
    ) -> Participation | None:
        """The newest fact that covers ``at``; where facts exist and none covers it, the nearest one."""
        facts = [
            p
            for p in self.participations
            if p.state == state and p.instrument == instrument and is_known(p, known_at)
        ]
        newest = [p for p in facts if covers(p, at)] or facts
        return newest[-1] if newest else None

    def election(
        self, state: str, election: str, at: datetime, known_at: datetime | None = None
    ) -> Election | None:
        """The newest choice of the State that covers ``at``, or None where it chose nothing then."""
        facts = (
            e
            for e in reversed(self.elections)
            if e.state == state and e.election == election and is_known(e, known_at)
        )
        return next((e for e in facts if covers(e, at)), None)

    def declared(
        self, state: str, provision: Provision, at: datetime, known_at: datetime | None = None
    ) -> tuple[Declaration, ...]:
        """What the State declared of this provision, in force at ``at``."""
        return tuple(
            d
            for d in self.declarations
            if d.state == state
            and d.instrument == provision.agreement
            and (not d.provisions or provision.id in d.provisions)
            and is_known(d, known_at)
            and covers(d, at)
        )

    def suspended(
        self, states: Iterable[str], instrument: str, at: datetime, known_at: datetime | None = None
    ) -> tuple[Suspension, ...]:
        """The suspensions of the instrument by any of these States, in force at ``at``."""
        among = frozenset(states)
        return tuple(
            s
            for s in self.suspensions
            if s.state in among and s.instrument == instrument and is_known(s, known_at) and covers(s, at)
        )

    def noted(self, entry: str) -> Participation | Election | Declaration | Suspension | None:
        """The fact that an entry noted."""
        facts: tuple[Participation | Election | Declaration | Suspension, ...]
        facts = (*self.participations, *self.elections, *self.declarations, *self.suspensions)
        return next((f for f in facts if f.entry == entry), None)


def _as_known(adoption: Adoption, known_at: datetime) -> Adoption | None:
    """The adoption as the desk then knew it: not yet made, or made and not yet ended."""
    if known_at < adoption.at:
        return None
    ended = adoption.ended_at
    return replace(adoption, ended_at=None) if ended is not None and known_at < ended else adoption


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
    if entry.type == "declaration.noted":
        said = tuple(_corrected(d, entry) for d in state.declarations)
        return replace(state, declarations=(*said, _declaration(entry)))
    if entry.type == "suspension.noted":
        suspended = tuple(_corrected(s, entry) for s in state.suspensions)
        return replace(state, suspensions=(*suspended, _suspension(entry)))
    if entry.type == "law.touched":
        return replace(state, touched=(*state.touched, _touched(entry)))
    return state


Fact = TypeVar("Fact", Participation, Election, Declaration, Suspension)


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
        change=body.get("change"),
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
        change=body.get("change"),
    )


def _dated(entry: Entry) -> dict[str, Any]:
    body = entry.body
    return {
        "valid_from": _instant(body.get("from")),
        "valid_to": _instant(body.get("to")),
        "notice": body.get("notice"),
        "source": body.get("source") or "",
        "adopted": body.get("adopted", False),
        "entry": entry.id,
        "noted_at": entry.recorded_at,
        "change": body.get("change"),
    }


def _declaration(entry: Entry) -> Declaration:
    body = entry.body
    provisions = tuple(body.get("provisions", ()))
    return Declaration(body["state"], body["instrument"], provisions, body["words"], **_dated(entry))


def _suspension(entry: Entry) -> Suspension:
    body = entry.body
    zones = tuple(body.get("zones", ()))
    return Suspension(body["state"], body["instrument"], body["area"], zones, **_dated(entry))


def _touched(entry: Entry) -> Touched:
    body = entry.body
    return Touched(
        change=body["change"],
        kind=body["kind"],
        subject=body.get("subject", {}),
        open=tuple(body.get("open", ())),
        closed=tuple(body.get("closed", ())),
        at=entry.recorded_at,
    )


def _instant(told: str | None) -> datetime | None:
    """An RFC 3339 instant, or a day of the calendar, which begins at 00:00Z."""
    if told is None:
        return None
    return datetime.fromisoformat(told).replace(tzinfo=UTC) if len(told) == 10 else from_text(told)
