"""What sets a provision aside between two States: a suspension in an area, a lower instrument that overrides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cna_service.agreements.applies import participating
from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.law import LawBook
from cna_service.agreements.law_facts import Suspension
from cna_service.agreements.model import Agreement, Override, Provision


@dataclass(frozen=True, slots=True)
class SetAside:
    """``is_certain``: it does not apply here; otherwise it might not, and an officer decides. ``by``: the provision
    that governs practice instead, if any."""

    is_certain: bool
    words: str
    by: str | None = None


def set_aside(
    catalogue: Catalogue,
    law: LawBook,
    provision: Provision,
    states: tuple[str, str],
    at: datetime,
    known_at: datetime | None,
    zone: str | None,
) -> SetAside | None:
    """``states``: requesting and requested. None where nothing sets the provision aside at ``at``."""
    agreement = catalogue.agreement_of(provision)
    suspensions = law.suspended(states, agreement.id, at, known_at)
    found = [aside for s in suspensions if (aside := _suspended(agreement, s, zone)) is not None]
    found += [
        _overridden(catalogue, by, override)
        for by, override in catalogue.overrides.get(provision.id, ())
        if _is_in_force(override, at)
        and all(participating(by, law, s, at, known_at).takes_part for s in states)
    ]
    return max(found, key=lambda each: each.is_certain, default=None)


def suspension_words(agreement: Agreement, fact: Suspension) -> str:
    since = "" if fact.valid_from is None else f" since {fact.valid_from:%d %b %Y}"
    return f"{fact.state} suspended {agreement.short} in {fact.area}{since} ({fact.notice or fact.source})"


def _suspended(agreement: Agreement, fact: Suspension, zone: str | None) -> SetAside | None:
    """None for a place that the suspension does not reach, and where no place is stated: the card notes it then."""
    words = suspension_words(agreement, fact)
    if fact.zones and (zone is None or not any(z == zone or z.partition(":")[0] == zone for z in fact.zones)):
        return None
    if zone is not None and zone in fact.zones and fact.adopted:
        return SetAside(True, words)
    return SetAside(False, f"{words}: whether this is the place, an officer decides")


def _overridden(catalogue: Catalogue, by: Agreement, override: Override) -> SetAside:
    since = "" if override.valid_from is None else f" since {override.valid_from}"
    governs = catalogue.by_id[override.by]
    unread = "" if governs.is_sourced else "; its text was not read"
    words = f"{by.short} (art. {governs.article}) governs practice{since}{unread}: {override.words}"
    return SetAside(False, words, override.by)


def _is_in_force(override: Override, at: datetime) -> bool:
    day = at.date().isoformat()
    begun = override.valid_from is None or override.valid_from <= day
    return begun and (override.valid_to is None or day < override.valid_to)
