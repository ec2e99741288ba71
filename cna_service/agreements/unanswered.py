"""What may be done without an answer, what not, and who must decide it (desk-rules 5.6), from sourced facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cna_service.agreements.applies import Choice, chosen, participating
from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.law import LawBook
from cna_service.agreements.model import EFFECTIVE, Agreement, Fallback, Parties, Silence

if TYPE_CHECKING:
    from cna_service.agreements.card import CardRow


@dataclass(frozen=True, slots=True)
class Without:
    """One basis that needs no answer. The service offers it to read; a named officer decides it."""

    agreement: str
    fallback: Fallback
    words: str | None = None
    """What the stated facts lack for it, or why it may not be relied on."""

    def as_json(self) -> dict[str, str | None]:
        each = self.fallback
        return {
            "code": each.code,
            "agreement": self.agreement,
            "article": each.article,
            "words": self.words,
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
        Without(a.short, f, _lacking(f, offences))
        for a in catalogue.agreements.values()
        for f in a.fallbacks
        if is_open(a, f)
    )


def _lacking(fallback: Fallback, offences: Sequence[str]) -> str | None:
    if not fallback.grounds or set(fallback.grounds) & set(offences):
        return None
    grounds = ", ".join(g.replace("_", " ") for g in fallback.grounds)
    return f"only on a stated ground; none of these is stated: {grounds}"


def by_silence(rows: Iterable[CardRow]) -> Iterator[Without]:
    """What the provisions of the card give although nobody answers: standing authority, or an effect of silence that a
    named officer may record when the time has run out."""
    for row in rows:
        silence, provision = row.provision.silence, row.provision
        is_certain = row.applies.value == "yes" and row.adopted is not None
        doubt = None if is_certain else "not to be relied on: it might not apply, or is not adopted here"
        if silence.code is Silence.STANDING:
            yield Without(row.agreement.short, _standing(row), doubt)
        elif silence.code in EFFECTIVE:
            late = f"only when {provision.limit.words} from {provision.start.value.replace('_', ' ')} have run out"
            yield Without(row.agreement.short, _lapsing(row), doubt or late)


def _standing(row: CardRow) -> Fallback:
    return Fallback(
        code="standing",
        article=row.provision.article,
        allows=f"{_listed(row.measures)}: {row.provision.silence.words}",
        not_allows="Any other measure. Jurisdiction is another question.",
        decides="an officer of this desk, who chooses the basis; the commander on scene acts",
        source=row.provision.source,
    )


def _lapsing(row: CardRow) -> Fallback:
    silence = row.provision.silence
    return Fallback(
        code=silence.code.value,
        article=row.provision.article,
        allows=silence.words,
        not_allows="Anything before the time has run out; anything that the provision does not name.",
        decides="a named officer records it, with the channels looked at and a second person",
        source=row.provision.source,
    )


def _listed(measures: Sequence[str]) -> str:
    return ", ".join(m.replace("_", " ") for m in measures)
