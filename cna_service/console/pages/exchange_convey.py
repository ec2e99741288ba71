"""Conveying an answer: by mail with its PDF, by telephone from a script, or otherwise; decided is not yet conveyed.

Before the script of a spoken answer appears, the officer enters whom he called (desk-rules 2.4).
"""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import KEY, Form, Posted
from cna_service.console.pages.case_acting import Standstill, attempt, refused
from cna_service.console.pages.case_acts import exchange_of
from cna_service.console.pages.case_fields import Field, body_of, labels
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow.case_reading import answer_pdf, answer_preview, case_view
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.convey import convey, script

router = pages()

WAYS = {
    "phone": "By telephone, from a script",
    "radio": "By radio, from a script",
    "mail": "By mail, with the PDF",
    "api": "Over the interface: they read it with their token",
    "fax": "By fax, sent by hand",
    "diplomatic_note": "By diplomatic note, sent by hand",
}
SPOKEN = ("phone", "radio")

CALL = (
    Field("number", "Number called", is_required=True, mode="tel"),
    Field("number_reason", "Why this number", hint="Only where it is not the directory's", mode=None),
    Field("listener_name", "Who is listening: name", is_required=True),
    Field("listener_office", "Office", is_required=True),
    Field("reference_spoken", "Their reference, as they speak it"),
    Field("code_read_back", "Or our code, as they read it back"),
    Field("started_at", "Call began", "instant", hint="Empty: this minute. UTC, such as 0427Z"),
)
AFTER = (
    Field("read_back", "What they read back", "area", is_required=True, rows=3),
    Field(
        "outcome",
        "The read-back was",
        "one_of",
        (("agreed", "Agreed: as said"), ("corrected", "Corrected, and read back again")),
        is_required=True,
    ),
    Field("correction", "What was corrected", "area", rows=2),
    Field("ended_at", "Call ended", "instant", hint="Empty: now. UTC, such as 0427Z"),
)
BY_HAND = (
    Field("office", "Handed to: office"),
    Field("name", "Handed to: name"),
    Field("number", "Number", mode="tel"),
)


@router.get("/cases/{ref}/exchanges/{n}/convey")
def convey_page(
    request: Request, visit: SignedIn, ref: str, n: int, by: str = "", answer: int | None = None
) -> Response:
    visit.require(Action.ANSWER_CONVEY)
    view = case_view(service_of(request), ref)
    return _page(request, visit, view, n, by if by in WAYS else "", answer, Form())


@router.get("/cases/{ref}/exchanges/{n}/answers/{answer}/preview.pdf")
def preview(request: Request, visit: SignedIn, ref: str, n: int, answer: int) -> Response:
    """The PDF as it would leave now; the one that leaves is made and kept when it is sent."""
    visit.require(Action.ANSWER_CONVEY)
    view = case_view(service_of(request), ref)
    content = answer_pdf(service_of(request), visit.actor, view.ref, n, answer)
    headers = {
        "Content-Disposition": f'inline; filename="{view.ref}-answer-{n}-{answer}-preview.pdf"',
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response(content, media_type="application/pdf", headers=headers)


@router.post("/cases/{ref}/exchanges/{n}/convey/call")
def identify(request: Request, posted: Sent, ref: str, n: int) -> Response:
    """The person on the line is named: show what is read out. Nothing is recorded yet."""
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    answer = _number(posted.value("answer"))
    way = posted.value("channel") if posted.value("channel") in SPOKEN else "phone"
    body = _call_body(posted, view)

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        return _page(request, visit, view, n, way, answer, form, status=status, standstill=standstill)

    try:
        said = script(service, visit.actor, view.ref, n, body | {"answer": answer})
    except (Invalid, Conflict) as error:
        return refused(error, posted, again, lambda: view)
    return _script(request, visit, view, n, said, Form(posted, key=posted.value(KEY)), body)


@router.post("/cases/{ref}/exchanges/{n}/convey")
def convey_posted(request: Request, posted: Sent, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    answer, way = _number(posted.value("answer")), posted.value("channel")
    body: dict[str, Any] = {"channel": way} | ({} if answer is None else {"answer": answer})
    if way in SPOKEN:
        body |= _call_body(posted, view) | {
            k: v for k, v in body_of(AFTER, posted, view.now).items() if k in _AFTER
        }
        body.setdefault("ended_at", to_text(view.now))
    elif way in ("fax", "diplomatic_note"):
        told = body_of(BY_HAND, posted, view.now)
        body |= {f.name: told[f.name] for f in BY_HAND if f.name in told}

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        if way in SPOKEN and status == 422 and not _is_about_the_call(form):
            said = script(service, visit.actor, view.ref, n, _call_body(posted, view) | {"answer": answer})
            return _script(request, visit, view, n, said, form, _call_body(posted, view), status=status)
        return _page(request, visit, view, n, way, answer, form, status=status, standstill=standstill)

    return attempt(
        request,
        visit,
        posted,
        lambda key: convey(service, visit.actor, view.ref, n, body, key),
        to=f"/console/cases/{view.ref}",
        done="mail-queued" if way == "mail" else "conveyed",
        again=again,
        view=lambda: case_view(service, ref),
    )


_AFTER = frozenset(f.name for f in AFTER)
_CALL = frozenset(f.name for f in CALL)


def _is_about_the_call(form: Form) -> bool:
    return any(p.pointer.strip("/") in _CALL for p in form.problems)


def _call_body(posted: Posted, view: CaseView) -> dict[str, Any]:
    told = {k: v for k, v in body_of(CALL, posted, view.now).items() if k in _CALL}
    told.setdefault("started_at", to_text(view.now.replace(second=0, microsecond=0)))
    return told


def _number(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 4 else None


def _script(
    request: Request,
    visit: Visit,
    view: CaseView,
    n: int,
    said: dict[str, Any],
    form: Form,
    call: dict[str, Any],
    *,
    status: int = 200,
) -> Response:
    return frame_of(request).page(
        request,
        "answer/script.html",
        visit,
        status=status,
        view=view,
        exchange=exchange_of(view, n),
        said=said,
        form=form,
        call=call,
        fields=AFTER,
        labels=labels(AFTER),
    )


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    n: int,
    by: str,
    answer: int | None,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    exchange = exchange_of(view, n)
    shown = answer_preview(service_of(request), visit.actor, view.ref, n, answer)
    given = next(a for a in exchange.exchange.answers if a.n == shown.answer)
    defaults = {"number": shown.phone or ""} if by in SPOKEN else {}
    fresh = form if form.posted.pairs else Form(defaults=defaults, key=form.key)
    return frame_of(request).page(
        request,
        "answer/convey.html",
        visit,
        status=status,
        view=view,
        exchange=exchange,
        answer=given,
        preview=shown,
        by=by,
        ways=WAYS,
        spoken=SPOKEN,
        form=fresh,
        call_fields=CALL,
        hand_fields=BY_HAND,
        labels=labels((*CALL, *BY_HAND)) | {"channel": "Way"},
        standstill=standstill,
    )
