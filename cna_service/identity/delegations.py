"""Who may decide which measure, from when to when, by which written act: dated records of the ``desk`` stream.

A delegation names a person, or an office (a role, or a post of one office); its deputies stand in their order and
decide under it when the one before cannot be reached (desk-rules 6.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cna_service.identity.officers import Officer, Officers
from cna_service.kit.instants import from_optional, from_text, to_text
from cna_service.ledger.entry import Entry, EntryType, Erased

ALL = "all"
ACTS = ("answer", "certificate", "instruction")

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "delegation.given",
        "Somebody may decide these measures, by a written act.",
        ("/conditions", "/instrument/words¶", "/attachments/*/name", "/attachments/*/sha256", "/reason¶"),
    ),
    EntryType("delegation.ended", "A delegation ends before its time.", ("/reason¶",)),
)


@dataclass(frozen=True, slots=True)
class Delegation:
    """``officer`` or (``role`` | ``post`` with ``office``): to whom. ``measures`` and ``acts``: what of; ``all``, or
    words of the catalogue. ``deputies``: officers in their order. ``to_at`` is None while no end was set."""

    id: str
    seq: int
    leaf: str
    measures: tuple[str, ...]
    from_at: datetime
    instrument: Mapping[str, Any]
    officer: str | None = None
    role: str | None = None
    post: str | None = None
    office: str | None = None
    acts: tuple[str, ...] = ACTS
    conditions: object = ()
    to_at: datetime | None = None
    deputies: tuple[str, ...] = ()
    attachments: tuple[Mapping[str, Any], ...] = ()
    noted_at: datetime | None = None
    noted_by: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    ended_by: Mapping[str, Any] = field(default_factory=dict)

    def is_in_force(self, at: datetime) -> bool:
        """From its beginning until its end; one noted later than it began counts from when it was conferred."""
        ends = [e for e in (self.to_at, self.ended_at) if e is not None]
        return self.from_at <= at and all(at < end for end in ends)

    def covers(self, act: str, measures: Iterable[str]) -> bool:
        return act in self.acts and (ALL in self.measures or all(m in self.measures for m in measures))

    def standing_of(self, officer: Officer) -> str | None:
        """How the officer may decide under it: ``holder``, ``deputy 1``, ``office``; None where he may not."""
        if self.officer == officer.id:
            return "holder"
        if officer.id in self.deputies:
            return f"deputy {self.deputies.index(officer.id) + 1}"
        if self.role is not None and officer.role == self.role:
            return "office"
        is_post = self.post is not None and officer.post.casefold() == self.post.casefold()
        is_office = self.office is None or officer.office.casefold() == self.office.casefold()
        return "office" if is_post and is_office else None

    def copy_for(self, officer: Officer) -> dict[str, Any]:
        """What an entry keeps of it whole, so that no fold has to look it up."""
        told = {
            "delegation": self.id,
            "seq": self.seq,
            "leaf": self.leaf,
            "officer": officer.id,
            "name": officer.name,
            "post": officer.post,
            "office": officer.office,
            "as": self.standing_of(officer),
            "measures": list(self.measures),
            "from": to_text(self.from_at),
            "to": None if self.to_at is None else to_text(self.to_at),
            "instrument": self.instrument.get("title"),
            "conditions": None if isinstance(self.conditions, Erased) else self.conditions or None,
        }
        return {k: v for k, v in told.items() if v is not None}


@dataclass(frozen=True, slots=True)
class Delegations:
    """Every delegation ever noted, by its identifier, oldest first."""

    by_id: Mapping[str, Delegation] = field(default_factory=lambda: MappingProxyType({}))

    def in_force(self, at: datetime) -> tuple[Delegation, ...]:
        return tuple(d for d in self.by_id.values() if d.is_in_force(at))


_ORDER = {"holder": 0, "office": 2}


def rests_on(
    delegations: Delegations,
    officer: Officer,
    act: str,
    measures: Sequence[str],
    at: datetime,
    only: str | None = None,
) -> tuple[Delegation, ...]:
    """The delegations in force at ``at`` under which this officer may do the act on all the measures: one if one
    covers all, else the fewest that do together; none if a measure is left over.

    His own come before those he is a deputy of, those before his office's; ``only`` names the one to be used.
    """
    mine = [
        d for d in delegations.in_force(at) if d.standing_of(officer) is not None and only in (None, d.id)
    ]
    mine.sort(key=lambda d: (_ORDER.get(d.standing_of(officer) or "", 1), -d.seq))
    whole = next((d for d in mine if d.covers(act, measures)), None)
    if whole is not None:
        return (whole,)
    found: dict[str, Delegation] = {}
    for measure in measures:
        one = next((d for d in mine if d.covers(act, [measure])), None)
        if one is None:
            return ()
        found[one.id] = one
    return tuple(found.values())


def deciders(
    delegations: Delegations, officers: Officers, measures: Sequence[str], at: datetime
) -> tuple[str, ...]:
    """The ladder for decisions (desk-rules 6.1): who may answer for these measures, by name and with deputies in their
    sequence; delegations to an office name no person to be called, and stand outside it."""
    found: dict[str, None] = {}
    for delegation in sorted(delegations.in_force(at), key=lambda d: d.seq):
        if delegation.officer is None or not delegation.covers("answer", measures):
            continue
        for officer in (delegation.officer, *delegation.deputies):
            known = officers.get(officer)
            if known is not None and known.is_enabled:
                found.setdefault(officer)
    return tuple(found)


def apply_delegations(state: Delegations, entry: Entry) -> Delegations:
    """Ignores the types of other slices."""
    change = _CHANGES.get(entry.type)
    return (
        state if change is None else replace(state, by_id=MappingProxyType(change(dict(state.by_id), entry)))
    )


def _given(known: dict[str, Delegation], entry: Entry) -> dict[str, Delegation]:
    b = entry.body
    to = b["to"]
    known[b["delegation"]] = Delegation(
        id=b["delegation"],
        seq=entry.seq,
        leaf=entry.leaf,
        measures=tuple(b["measures"]),
        from_at=from_text(b["from"]),
        instrument=b["instrument"],
        officer=to.get("officer"),
        role=to.get("role"),
        post=to.get("post"),
        office=to.get("office"),
        acts=tuple(b["acts"]),
        conditions=b.get("conditions", ()),
        to_at=from_optional(b.get("until")),
        deputies=tuple(b.get("deputies", ())),
        attachments=tuple(b.get("attachments", ())),
        noted_at=entry.recorded_at,
        noted_by=entry.actor,
    )
    return known


def _ended(known: dict[str, Delegation], entry: Entry) -> dict[str, Delegation]:
    name, at = entry.body["delegation"], from_text(entry.body["at"])
    if name in known:
        known[name] = replace(known[name], ended_at=at, ended_by=entry.actor)
    return known


_CHANGES: Mapping[str, Callable[[dict[str, Delegation], Entry], dict[str, Delegation]]] = {
    "delegation.given": _given,
    "delegation.ended": _ended,
}
