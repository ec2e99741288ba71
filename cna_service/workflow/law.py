"""What is law here: the legal adviser adopts provisions one by one; what of it stands, for the pages that list it.

An adoption is bound to the hashes of terms and text that the adviser had before him; a file that changed meanwhile
refuses it (desk-rules 10.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.agreements.law_facts import (
    Adoption,
    Declaration,
    Election,
    Participation,
    Suspension,
    Touched,
)
from cna_service.agreements.model import Agreement, Provision
from cna_service.agreements.rules import adoption_body, not_adopted
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.publishing import Proposal, publishing, with_what_is_said
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service


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
    catalogue = service.policies.catalogue
    adopted = adoption_body(catalogue, name)
    change = Proposal(Action.PROVISION_ADOPT, "provision.adopted", "adoption", adopted, is_urgent=False)
    with publishing(service, actor, change, key) as (work, publish):
        if (adopted["terms_sha256"], adopted["text_sha256"]) != shown:
            raise ProvisionChanged(
                f"{name}: terms or text changed since this page was opened. Read it again."
            )
        if work.of(LAW).adoption(catalogue.provision(name), work.now) is not None:
            raise AdoptionStands(f"{name} is adopted with these terms and this text.")
        work.cite(*service.policies.text_of(adopted["file_sha256"]))
        told = publish(with_what_is_said(adopted, remarks=remarks))
        return done(work, provision=name, **told)


def end_adoption(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """End an adoption: ``{provision, remarks}``. Clocks that run keep the terms they were armed with.

    Raises Invalid, NotAdopted, NotPermitted.
    """
    asked = Asked(body)
    name, remarks = asked.needed("provision", longest=64), asked.needed("remarks", longest=2000)
    asked.done()
    body = {"provision": name}
    change = Proposal(
        Action.PROVISION_ADOPT, "provision.adoption_ended", "adoption_ended", body, is_urgent=False
    )
    with publishing(service, actor, change, key) as (work, publish):
        if not any(a.provision == name and a.ended_at is None for a in work.of(LAW).adoptions):
            raise NotAdopted(f"{name}: there is nothing to end.")
        return done(work, provision=name, **publish({**body, "remarks": remarks}))


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
    declarations: tuple[Declaration, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    touched: tuple[Touched, ...] = ()


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
    return AdoptionPage(
        now,
        len(sourced) - waiting,
        len(sourced),
        lines,
        tuple(p for p in law.participations if p.corrected_at is None),
        tuple(e for e in law.elections if e.corrected_at is None),
        tuple(d for d in law.declarations if d.corrected_at is None),
        tuple(s for s in law.suspensions if s.corrected_at is None),
        tuple(reversed(law.touched)),
    )


def adoption_line(service: Service, provision: str) -> ProvisionLine:
    """One provision. Raises ProvisionUnknown."""
    found = service.policies.catalogue.provision(provision)
    return next(line for line in adoption_page(service).lines if line.provision.id == found.id)
