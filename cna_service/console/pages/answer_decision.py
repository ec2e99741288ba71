"""Recording a decision: what whoever may decide said, measure by measure; what he left out is not granted."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request, Response

from cna_service.console.forms import Form
from cna_service.console.pages.answer_form import (
    BY,
    REASONS,
    WITHOUT,
    at_rows,
    item_labels,
    items_body,
    plain_body,
    values_of,
)
from cna_service.console.pages.case_acting import Standstill, attempt
from cna_service.console.pages.case_acts import exchange_of
from cna_service.console.pages.case_fields import Field, labels
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow.case_reading import case_view
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.decide import record_decision

router = pages()

LINES = (
    ("phone", "Telephone"),
    ("in_person", "In person"),
    ("radio", "Radio"),
    ("mail", "Mail"),
    ("chat", "Chat"),
    ("written", "In writing"),
    ("console", "At this console"),
)
_SAID = (("yes", "Yes"), ("no", "No"), ("not_stated", "Not stated"))
_QUESTIONS = (("detain", "Detain?"), ("seize", "Seize?"), ("persons", "Persons?"))
FIELDS = (
    *BY,
    Field("line", "By which line", "choice", LINES, default="phone", is_required=True),
    Field("happened_at", "Decided at", "told", hint="Empty: now. UTC, such as 0427Z"),
    Field("words", "His exact words", "area", hint="Verbatim", rows=3),
    *(Field(f"asked/{name}", words, "one_of", _SAID) for name, words in _QUESTIONS),
    Field(
        "read_back",
        "Send him what was recorded, to confirm, by",
        "one_of",
        (("sms", "SMS"), ("email", "Mail")),
        default="sms",
    ),
    *WITHOUT,
    *REASONS,
)


@router.get("/cases/{ref}/exchanges/{n}/decision")
def decision_page(request: Request, visit: SignedIn, ref: str, n: int) -> Response:
    visit.require(Action.DECISION_RECORD)
    view = case_view(service_of(request), ref)
    return _page(request, visit, view, n, Form(defaults={"line": "phone", "read_back": "sms"}, seen=view.seq))


@router.post("/cases/{ref}/exchanges/{n}/decision")
def record(request: Request, posted: Sent, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    exchange = exchange_of(view, n)
    answers, kept = items_body(posted, view.now)
    body = plain_body(FIELDS, posted, view.now) | {"answers": answers, "seen": posted.seen}
    taken = len(exchange.exchange.decisions) + 1

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        shown = replace(form, problems=at_rows(form.problems, kept))
        return _page(request, visit, view, n, shown, status=status, standstill=standstill)

    return attempt(
        request,
        visit,
        posted,
        lambda key: record_decision(service, visit.actor, view.ref, n, body, key),
        to=f"/console/cases/{view.ref}/exchanges/{n}/answer?decision={taken}",
        done=None,
        again=again,
        view=lambda: case_view(service, ref),
    )


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    n: int,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    exchange = exchange_of(view, n)
    return frame_of(request).page(
        request,
        "answer/decision.html",
        visit,
        status=status,
        view=view,
        exchange=exchange,
        form=form,
        fields=FIELDS,
        values_of=values_of,
        labels=labels(FIELDS)
        | item_labels(exchange.items)
        | {"answers": "Decisions", "by": "Who decided", "delegation": "Delegation"},
        standstill=standstill,
    )
