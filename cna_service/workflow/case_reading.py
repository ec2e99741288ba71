"""Reading one case for its pages: the view, its files, the rule card of an exchange, what a mail would say.

Opens the database for the console, which never touches it; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from cna_service.agreements.card import RuleCard
from cna_service.cases.files import kept_files
from cna_service.directory.model import Authority
from cna_service.documents.answer_pdf import render
from cna_service.documents.answer_text import answer_mail
from cna_service.documents.rules import gaps
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import read_reference
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger import store as ledger_store
from cna_service.ledger.folds import Folded
from cna_service.registry.model import Query
from cna_service.workflow import arming, queries
from cna_service.workflow.alike import other_cases
from cna_service.workflow.case_view import CaseView, build_case_view
from cna_service.workflow.letters import written_answer
from cna_service.workflow.outgoing import address_of
from cna_service.workflow.previews import read_only
from cna_service.workflow.projections import (
    ALERTS,
    CASE,
    DESK,
    DIRECTORY,
    LISTED,
    OFFICERS,
    case_stream,
)
from cna_service.workflow.searching import query_of
from cna_service.workflow.service import Reader, Service


class CaseNotFound(NotFound):
    code = "case-not-found"
    title = "There is no such case"


class FileNotFound(NotFound):
    code = "file-not-found"
    title = "The case has no such file"


def case_ref(told: str) -> str:
    """The reference in its written form, as somebody typed it. Raises CaseNotFound."""
    ref = read_reference(told)
    if ref is None:
        raise CaseNotFound("That is no reference: its last character is a check, and it fails.")
    return ref


def case_view(service: Service, ref: str) -> CaseView:
    """The case as it is now. Raises CaseNotFound."""
    stream = case_stream(case_ref(ref))
    with service.read() as reader:
        folded = _folded(reader, stream)
        record, alerts = folded.of(CASE), folded.of(ALERTS)
        reading = ledger_store.read_entries(reader.connection, service.desk.log_origin, stream)
        sendings = (s for a in alerts.by_id.values() for s in a.sendings)
        return build_case_view(
            folded,
            reading.entries,
            now=reader.now,
            seals=ledger_queries.seals(reader.connection, service.desk.log_origin, stream),
            officers=reader.stream(DESK).of(OFFICERS),
            directory=reader.stream(DIRECTORY).of(LISTED),
            sent=queries.sendings(reader.connection, sendings),
            others=other_cases(reader, record),
            desk=service.desk.name,
            own_state=service.desk.state,
        )


def _folded(reader: Reader, stream: str) -> Folded:
    try:
        return reader.stream(stream)
    except ledger_store.StreamNotFound:
        raise CaseNotFound(f"No case {stream.removeprefix('case:')} is in this log.") from None


def newest_seq(service: Service, ref: str) -> int:
    """The number of the case's newest entry: whether a page that somebody looks at is still true."""
    with service.read() as reader:
        return _folded(reader, case_stream(case_ref(ref))).head.seq


@dataclass(frozen=True, slots=True)
class CaseFile:
    """``is_ours``: a document that this desk made; everything else is what somebody sent."""

    name: str
    media_type: str
    content: bytes
    is_ours: bool


def case_file(service: Service, ref: str, blob: str) -> CaseFile:
    """A file that an entry of this case names: a submission as it came, an attachment, a document. Raises
    CaseNotFound, FileNotFound."""
    with service.read() as reader:
        record = _folded(reader, case_stream(case_ref(ref))).of(CASE)
        found = next((f for f in kept_files(record) if f.blob == blob), None)
        if found is None:
            raise FileNotFound("Files are reached from the page of their case.")
        media_type, content = ledger_store.blob(reader.connection, blob)
    return CaseFile(found.name, media_type, content, is_ours=found.is_ours)


def card_of(service: Service, actor: Actor, ref: str, n: int, *, zone: str | None = None) -> RuleCard:
    """The rule card of an exchange. Raises CaseNotFound, NotPermitted."""
    with read_only(service, actor, Action.RULES_READ, case_stream(case_ref(ref))) as work:
        exchange = work.case.exchange(n)
        if exchange is None:
            raise CaseNotFound(f"The case has no exchange {n}.")
        return arming.rule_card(service, work, exchange, zone=zone)


def case_query(service: Service, ref: str, vessel: int) -> Query:
    """What the case knows of a vessel, as a question to the register. Raises CaseNotFound."""
    with service.read() as reader:
        return query_of(_folded(reader, case_stream(case_ref(ref))).of(CASE), vessel)


def authorities(service: Service) -> tuple[Authority, ...]:
    """Every authority that the directory lists now, by State."""
    with service.read() as reader:
        directory = reader.stream(DIRECTORY).of(LISTED)
        return tuple(a for a in directory if a.is_listed_at(reader.now))


@dataclass(frozen=True, slots=True)
class AnswerPreview:
    """What conveying an answer would use: the directory's addresses, the mail as it would leave, what it leaves
    open. Addresses are None where the directory lists none."""

    answer: int
    email: str | None
    phone: str | None
    subject: str
    text: str
    gaps: tuple[str, ...]


def answer_preview(
    service: Service, actor: Actor, ref: str, n: int, answer: int | None = None
) -> AnswerPreview:
    """Raises CaseNotFound, NotPermitted."""
    with read_only(service, actor, Action.ANSWER_CONVEY, case_stream(case_ref(ref))) as work:
        exchange = work.case.exchange(n)
        ours = [a for a in exchange.answers if a.ours and answer in (None, a.n)] if exchange else []
        if exchange is None or not ours:
            raise CaseNotFound("There is no such answer of ours; answer first, then convey it.")
        written = written_answer(service, work, exchange, ours[-1])
        mail = answer_mail(written)
        return AnswerPreview(
            answer=ours[-1].n,
            email=address_of(work, exchange),
            phone=address_of(work, exchange, "phone"),
            subject=mail.subject,
            text=mail.body,
            gaps=tuple(f"{_plain(p.pointer)}: {p.why}; {p.fix}" for p in gaps(written)),
        )


def _plain(pointer: str) -> str:
    return pointer.strip("/").replace("/", " ").replace("_", " ").capitalize()


def answer_pdf(service: Service, actor: Actor, ref: str, n: int, answer: int) -> bytes:
    """The PDF as it would be made now; nothing is kept. Raises CaseNotFound, PdfNotMade."""
    with read_only(service, actor, Action.ANSWER_CONVEY, case_stream(case_ref(ref))) as work:
        exchange = work.case.exchange(n)
        given = next((a for a in exchange.answers if a.ours and a.n == answer), None) if exchange else None
        if exchange is None or given is None:
            raise CaseNotFound("There is no such answer of ours.")
        written = written_answer(service, work, exchange, given)
    return render(written)
