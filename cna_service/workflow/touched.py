"""Which exchanges a change of the law touches: those whose rule card gives another answer than before.

The law is compared as it stood and as it stands: by the rules of the instant at which the request was received
(desk-rules 10.4), and of each later instant at which the change begins or ends while the exchange is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.agreements.arming import clock_terms
from cna_service.agreements.card import Applies, card
from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.law import LawBook
from cna_service.agreements.model import Form
from cna_service.cases import queries
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.escalation.state import Subject
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import ALERTS, CASE, DESK, case_stream
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

AT_RECEIPT, SINCE = "at_receipt", "since"


@dataclass(frozen=True, slots=True)
class Law:
    """What the desk judges by: the catalogue in force, and the facts and adoptions as folded."""

    catalogue: Catalogue
    book: LawBook


@dataclass(frozen=True, slots=True)
class Publication:
    """One change of the law: before and after, what kind it is, what it is about, and when it begins or ends.

    ``change`` is the identifier of its entry; ``is_urgent``: the holders of what it touches are summoned.
    """

    kind: str
    of: str
    subject: Mapping[str, Any]
    before: Law
    after: Law
    instants: tuple[datetime, ...] = ()
    is_urgent: bool = True


@dataclass(frozen=True, slots=True)
class Cases:
    """The references of the cases in which a publication touches an exchange."""

    open: tuple[str, ...]
    closed: tuple[str, ...]

    @property
    def streams(self) -> tuple[str, ...]:
        return tuple(case_stream(ref) for ref in self.open)


def cases_touched(service: Service, reader: Reader, publication: Publication) -> Cases:
    """Looked for before any lock; what is written is asked again under it."""
    touched: dict[bool, list[str]] = {False: [], True: []}
    for ref, is_closed in queries.references(reader.connection):
        folded = reader.stream(case_stream(ref))
        record = folded.of(CASE)
        # What a newer build wrote in, this one shows and does not write: it must not keep the law from changing.
        if folded.unknown is None and exchanges_touched(service.desk.state, record, publication):
            touched[is_closed].append(ref)
    return Cases(tuple(touched[False]), tuple(touched[True]))


def exchanges_touched(ours: str, record: CaseRecord, publication: Publication) -> list[dict[str, Any]]:
    """``[{exchange, when, at, provisions}]``: the law of instant ``at`` is another one than the desk held."""
    found = (_line(ours, e, publication) for e in record.exchanges if e.withdrawn_seq is None)
    return [line for line in found if line is not None]


def _line(ours: str, exchange: Exchange, publication: Publication) -> dict[str, Any] | None:
    if exchange.kind != "request" or exchange.state is None:
        return None
    later = sorted(at for at in publication.instants if at > exchange.at)
    for when, at in ((AT_RECEIPT, exchange.at), *((SINCE, at) for at in later)):
        before, after = (_given(law, ours, exchange, at) for law in (publication.before, publication.after))
        differing = [p for p in dict.fromkeys((*before, *after)) if before.get(p) != after.get(p)]
        if differing:
            return {"exchange": exchange.n, "when": when, "at": to_text(at), "provisions": differing}
    return None


def bases_of(exchange: Exchange) -> tuple[str, ...]:
    """The provisions under which the exchange is dealt with: chosen by an officer, else those cited."""
    chosen = tuple((exchange.chosen or {}).get("provisions", ()))
    return chosen or exchange.bases


def _given(law: Law, ours: str, exchange: Exchange, at: datetime) -> dict[str, object]:
    """What each provision gives the exchange then: whether it applies, and the clock it arms."""
    theirs = exchange.state or ""
    requesting, requested = (theirs, ours) if exchange.is_inbound else (ours, theirs)
    bases = bases_of(exchange)
    found = card(
        law.catalogue,
        law.book,
        requesting=requesting,
        requested=requested,
        at=at,
        offences=exchange.offences,
        measures=tuple(dict.fromkeys(i.measure for i in exchange.items)),
        form=Form(exchange.form),
        cited=bases,
    )
    rows = found.under(bases) if bases else found.rows
    given: dict[str, object] = {}
    for row in rows:
        terms = None if row.applies is Applies.NO else clock_terms(row)
        given[row.provision.id] = (row.applies, None if terms is None else _lasting(terms.to_json()))
    return given


def _lasting(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms without the hash of the file: an edit elsewhere in it changes nothing for this provision."""
    return {k: v for k, v in terms.items() if k != "file_sha256"}


def publish(
    service: Service, work: Work, publication: Publication, change: str, cases: Cases
) -> dict[str, Any]:
    """Say in each open case what the change touches, summon its holder, list all of it in the desk's stream.

    Returns what the command answers: ``{"touched": [{case, exchanges}], "closed": [ref]}``; the streams are held.
    """
    lines = []
    for ref in cases.open:
        stream = case_stream(ref)
        record = work.of(CASE, stream)
        exchanges = [] if record.is_closed else exchanges_touched(service.desk.state, record, publication)
        if not exchanges:
            continue
        body = {
            "change": change,
            "kind": publication.kind,
            "of": publication.of,
            "subject": dict(publication.subject),
            "exchanges": exchanges,
        }
        work.append(Draft("law.changed", body), stream)
        lines.append({"case": ref, "exchanges": [x["exchange"] for x in exchanges]})
        if publication.is_urgent:
            _summon(service, work, record, exchanges[0]["exchange"], stream)
    if lines or cases.closed:
        _list(work, publication, change, lines, cases.closed)
    return {"touched": lines, "closed": list(cases.closed)}


def _summon(service: Service, work: Work, record: CaseRecord, exchange: int, stream: str) -> None:
    holder = work.of(ALERTS, stream).holder(record.ref, exchange)
    subject = Subject(record.ref, exchange)
    raise_alert(service, work, "law_changed", stream=stream, subject=subject, holder=holder)


_LISTED = 200
"""Cases in one entry: more of them are listed in a further one."""


def _list(
    work: Work, publication: Publication, change: str, lines: list[dict[str, Any]], closed: Iterable[str]
) -> None:
    told = [{"case": ref} for ref in closed]
    head = {"change": change, "kind": publication.kind, "subject": dict(publication.subject)}
    for n in range(0, max(len(lines), len(told)), _LISTED):
        page = {"open": lines[n : n + _LISTED], "closed": told[n : n + _LISTED]}
        work.append(Draft("law.touched", {**head, **page}), DESK)
