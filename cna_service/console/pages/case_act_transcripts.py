"""Small forms of an officer: paper periods."""

from __future__ import annotations

from cna_service.console.pages.case_act import Act, on_number
from cna_service.console.pages.case_fields import WORDS, Field, Options
from cna_service.identity.permissions import Action
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.transcribing import compare


def _periods(view: CaseView) -> Options:
    return [(str(p.n), f"Period {p.n}") for p in view.record.transcripts.paper_periods]


CASE_ACTS: tuple[Act, ...] = (
    Act(
        "compare-paper",
        "Compare typed entries with the scan",
        "Hold each entry of the period against its page. Whoever typed it in cannot compare it. What differs is mended "
        "by a further entry, never in the typed one.",
        "Record the comparison",
        Action.PAPER_COMPARE,
        (
            Field("number", "Period on paper", "choice", _periods, is_required=True),
            Field(
                "agrees",
                "The entries agree with the scan",
                "one_of",
                (("yes", "Yes, every one"), ("no", "No")),
                is_required=True,
            ),
            WORDS,
        ),
        on_number("number", compare),
        group="Papers",
    ),
)
EXCHANGE_ACTS: tuple[Act, ...] = ()
