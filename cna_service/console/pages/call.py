"""The call form: usable with five fields while the caller speaks; only the way is required (desk-rules 1.4)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

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
from cna_service.console.pages.call_look import LOOK, seen
from cna_service.console.pages.case_acting import of_other_side
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import to_text
from cna_service.workflow.call_views import CallFacts, call_facts
from cna_service.workflow.case_reading import authorities
from cna_service.workflow.keys import Replayed
from cna_service.workflow.opening import open_case

router = pages()


@router.get("/calls/new")
def new_call(request: Request, visit: SignedIn, call: str = "") -> Response:
    """``call``: a call to the desk's number by its id; the form begins with what its number makes believe."""
    visit.require(Action.CASE_OPEN)
    facts = call_facts(service_of(request), call) if call else None
    if facts is not None and facts.case is not None:
        return frame_of(request).go(f"/console/cases/{facts.case}")
    return _page(request, visit, Form(), call=facts)


@router.post("/calls/new")
def open_call(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    if posted.act == LOOK:
        # Without a script: the same page with everything typed, and what the register says to it.
        visit.require(Action.CASE_OPEN)
        return _page(request, visit, shown_again(posted, ()))
    try:
        body = call_body(posted, service.clock.now(), authorities(service))
        reply = open_case(service, visit.actor, body, posted.key(visit.officer.id)).body
    except Replayed as before:
        reply = before.reply.body
    except Invalid as error:
        return _page(request, visit, shown_again(posted, at_fields(error.problems)), 422)
    return frame_of(request).go(f"/console/cases/{json.loads(reply)['case']}", "case-opened")


@router.post("/calls/look")
def look(request: Request, posted: Sent) -> Response:
    """Asked by the form while it is filled in: candidates as a part of a page. Records nothing."""
    visit = signed_in(request)
    visit.require(Action.CASE_OPEN)
    look = seen(service_of(request), visit, posted)
    return HTMLResponse(frame_of(request).fragment("call/_look.html", look=look))


def at_fields(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """A position is read apart from its vessel; what is wrong with it belongs beside the first vessel's."""
    return tuple(
        replace(p, pointer=f"/vessels/0{p.pointer}") if p.pointer == "/position" else p for p in problems
    )


def authority_of(call: CallFacts) -> str:
    """As the list beside the field offers it; empty where the number says nothing, or two things."""
    a = call.authority
    return "" if a is None else f"{a['id']} – {a['name']} ({a['state']})"


def _page(
    request: Request, visit: Visit, form: Form, status: int = 200, call: CallFacts | None = None
) -> Response:
    service = service_of(request)
    now = service.clock.now()
    opened = shown_at(form.posted, now) if form.posted.pairs else now
    if call is None and (told := form.posted.value("call")):
        call = call_facts(service, told)
    began = began_choices(opened, None if call is None else call.began_at)
    defaults = {"channel": "phone", "call_began_at": began[0].value, "vessels/0/how": "as_heard"}
    if call is not None:
        defaults |= {"call": call.id, "caller/phone": call.number, "authority": authority_of(call)}
    shown = form if form.posted.pairs else Form(defaults=defaults, key=form.key)
    return frame_of(request).page(
        request,
        "call/new.html",
        visit,
        status=status,
        form=of_other_side(shown),
        shown_at=to_text(opened),
        began=began,
        call=call,
        first=FIRST,
        first_measures=FIRST_MEASURES,
        further_measures=FURTHER_MEASURES,
        basis=BASIS,
        more=MORE,
        ways=WAYS,
        labels=LABELS,
        authorities=authority_options(authorities(service)),
        may_look=visit.may(Action.REGISTRY_SEARCH),
        look=seen(service, visit, shown.posted) if shown.posted.pairs else None,
        look_act=LOOK,
    )
