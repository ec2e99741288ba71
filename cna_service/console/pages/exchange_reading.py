"""Reading a writing that differs from the word: both texts side by side, and what stands, measure by measure."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.pages.case_acting import Standstill, attempt
from cna_service.console.pages.case_acts import exchange_of
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.workflow.case_answers_view import Differing, differing
from cna_service.workflow.case_reading import case_view
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.in_writing import read_writing

router = pages()

STANDS = (
    ("as_spoken", "As spoken"),
    ("as_written", "As written"),
    ("neither", "Neither: ask them"),
)


@router.get("/cases/{ref}/exchanges/{n}/reading/{a}")
def reading_page(request: Request, visit: SignedIn, ref: str, n: int, a: int) -> Response:
    visit.require(Action.ANSWER_READ)
    view = case_view(service_of(request), ref)
    return _page(request, visit, view, n, a, Form(seen=view.seq))


@router.post("/cases/{ref}/exchanges/{n}/reading/{a}")
def reading_posted(request: Request, posted: Sent, ref: str, n: int, a: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    visit.require(Action.ANSWER_READ)
    view = case_view(service, ref)
    rows = _rows(view, n, a)
    body = reading_body(posted, rows) | {"answer": a, "seen": posted.seen}

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        return _page(request, visit, view, n, a, form, status=status, standstill=standstill)

    return attempt(
        request,
        visit,
        posted,
        lambda key: read_writing(service, visit.actor, view.ref, n, body, key),
        to=f"/console/cases/{view.ref}",
        done="recorded",
        again=again,
        view=lambda: case_view(service, ref),
    )


def reading_body(posted: Posted, rows: list[Differing]) -> dict[str, Any]:
    """The body of ``read_writing``: a measure counts for which something was tapped."""
    items = [
        {"vessel": row.vessel, "measure": row.measure, "stands": stands}
        for at, row in enumerate(rows)
        if (stands := posted.value(f"items/{at}/stands"))
    ]
    return {"items": items, "words": posted.value("words").strip()}


def _rows(view: CaseView, n: int, a: int) -> list[Differing]:
    """Raises NotFound where that answer differs from no word."""
    exchange = exchange_of(view, n).exchange
    answer = next((x for x in exchange.answers if x.n == a and x.differs), None)
    if answer is None:
        raise NotFound(f"Answer {a} of exchange {n} differs from no earlier word.")
    return differing(exchange, answer)


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    n: int,
    a: int,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    return frame_of(request).page(
        request,
        "answer/reading.html",
        visit,
        status=status,
        view=view,
        exchange=exchange_of(view, n),
        number=a,
        rows=_rows(view, n, a),
        stands=STANDS,
        form=form,
        labels={"words": "Words", "items": "Measures"},
        standstill=standstill,
    )
