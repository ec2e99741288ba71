"""The rule card between two States: what applies or might, what it gives, what is left without an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request, Response

from cna_service.agreements.measures import MEASURES, OFFENCES, ZONES
from cna_service.agreements.model import Form as RequestForm
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.visits import SignedIn, frame_of, service_of
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.workflow import card_views
from cna_service.workflow.asked import Asked

router = pages()

FORMS = [
    ("", "not said"),
    (RequestForm.ORAL.value, "by word of mouth"),
    (RequestForm.WRITTEN.value, "in writing"),
]


@router.get("/rules")
def rules_page(request: Request, visit: SignedIn) -> Response:
    """The card is asked for by a plain GET form, so that its address can be kept and sent on."""
    visit.require(Action.RULES_READ)
    service = service_of(request)
    pairs = tuple((n, v) for n, v in request.query_params.multi_items() if v)
    posted = Posted(pairs)
    form = Form(posted, defaults={"requested": service.desk.state})
    cards: list[dict[str, Any]] = []
    status = 200
    if pairs:
        try:
            cards = card_views.rule_cards(service, Asked(posted.body(lists=("measures", "offences"))))
        except Invalid as error:
            form, status = Form(posted, error.problems), 422
    return frame_of(request).page(
        request,
        "rules.html",
        visit,
        status=status,
        form=form,
        cards=cards,
        several=card_views.SEVERAL if len(cards) > 1 else None,
        short={a.id: a.short for a in service.policies.catalogue.agreements.values()},
        at=_instant(cards, "at"),
        known_at=_instant(cards, "known_at"),
        offences=_worded(OFFENCES),
        measures=_worded(MEASURES),
        zones=_worded(ZONES),
        forms_of_request=FORMS,
    )


def _instant(cards: list[dict[str, Any]], name: str) -> datetime | None:
    """An instant that all cards share."""
    told = cards[0][name] if cards else None
    return None if told is None else datetime.fromisoformat(told)


def _worded(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, code.replace("_", " ")) for code in codes]
