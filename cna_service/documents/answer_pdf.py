"""The written answer as a PDF, set by typst with the fonts inside it.

The template is a constant; what it sets is handed over as JSON and is text there, never markup, so nothing that a
partner wrote can run or change the page. Same input, same bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path

import typst

from cna_service.documents.answer_content import content
from cna_service.documents.answer_text import ONLY_WHAT_IS_GRANTED
from cna_service.documents.content import authority_lines, official, shortened, shown_or_none
from cna_service.documents.frame import EXERCISE, log_line, remarks
from cna_service.documents.model import Letter, WrittenAnswer
from cna_service.documents.shown import one_line
from cna_service.kit.errors import Unavailable

TEMPLATES = Path(__file__).parent / "templates"
ANSWER_TEMPLATES = ("answer.typ", "letter.typ")
_LONGEST_MARKING = 90


class PdfNotMade(Unavailable):
    """The page could not be set. Send the text by mail; it says the same."""

    code = "pdf-not-made"
    title = "The PDF could not be made; the same answer can be sent as text"


@dataclass(frozen=True, slots=True)
class Template:
    """A file a page is set with, as kept whole beside the entry that cites it (desk-rules 8.1)."""

    path: str
    text: str
    sha256: str


def templates(*names: str) -> tuple[Template, ...]:
    """The templates of a paper, of a written answer without names, with the hash by which an entry may cite them."""
    return tuple(_template(TEMPLATES / name) for name in sorted(names or ANSWER_TEMPLATES))


def render(answer: WrittenAnswer) -> bytes:
    """The PDF of a written answer.

    Raises ValueError for an instant without a zone, :class:`PdfNotMade` where the page cannot be set.
    """
    return set_pages("answer.typ", json.dumps(page(answer)), int(answer.sent_at.timestamp()))


def page(answer: WrittenAnswer) -> dict[str, object]:
    """What the template is given: the frame of the letter and the content of the answer, as JSON values."""
    said = content(answer)
    return {
        **letterhead(answer),
        **asdict(said),
        "remarks": [*said.remarks, *remarks(answer)],
        "signed_by": ", ".join(official("", answer.decided_by).lines),
        "only_what_is_granted": ONLY_WHAT_IS_GRANTED,
    }


def letterhead(letter: Letter) -> dict[str, object]:
    """What stands on every page of a letter; shared by every PDF that leaves the desk."""
    sent = letter.sent_at.astimezone(UTC)
    marking = shown_or_none(letter.marking)
    return {
        "ours": authority_lines(letter.ours),
        "theirs": authority_lines(letter.theirs),
        "exercise": EXERCISE if letter.exercise else None,
        "marking": shortened(marking, _LONGEST_MARKING) if marking else None,
        "case": one_line(letter.case),
        "seq": letter.seq,
        "leaf": one_line(letter.leaf),
        "log_line": log_line(letter),
        "date": [sent.year, sent.month, sent.day, sent.hour, sent.minute, sent.second],
    }


def set_pages(template: str, given: str, timestamp: int) -> bytes:
    """Set one of our templates with ``given`` (JSON); the machine's own fonts are left out, so that pages agree."""
    try:
        made = typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"given": given},
            timestamp=timestamp,
        )
    except typst.TypstError:
        # Its message may quote the letter, which must not reach the application log.
        raise PdfNotMade(template=template) from None
    if not isinstance(made, bytes):
        raise PdfNotMade(template=template)
    return made


def _template(path: Path) -> Template:
    text = path.read_text(encoding="utf-8")
    return Template(f"documents/templates/{path.name}", text, hashlib.sha256(text.encode()).hexdigest())
