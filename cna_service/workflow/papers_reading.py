"""Reading the papers of a case: certificates and releases as they stand, the brief, the chronology. Writes nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.as_json import plain
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_papers import RELEASED, Certificate
from cna_service.documents.log_line import LogLine
from cna_service.documents.paper import Paper, paper_text
from cna_service.documents.paper_pdf import paper_pdf
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.ledger.entry import Entry
from cna_service.workflow.brief import brief_paper
from cna_service.workflow.certificate_holders import holders_json
from cna_service.workflow.certificate_paper import certificate_paper
from cna_service.workflow.chronology import COLUMNS, PAGE_COLUMNS, Moment, chronology, page_rows, table
from cna_service.workflow.letters import root20
from cna_service.workflow.previews import read_only
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.release_paper import release_paper
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

MEDIA = {
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class PaperFile:
    """``name`` without a path; ``content`` as it is handed over."""

    name: str
    media_type: str
    content: bytes


def certificates_json(record: CaseRecord) -> dict[str, Any]:
    """``GET …/certificates``: every certificate with its state, and who holds which."""
    return {
        "certificates": plain(record.papers.certificates),
        "holders": holders_json(record),
        "seq": record.seq,
    }


def certificate_file(service: Service, actor: Actor, ref: str, n: int, form: str) -> PaperFile:
    """A released certificate's PDF is the very one that was released; every other state is set anew and says what it
    is. Raises NotFound, PdfNotMade."""
    with read_only(service, actor, Action.CASE_READ, case_stream(ref)) as work:
        found = work.case.papers.certificate(n)
        if found is None:
            raise NotFound(f"the case has no certificate {n}")
        if form == "pdf" and (kept := _kept(work, found)) is not None:
            return PaperFile(f"{ref}-certificate-{n}.pdf", MEDIA["pdf"], kept)
        paper = certificate_paper(service.desk, work.case, found)
    return _file(f"{ref}-certificate-{n}", paper, form)


def _kept(work: Work, c: Certificate) -> bytes | None:
    if c.state != RELEASED or c.released is None or not c.released.get("blob"):
        return None
    return store.blob(work.connection, str(c.released["blob"]))[1]


def release_file(service: Service, actor: Actor, ref: str, n: int, form: str) -> PaperFile:
    """Raises NotFound, PdfNotMade."""
    with read_only(service, actor, Action.CASE_READ, case_stream(ref)) as work:
        found = work.case.papers.release(n)
        if found is None:
            raise NotFound(f"the case has no release {n}")
        paper = release_paper(service.desk, work.case, found)
    return _file(f"{ref}-release-{n}", paper, form)


def brief_file(service: Service, actor: Actor, ref: str, form: str) -> PaperFile:
    """The one page of a case (desk-rules 7.1). Raises PdfNotMade."""
    with read_only(service, actor, Action.CASE_READ, case_stream(ref)) as work:
        paper = brief_paper(work.case, ours_of(service), log_line_of(service, work), work.now)
    return _file(f"{ref}-brief", paper, form, is_dense=True)


def brief_json(service: Service, actor: Actor, ref: str) -> dict[str, Any]:
    with read_only(service, actor, Action.CASE_READ, case_stream(ref)) as work:
        paper = brief_paper(work.case, ours_of(service), log_line_of(service, work), work.now)
    parts = [
        {
            "heading": p.heading,
            "lines": [{"text": x.text, "cites": [int(n) for n in x.notes]} for x in p.lines],
        }
        for p in paper.parts
    ]
    facts = dict(paper.facts)
    return {
        "case": ref,
        "seq": paper.seq,
        "leaf": paper.leaf,
        "facts": facts,
        "parts": parts,
        "log_line": str(paper.log),
    }


def _file(name: str, paper: Paper, form: str, is_dense: bool = False) -> PaperFile:
    if form == "txt":
        return PaperFile(f"{name}.txt", MEDIA["txt"], paper_text(paper).encode())
    return PaperFile(f"{name}.pdf", MEDIA["pdf"], paper_pdf(paper, dense=is_dense))


@dataclass(frozen=True, slots=True)
class Chronology:
    """As of ``seq`` and ``leaf``, the newest entry it was made from."""

    record: CaseRecord
    moments: tuple[Moment, ...]
    log: LogLine

    def as_json(self) -> dict[str, Any]:
        return {
            "case": self.record.ref,
            "exercise": self.record.is_exercise,
            "as_of": {"seq": self.record.seq, "leaf": self.record.leaf, "at": to_text(self.log.sent_at)},
            "lines": [m.as_json() for m in self.moments],
            "log_line": str(self.log),
        }


def read_chronology(
    service: Service,
    actor: Actor,
    ref: str,
    *,
    at: datetime | None = None,
    seq: int | None = None,
    machines: bool = True,
) -> Chronology:
    """The chronology as it was known at ``at`` or up to entry ``seq``. Reading it is no disclosure and no entry."""
    with read_only(service, actor, Action.CASE_READ, case_stream(ref)) as work:
        record, entries = _as_of(work, at, seq)
        return Chronology(record, chronology(entries, machines=machines), log_line_of(service, work))


def _as_of(work: Work, at: datetime | None, seq: int | None) -> tuple[CaseRecord, Sequence[Entry]]:
    entries = store.read_entries(work.connection, work.stamp.log, work.stream, until=seq).entries
    if at is not None:
        entries = tuple(e for e in entries if e.recorded_at <= at)
    if not entries or (seq is not None and entries[-1].seq != seq):
        raise NotFound("The case has no such entry, or none so early.")
    if at is None and seq is None:
        return work.case, entries
    folded = work.folds.as_of(work.connection, work.stream, seq=entries[-1].seq)
    return folded.of(CASE), entries


def chronology_file(service: Service, told: Chronology, form: str) -> PaperFile:
    """As CSV or as PDF. Raises PdfNotMade."""
    name = f"{told.record.ref}-chronology"
    if form == "csv":
        return PaperFile(f"{name}.csv", MEDIA["csv"], _csv(told).encode())
    paper = Paper(
        title=f"Chronology of case {told.record.ref}",
        case=told.record.ref,
        seq=told.record.seq,
        leaf=told.record.leaf,
        log=told.log,
        ours=ours_of(service),
        exercise=told.record.is_exercise,
        remarks=(HOW_TO_READ, f"As of entry {told.record.seq}, leaf {told.record.leaf}."),
    )
    rows = page_rows(told.moments)
    content = paper_pdf(paper, template="chronology.typ", columns=list(PAGE_COLUMNS), rows=rows)
    return PaperFile(f"{name}.pdf", MEDIA["pdf"], content)


HOW_TO_READ = (
    "Our clock is the desk's own, in UTC, when the entry was made. Their clock is what was told to us of when it "
    "happened, with its zone and source; the desk vouches for having been told, not for the time. A limit marked as "
    "their statement is no limit that this desk has verified."
)


def _csv(told: Chronology) -> str:
    made = io.StringIO()
    rows = csv.writer(made, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows([_inert(cell) for cell in row] for row in table(told.moments))
    rows.writerow([f"As of entry {told.record.seq}, leaf {told.record.leaf}"])
    rows.writerow([str(told.log)])
    return made.getvalue()


def _inert(cell: str) -> str:
    """A cell that begins as a formula would be carried out by a spreadsheet."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def ours_of(service: Service) -> tuple[str, ...]:
    desk = service.desk
    return (desk.name, desk.state, *((f"Telephone {desk.telephone}",) if desk.telephone else ()))


def log_line_of(service: Service, work: Work) -> LogLine:
    origin = service.desk.log_origin
    return LogLine(origin, root20(work, origin), work.now)
