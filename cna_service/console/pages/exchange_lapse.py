"""Recording what follows from a lapse: the clock, what its provision says, the channels looked at, a named officer.

Until it is recorded every screen says so, and no document may cite an effect.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import KEY, Form, Posted, shown_again
from cna_service.console.pages.case_acting import Standstill, attempt, refused
from cna_service.console.pages.case_acts import exchange_of
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Invalid
from cna_service.workflow.case_clocks import CaseClock
from cna_service.workflow.case_reading import case_view
from cna_service.workflow.case_timeline import timeline_line
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.lapse import record_lapse
from cna_service.workflow.rehearsal import rehearse

router = pages()

CHANNELS = (
    "Desk mailbox",
    "Telephone log",
    "Interface of this service",
    "Embassy",
    "Liaison officer",
    "Fax",
)
"""Where an answer could have come in that this desk does not see by itself (desk-rules 5.4)."""


@router.get("/cases/{ref}/exchanges/{n}/lapse")
def lapse_page(request: Request, visit: SignedIn, ref: str, n: int, clock: str | None = None) -> Response:
    visit.require(Action.LAPSE_RECORD)
    view = case_view(service_of(request), ref)
    return _page(request, visit, view, n, clock, Form(seen=view.seq))


@router.post("/cases/{ref}/exchanges/{n}/lapse")
def lapse_posted(request: Request, posted: Sent, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    visit.require(Action.LAPSE_RECORD)
    view = case_view(service, ref)
    exchange_of(view, n)
    body = lapse_body(posted, view)

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        return _page(
            request, visit, view, n, posted.value("clock"), form, status=status, standstill=standstill
        )

    if posted.act == "change":
        return again(shown_again(posted, ()), 200, None)
    if posted.act == "record":
        return attempt(
            request,
            visit,
            posted,
            lambda key: record_lapse(service, visit.actor, view.ref, n, body, key),
            to=f"/console/cases/{view.ref}",
            done="lapse-recorded",
            again=again,
            view=lambda: case_view(service, ref),
        )
    try:
        rehearsed = rehearse(service, lambda stage: record_lapse(stage, visit.actor, view.ref, n, body))
    except (Invalid, Conflict) as error:
        return refused(error, posted, again, lambda: case_view(service, ref))
    return frame_of(request).page(
        request,
        "answer/lapse_review.html",
        visit,
        view=view,
        exchange=exchange_of(view, n),
        clock=_clock(view, n, posted.value("clock")),
        body=body,
        entry=timeline_line(rehearsed.entries[-1], None, "lapse.recorded"),
        posted=posted,
        form=Form(posted, seen=posted.seen, key=posted.value(KEY)),
    )


def lapse_body(posted: Posted, view: CaseView) -> dict[str, Any]:
    """The body of ``record_lapse``: a channel counts that was ticked, or named beside the list."""
    channels = []
    names = [*CHANNELS, posted.value("other_channel").strip()]
    for row, name in enumerate(names):
        is_other = row == len(CHANNELS)
        if not name or (not is_other and not posted.value(f"looked/{row}/at")):
            continue
        by, at = (posted.value(f"looked/{row}/{f}").strip() for f in ("by", "checked_at"))
        channel = {"channel": name, "by": by, "checked_at": as_instant(at or "now", view.now)}
        channels.append({k: v for k, v in channel.items() if v})
    body = {"clock": posted.value("clock"), "words": posted.value("words").strip(), "channels": channels}
    return {k: v for k, v in body.items() if v} | {"seen": posted.seen}


def _clock(view: CaseView, n: int, clock: str | None) -> CaseClock | None:
    """The one that is meant, else the first that waits for its effect to be recorded, legal ones before others."""
    mine = [c for c in view.clocks if c.view.exchange == n and c.may_record_lapse]
    mine.sort(key=lambda c: c.view.kind != "legal")
    return next((c for c in mine if c.view.id == clock), None) or next(iter(mine), None)


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    n: int,
    clock: str | None,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    return frame_of(request).page(
        request,
        "answer/lapse.html",
        visit,
        status=status,
        view=view,
        exchange=exchange_of(view, n),
        clock=_clock(view, n, clock),
        form=form,
        channels=CHANNELS,
        labels={"words": "Words", "channels": "Channels looked at", "clock": "Clock"},
        standstill=standstill,
    )
