"""Commands of the interface: what an officer does when the law of an exchange changed."""

from __future__ import annotations

from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import SEEN, many, text, thing, yes_no
from cna_service.api.step import Step
from cna_service.workflow.rebase import rebase

CASE_STEPS: tuple[Step[CaseVerb], ...] = ()
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "rebasing",
        rebase,
        "Keep or change the basis after a change of the law",
        thing(
            {
                "change": text("the entry listed in law_changes of the case"),
                "keep": yes_no("true keeps the basis, false re-bases"),
                "reason": text(),
                "provisions": many(text("the new basis, where it is another")),
                "zone": text(),
                "seen": SEEN,
            },
            required=("change", "keep", "reason"),
        ),
        "Superseded clocks stay in the record; new ones are armed under the law as it is now known.",
        decides=True,
    ),
)
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = ()
