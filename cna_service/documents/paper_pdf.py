"""A paper as a PDF: the template is a constant, what it sets is JSON and text there, never markup. Same input, same
bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC

from cna_service.documents.answer_pdf import set_pages
from cna_service.documents.frame import EXERCISE
from cna_service.documents.paper import Paper
from cna_service.documents.shown import one_line


def paper_pdf(paper: Paper, *, template: str = "paper.typ", **more: object) -> bytes:
    """Raises PdfNotMade where the page cannot be set."""
    given = {**_frame(paper), **more}
    return set_pages(template, json.dumps(given), int(paper.made_at.timestamp()))


def _frame(paper: Paper) -> dict[str, object]:
    at = paper.made_at.astimezone(UTC)
    told = asdict(paper)
    del told["log"]
    return {
        **told,
        "theirs": list(paper.to),
        "exercise": EXERCISE if paper.exercise else None,
        "case": one_line(paper.case),
        "leaf": one_line(paper.leaf),
        "log_line": str(paper.log),
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
    }
