"""What officers arrange on the page Watch: their absences, swaps of watches, addresses of their calendars."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.console.acting import carry_out
from cna_service.console.forms import Posted, shown_again
from cna_service.console.pages.watch import WATCH, body_of, page_with
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, service_of, signed_in
from cna_service.kit.errors import Invalid
from cna_service.workflow import roster_absences, roster_links, roster_swaps
from cna_service.workflow.keys import Replayed

router = pages()

_ACTS = {
    "accept": (roster_swaps.accept_swap, "swap-accepted"),
    "decline": (roster_swaps.decline_swap, "swap-declined"),
    "withdraw": (roster_swaps.withdraw_swap, "swap-withdrawn"),
}


@router.post("/watch/absences")
def note_absence(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_absences.note_absence(service, visit.actor, body_of(request, posted), key),
        to=WATCH,
        done="absence-noted",
        again=lambda form, status: page_with(request, visit, "absence", form, status),
    )


@router.post("/watch/absences/end")
def end_absence(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_absences.end_absence(service, visit.actor, posted.body(), key),
        to=WATCH,
        done="absence-ended",
        again=lambda form, status: page_with(request, visit, "absence-end", form, status),
    )


@router.post("/watch/swaps")
def ask_swap(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_swaps.ask_swap(service, visit.actor, _swap(posted), key),
        to=WATCH,
        done="swap-asked",
        again=lambda form, status: page_with(request, visit, "swap", form, status),
    )


@router.post("/watch/swaps/settle")
def settle_swap(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    act, done = _ACTS.get(posted.act, _ACTS["decline"])
    return carry_out(
        request,
        visit,
        posted,
        lambda key: act(service, visit.actor, posted.body(), key),
        to=WATCH,
        done=done,
        again=lambda form, status: page_with(request, visit, "swap-act", form, status),
    )


@router.post("/watch/calendars")
def make_calendar(request: Request, posted: Sent) -> Response:
    """The page itself shows the address: it is kept nowhere, and no page could show it later."""
    visit, service = signed_in(request), service_of(request)
    try:
        made = roster_links.make_link(service, visit.actor, posted.body(), posted.key(visit.officer.id))
    except Replayed:
        return page_with(request, visit)
    except Invalid as error:
        return page_with(request, visit, "link", shown_again(posted, error.problems), 422)
    return page_with(request, visit, address=roster_links.address_of(service, made.token))


@router.post("/watch/calendars/end")
def revoke_calendar(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_links.revoke_link(service, visit.actor, posted.body(), key),
        to=WATCH,
        done="calendar-revoked",
        again=lambda form, status: page_with(request, visit, "link-end", form, status),
    )


def _swap(posted: Posted) -> dict[str, Any]:
    """The chosen watches as the verb takes them; what was not chosen stays missing, and the verb says so."""
    body = posted.body()
    for name in ("given", "wanted"):
        parts = str(body.pop(name, "")).split("|")
        if len(parts) == 4:
            body[name] = {"post": parts[1], "from": parts[2], "to": parts[3]}
            body["officer" if name == "given" else "other"] = parts[0]
    return body
