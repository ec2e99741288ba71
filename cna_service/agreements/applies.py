"""Whether a provision applies between two States at an instant: participation, election, offence, zone.

Pitfalls met here: a rule is of treaty x State x date (6), and a place is judged as each text words it (16).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.law import LawBook
from cna_service.agreements.law_facts import Election, Participation, is_party_at
from cna_service.agreements.measures import NON_PARTY_SEA
from cna_service.agreements.model import Agreement, ElectionRule, Form, Provision


class Takes(StrEnum):
    """Whether a State takes part in an instrument. ``not_established`` is neither yes nor no."""

    PARTY = "party"
    PROVISIONAL = "provisional"
    NOT_PARTY = "not_party"
    NOT_ESTABLISHED = "not_established"


class Choice(StrEnum):
    """How a provision stands in the choice that the instrument leaves to the requested State."""

    NONE = "none"
    IN_FORCE = "in_force"
    DEFAULT = "default"
    UNKNOWN = "unknown"
    NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True, slots=True)
class Participating:
    """Where one State stands in one instrument, with the source, and whether the legal adviser adopted the fact."""

    state: str
    status: Takes
    is_adopted: bool
    words: str
    source: str | None

    @property
    def takes_part(self) -> bool:
        return self.status in (Takes.PARTY, Takes.PROVISIONAL)

    def as_json(self) -> dict[str, object]:
        return {
            "state": self.state,
            "status": self.status.value,
            "adopted": self.is_adopted,
            "words": self.words,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the requested State's choice makes of one provision. ``entry`` is the entry that noted the choice."""

    status: Choice
    is_adopted: bool
    words: str
    election: str | None = None
    source: str | None = None
    entry: str | None = None
    answer_form: Form | None = None

    @property
    def lets_apply(self) -> bool:
        return self.status in (Choice.NONE, Choice.IN_FORCE, Choice.DEFAULT)

    def as_json(self) -> dict[str, object]:
        return {
            "status": self.status.value,
            "adopted": self.is_adopted,
            "words": self.words,
            "election": self.election,
            "source": self.source,
        }


def participating(
    agreement: Agreement, law: LawBook, state: str, at: datetime, known_at: datetime | None
) -> Participating:
    """Party, not a Party, or not established, in words that name the source."""
    if agreement.binds_all:
        return Participating(
            state, Takes.PARTY, True, f"{agreement.short} binds every State", agreement.source.where
        )
    fact = law.participation(state, agreement.id, at, known_at)
    if fact is not None:
        return _from_fact(agreement, fact, at)
    if agreement.is_from_memory:
        words = f"{agreement.short} is known from memory only, unverified"
        return Participating(state, Takes.NOT_ESTABLISHED, False, words, None)
    closed = agreement.parties_closed
    if closed is not None:
        words = f"{state} is not a party to {agreement.short} ({closed.where})"
        return Participating(state, Takes.NOT_PARTY, False, words, closed.where)
    words = f"whether {state} is a party to {agreement.short} is not established"
    return Participating(state, Takes.NOT_ESTABLISHED, False, words, None)


def _from_fact(agreement: Agreement, fact: Participation, at: datetime) -> Participating:
    if is_party_at(fact, at):
        status = Takes(fact.status)
        how = "provisionally applies" if status is Takes.PROVISIONAL else "is a party to"
        since = "" if fact.valid_from is None else f" since {fact.valid_from:%d %b %Y}"
        words = f"{fact.state} {how} {agreement.short}{since} ({fact.source})"
        return Participating(fact.state, status, fact.adopted, words, fact.source)
    if fact.status == "signed":
        words = f"{fact.state} signed {agreement.short}; whether it is in force is not established ({fact.source})"
        return Participating(fact.state, Takes.NOT_ESTABLISHED, False, words, fact.source)
    words = f"{fact.state} is not a party to {agreement.short} ({fact.source})"
    if fact.status != "not_party" and fact.valid_from is not None and at < fact.valid_from:
        words = f"{fact.state} is not yet a party to {agreement.short}: from {fact.valid_from:%d %b %Y} ({fact.source})"
    if fact.status != "not_party" and fact.valid_to is not None and fact.valid_to <= at:
        words = f"{fact.state} is no longer a party to {agreement.short}: to {fact.valid_to:%d %b %Y} ({fact.source})"
    return Participating(fact.state, Takes.NOT_PARTY, fact.adopted, words, fact.source)


def chosen(
    catalogue: Catalogue,
    law: LawBook,
    provision: Provision,
    state: str,
    at: datetime,
    known_at: datetime | None,
) -> Chosen:
    """How ``provision`` stands in the choice of ``state``; a declaration not read makes it *unknown* (pitfall 7)."""
    rule = catalogue.election_of(provision.id)
    if rule is None:
        return Chosen(Choice.NONE, True, "no choice is left to the States here")
    fact = law.election(state, rule.id, at, known_at)
    if fact is None:
        if provision.id == rule.default:
            return Chosen(Choice.DEFAULT, True, f"the rule for {state}, which notified nothing", rule.id)
        words = f"no notice by {state} under art. {provision.article} is known: does not apply"
        return Chosen(Choice.NOT_CHOSEN, True, words, rule.id)
    return _by_fact(catalogue, rule, provision, fact)


def _by_fact(catalogue: Catalogue, rule: ElectionRule, provision: Provision, fact: Election) -> Chosen:
    def made(status: Choice, words: str) -> Chosen:
        return Chosen(status, fact.adopted, words, rule.id, fact.source, fact.entry, fact.answer_form)

    if not fact.known or fact.option is None:
        words = (
            f"{fact.state} filed a declaration that was not read ({fact.source}): what it chose is not known"
        )
        return made(Choice.UNKNOWN, words)
    notice = fact.notice or fact.source
    if fact.option == provision.id:
        since = "" if fact.valid_from is None else f" since {fact.valid_from:%d %b %Y}"
        return made(Choice.IN_FORCE, f"notified by {fact.state}{since} ({notice})")
    option, article = rule.option(fact.option), catalogue.by_id[fact.option].article
    if provision.id == rule.default and option is not None and not option.replaces_default:
        return made(Choice.DEFAULT, f"holds beside art. {article}, which {fact.state} notified ({notice})")
    return made(Choice.NOT_CHOSEN, f"{fact.state} is under art. {article} instead ({notice})")


def outside(
    provision: Provision, offences: Sequence[str], zone: str | None, coastal_state_takes_part: bool
) -> str | None:
    """Why offence or place put the matter outside the provision, in words; None where they do not.

    ``coastal_state_takes_part``: of a zone that names its State, ``territorial_sea:XQ``.
    """
    if offences and provision.offences and not set(offences) & set(provision.offences):
        return f"covers {_listed(provision.offences)} only"
    if zone is None or not provision.zones:
        return None
    kind, _, _ = zone.partition(":")
    admitted = kind in provision.zones
    if kind == "territorial_sea" and NON_PARTY_SEA in provision.zones:
        admitted = not coastal_state_takes_part
    return None if admitted else f"not in this place: it applies in {_listed(provision.zones)}"


def unsaid(provision: Provision, offences: Sequence[str], zone: str | None) -> tuple[str, ...]:
    """What must still be known before it can be told whether the provision covers the matter."""
    notes = []
    if not offences and provision.offences:
        notes.append(f"the offence is not stated; it covers {_listed(provision.offences)}")
    if zone is None and provision.zones:
        notes.append(f"the place is not stated; it applies in {_listed(provision.zones)}")
    return tuple(notes)


def doubtful(provision: Provision, zone: str | None) -> str | None:
    """Why the place leaves it open whether the provision applies: a territorial sea whose State is not named."""
    if zone == "territorial_sea" and NON_PARTY_SEA in provision.zones:
        return "whose territorial sea is not stated; it applies beyond that of any Party"
    return None


def _listed(codes: Sequence[str]) -> str:
    words = [c.replace("_", " ") for c in codes]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
