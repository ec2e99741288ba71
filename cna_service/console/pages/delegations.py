"""Who may decide: the delegations in force and those before, a form to note one, and one to end one."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.agreements.measures import MEASURES
from cna_service.console import words
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.documents.measures import measure_words
from cna_service.identity.delegations import ALL
from cna_service.identity.permissions import Action
from cna_service.workflow import delegations as verbs
from cna_service.workflow import views
from cna_service.workflow.delegation_views import delegation_lines

router = pages()
DELEGATIONS = "/console/delegations"
LABELS = {
    "to": "Who may decide",
    "to/officer": "A person",
    "to/role": "Everybody of a role",
    "to/post": "The holder of a post",
    "to/office": "Office of the post",
    "measures": "Measures",
    "acts": "For",
    "conditions": "Conditions",
    "from": "From",
    "until": "Until",
    "deputies": "Deputies",
    "instrument": "Written act",
    "instrument/title": "Title of the written act",
    "instrument/reference": "Reference",
    "instrument/date": "Date",
    "instrument/words": "Its words",
    "reason": "Remarks",
}
MEASURE_OPTIONS = ((ALL, "Every measure"), *((m, measure_words(m).label) for m in MEASURES))
ACT_OPTIONS = (("answer", "Answers"), ("certificate", "Certificates"), ("instruction", "Instructions"))
_DEPUTIES = 3


@router.get("/delegations")
def delegations_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.DELEGATION_READ)
    return _page(request, visit)


@router.post("/delegations")
def note(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = _body(posted, request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: verbs.give_delegation(service, visit.actor, body, key),
        to=DELEGATIONS,
        done="delegation-noted",
        again=lambda form, status: _page(request, visit, form=form, status=status),
    )


@router.post("/delegations/{delegation}/end")
def end(request: Request, posted: Sent, delegation: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: verbs.end_delegation(
            service, visit.actor, delegation, {"reason": posted.value("reason")}, key
        ),
        to=DELEGATIONS,
        done="delegation-ended",
        again=lambda form, status: _page(request, visit, ending=(delegation, form), status=status),
    )


def _body(posted: Posted, request: Request) -> dict[str, Any]:
    now = service_of(request).clock.now()
    body = posted.body(lists=("measures", "acts"))
    for name, ahead in (("from", False), ("until", True)):
        if typed := posted.value(name).strip():
            body[name] = as_instant(typed, now, ahead=ahead)
    if typed := posted.value("conditions").strip():
        body["conditions"] = [line.strip() for line in typed.splitlines() if line.strip()]
    deputies = [posted.value(f"deputies/{n}") for n in range(_DEPUTIES)]
    body.pop("deputies", None)
    return body | ({"deputies": chosen} if (chosen := [d for d in deputies if d]) else {})


def _page(
    request: Request,
    visit: Visit,
    *,
    form: Form | None = None,
    ending: tuple[str, Form] | None = None,
    status: int = 200,
) -> Response:
    service = service_of(request)
    now, lines = delegation_lines(service)
    officers = [line.officer for line in views.officer_lines(service) if line.officer.is_enabled]
    return frame_of(request).page(
        request,
        "delegations.html",
        visit,
        status=status,
        now=now,
        lines=lines,
        form=form or Form(defaults={"from": "now"}),
        ending=ending,
        labels=LABELS,
        people=[(o.id, f"{o.name} ({o.id})") for o in officers],
        roles=tuple(words.ROLES.items()),
        measures=MEASURE_OPTIONS,
        acts=ACT_OPTIONS,
        measure_label=lambda m: "every measure" if m == ALL else measure_words(m).label,
        deputies=range(_DEPUTIES),
    )
