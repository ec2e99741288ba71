"""Answering measure by measure: the form, the page that repeats what will be recorded, and then the entry.

Ours to an inbound exchange, theirs to an outbound one. What came since the page was opened is shown first, and the
question asked again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import KEY, Form, Posted, shown_again
from cna_service.console.pages.answer_form import (
    BY,
    REASONS,
    THEIR_BY,
    WITHOUT,
    at_rows,
    confirming,
    decided,
    item_labels,
    items_body,
    plain_body,
    told_by,
    values_of,
    whose,
)
from cna_service.console.pages.case_acting import Standstill, attempt, refused
from cna_service.console.pages.case_acts import exchange_of
from cna_service.console.pages.case_fields import Field, labels
from cna_service.console.pages.exchange_basis import basis_options
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Invalid
from cna_service.workflow.answer import give_answer
from cna_service.workflow.case_items import item_lines
from cna_service.workflow.case_reading import card_of, case_view
from cna_service.workflow.case_timeline import timeline_line
from cna_service.workflow.case_view import CaseView, ExchangeView, sheet
from cna_service.workflow.rehearsal import Rehearsed, rehearse

router = pages()

FORM = Field(
    "form", "Form of the answer", "one_of", (("oral", "Oral"), ("written", "Written")), is_required=True
)
OURS = (
    FORM,
    *BY,
    Field("happened_at", "Decided at", "told", hint="Empty: now. UTC, such as 0427Z"),
    Field("words", "Words of the answer", "area", hint="Verbatim, beside the coded values", rows=3),
    *REASONS,
    *WITHOUT,
    Field(
        "register_reason",
        "Reason without a judged search",
        "area",
        hint="Only where registry is confirmed or refuted without one, or on a name that nobody spelt; it is printed",
        rows=2,
    ),
)
THEIRS = (
    FORM,
    *THEIR_BY,
    Field("happened_at", "Answered at", "told", hint="Empty: now. UTC, such as 0427Z"),
    Field("words", "Words of their answer", "area", hint="Verbatim, as they gave it", rows=3),
    Field(
        "override_reason",
        "Reason to rely on an office that is not listed",
        "area",
        hint="It is printed, and it authorizes nothing before the listed authority has confirmed",
        rows=2,
    ),
)


def fields_of(exchange: ExchangeView) -> tuple[Field, ...]:
    """The fields beside the rows; whose answer it is, is asked with one tap and has no default (practice R7)."""
    more = confirming(exchange.exchange)
    if exchange.exchange.is_inbound:
        return (*OURS, *more)
    return (THEIRS[0], whose(exchange.other), *THEIRS[1:], *more)


@router.get("/cases/{ref}/exchanges/{n}/answer")
def answer_page(request: Request, visit: SignedIn, ref: str, n: int, decision: int | None = None) -> Response:
    visit.require(Action.ANSWER_GIVE)
    view = case_view(service_of(request), ref)
    exchange = exchange_of(view, n)
    defaults = {"form": "oral" if exchange.exchange.form == "oral" else "written"}
    taken = next((d for d in exchange.exchange.decisions if d["decision"] == decision), None)
    if taken is not None:
        defaults |= decided(taken, exchange.items)
    return _page(request, visit, view, n, Form(defaults=defaults, seen=view.seq))


@router.post("/cases/{ref}/exchanges/{n}/answer")
def answer_posted(request: Request, posted: Sent, ref: str, n: int) -> Response:
    """``act``: review (repeat what will be recorded), change (back to the form), record."""
    visit, service = signed_in(request), service_of(request)
    visit.require(Action.ANSWER_GIVE)
    view = case_view(service, ref)
    exchange = exchange_of(view, n)
    body, kept = answer_body(posted, exchange, view)

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        shown = replace(form, problems=at_rows(form.problems, kept))
        return _page(request, visit, view, n, shown, status=status, standstill=standstill)

    if posted.act == "change":
        return again(shown_again(posted, ()), 200, None)
    if posted.act == "record":
        ours = exchange.exchange.is_inbound
        return attempt(
            request,
            visit,
            posted,
            lambda key: give_answer(service, visit.actor, view.ref, n, body, key),
            to=f"/console/cases/{view.ref}/exchanges/{n}/convey" if ours else f"/console/cases/{view.ref}",
            done="answered",
            again=again,
            view=lambda: case_view(service, ref),
        )
    try:
        rehearsed = rehearse(service, lambda stage: give_answer(stage, visit.actor, view.ref, n, body))
    except (Invalid, Conflict) as error:
        return refused(error, posted, again, lambda: case_view(service, ref))
    return _review(request, visit, view, n, posted, rehearsed)


def answer_body(posted: Posted, exchange: ExchangeView, view: CaseView) -> tuple[dict[str, Any], list[int]]:
    """The body of ``give_answer``, and which row of the form each answer is."""
    answers, kept = items_body(posted, view.now)
    body = plain_body(fields_of(exchange), posted, view.now)
    if not exchange.exchange.is_inbound:
        body["by"] = told_by(body.get("by") or {}, exchange.exchange.authority)
    return body | {"answers": answers, "seen": posted.seen}, kept


def _review(
    request: Request, visit: Visit, view: CaseView, n: int, posted: Posted, rehearsed: Rehearsed
) -> Response:
    answered = rehearsed.case.exchange(n)
    assert answered is not None
    answer = answered.answers[-1]
    given = {(i.vessel, i.measure) for i in answer.items}
    lines = item_lines(rehearsed.case, answered)
    return frame_of(request).page(
        request,
        "answer/review.html",
        visit,
        view=view,
        exchange=exchange_of(view, n),
        answer=answer,
        given=[x for x in lines if (x.vessel, x.measure) in given],
        left=[x for x in lines if (x.vessel, x.measure) not in given],
        internal=posted.value("reason_internal").strip(),
        entries=[timeline_line(e, None, e.type) for e in rehearsed.entries],
        posted=posted,
        form=Form(posted, seen=posted.seen, key=posted.value(KEY)),
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
    card = card_of(service_of(request), visit.actor, view.ref, n)
    fields = fields_of(exchange)
    return frame_of(request).page(
        request,
        "answer/form.html",
        visit,
        status=status,
        view=view,
        exchange=exchange,
        form=form,
        fields=fields,
        values_of=values_of,
        bases=basis_options(card),
        labels=labels(fields)
        | item_labels(exchange.items)
        | {"answers": "Answers", "delegation": "Delegation", "basis/provision": "Legal basis", "by": "Who"},
        searches=[
            sheet(s) for s in reversed(view.record.searches) if s.get("verdict") not in (None, "undecided")
        ],
        standstill=standstill,
    )
