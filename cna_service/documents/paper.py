"""A paper that leaves the desk beside answers: certificate, brief, release. Its shape, and its plain text.

Every line may name entries by their notes; the notes stand at the end. The last line is the log's (desk-rules 16.1).
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import datetime

from cna_service.documents.frame import EXERCISE
from cna_service.documents.log_line import LogLine
from cna_service.documents.shown import one_line

PAPER_TEMPLATES = ("letter.typ", "paper.typ")
CHRONOLOGY_TEMPLATES = ("chronology.typ", "letter.typ")
_WIDTH = 78


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence; ``notes`` are the labels of its notes."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Note:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """``lines`` below the rule to sign on; ``is_signed`` False leaves the rule to be signed by hand."""

    role: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """``band`` says across every page what the paper is not: a draft, revoked, superseded. ``to`` may be empty."""

    title: str
    case: str
    seq: int
    leaf: str
    log: LogLine
    ours: tuple[str, ...]
    to: tuple[str, ...] = ()
    exercise: bool = False
    marking: str | None = None
    band: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[Note, ...] = ()
    notes_heading: str = "Notes: the entries cited"
    closing: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def made_at(self) -> datetime:
        return self.log.sent_at


def paper_text(paper: Paper) -> str:
    """The paper as plain text; what came from outside is quoted within a sentence and cannot pose as a line of ours."""
    banner = [EXERCISE] if paper.exercise else []
    band = [f"*** {one_line(paper.band)} ***"] if paper.band else []
    lines = [*banner, *band, *([f"Handling: {one_line(paper.marking)}"] if paper.marking else [])]
    lines += [f"From: {', '.join(paper.ours)}", *([f"To: {', '.join(paper.to)}"] if paper.to else [])]
    lines += ["", paper.title.upper()]
    lines += [x for label, told in paper.facts for x in _wrapped(f"{label}: {told}", "", "    ")]
    for part in paper.parts:
        lines += ["", part.heading.upper()]
        lines += [x for line in part.lines for x in _wrapped(_with_notes(line), "  ", "      ")]
    for closing in paper.closing:
        lines += ["", *_wrapped(closing, "", "")]
    for signature in paper.signatures:
        lines += ["", signature.role.upper()]
        lines += [x for told in signature.lines for x in _wrapped(told, "  ", "      ")]
    if paper.notes:
        lines += ["", paper.notes_heading.upper()]
        lines += [x for n in paper.notes for x in _wrapped(f"[{n.label}] {n.text}", "  ", "      ")]
    lines += ["", *[x for told in paper.remarks for x in _wrapped(told, "", "")], *band, *banner]
    lines += [f"Case {one_line(paper.case)}, seq {paper.seq}, leaf {one_line(paper.leaf)}", str(paper.log)]
    return "\n".join(lines) + "\n"


def _with_notes(line: Line) -> str:
    return f"{line.text} [{', '.join(line.notes)}]" if line.notes else line.text


def _wrapped(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
