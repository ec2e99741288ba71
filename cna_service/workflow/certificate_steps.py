"""What becomes of a certificate: a second officer releases or returns it, it goes to its holders, it is revoked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cna_service.cases.record_papers import DRAFT, RELEASED, REVOKED, Certificate
from cna_service.db.idempotency import Key, Reply
from cna_service.documents.paper_pdf import paper_pdf
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.ledger import store
from cna_service.ledger.entry import Draft, Entry
from cna_service.workflow.asked import Asked
from cna_service.workflow.certificate_holders import holders_json, tell_holders
from cna_service.workflow.certificate_paper import certificate_paper
from cna_service.workflow.certify import certificate_of, log_facts, measures_of_ours
from cna_service.workflow.designees import delegation_to_sign
from cna_service.workflow.paper_approval import second_person
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import BEARS_ON_DECISIONS, Work

CHANNELS = ("mail", "in_person", "diplomatic_note", "letter", "fax", "courier", "api")


class CertificateStale(Conflict):
    code = "certificate-stale"
    title = "The case has moved on since the certificate was drafted"


class CertificateContradicted(Conflict):
    code = "certificate-contradicted"
    title = "A contrary answer came after the draft: draft it anew, so that the answer is annexed"


class CertificateSettled(Conflict):
    code = "certificate-settled"
    title = "The certificate is no draft any more"


class CertificateNotGiven(Conflict):
    code = "certificate-not-given"
    title = "The certificate was never released, or holds no more"


def approve_certificate(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{approve, words?, seen}``: another officer than the drafter releases it, or returns it with his words.

    Raises Invalid, CertificateSettled, SamePerson, CertificateContradicted, CertificateStale (once, listing what came),
    DesigneeWithoutDelegation: the day of release is the day of signing.
    """
    asked = Asked(body)
    seen, approve, words = asked.number("seen", least=0), asked.yes("approve"), asked.text("words")
    if "approve" not in body:
        asked.wrong("approve", None, "is missing", "send true to release it, false to return it")
    elif not approve and not words:
        asked.wrong("words", None, "is missing: why it is returned", "say why")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CERTIFICATE_APPROVE, case_stream(ref), key=key) as work:
        c = certificate_of(work, n)
        if c.state != DRAFT:
            raise CertificateSettled(f"Certificate {n} is {c.state}.")
        rule = second_person(service, work, "certificate", c.kind, Action.CERTIFICATE_APPROVE, c.drafted_by)
        if approve:
            _refuse_stale(work, c, seen)
            _release(service, work, c, rule | ({"words": words} if words else {}), seen)
        else:
            work.append(Draft("certificate.returned", {"certificate": n, "words": words}, seen=seen))
        return done(work, certificate=n, state=certificate_of(work, n).state)


def _refuse_stale(work: Work, c: Certificate, seen: int | None) -> None:
    """What came since the draft is shown before anybody releases it. A contrary answer is never passed over."""
    work.refuse_if_moved(seen)
    if c.contrary:
        raise CertificateContradicted(
            f"Entry {', '.join(map(str, c.contrary))} bears on what it tells.", entries=list(c.contrary)
        )
    entries = store.read_entries(work.connection, work.stamp.log, work.stream).entries
    new = [e for e in entries if c.from_seq < e.seq and e.type in BEARS_ON_DECISIONS]
    if new and (seen or 0) < new[-1].seq:
        raise CertificateStale(
            f"Since entry {c.from_seq} came: {', '.join(e.type for e in new)}. Read them and send the new seq.",
            new=[{"seq": e.seq, "type": e.type, "recorded_at": e.recorded_at.isoformat()} for e in new],
        )


def _release(
    service: Service, work: Work, c: Certificate, approved: Mapping[str, Any], seen: int | None
) -> None:
    delegation_to_sign(work, str(c.designee["id"]), measures_of_ours(c.settles))
    told: dict[str, Any] = {
        "certificate": c.n,
        **approved,
        "supersedes": c.supersedes,
        "extract_sha256": c.extract_sha256,
        "log": log_facts(service, work),
    }
    told = {k: v for k, v in told.items() if v is not None}
    released = {**told, "recorded_at": work.now, "actor": work.actor.as_entry()}
    paper = certificate_paper(service.desk, work.case, replace(c, state=RELEASED, released=released))
    content = paper_pdf(paper)
    file = {
        "blob": work.keep(content, "application/pdf"),
        "size": len(content),
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    work.append(Draft("certificate.released", {**told, **file}, seen=seen))
    if c.supersedes is not None:
        tell_holders(service, work)


def deliver_certificate(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{to, channel, words?, happened_at?}``: who holds it from now on. Raises CertificateNotGiven, NotFound."""
    asked = Asked(body)
    to, channel = asked.needed("to", longest=500), asked.word("channel", CHANNELS)
    words, happened = asked.text("words"), asked.told("happened_at")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CERTIFICATE_DELIVER, case_stream(ref), key=key) as work:
        c = certificate_of(work, n)
        if c.state != RELEASED:
            raise CertificateNotGiven(f"Certificate {n} is {c.state}: nobody is given it.")
        holder = len(c.deliveries) + 1
        told = {"certificate": n, "holder": holder, "to": to, "channel": channel, "words": words}
        _append(work, "certificate.delivered", told, happened)
        return done(work, certificate=n, holder=holder)


def revoke_certificate(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{reason, seen}``: it is no longer to be relied on; who holds it is to be told. Raises CertificateNotGiven."""
    asked = Asked(body)
    seen, reason = asked.number("seen", least=0), asked.needed("reason")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CERTIFICATE_APPROVE, case_stream(ref), key=key) as work:
        c = certificate_of(work, n)
        if not c.is_given or c.state == REVOKED:
            raise CertificateNotGiven(f"Certificate {n} is {c.state}.")
        work.refuse_if_moved(seen)
        told = {"certificate": n, "reason": reason, "log": log_facts(service, work)}
        work.append(Draft("certificate.revoked", told, seen=seen))
        tell_holders(service, work)
        return done(work, certificate=n, holders=holders_json(work.case))


def tell_holder(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{holder?, to?, channel, words?, happened_at?}``: who holds certificate ``n`` was told what came after it.

    ``holder`` is the number of the delivery; the only one where there is one. Raises CertificateNotGiven, Invalid.
    """
    asked = Asked(body)
    number, to = asked.number("holder", least=1), asked.text("to", longest=500)
    channel = asked.word("channel", CHANNELS)
    words, happened = asked.text("words"), asked.told("happened_at")
    asked.check_unknown()
    with service.write(actor, Action.CERTIFICATE_DELIVER, case_stream(ref), key=key) as work:
        c = certificate_of(work, n)
        if not c.deliveries:
            raise CertificateNotGiven(f"Nobody holds certificate {n}.")
        numbers = [d["holder"] for d in c.deliveries]
        if number is None and len(numbers) > 1:
            asked.wrong("holder", None, "is missing: several hold it", f"one of: {numbers}")
        elif number is not None and number not in numbers:
            asked.wrong("holder", number, "holds nothing", f"one of: {numbers}")
        asked.done()
        up_to = max(c.contrary, default=work.case.seq)
        told = {"certificate": n, "holder": number or numbers[0], "up_to": up_to, "channel": channel}
        _append(work, "certificate.holder_told", {**told, "to": to, "words": words}, happened)
        return done(work, certificate=n, holders=holders_json(work.case))


def _append(work: Work, kind: str, told: Mapping[str, Any], happened: Any) -> Entry:
    kept = {k: v for k, v in told.items() if v is not None}
    return work.append(Draft(kind, kept, happened_at=happened, told_at=work.now))
