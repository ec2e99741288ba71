"""What a roster must know of its officers' contacts (desk-rules 3.6): who is reachable, proved when, and at night."""

from __future__ import annotations

from types import MappingProxyType

from cna_service.duty.findings import ContactStanding
from cna_service.identity.officers import Officer
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Reader


def standings(reader: Reader) -> tuple[ContactStanding, ...]:
    """Of every enabled officer, by his id."""
    officers = reader.stream(DESK).of(OFFICERS)
    return tuple(standing_of(each, reader) for each in officers.all() if each.is_enabled)


def standing_of(officer: Officer, reader: Reader) -> ContactStanding:
    """Contacts that an exercise was seeded with count as proved and need no test: they reach nobody."""
    waking = officer.book.waking
    return ContactStanding(
        officer.id,
        officer.book.verified,
        MappingProxyType({c.id: c.tested_at for c in waking if not c.is_given}),
        is_daytime_only=all(c.is_daytime_only(reader.now) for c in waking),
    )
