"""Small forms of an officer: what to do with an exchange when the law changed."""

from __future__ import annotations

from cna_service.console.pages.case_act import Act
from cna_service.console.pages.case_fields import Field, Options
from cna_service.identity.permissions import Action
from cna_service.workflow.case_law_view import law_view
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.rebase import rebase


def _changes(view: CaseView) -> Options:
    """The changes for which nobody has decided yet."""
    return tuple({x.change: x.words for x in law_view(view.record).undecided}.items())


CASE_ACTS: tuple[Act, ...] = ()
EXCHANGE_ACTS: tuple[Act, ...] = (
    Act(
        "rebase",
        "Keep or change the basis after a change of the law",
        "Keeping lets the clocks run as they were armed. Re-basing closes them as superseded, keeps them in the "
        "record, and arms new ones under the law as it is now known, from the same events.",
        "Record it",
        Action.BASIS_REBASE,
        (
            Field("change", "Change of the law", "choice", _changes, is_required=True),
            Field(
                "keep",
                "Which basis",
                "one_of",
                (("true", "Keep the old basis"), ("false", "Re-base")),
                is_required=True,
            ),
            Field("reason", "Why", "area", is_required=True, rows=2),
        ),
        rebase,
        decides=True,
    ),
)
