"""What is law here: the legal adviser adopts provisions one by one and notes who takes part in what.

An adoption is bound to the hashes of terms and text that the adviser had before him; a file that changed meanwhile
refuses it (desk-rules 10.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.agreements.law import Adoption, Election, LawBook, Participation
from cna_service.agreements.model import Agreement, Provision
from cna_service.agreements.rules import adoption_body, election_problems, not_adopted
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Problem
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

_STATUSES = ("party", "provisional", "not_party")


class ProvisionChanged(Conflict):
    code = "provision-changed"
    title = "The provision is not the one you read"


class AdoptionStands(Conflict):
    code = "adoption-stands"
    title = "That provision is adopted already"


class NotAdopted(Conflict):
    code = "not-adopted"
    title = "That provision is not adopted"


def adopt_provision(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Make a provision this authority's own: ``{provision, terms_sha256, text_sha256, has_read, remarks?}``.

    ``has_read`` says that the adviser read the depositary's text. Raises Invalid, ProvisionUnknown,
    ProvisionNotRead, ProvisionChanged, AdoptionStands, NotPermitted.
    """
    asked = Asked(body)
    name, remarks = asked.needed("provision", longest=64), asked.text("remarks", longest=2000)
    shown = (asked.needed("terms_sha256", longest=64), asked.needed("text_sha256", longest=64))
    if not asked.yes("has_read"):
        asked.wrong("has_read", None, "is not ticked", "read the depositary's text, then tick it")
    asked.done()
    with service.write(actor, Action.PROVISION_ADOPT, DESK, key=key) as work:
        catalogue = service.policies.catalogue
        adopted = adoption_body(catalogue, name)
        if (adopted["terms_sha256"], adopted["text_sha256"]) != shown:
            raise ProvisionChanged(
                f"{name}: terms or text changed since this page was opened. Read it again."
            )
        if work.of(LAW).adoption(catalogue.provision(name), work.now) is not None:
            raise AdoptionStands(f"{name} is adopted with these terms and this text.")
        work.cite(*service.policies.text_of(adopted["file_sha256"]))
        work.append(Draft("provision.adopted", _with(adopted, remarks=remarks)))
        return done(work, provision=name)


def end_adoption(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """End an adoption: ``{provision, remarks}``. Clocks that run keep the terms they were armed with.

    Raises Invalid, NotAdopted, NotPermitted.
    """
    asked = Asked(body)
    name, remarks = asked.needed("provision", longest=64), asked.needed("remarks", longest=2000)
    asked.done()
    with service.write(actor, Action.PROVISION_ADOPT, DESK, key=key) as work:
        if not any(a.provision == name and a.ended_at is None for a in work.of(LAW).adoptions):
            raise NotAdopted(f"{name}: there is nothing to end.")
        work.append(Draft("provision.adoption_ended", {"provision": name, "remarks": remarks}))
        return done(work, provision=name)


def note_participation(
    service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Note that a State takes part in an instrument, or does not.

    ``{state, instrument, status: party | provisional | not_party, from?, to?, notice?, source, adopted?, corrects?,
    remarks?}``; ``from`` and ``to`` are days or instants. Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    state, instrument = _state(asked), asked.word("instrument", service.policies.catalogue.agreements)
    status = asked.word("status", _STATUSES, "party")
    told = _dated(asked) | {"corrects": asked.text("corrects", longest=64)}
    asked.done()
    with service.write(actor, Action.PARTICIPATION_NOTE, DESK, key=key) as work:
        work.refuse_if(_corrects(work, told["corrects"]))
        fact = {"state": state, "instrument": instrument, "status": status}
        work.append(Draft("participation.noted", _with(fact, **told)))
        return done(work, state=state, instrument=instrument)


def note_election(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Note what a State chose under an instrument, or that its choice is not known.

    ``{state, election, option?, known?, from?, to?, answer_form?, notice?, source, adopted?, corrects?, remarks?}``.
    Raises Invalid (also for a choice that the instrument does not offer), NotPermitted.
    """
    asked = Asked(body)
    catalogue = service.policies.catalogue
    state, election = _state(asked), asked.word("election", catalogue.elections)
    option, known = asked.text("option", longest=64), asked.yes("known", default=True)
    form = asked.word("answer_form", ("oral", "written", "either"), "") or None
    told = _dated(asked) | {"corrects": asked.text("corrects", longest=64)}
    asked.done()
    with service.write(actor, Action.PARTICIPATION_NOTE, DESK, key=key) as work:
        chosen = {"state": state, "election": election, "option": option if known else None, "known": known}
        fact = _with({**chosen, "answer_form": form}, **told)
        work.refuse_if(election_problems(catalogue, work.of(LAW), fact, work.now))
        work.refuse_if(_corrects(work, told["corrects"]))
        work.append(Draft("election.noted", fact))
        return done(work, state=state, election=election)


def _state(asked: Asked) -> str:
    state = asked.needed("state", longest=2).upper()
    if state and not (len(state) == 2 and state.isascii() and state.isalpha()):
        asked.wrong("state", state, "is no State's code", "write two letters, ISO 3166 alpha-2")
    return state


def _dated(asked: Asked) -> dict[str, Any]:
    return {
        "from": _day(asked, "from"),
        "to": _day(asked, "to"),
        "notice": asked.text("notice", longest=500),
        "source": asked.needed("source", longest=500),
        "adopted": asked.yes("adopted"),
        "remarks": asked.text("remarks", longest=2000),
    }


def _day(asked: Asked, field: str) -> str | None:
    """A day (which begins at 00:00Z) or an instant, as text."""
    told = asked.text(field, longest=40)
    if told is None:
        return None
    try:
        read = datetime.fromisoformat(told)
    except ValueError:
        read = None
    if read is None or (len(told) != 10 and read.tzinfo is None):
        asked.wrong(field, told, "is no day and no instant", "write it like 2026-11-21")
    return told


def _corrects(work: Work, entry: str | None) -> list[Problem]:
    law: LawBook = work.of(LAW)
    known = {p.entry for p in law.participations} | {e.entry for e in law.elections}
    if entry is None or entry in known:
        return []
    return [
        Problem("/corrects", entry, "names no noted fact", "give the identifier of the entry it corrects")
    ]


def _with(body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {**body, **{k: v for k, v in more.items() if v is not None}}


@dataclass(frozen=True, slots=True)
class ProvisionLine:
    """One provision of the catalogue and its adoption in force, if any; ``ended``: adopted before, with other
    terms, another text, or ended by a person."""

    agreement: Agreement
    provision: Provision
    adoption: Adoption | None
    was_adopted: bool


@dataclass(frozen=True, slots=True)
class AdoptionPage:
    now: datetime
    adopted: int
    of: int
    lines: tuple[ProvisionLine, ...]
    participations: tuple[Participation, ...]
    elections: tuple[Election, ...]


def adoption_page(service: Service) -> AdoptionPage:
    """Every sourced provision, and how many of them are adopted: ``0 of n`` on a real first day."""
    with service.read() as reader:
        law, now = reader.stream(DESK).of(LAW), reader.now
    catalogue = service.policies.catalogue
    before = {a.provision for a in law.adoptions}
    lines = tuple(
        ProvisionLine(catalogue.agreement_of(p), p, law.adoption(p, now), p.id in before)
        for p in catalogue.provisions
    )
    sourced = [line for line in lines if line.provision.is_sourced]
    waiting = len(not_adopted(catalogue, law, now))
    current = tuple(p for p in law.participations if p.corrected_at is None)
    chosen = tuple(e for e in law.elections if e.corrected_at is None)
    return AdoptionPage(now, len(sourced) - waiting, len(sourced), lines, current, chosen)


def adoption_line(service: Service, provision: str) -> ProvisionLine:
    """One provision. Raises ProvisionUnknown."""
    found = service.policies.catalogue.provision(provision)
    return next(line for line in adoption_page(service).lines if line.provision.id == found.id)
