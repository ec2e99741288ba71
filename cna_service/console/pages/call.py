"""The call form: usable with five fields while the caller speaks; only the way is required (desk-rules 1.4)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from fastapi import Request, Response

from cna_service.console.forms import Form, shown_again
from cna_service.console.pages.call_body import authority_options, began_choices, call_body, shown_at
from cna_service.console.pages.call_fields import (
    BASIS,
    FIRST,
    FIRST_MEASURES,
    FURTHER_MEASURES,
    LABELS,
    MORE,
    WAYS,
)
from cna_service.console.pages.case_acting import of_other_side
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import to_text
from cna_service.workflow.case_reading import authorities
from cna_service.workflow.keys import Replayed
from cna_service.workflow.opening import open_case

router = pages()


@router.get("/calls/new")
def new_call(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.CASE_OPEN)
    return _page(request, visit, Form())


@router.post("/calls/new")
def open_call(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    try:
        body = call_body(posted, service.clock.now(), authorities(service))
        reply = open_case(service, visit.actor, body, posted.key(visit.officer.id)).body
    except Replayed as before:
        reply = before.reply.body
    except Invalid as error:
        return _page(request, visit, shown_again(posted, at_fields(error.problems)), 422)
    return frame_of(request).go(f"/console/cases/{json.loads(reply)['case']}", "case-opened")


def at_fields(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """A position is read apart from its vessel; what is wrong with it belongs beside the first vessel's."""
    return tuple(
        replace(p, pointer=f"/vessels/0{p.pointer}") if p.pointer == "/position" else p for p in problems
    )


def _page(request: Request, visit: Visit, form: Form, status: int = 200) -> Response:
    service = service_of(request)
    now = service.clock.now()
    opened = shown_at(form.posted, now) if form.posted.pairs else now
    began = began_choices(opened)
    defaults = {"channel": "phone", "call_began_at": began[0].value, "vessels/0/how": "as_heard"}
    shown = form if form.posted.pairs else Form(defaults=defaults, key=form.key)
    return frame_of(request).page(
        request,
        "call/new.html",
        visit,
        status=status,
        form=of_other_side(shown),
        shown_at=to_text(opened),
        began=began,
        first=FIRST,
        first_measures=FIRST_MEASURES,
        further_measures=FURTHER_MEASURES,
        basis=BASIS,
        more=MORE,
        ways=WAYS,
        labels=LABELS,
        authorities=authority_options(authorities(service)),
    )
