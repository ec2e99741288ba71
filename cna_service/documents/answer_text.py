"""The written answer as a mail: the same facts as the PDF, in the same order."""

from __future__ import annotations

from cna_service.documents.answer_content import AnswerContent, Row, content
from cna_service.documents.content import Fact, Section, fact
from cna_service.documents.frame import MailText, write
from cna_service.documents.model import WrittenAnswer

ONLY_WHAT_IS_GRANTED = "Only what is granted here, measure by measure, is granted."
NOT_GRANTED = "Not granted"


def answer_mail(answer: WrittenAnswer) -> MailText:
    """Subject and body of the mail that carries a written answer; the body ends with the log's line."""
    said = content(answer)
    return write(answer, said.title, sections(said))


def sections(said: AnswerContent) -> tuple[Section, ...]:
    parts = (
        Section("References and times", said.facts),
        Section("Vessels", said.vessels),
        Section("Every measure asked, with its answer", tuple(_row(r) for r in said.rows), (said.tally,)),
        Section(NOT_GRANTED, sentences=(*said.not_granted, ONLY_WHAT_IS_GRANTED)),
        Section("Conditions", said.conditions),
        Section("Register", said.register),
        Section("Basis and decision", said.decision),
        Section("Remarks", sentences=said.remarks),
    )
    return tuple(part for part in parts if part.facts or part.sentences)


def _row(row: Row) -> Fact:
    quoted = tuple(f"words: {paragraph}" for paragraph in row.words)
    return fact(
        "",
        f"{row.number}. Vessel {row.vessel} ({row.vessel_name}), {row.measure} [{row.measure_code}]",
        f"{row.value} [{row.value_code}]",
        row.sentence,
        *row.lines,
        *quoted,
    )
