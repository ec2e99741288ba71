"""What may be done without an answer, what not, and who must decide it (desk-rules 5.6), from sourced facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cna_service.agreements.applies import Choice, chosen, participating
from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.law import LawBook
from cna_service.agreements.model import Agreement, Fallback, Parties


@dataclass(frozen=True, slots=True)
class Without:
    """One basis that needs no answer. The service offers it to read; a named officer decides it."""

    agreement: str
    fallback: Fallback

    def as_json(self) -> dict[str, str]:
        each = self.fallback
        return {
            "code": each.code,
            "agreement": self.agreement,
            "article": each.article,
            "allows": each.allows,
            "does_not_allow": each.not_allows,
            "decides": each.decides,
            "source": each.source.where,
        }


def without_an_answer(
    catalogue: Catalogue,
    law: LawBook,
    requesting: str,
    requested: str,
    at: datetime,
    known_at: datetime | None,
    *,
    offences: Sequence[str] = (),
    zone: str | None = None,
) -> tuple[Without, ...]:
    """The bases of every instrument that the two States, the offence and the place leave open."""
    kind = None if zone is None else zone.partition(":")[0]

    def is_open(agreement: Agreement, each: Fallback) -> bool:
        if offences and each.offences and not set(offences) & set(each.offences):
            return False
        if kind is not None and each.zones and kind not in each.zones:
            return False
        states = {Parties.BOTH: (requesting, requested), Parties.REQUESTING: (requesting,), Parties.NONE: ()}
        if not all(participating(agreement, law, s, at, known_at).takes_part for s in states[each.parties]):
            return False
        return not each.elections or any(
            chosen(catalogue, law, catalogue.by_id[p], requested, at, known_at).status is Choice.IN_FORCE
            for p in each.elections
        )

    return tuple(
        Without(a.short, f) for a in catalogue.agreements.values() for f in a.fallbacks if is_open(a, f)
    )
